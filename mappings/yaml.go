package mappings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// What a file that a person edits never reaches, and a file that is meant to do
// harm soon does.
const (
	maxSize  = 4 << 20
	maxDepth = 40
)

// Document is one YAML file, read into nodes that know their place.
type Document struct {
	File string
	Root *yaml.Node // nil when the file cannot be read

	lines []string
}

// Read parses a YAML file and refuses what no mapping needs and what surprises
// people: several documents, tags, anchors and aliases, null keys, the same key
// twice. Every fault of that sort is found at once; a fault of syntax is alone.
func Read(file string, data []byte) (*Document, Faults) {
	doc := &Document{File: file}
	if fault, bad := doc.unreadable(data); bad {
		return doc, Faults{fault}
	}
	doc.lines = strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n")

	root, fault, bad := doc.parse(data)
	if bad {
		return doc, Faults{fault}
	}

	walk := traps{doc: doc}
	walk.node(root, 0)
	walk.faults.Sort()
	doc.Root = root
	return doc, walk.faults
}

// Decode reads a YAML file into a value, strictly: see [Decoder]. Fields that
// the file does not name keep what they held.
func Decode(file string, data []byte, into any) Faults {
	doc, faults := Read(file, data)
	if doc.Root == nil {
		return faults
	}
	faults = append(faults, doc.Decode(into)...)
	faults.Sort()
	return faults
}

// Decode reads the document into a value, strictly: see [Decoder].
func (doc *Document) Decode(into any) Faults {
	d := &Decoder{doc: doc}
	d.Decode(doc.Root, into)
	d.faults.Sort()
	return d.faults
}

// Place finds where a value stands by its path, such as "flows[0].drop.local".
// Where the file does not name the value it is the place of what holds it.
func (doc *Document) Place(path string) Place {
	at := doc.Root
	if at == nil {
		return Place{1, 1}
	}
	for _, step := range pathStep.FindAllString(path, -1) {
		next := child(at, strings.Trim(step, "[]."))
		if next == nil {
			break
		}
		at = next
	}
	return Place{at.Line, at.Column}
}

// Fault is a fault at a path: see [Document.Place].
func (doc *Document) Fault(path, what, cure string) Fault {
	at := doc.Place(path)
	return Fault{File: doc.File, Line: at.Line, Column: at.Column, What: what, Cure: cure}
}

var pathStep = regexp.MustCompile(`[^.\[\]]+|\[\d+\]`)

// child finds what a mapping's key or a list's index names.
func child(n *yaml.Node, step string) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
		return nil
	}
	for i, item := range n.Content {
		if n.Kind == yaml.SequenceNode && fmt.Sprint(i) == step {
			return item
		}
	}
	return nil
}

// unreadable finds what keeps a file from being parsed at all.
func (doc *Document) unreadable(data []byte) (Fault, bool) {
	if len(data) > maxSize {
		return Fault{File: doc.File, What: fmt.Sprintf("the file has %d bytes", len(data)), Cure: "a YAML file may have 4 MiB"}, true
	}

	line, column := 1, 1
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			return doc.at(line, column, fmt.Sprintf("byte %#x is no UTF-8", rest[0]), "save the file as UTF-8"), true
		case unicode.IsControl(r) && !strings.ContainsRune("\n\r\t\u0085", r):
			return doc.at(line, column, fmt.Sprintf("the file holds the control character %#x", r), "remove it"), true
		case r == '\n':
			line, column = line+1, 0
		}
		column++
		rest = rest[size:]
	}
	return Fault{}, false
}

// parse gives the root of the one document in data.
func (doc *Document) parse(data []byte) (*yaml.Node, Fault, bool) {
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		return nil, doc.syntax(err), true
	}

	var first, second yaml.Node
	err = loader.Load(&first)
	if errors.Is(err, io.EOF) || err == nil && len(first.Content) == 0 {
		return nil, doc.at(1, 1, "the file is empty", ""), true
	}
	if err != nil {
		return nil, doc.syntax(err), true
	}

	switch err := loader.Load(&second); {
	case err == nil:
		return nil, doc.at(second.Line, second.Column, "a second document begins", `remove the "---" and what follows it`), true
	case !errors.Is(err, io.EOF):
		return nil, doc.syntax(err), true
	}
	return first.Content[0], Fault{}, false
}

func (doc *Document) at(line, column int, what, cure string) Fault {
	return Fault{File: doc.File, Line: line, Column: column, What: what, Cure: cure}
}

// line is the text of one physical line, "" beyond the end.
func (doc *Document) line(n int) string {
	if n < 1 || n > len(doc.lines) {
		return ""
	}
	return doc.lines[n-1]
}
