package transforms

import (
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/optimizer"
	"github.com/expr-lang/expr/parser"
)

const (
	maxSource    = 2000    // characters of a source
	maxNodes     = 1000    // parts of its tree
	memoryBudget = 100_000 // what the machine may hold in lists
	maxText      = 1 << 16 // bytes of a text that a formula makes
)

// CompileFormula compiles a source against what it may speak of. A fault is a
// [*FormulaError] that points into the source.
//
// A formula is an expression, as contract + "/" + line or
//
//	number(rate) > 0 and status in ["V", "R"] ? upper(trim(name)) : ""
//
// A cell is text, and nothing is "". Kinds never mix by themselves: number(x)
// and date(x) read a cell in the file's declared form, text(n) writes a
// number; numbers and dates compare, texts are equal or not. [FunctionNames]
// lists the functions, [FunctionUsage] shows one.
//
// What an admin writes must end soon, whatever the cells hold. So a formula
// has no loops, no ranges, no variables and no chained comparisons; every
// part of it is evaluated once at most, and a text cannot outgrow its limit.
func CompileFormula(source string, env FormulaEnv) (formula *Formula, err error) {
	// The engine is not ours. Should it ever panic on a source, that is a
	// fault of the source to the one who wrote it, not the end of the program.
	defer func() {
		if r := recover(); r != nil {
			formula, err = nil, faultAt(source, 0, fmt.Sprintf("the formula cannot be compiled: %v", r), "write it in another way")
		}
	}()

	if fault := checkSource(source); fault != nil {
		return nil, fault
	}
	tree, err := parser.ParseWithConfig(source, parseConfig())
	if err != nil {
		return nil, parseFault(source, env.Columns, err)
	}

	joins, only := joined(tree.Node) // the analysis changes the tree
	a := newAnalysis(source, env)
	if fault := a.check(&tree.Node); fault != nil {
		return nil, fault
	}
	program, err := a.compile(tree)
	if err != nil {
		return nil, parseFault(source, env.Columns, err)
	}
	formula = newFormula(program, a.columns)
	if only {
		formula.joins = joins
	}
	return formula, nil
}

func checkSource(source string) *FormulaError {
	switch n := utf8.RuneCountInString(source); {
	case isBlankText(source):
		return faultAt(source, 0, "the formula is empty", `write an expression, as contract + "/" + line`)
	case n > maxSource:
		return faultAt(source, maxSource, fmt.Sprintf("the formula has %d characters, %d are the most", n, maxSource),
			"give parts of it columns of their own, or use a code table")
	case !utf8.ValidString(source):
		return faultAt(source, strings.IndexRune(source, utf8.RuneError), "the formula is not valid UTF-8", "save the file as UTF-8")
	}
	return nil
}

// parseConfig lets the parser read every call as one of a function of ours;
// what the engine would build in is not offered.
func parseConfig() *conf.Config {
	config := conf.CreateNew()
	config.MaxNodes = maxNodes
	for name := range config.Builtins {
		config.Disabled[name] = true
	}
	return config
}

// compile hands the checked tree to the engine, which has its own checker: it
// finds nothing any more, and leaves the types that the compiler needs.
func (a *analysis) compile(tree *parser.Tree) (*program, error) {
	config := conf.CreateNew()
	config.Builtins = conf.FunctionsTable{}
	config.Functions = a.bound
	cells := make(map[string]any, len(a.columns))
	for _, column := range a.columns {
		cells[slotOf(column)] = ""
	}
	config.WithEnv(cells)

	if _, err := new(checker.Checker).Check(tree, config); err != nil {
		return nil, err
	}
	if err := optimizer.Optimize(&tree.Node, config); err != nil {
		return nil, err
	}
	return compiler.Compile(tree, config)
}

// bind makes a function of ours known to the engine under a name that no
// source can spell, so that a column may be called like a function.
func (a *analysis) bind(fn function, n int) string {
	name := fmt.Sprintf("%s %d", fn.name, n)
	if _, ok := a.bound[name]; !ok {
		a.bound[name] = &builtin.Function{Name: name, Func: fn.build(a.env), Types: []reflect.Type{fn.signature()}}
	}
	return name
}

// slotOf is the name of a column's cell within a program. No source can spell
// it, so that a column may be called like a function or an operator.
func slotOf(column string) string { return "column " + column }
