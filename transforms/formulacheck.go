package transforms

import (
	"fmt"
	"maps"
	"regexp/syntax"
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
		return a.fault(at, "name the column itself, and date: true beside it", "a text is needed here, and the formula gives a date")
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
	return fmt.Sprintf("for a text write \"%s\" in quotes", name)
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

// binary analyses an operator with its two sides.
func (a *analysis) binary(node *ast.Node, n *ast.BinaryNode) (kind, *FormulaError) {
	if hint, refused := refusedOperators[n.Operator]; refused {
		return noKind, a.fault(n, hint, "formulas have no %s", n.Operator)
	}
	left, fault := a.visit(&n.Left)
	if fault != nil {
		return noKind, fault
	}
	if n.Operator == "in" {
		return boolKind, a.in(n, left)
	}
	right, fault := a.visit(&n.Right)
	if fault != nil {
		return noKind, fault
	}

	switch n.Operator {
	case "and", "&&", "or", "||":
		return boolKind, a.needBoth(n, boolKind, left, right)
	case "==", "!=":
		return boolKind, a.comparable(n, left, right)
	case "<", ">", "<=", ">=":
		return boolKind, a.ordered(n, left, right)
	case "contains", "startsWith", "endsWith":
		return boolKind, a.needBoth(n, textKind, left, right)
	case "matches":
		return boolKind, a.matches(n, left, right)
	case "+":
		return a.plus(node, n, left, right)
	case "-", "*", "/":
		return numberKind, a.reckon(node, n, left, right)
	}
	return noKind, a.refuse(n)
}

var refusedOperators = map[string]string{
	"..": "write x >= 1 and x <= 9",
	"??": `a cell that says nothing is "", write blank(x) ? "other" : x`,
	"%":  "use + - * /",
	"^":  "use + - * /",
	"**": "use + - * /",
}

func (a *analysis) needBoth(n *ast.BinaryNode, want, left, right kind) *FormulaError {
	if fault := a.need(n.Left, n.Operator, want, left); fault != nil {
		return fault
	}
	return a.need(n.Right, n.Operator, want, right)
}

func (a *analysis) comparable(n *ast.BinaryNode, left, right kind) *FormulaError {
	if left == right {
		return nil
	}
	hint := turnHint(numberKind, textKind)
	if left == dateKind || right == dateKind {
		hint = turnHint(dateKind, textKind)
	}
	if left == boolKind || right == boolKind {
		hint = ""
	}
	return a.fault(n, hint, "%s compares %s with %s", n.Operator, left, right)
}

// ordered refuses to order texts: 9 would come behind 10, and the first of
// December before the second of January of the same year.
func (a *analysis) ordered(n *ast.BinaryNode, left, right kind) *FormulaError {
	if left != right {
		return a.comparable(n, left, right)
	}
	switch left {
	case numberKind, dateKind:
		return nil
	case textKind:
		return a.fault(n, "write number(…) or date(…) around both", "%s would order texts letter by letter", n.Operator)
	}
	return a.fault(n, "compare numbers or dates", "%s cannot order conditions", n.Operator)
}

// in takes a list of values of the same kind as the one that is looked for.
func (a *analysis) in(n *ast.BinaryNode, left kind) *FormulaError {
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok {
		return a.fault(n, `write status in ["V", "R"], or "abc" contains x`, "in needs a list behind it")
	}
	for i := range list.Nodes {
		got, fault := a.visit(&list.Nodes[i])
		if fault != nil {
			return fault
		}
		if got != left {
			return a.fault(list.Nodes[i], listHint(left, got), "in looks for %s, and this is %s", left, got)
		}
	}
	return nil
}

func listHint(want, got kind) string {
	if want == textKind && got == numberKind {
		return "put it in quotes, or write number(…) around what is looked for"
	}
	return turnHint(want, got)
}

// matches takes a pattern that is known now, so that it is compiled once, and
// bounds it, since its size is what a long cell costs.
func (a *analysis) matches(n *ast.BinaryNode, left, right kind) *FormulaError {
	if fault := a.needBoth(n, textKind, left, right); fault != nil {
		return fault
	}
	pattern, ok := n.Right.(*ast.StringNode)
	if !ok {
		return a.fault(n.Right, "write it in quotes; for columns use contains", "the pattern of matches must be known beforehand")
	}
	parsed, err := syntax.Parse(pattern.Value, syntax.Perl)
	if err != nil {
		return a.fault(pattern, "", "the pattern cannot be read: %v", err)
	}
	compiled, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return a.fault(pattern, "", "the pattern cannot be compiled: %v", err)
	}
	if a.patterns += len(compiled.Inst); a.patterns > maxPattern {
		return a.fault(pattern, "use fewer repetitions, or contains", "the patterns of the formula are too large")
	}
	return nil
}

// maxPattern bounds the instructions of all patterns of a formula.
const maxPattern = 1000

// plus adds numbers, and joins texts: all texts of a chain at once, which
// saves the texts in between, and in bounds.
func (a *analysis) plus(node *ast.Node, n *ast.BinaryNode, left, right kind) (kind, *FormulaError) {
	if left == numberKind && right == numberKind {
		return numberKind, nil
	}
	if fault := a.plusFault(n, left, right); fault != nil {
		return noKind, fault
	}

	name := a.bind(joinFunction, 0)
	if chain, ok := n.Left.(*ast.CallNode); ok && isCallOf(chain, name) {
		chain.Arguments = append(chain.Arguments, n.Right)
		ast.Patch(node, chain)
		return textKind, nil
	}
	a.replace(node, name, n.Left, n.Right)
	return textKind, nil
}

func (a *analysis) plusFault(n *ast.BinaryNode, left, right kind) *FormulaError {
	switch {
	case left == textKind && right == textKind:
		return nil
	case left == textKind && right == numberKind, left == numberKind && right == textKind:
		return a.fault(n, "write text(…) around the number to join, or number(…) around the text to add",
			"+ stands between %s and %s", left, right)
	case left == dateKind || right == dateKind:
		return a.fault(n, "", "dates can be compared, not reckoned with")
	}
	return a.fault(n, "", "+ stands between %s and %s", left, right)
}

func (a *analysis) reckon(node *ast.Node, n *ast.BinaryNode, left, right kind) *FormulaError {
	if left == dateKind || right == dateKind {
		return a.fault(n, "", "dates can be compared, not reckoned with")
	}
	if fault := a.needBoth(n, numberKind, left, right); fault != nil {
		return fault
	}
	if n.Operator == "/" {
		a.replace(node, a.bind(divideFunction, 2), n.Left, n.Right)
	}
	return nil
}

// call analyses the call of a function.
func (a *analysis) call(node *ast.Node, n *ast.CallNode) (kind, *FormulaError) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return noKind, a.fault(n, "write upper(x)", "a value has no functions of its own")
	}
	if callee.Value == "col" {
		return a.columnByName(node, n)
	}
	fn, fault := a.function(callee, len(n.Arguments))
	if fault != nil {
		return noKind, fault
	}

	for i, want := range fn.takes {
		got, fault := a.visit(&n.Arguments[i])
		if fault != nil {
			return noKind, fault
		}
		if fault := a.need(n.Arguments[i], fn.name, want, got); fault != nil {
			return noKind, fault
		}
	}
	if fault := a.possible(n, fn); fault != nil {
		return noKind, fault
	}
	a.replace(node, a.bind(fn, len(n.Arguments)), n.Arguments...)
	return fn.gives, nil
}

// function finds the function of a name that takes n values.
func (a *analysis) function(callee *ast.IdentifierNode, n int) (function, *FormulaError) {
	name := callee.Value
	var usage string
	for _, fn := range functions {
		if fn.name == name && len(fn.takes) == n {
			return fn, nil
		}
		if fn.name == name {
			usage = fn.usage
		}
	}
	if usage != "" {
		return function{}, a.fault(callee, "write "+usage, "%s does not take %d values", name, n)
	}
	return function{}, a.fault(callee, a.functionHint(name), "unknown function %q", name)
}

func (a *analysis) functionHint(name string) string {
	if hint, ok := foreignFunctions[strings.ToLower(name)]; ok {
		return hint
	}
	if meant, ok := Nearest(name, FunctionNames()); ok {
		return fmt.Sprintf("did you mean %s?", FunctionUsage(meant))
	}
	if slices.Contains(a.env.Columns, name) {
		return "it is a column; a column takes no brackets"
	}
	return "the functions are " + strings.Join(FunctionNames(), ", ")
}

// possible tells whether a function has what it needs of the mapping.
func (a *analysis) possible(n *ast.CallNode, fn function) *FormulaError {
	switch {
	case fn.name == "date" && a.env.Dates.text == "":
		return a.fault(n, "name the form under dates, as DD.MM.YYYY", "date cannot read a cell, the file declares no form of dates")
	case fn.name == "lookup":
		return a.table(n.Arguments[0])
	}
	return nil
}

// table tells whether lookup names a table that is there.
func (a *analysis) table(node ast.Node) *FormulaError {
	names := slices.Sorted(maps.Keys(a.env.Tables))
	name, ok := node.(*ast.StringNode)
	if !ok {
		return a.fault(node, `write its name in quotes, as lookup("status", x)`, "the table of lookup must be known beforehand")
	}
	if slices.Contains(names, name.Value) {
		return nil
	}
	if meant, ok := Nearest(name.Value, names); ok {
		return a.fault(node, fmt.Sprintf("did you mean %q?", meant), "unknown code table %q", name.Value)
	}
	if len(names) == 0 {
		return a.fault(node, "write the table under codes", "unknown code table %q, the mapping has none", name.Value)
	}
	return a.fault(node, "the tables are "+strings.Join(names, ", "), "unknown code table %q", name.Value)
}

// columnByName turns col("Geräte-Nr.") into the column.
func (a *analysis) columnByName(node *ast.Node, n *ast.CallNode) (kind, *FormulaError) {
	if len(n.Arguments) == 1 {
		if name, ok := n.Arguments[0].(*ast.StringNode); ok {
			return a.column(node, name.Value)
		}
	}
	return noKind, a.fault(n, `as col("Geräte-Nr.")`, "col takes the name of one column in quotes")
}

// replace puts the call of a bound function in the place of a node.
func (a *analysis) replace(node *ast.Node, name string, arguments ...ast.Node) {
	callee := &ast.IdentifierNode{Value: name}
	callee.SetLocation((*node).Location())
	ast.Patch(node, &ast.CallNode{Callee: callee, Arguments: arguments})
	a.seen[*node] = true
}

func isCallOf(call *ast.CallNode, name string) bool {
	callee, ok := call.Callee.(*ast.IdentifierNode)
	return ok && callee.Value == name
}
