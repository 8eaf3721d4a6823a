package iris

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// xmlReader reads a fleet as XML, one Equipment at a time. Entities of its own
// and document types are refused: an export has none, and only an attack does.
type xmlReader struct {
	d      *xml.Decoder
	leash  *leash
	budget budget
	each   visitor

	root   string   // the document's own element
	found  bool     // something that makes it a fleet
	header *element // of the one machine that a series of readings is about
}

func readXML(in *leash, each visitor) error {
	x := &xmlReader{d: xml.NewDecoder(in), leash: in, each: each}
	x.d.CharsetReader = charset
	if err := x.document(); err != nil {
		return err
	}
	switch {
	case x.root == "":
		return errors.New("document is empty")
	case !x.found && !strings.Contains(keyOf(x.root), "fleet"):
		return fmt.Errorf("document is a <%s>, not a <Fleet> of ISO 15143-3; look at what was saved, it may be the answer to a request that failed", x.root)
	}
	return nil
}

// document looks for equipment in whatever lies around it: a Fleet, and what a
// maker's server wraps that in.
func (x *xmlReader) document() error {
	for depth := 0; ; {
		t, err := x.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			switch {
			case depth == 0 && x.root != "":
				return fmt.Errorf("a second document, <%s>, follows the first", t.Name.Local)
			case depth == 0:
				x.root = t.Name.Local
			case depth >= maxDepth:
				return tooDeep("elements")
			}
			taken, err := x.take(t, depth)
			if err != nil {
				return err
			}
			if !taken {
				depth++
			}
		}
	}
}

// take reads what is worth reading; false leaves an element to be looked into.
func (x *xmlReader) take(start xml.StartElement, depth int) (bool, error) {
	key := keyOf(start.Name.Local)
	series := depth == 1 && ofReadings(x.root)
	at, known := places[key]
	switch {
	case key == "equipment", key == "equipmentsnapshot", key == "links", series && (known || key == "reading"):
	default:
		return false, nil
	}

	x.found = true
	x.budget.renew()
	e, err := x.element(start, 1)
	switch {
	case err != nil:
	case key == "links":
		x.each.visitLink(&e)
	case !series || key == "equipment":
		err = x.each.visit(&e)
	case known && at.block.name == headerName:
		x.header = &e
	default:
		err = x.each.visitReading(x.header, e)
	}
	return true, err
}

// ofReadings reports whether a document of this name holds the readings of one
// machine over time.
func ofReadings(root string) bool {
	key := keyOf(root)
	return strings.HasSuffix(key, "messages") || strings.HasSuffix(key, "timeseries")
}

// element reads one element with all that is in it. Attributes become children,
// but for those that name namespaces.
func (x *xmlReader) element(start xml.StartElement, depth int) (element, error) {
	e := named(start.Name.Local)
	if depth > maxDepth {
		return e, tooDeep("elements")
	}
	if !x.budget.spend() {
		return e, tooMany()
	}
	nothing := false
	for _, a := range start.Attr {
		switch {
		case a.Name.Space == "xmlns" || a.Name.Local == "xmlns":
		case strings.HasSuffix(a.Name.Space, "XMLSchema-instance") || a.Name.Space == "xsi":
			nothing = nothing || a.Name.Local == "nil" && (a.Value == "true" || a.Value == "1")
		default:
			e.children = append(e.children, value(a.Name.Local, ofXML, a.Value))
		}
	}

	var text []byte // in pieces, with comments between them
	for {
		t, err := x.token()
		if err != nil {
			return e, unfinished(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			if e.text = string(text); nothing {
				e.text, e.children = "", nil
			}
			return e, nil
		case xml.CharData:
			if text = append(text, t...); len(text) > maxToken {
				return e, fmt.Errorf("<%s> is longer than %d bytes", e.name, maxToken)
			}
		case xml.StartElement:
			child, err := x.element(t, depth+1)
			if err != nil {
				return e, err
			}
			e.children = append(e.children, child)
		}
	}
}

func (x *xmlReader) token() (xml.Token, error) {
	x.leash.renew()
	t, err := x.d.Token()
	if _, ok := t.(xml.Directive); ok {
		line, _ := x.d.InputPos()
		return nil, fmt.Errorf("document type in line %d is refused; an export has none, so take the line out", line)
	}
	if syntax := new(xml.SyntaxError); errors.As(err, &syntax) && syntax.Msg == "unexpected EOF" {
		return nil, fmt.Errorf("line %d: %w", syntax.Line, io.ErrUnexpectedEOF)
	}
	return t, err
}

func tooDeep(what string) error {
	return fmt.Errorf("%s lie more than %d deep in each other", what, maxDepth)
}

func tooMany() error { return fmt.Errorf("one equipment holds more than %d values", maxElements) }

// charset reads the encodings that a declaration may name. UTF-16 was turned
// into UTF-8 by its byte order mark before.
func charset(label string, in io.Reader) (io.Reader, error) {
	if strings.HasPrefix(strings.ToLower(label), "utf-16") {
		return in, nil
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, fmt.Errorf("encoding %q is not known; save the document as UTF-8", label)
	}
	return e.NewDecoder().Reader(in), nil
}
