package iris

import "strings"

// element is a piece of a fleet, be it XML or JSON: attributes and child
// elements of XML and members of a JSON object are all the same to it, because
// the two forms of the export disagree on which is which. Names are compared
// without regard to case and namespace.
type element struct {
	name     string
	text     string
	children []element
}

// maxDepth bounds how deep elements may lie in each other; ISO's lie four deep.
const maxDepth = 32

// child finds the first child of a name; nil when there is none.
func (e *element) child(name string) *element {
	if e == nil {
		return nil
	}
	for i := range e.children {
		if strings.EqualFold(e.children[i].name, name) {
			return &e.children[i]
		}
	}
	return nil
}

// get is the text of a child; "" when there is none, or nothing in it.
func (e *element) get(name string) string {
	c := e.child(name)
	if c == nil {
		return ""
	}
	return strings.TrimSpace(c.text)
}
