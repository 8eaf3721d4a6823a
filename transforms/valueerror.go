package transforms

import (
	"errors"
	"fmt"
)

// ValueError is a cell that is not what it was read as. Who shows the cell
// beside it takes What and Hint alone.
type ValueError struct {
	Kind  string // date or number
	Value string // as it was read, shortened; "" for a blank one
	What  string
	Hint  string // the cure; may be empty
}

// Error gives the value, the fault and its cure in one line.
func (e *ValueError) Error() string {
	text := e.What
	if e.Value != "" {
		text = fmt.Sprintf("%s %q: %s", e.Kind, e.Value, e.What)
	}
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// misread is a fault that does not know yet in which value it was found.
func misread(hint, format string, args ...any) *ValueError {
	return &ValueError{What: fmt.Sprintf(format, args...), Hint: hint}
}

// foundIn names the value in which a fault was found.
func foundIn(kind, text string, err error) *ValueError {
	var bad *ValueError
	if !errors.As(err, &bad) {
		return &ValueError{Kind: kind, Value: shorten(text), What: err.Error()}
	}
	return &ValueError{Kind: kind, Value: shorten(text), What: bad.What, Hint: bad.Hint}
}

// digits counts them as a message does.
func digits(n int) string { return counted(n, "digit") }

func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
