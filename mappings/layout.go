package mappings

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline"
)

// Layouts holds the layouts that admins start from.
//
//go:embed layouts/*.yaml
var Layouts embed.FS

// Layout is a layout file that was read: what a file that we write looks like.
type Layout struct {
	pipeline.Layout

	path string
	at   Place // of its name
	file Place // of the name of its files
}

// Path names the layout's YAML file.
func (l *Layout) Path() string { return l.path }

// ParseLayout reads and compiles one layout file. The layout is nil where the file
// has a fault that is more than a warning.
func ParseLayout(file string, data []byte) (*Layout, Faults) {
	doc, faults := Read(file, data)
	if doc.Root == nil {
		return nil, faults
	}
	var said layoutLanguage
	faults = append(faults, doc.Decode(&said)...)

	c := &layoutCompiler{doc: doc, said: &said, made: &Layout{path: file, at: said.Layout.Place, file: said.File.Name.Place}}
	if len(faults.Broken()) == 0 || canCompile(doc.Root) {
		c.compile()
	}
	faults = append(faults, c.faults...)
	faults.Sort()
	faults = slices.Compact(faults)
	if len(faults.Broken()) > 0 {
		return nil, faults
	}
	return c.made, faults
}

// LoadLayouts reads layout files, in their order. Those without a fault are
// returned beside the faults of the others.
func LoadLayouts(files []string) ([]*Layout, Faults) {
	var all []*Layout
	var faults Faults
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			faults = append(faults, Fault{File: path, What: fmt.Sprintf("cannot be read: %v", plainError(err))})
			continue
		}
		l, found := ParseLayout(path, data)
		faults = append(faults, found...)
		if l != nil {
			all = append(all, l)
		}
	}
	faults.Sort()
	return all, faults
}

// LintLayouts finds layouts of one flow that would get in each other's way: of the
// same name, or writing the same file.
func LintLayouts(all []*Layout) Faults {
	var faults Faults
	for i, l := range all {
		for _, other := range all[:i] {
			switch {
			case samePlace(l.path, other.path):
			case l.Name == other.Name:
				faults = append(faults, Fault{File: l.path, Line: l.at.Line, Column: l.at.Column,
					What: fmt.Sprintf("the layout %q stands in %s already", l.Name, other.path), Cure: "give it another name"})
			case l.File.Name.String() == other.File.Name.String() && !l.File.Name.Has(pipeline.WordLayout):
				faults = append(faults, Fault{File: l.path, Line: l.file.Line, Column: l.file.Column,
					What: fmt.Sprintf("the layout of %s writes files of the same name", other.path), Cure: "give them another name"})
			}
		}
	}
	faults.Sort()
	return faults
}

func samePlace(a, b string) bool { return filepath.Clean(a) == filepath.Clean(b) }

// StartingLayouts lists the layouts that admins start from.
func StartingLayouts() ([]*Layout, Faults) {
	names, err := fs.Glob(Layouts, "layouts/*.yaml")
	if err != nil {
		return nil, Faults{{File: "layouts", What: err.Error()}}
	}
	var all []*Layout
	var faults Faults
	for _, name := range names {
		data, err := Layouts.ReadFile(name)
		if err != nil {
			return nil, Faults{{File: name, What: err.Error()}}
		}
		l, found := ParseLayout(name, data)
		faults = append(faults, found...)
		if l != nil {
			all = append(all, l)
		}
	}
	return all, faults
}

// layoutCompiler makes a layout of what a file says, and collects its faults.
type layoutCompiler struct {
	doc    *Document
	said   *layoutLanguage
	made   *Layout
	faults Faults
}

func (c *layoutCompiler) fault(at Place, what, cure string) {
	c.faults = append(c.faults, c.doc.at(at.Line, at.Column, what, cure))
}

func (c *layoutCompiler) warn(at Place, what, cure string) {
	f := c.doc.at(at.Line, at.Column, what, cure)
	f.Warning = true
	c.faults = append(c.faults, f)
}

// wrong is a fault whose error says its cure behind a semicolon.
func (c *layoutCompiler) wrong(at Place, err error) {
	what, cure, _ := strings.Cut(err.Error(), "; ")
	c.fault(at, what, cure)
}

// choice is a fault where a word is none of the known ones; "" is not said.
func (c *layoutCompiler) choice(key string, said Text, known ...string) {
	if said.Said() && !slices.Contains(known, said.Value) {
		c.fault(said.Place, fmt.Sprintf("%s: %q is unknown", key, said.Value), suggestAlways(said.Value, known))
	}
}

// suggestAlways is suggest for lists that are always worth telling.
func suggestAlways(word string, known []string) string {
	if cure := suggest(word, known); cure != "" {
		return cure
	}
	return "known here: " + strings.Join(known, ", ")
}

func (c *layoutCompiler) compile() {
	l, said := &c.made.Layout, c.said
	l.Name = said.Layout.Value
	if !validName(l.Name) && said.Layout.Said() {
		c.fault(said.Layout.Place, fmt.Sprintf("the name %q cannot be part of a file name", l.Name), "use letters, digits, - and _")
	}

	var known []string
	for _, of := range pipeline.LayoutsOf() {
		known = append(known, string(of))
	}
	c.choice("of", said.Of, known...)
	if slices.Contains(known, said.Of.Value) {
		l.Of = pipeline.LayoutOf(said.Of.Value)
	}
	if c.choice("only", said.Only, "all", "moved"); said.Only.Value == "moved" {
		if l.Moved = !l.Of.OfRun(); l.Of.OfRun() {
			c.fault(said.Only.Place, fmt.Sprintf("only: means nothing for %s", l.Of), "remove it; only a snapshot can leave out what has not moved")
		}
	}
	c.file()
	c.columns()
	c.lines()
	c.spelled()
}

// zone is the file's own time zone.
func (c *layoutCompiler) zone(said Text) {
	if !said.Said() {
		return
	}
	zone, err := time.LoadLocation(said.Value)
	if err != nil || said.Value == "" || said.Value == "Local" {
		c.fault(said.Place, fmt.Sprintf("%q is no time zone", said.Value), "write one such as Europe/Berlin")
		return
	}
	c.made.File.Zone = zone
}
