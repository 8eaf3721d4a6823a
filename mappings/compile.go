package mappings

import (
	"fmt"
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"

	"go.yaml.in/yaml/v4"
)

// Options is what a mapping is compiled with.
type Options struct {
	// Values adds to the values that IRIS is known to take, by field:
	// rentalStatus, or contract.status where kinds share a name. Default: none.
	Values map[string][]string

	// ReadFile reads the files that a mapping includes, by their path.
	// Default: os.ReadFile.
	ReadFile func(path string) ([]byte, error)
}

// compiler makes a mapping of what a file says, and collects its faults.
type compiler struct {
	doc     *Document
	docs    map[string]*Document // where included columns, codes and skips stand
	options Options
	said    *language
	made    *Mapping
	part    *partBlock      // the part in hand, with what all parts share
	own     map[string]bool // what the part in hand says itself, like docs
	into    *tablePlan      // what is made of it
	ends    int             // where the last column of a record ends
	tables  map[string]transforms.Codes
	usedBy  map[string][]string // which fields use a code table
	faults  Faults
}

// Parse reads and compiles one mapping file. The mapping is nil where the file
// has a fault that is more than a warning.
func Parse(file string, data []byte, options Options) (*Mapping, Faults) {
	m, faults := parse(file, data, options)
	if len(faults.Broken()) > 0 {
		return nil, faults
	}
	return m, faults
}

// parse gives the mapping as far as it could be compiled.
func parse(file string, data []byte, options Options) (*Mapping, Faults) {
	made := &Mapping{file: file}
	doc, faults := Read(file, data)
	if doc.Root == nil {
		return made, faults
	}

	var said language
	faults = append(faults, doc.Decode(&said)...)
	c := &compiler{
		doc: doc, docs: map[string]*Document{}, options: options,
		said: &said, made: made, usedBy: map[string][]string{},
	}
	shared := c.include()
	made.version = versionOf(append(shared, doc.Root)...)
	if len(faults.Broken()) == 0 || canCompile(doc.Root) {
		c.compile()
	}

	faults = append(faults, c.faults...)
	if len(faults.Broken()) == 0 {
		faults = append(faults, c.unused()...)
	}
	faults.Sort()
	return made, slices.Compact(faults)
}

// canCompile reports whether a file with faults is enough of a mapping to look
// for more of them.
func canCompile(root *yaml.Node) bool { return child(root, "file") != nil }

func (c *compiler) fault(at Place, what, cure string) {
	c.faults = append(c.faults, c.doc.at(at.Line, at.Column, what, cure))
}

func (c *compiler) warn(at Place, what, cure string) {
	f := c.doc.at(at.Line, at.Column, what, cure)
	f.Warning = true
	c.faults = append(c.faults, f)
}

func (c *compiler) compile() {
	m := c.made
	m.name, m.describes, m.at = c.said.Mapping.Value, c.said.Describes, c.said.Mapping.Place
	switch {
	case m.name == pipeline.Corrections:
		c.fault(m.at, fmt.Sprintf("reports use the name %q for files in which rejected rows were mended", m.name), "choose another one")
	case !validName(m.name) && c.said.Mapping.Said():
		c.fault(m.at, fmt.Sprintf("the name %q cannot be part of a file name", m.name), "use letters, digits, - and _")
	}

	c.dialect()
	c.codeTables()
	c.parts()
	c.claims()
	c.stamps()
	c.finish()
}

// rows compiles what the rows of a part say.
func (c *compiler) rows() {
	c.columns()
	c.zones()
	c.skips()
	for _, kind := range rental.Kinds() {
		c.entity(kind)
	}
	c.extra()
	c.scopes()
	c.each()
	c.stampColumns()
	c.numbered()
}

func validName(name string) bool {
	outside := func(r rune) bool { return strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' }
	return name != "" && !strings.HasPrefix(name, ".") && !strings.ContainsFunc(name, outside)
}

// block gives what the rows say about a kind.
func (b *rowBlock) block(kind rental.Kind) *entityBlock {
	switch kind {
	case rental.Asset:
		return &b.Asset.entityBlock
	case rental.Customer:
		return &b.Customer.entityBlock
	case rental.Contract:
		return &b.Contract.entityBlock
	case rental.Item:
		return &b.Item.entityBlock
	default:
		return &b.Depot.entityBlock
	}
}

// block gives what the part in hand says about a kind.
func (c *compiler) block(kind rental.Kind) *entityBlock { return c.part.block(kind) }

// gives reports whether any part says something about a kind.
func (c *compiler) gives(kind rental.Kind) bool { return slices.Contains(c.made.Kinds(), kind) }

// finish looks at the mapping as a whole.
func (c *compiler) finish() {
	if len(c.made.Kinds()) == 0 {
		c.fault(c.said.At, "the mapping says nothing about any row", "add one of the blocks asset, customer, contract, item, depot")
	}
	for _, e := range c.made.entities() {
		slices.SortFunc(e.fields, func(a, b fieldPlan) int { return strings.Compare(string(a.field), string(b.field)) })
	}
}

// unused finds what the mapping says and never uses.
func (c *compiler) unused() Faults {
	c.faults = nil
	c.unusedColumns()
	c.unusedTables()
	return c.faults
}

// allowed lists the values that a field may have; nil when any text is fine.
func (c *compiler) allowed(kind rental.Kind, spec rental.Spec) []string {
	if spec.Values == nil {
		return nil
	}
	name := string(spec.Field)
	values := slices.Concat(spec.Values, c.options.Values[name], c.options.Values[kind.String()+"."+name])
	slices.Sort(values)
	return slices.Compact(values)
}

var _ pipeline.Mapping = (*Mapping)(nil)
