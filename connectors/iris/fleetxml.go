package iris

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// readXML reads a fleet as XML, one Equipment at a time. Entities of its own and
// document types are refused: an export has none, and only an attack does.
func readXML(in io.Reader, each visitor) error {
	d := xml.NewDecoder(in)
	d.CharsetReader = charset

	root, err := documentElement(d)
	if err != nil {
		return err
	}
	switch {
	case strings.EqualFold(root.Name.Local, "Fleet"):
		return fleetElements(d, each)
	case strings.EqualFold(root.Name.Local, "Equipment"):
		one, err := readElement(d, root, 1)
		if err != nil {
			return err
		}
		if err := each.equipment(&one); err != nil {
			return err
		}
		return end(d)
	default:
		return fmt.Errorf("document is a <%s>, not a <Fleet> of ISO 15143-3", root.Name.Local)
	}
}

func documentElement(d *xml.Decoder) (xml.StartElement, error) {
	for {
		t, err := token(d)
		if errors.Is(err, io.EOF) {
			return xml.StartElement{}, errors.New("document is empty")
		}
		if err != nil {
			return xml.StartElement{}, err
		}
		if start, ok := t.(xml.StartElement); ok {
			return start, nil
		}
	}
}

// fleetElements reads what is in a <Fleet>.
func fleetElements(d *xml.Decoder, each visitor) error {
	for {
		t, err := token(d)
		if err != nil {
			return unfinished(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			return end(d)
		case xml.StartElement:
			e, err := readElement(d, t, 1)
			if err == nil {
				err = each.visit(&e)
			}
			if err != nil {
				return err
			}
		}
	}
}

// end makes sure that nothing follows the document.
func end(d *xml.Decoder) error {
	for {
		t, err := token(d)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := t.(xml.StartElement); ok {
			return fmt.Errorf("a second document, <%s>, follows the first", start.Name.Local)
		}
	}
}

// readElement reads one element with all that is in it. Attributes become
// children, but for those that name namespaces.
func readElement(d *xml.Decoder, start xml.StartElement, depth int) (element, error) {
	e := element{name: start.Name.Local}
	if depth > maxDepth {
		return e, fmt.Errorf("elements lie more than %d deep in each other", maxDepth)
	}
	for _, a := range start.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			e.children = append(e.children, element{name: a.Name.Local, text: a.Value})
		}
	}

	var text []byte // in pieces, with comments between them
	for {
		t, err := token(d)
		if err != nil {
			return e, unfinished(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			e.text = string(text)
			return e, nil
		case xml.CharData:
			text = append(text, t...)
		case xml.StartElement:
			child, err := readElement(d, t, depth+1)
			if err != nil {
				return e, err
			}
			e.children = append(e.children, child)
		}
	}
}

func token(d *xml.Decoder) (xml.Token, error) {
	t, err := d.Token()
	if _, ok := t.(xml.Directive); ok {
		line, _ := d.InputPos()
		return nil, fmt.Errorf("document type in line %d is refused; an export has none", line)
	}
	return t, err
}

// charset reads the encodings that a declaration may name. UTF-16 was turned
// into UTF-8 by its byte order mark before.
func charset(label string, in io.Reader) (io.Reader, error) {
	if strings.HasPrefix(strings.ToLower(label), "utf-16") {
		return in, nil
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return nil, fmt.Errorf("encoding %q is not known", label)
	}
	return e.NewDecoder().Reader(in), nil
}
