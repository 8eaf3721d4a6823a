package transforms

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/vm"
)

type program = vm.Program

// kind is what a part of a formula is.
type kind uint8

const (
	noKind kind = iota
	textKind
	numberKind
	dateKind
	boolKind
)

// String names the kind with its article.
func (k kind) String() string {
	return [...]string{"nothing", "a text", "a number", "a date", "a condition"}[k]
}

// An analysis walks the tree of one source once: it finds the kind of every
// part, refuses what a formula must not have, and puts columns and functions
// into the form the engine runs. It stops at the first fault.
type analysis struct {
	source   string
	env      FormulaEnv
	columns  []string
	bound    map[string]*builtin.Function
	seen     map[ast.Node]bool
	patterns int // instructions of all patterns
}

func newAnalysis(source string, env FormulaEnv) *analysis {
	return &analysis{source: source, env: env, bound: map[string]*builtin.Function{}, seen: map[ast.Node]bool{}}
}

func (a *analysis) fault(at ast.Node, hint, format string, args ...any) *FormulaError {
	return faultAt(a.source, at.Location().From, fmt.Sprintf(format, args...), hint)
}

// check analyses the whole tree and holds its result against the one wanted.
func (a *analysis) check(root *ast.Node) *FormulaError {
	got, fault := a.visit(root)
	if fault != nil {
		return fault
	}
	at := *root
	switch {
	case a.env.Result == Bool && got != boolKind:
		return a.fault(at, compareHint(got), "a condition is needed here, and the formula gives %s", got)
	case a.env.Result == Text && got == boolKind:
		return a.fault(at, `say what to write: … ? "yes" : "no"`, "a text is needed here, and the formula gives a condition")
	case a.env.Result == Text && got == dateKind:
		return a.fault(at, "remove date(…): a field that is a date reads its text by itself", "a text or a number is needed here, and the formula gives a date")
	}
	return nil
}

func compareHint(k kind) string {
	switch k {
	case textKind:
		return `compare it, as … != ""`
	case numberKind:
		return "compare it, as … > 0"
	}
	return "compare it"
}

// visit gives the kind of a part. The engine shares a part between the two
// halves of a chained comparison; walking such a tree could take for ever, so
// a part that was seen before ends the walk.
func (a *analysis) visit(node *ast.Node) (kind, *FormulaError) {
	if a.seen[*node] {
		return noKind, a.fault(*node, "write a < b and b < c, or a != \"\" ? a : b", "a value cannot serve two comparisons")
	}
	a.seen[*node] = true

	switch n := (*node).(type) {
	case *ast.StringNode:
		return textKind, nil
	case *ast.FloatNode:
		return numberKind, nil
	case *ast.BoolNode:
		return boolKind, nil
	case *ast.IntegerNode:
		ast.Patch(node, &ast.FloatNode{Value: float64(n.Value)})
		return numberKind, nil
	case *ast.IdentifierNode:
		return a.column(node, n.Value)
	case *ast.UnaryNode:
		return a.unary(n)
	case *ast.BinaryNode:
		return a.binary(node, n)
	case *ast.ConditionalNode:
		return a.conditional(n)
	case *ast.CallNode:
		return a.call(node, n)
	}
	return noKind, a.refuse(*node)
}

// refuse says what to write instead of what formulas do not have.
func (a *analysis) refuse(node ast.Node) *FormulaError {
	switch n := node.(type) {
	case *ast.BuiltinNode:
		return a.fault(n, `say each case, as x startsWith "A" or x startsWith "B"; for values x in ["A", "B"]`,
			"%s is a loop, and formulas have none", n.Name)
	case *ast.NilNode:
		return a.fault(n, `a cell that says nothing is "", ask blank(x)`, "there is no nil")
	case *ast.ArrayNode:
		return a.fault(n, `as status in ["V", "R"]`, "a list can stand behind in only")
	case *ast.MapNode:
		return a.fault(n, `put it under codes and write lookup("table", x)`, "a table cannot stand in a formula")
	case *ast.MemberNode:
		return a.fault(n, `write col("…") for a column whose name has a dot, part(x, "-", 1) or substring(x, 1, 3) for a part of a text`,
			"a value has no parts behind a dot or in brackets")
	case *ast.SliceNode:
		return a.fault(n, "write substring(x, 1, 3)", "a text is not cut with brackets")
	case *ast.VariableDeclaratorNode, *ast.SequenceNode:
		return a.fault(n, "give a part its own column, or write it where it is needed", "a formula is one expression, without let and semicolons")
	}
	return a.fault(node, "", "this cannot stand in a formula")
}

func (a *analysis) column(node *ast.Node, name string) (kind, *FormulaError) {
	if !slices.Contains(a.env.Columns, name) {
		return noKind, a.fault(*node, a.columnHint(name), "unknown column %q", name)
	}
	if !slices.Contains(a.columns, name) {
		a.columns = append(a.columns, name)
	}
	ast.Patch(node, &ast.IdentifierNode{Value: slotOf(name)})
	a.seen[*node] = true
	return textKind, nil
}

func (a *analysis) columnHint(name string) string {
	for _, column := range slices.Sorted(slices.Values(a.env.Columns)) {
		if rest, ok := strings.CutPrefix(column, name); ok && rest != "" && !isWord(column) {
			return fmt.Sprintf("did you mean col(%q)?", column)
		}
	}
	if meant, ok := Nearest(name, a.env.Columns); ok {
		if !isWord(meant) {
			meant = fmt.Sprintf("col(%q)", meant)
		}
		return fmt.Sprintf("did you mean %s?", meant)
	}
	if usage := FunctionUsage(name); usage != "" {
		return "it is a function, as " + usage
	}
	return fmt.Sprintf("name it under columns, or write \"%s\" in quotes if it is a text", name)
}

func (a *analysis) unary(n *ast.UnaryNode) (kind, *FormulaError) {
	got, fault := a.visit(&n.Node)
	if fault != nil {
		return noKind, fault
	}
	switch n.Operator {
	case "not", "!":
		return boolKind, a.need(n.Node, n.Operator, boolKind, got)
	case "-", "+":
		return numberKind, a.need(n.Node, n.Operator, numberKind, got)
	}
	return noKind, a.refuse(n)
}

// need holds the kind of an operand or argument against the one wanted.
func (a *analysis) need(at ast.Node, of string, want, got kind) *FormulaError {
	if want == got {
		return nil
	}
	return a.fault(at, turnHint(want, got), "%s takes %s, and this is %s", of, want, got)
}

// turnHint says how to make one kind of another.
func turnHint(want, got kind) string {
	switch {
	case want == textKind && got == numberKind:
		return "write text(…) around it"
	case want == numberKind && got == textKind:
		return "write number(…) around it"
	case want == dateKind && got == textKind:
		return "write date(…) around it"
	case want == boolKind:
		return compareHint(got)
	}
	return ""
}

func (a *analysis) conditional(n *ast.ConditionalNode) (kind, *FormulaError) {
	got, fault := a.visit(&n.Cond)
	if fault != nil {
		return noKind, fault
	}
	if fault := a.need(n.Cond, "?", boolKind, got); fault != nil {
		return noKind, fault
	}

	then, fault := a.visit(&n.Exp1)
	if fault != nil {
		return noKind, fault
	}
	otherwise, fault := a.visit(&n.Exp2)
	if fault != nil {
		return noKind, fault
	}
	if then != otherwise {
		return noKind, a.fault(n.Exp2, turnHint(then, otherwise), "one side of ? : is %s, the other is %s", then, otherwise)
	}
	return then, nil
}
