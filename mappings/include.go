package mappings

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// include takes the columns, codes and skips of the files that the mapping
// includes. What the mapping says itself wins.
func (c *compiler) include() []*yaml.Node {
	var roots []*yaml.Node
	for _, said := range c.said.Include {
		doc, ok := c.read(said)
		if !ok {
			continue
		}
		var shared sharedBlock
		c.faults = append(c.faults, doc.Decode(&shared)...)
		roots = append(roots, doc.Root)

		c.said.Columns = merge(c, doc, "columns", shared.Columns, c.said.Columns)
		c.said.Codes = merge(c, doc, "codes", shared.Codes, c.said.Codes)
		c.said.Skip = merge(c, doc, "skip", shared.Skip, c.said.Skip)
	}
	return roots
}

// read reads a file beside the mapping.
func (c *compiler) read(said Text) (*Document, bool) {
	if said.Value != filepath.Base(said.Value) || strings.Contains(said.Value, `\`) || !strings.HasSuffix(said.Value, ".yaml") {
		c.fault(said.Place, fmt.Sprintf("cannot include %q", said.Value), "name a .yaml file in the mapping's own folder")
		return nil, false
	}
	read := c.options.ReadFile
	if read == nil {
		read = os.ReadFile
	}

	path := filepath.Join(filepath.Dir(c.made.file), said.Value)
	data, err := read(path)
	if err != nil {
		c.fault(said.Place, fmt.Sprintf("cannot include %q: %v", said.Value, plainError(err)), "")
		return nil, false
	}
	doc, faults := Read(path, data)
	c.faults = append(c.faults, faults...)
	c.made.includes = append(c.made.includes, path)
	return doc, doc.Root != nil
}

// merge puts shared entries before the mapping's own, and remembers where they
// are from.
func merge[T any](c *compiler, doc *Document, part string, shared, own Named[T]) Named[T] {
	var merged Named[T]
	for _, e := range shared {
		same := func(o Entry[T]) bool { return o.Name.Value == e.Name.Value }
		if slices.ContainsFunc(own, same) {
			continue
		}
		merged = append(merged, e)
		c.docs[part+"."+e.Name.Value] = doc
	}
	return append(merged, own...)
}

// in works on an entry in the file where it stands.
func (c *compiler) in(part, name string, work func()) {
	own := c.doc
	if doc, included := c.docs[part+"."+name]; included && !c.own[part+"."+name] {
		c.doc = doc
	}
	work()
	c.doc = own
}

// included reports whether an entry is from another file, where it may be there
// for other mappings.
func (c *compiler) included(part, name string) bool { return c.docs[part+"."+name] != nil }
