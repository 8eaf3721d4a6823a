package transforms

import (
	"slices"

	"github.com/expr-lang/expr/ast"
)

// joined lists the columns of a formula that does nothing but join their cells
// and other text, as contract + "/" + line; nil for every other formula.
func joined(n ast.Node) (columns []string, joins bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return nil, true
	case *ast.IdentifierNode:
		return []string{n.Value}, true
	case *ast.CallNode:
		name, isName := n.Callee.(*ast.IdentifierNode)
		if !isName || name.Value != "col" || len(n.Arguments) != 1 {
			return nil, false
		}
		column, isText := n.Arguments[0].(*ast.StringNode)
		if !isText {
			return nil, false
		}
		return []string{column.Value}, true
	case *ast.BinaryNode:
		if n.Operator != "+" {
			return nil, false
		}
		left, ok := joined(n.Left)
		right, too := joined(n.Right)
		return append(left, right...), ok && too
	default:
		return nil, false
	}
}

// Joins lists the columns of a formula that does nothing but join their cells and
// other text; none for every other formula.
func (f *Formula) Joins() []string { return slices.Clone(f.joins) }
