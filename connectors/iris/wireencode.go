package iris

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"rentalsync/pipeline/rental"
)

// encoder writes one document. The first error stays, and the rest is void.
type encoder struct {
	document *rental.Document
	buf      []byte
	clears   int
	err      error
}

// object writes the object of a node. It reports whether anything is in it.
func (e *encoder) object(n *node, item *rental.ItemPart) bool {
	e.buf = append(e.buf, '{')
	begin := len(e.buf)

	for _, c := range n.children {
		before := len(e.buf)
		if before > begin {
			e.buf = append(e.buf, ',')
		}
		e.buf = append(e.buf, c.key...)
		if !e.member(c, item) {
			e.buf = e.buf[:before]
		}
	}

	wrote := len(e.buf) > begin
	e.buf = append(e.buf, '}')
	return wrote
}

// member writes what follows the name of a member; false when it says nothing.
func (e *encoder) member(n *node, item *rental.ItemPart) bool {
	switch {
	case n.leaf != nil:
		return e.value(n.leaf, item)
	case n.list:
		return e.list(n)
	default:
		return e.object(n, item)
	}
}

func (e *encoder) list(n *node) bool {
	items := e.document.Items
	e.buf = append(e.buf, '[')
	for i := range items {
		if i > 0 {
			e.buf = append(e.buf, ',')
		}
		e.object(n, &items[i])
	}
	e.buf = append(e.buf, ']')
	return len(items) > 0
}

// value writes what the document says of a leaf, by its rule when that is
// nothing; false when the document is silent or the rule leaves it out.
func (e *encoder) value(l *leaf, item *rental.ItemPart) bool {
	value, said := l.read(e.document, item)
	switch {
	case !said:
		return false
	case !value.IsEmpty():
		e.write(l, value)
		return true
	case l.empty.send == nil:
		return false
	}

	e.buf = append(e.buf, l.empty.send...)
	if !l.empty.confirmed {
		e.clears++
	}
	return true
}

// read finds the first source that holds a value, else one that says that there
// is nothing.
func (l *leaf) read(d *rental.Document, item *rental.ItemPart) (rental.Value, bool) {
	said := false
	for _, s := range l.sources {
		part := s.part(d, item)
		if part == nil {
			continue
		}
		if s.field == "" {
			return rental.Of(part.Reference), part.Reference != ""
		}
		value, ok := part.Get(s.field)
		if ok && !value.IsEmpty() {
			return value, true
		}
		said = said || ok
	}
	return rental.Nothing(), said
}

func (s source) part(d *rental.Document, item *rental.ItemPart) *rental.Part {
	switch {
	case s.kind == rental.Asset:
		return &d.Asset
	case item == nil:
		return nil
	case s.kind == rental.Item:
		return &item.Part
	case s.kind == rental.Contract:
		return &item.Contract
	default:
		return item.Customer
	}
}

func (e *encoder) write(l *leaf, v rental.Value) {
	switch l.form {
	case asNumber:
		e.number(l, v)
	case asDateTime, asDate:
		e.instant(l, v)
	case asDepotID:
		e.buf = append(e.buf, `{"id":`...)
		e.buf = append(appendString(e.buf, v.Text), '}')
	case asDepotReference:
		e.buf = append(e.buf, `{"externalReference":`...)
		e.buf = append(appendString(e.buf, v.Text), '}')
	default:
		e.buf = appendString(e.buf, v.Text)
	}
}

func (e *encoder) number(l *leaf, v rental.Value) {
	if !isNumber(v.Text) {
		e.fail("%s holds %q, which is no number", l.sources[0], v.Text)
		return
	}
	e.buf = append(e.buf, v.Text...)
}

func (e *encoder) instant(l *leaf, v rental.Value) {
	at, ok := v.Time()
	if !ok {
		e.fail("%s holds %q, which is no point in time", l.sources[0], v.Text)
		return
	}

	e.buf = append(e.buf, '"')
	if l.form == asDate {
		e.buf = at.In(l.zone).AppendFormat(e.buf, time.DateOnly)
	} else {
		e.buf = at.UTC().AppendFormat(e.buf, time.RFC3339)
	}
	e.buf = append(e.buf, '"')
}

func (e *encoder) fail(format string, args ...any) {
	if e.err == nil {
		e.err = fmt.Errorf(format, args...)
	}
}

// String names the source for people.
func (s source) String() string {
	if s.field == "" {
		return s.kind.String() + ".reference"
	}
	return s.kind.String() + "." + string(s.field)
}

// isNumber reports whether a text is a JSON number without an exponent, as the
// canonical decimals of the register are.
func isNumber(text string) bool {
	if len(text) > 0 && text[0] == '-' {
		text = text[1:]
	}
	whole, rest := digits(text)
	if whole == 0 || whole > 1 && text[0] == '0' {
		return false
	}
	if rest == "" {
		return true
	}
	decimals, rest := digits(rest[1:])
	return text[whole] == '.' && decimals > 0 && rest == ""
}

// digits counts the digits a text begins with and returns what follows them.
func digits(text string) (count int, rest string) {
	for count < len(text) && text[count] >= '0' && text[count] <= '9' {
		count++
	}
	return count, text[count:]
}

const hexDigits = "0123456789abcdef"

// appendString writes a text as a JSON string. Bytes that are not UTF-8 become
// the replacement character.
func appendString(b []byte, text string) []byte {
	b = slices.Grow(b, len(text)+2)
	b = append(b, '"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r == '\t':
			b = append(b, '\\', 't')
		case r < ' ' || r == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hexDigits[r>>4], hexDigits[r&0xf])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
