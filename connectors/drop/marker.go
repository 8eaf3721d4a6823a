package drop

import (
	"errors"
	"fmt"
	"strings"
)

// marker is the name of the file that tells that another one is done, around
// that one's name. The zero value is that there are none.
type marker struct{ before, after string }

// parseMarker reads a marker's name like "{name}.ok".
func parseMarker(text string) (marker, error) {
	if text == "" {
		return marker{}, nil
	}
	before, after, found := strings.Cut(text, "{name}")
	if !found || before+after == "" {
		return marker{}, fmt.Errorf(`%q: a marker is named after its file; write it like "{name}.ok"`, text)
	}
	if strings.ContainsAny(before+after, `/\{}`) {
		return marker{}, errors.New(`a marker lies beside its file; write it like "{name}.ok"`)
	}
	return marker{before, after}, nil
}

// wanted tells whether files need a marker.
func (m marker) wanted() bool { return m != marker{} }

// of is the name of a file's marker.
func (m marker) of(name string) string { return m.before + name + m.after }

// is tells whether a name is that of a marker.
func (m marker) is(name string) bool {
	return m.wanted() && len(name) > len(m.before)+len(m.after) &&
		strings.HasPrefix(name, m.before) && strings.HasSuffix(name, m.after)
}
