package mappings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"

	"go.yaml.in/yaml/v4"
)

// later is a part of the language that this version does not read.
type later struct{}

// DecodeYAML refuses what stands there.
func (later) DecodeYAML(d *Decoder, n *yaml.Node) {
	d.Fault(n, "this version reads CSV files of one part", "write a mapping for each kind of file")
}

// column is a column's headers, or a block.
type column struct{ columnBlock }

// DecodeYAML takes a header, a list of headers or a block.
func (c *column) DecodeYAML(d *Decoder, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.Decode(n, &c.columnBlock)
		return
	}
	c.At = Place{n.Line, n.Column}
	d.Decode(n, &c.Header)
}

// steps are cleaning steps, compiled.
type steps struct {
	transforms.Steps
	written []string // as the mapping writes them
}

// DecodeYAML takes a step or a list of steps; a step is a word, or a word with
// its argument.
func (s *steps) DecodeYAML(d *Decoder, n *yaml.Node) {
	for _, item := range d.Items(n) {
		if item.Kind != yaml.MappingNode {
			if name, ok := d.Text(item); ok {
				s.add(d, item, name, nil)
			}
			continue
		}
		d.Pairs(item, func(key, value *yaml.Node) { s.add(d, key, key.Value, argument(value)) })
	}
}

func (s *steps) add(d *Decoder, n *yaml.Node, name string, arg any) {
	step, err := transforms.NewStep(name, arg)
	if err != nil {
		d.Fault(n, err.Error(), "")
		return
	}
	s.Steps = append(s.Steps, step)
	if arg != nil {
		name += fmt.Sprintf(": %v", arg)
	}
	s.written = append(s.written, name)
}

// argument gives a step its argument, in the texts of the file.
func argument(n *yaml.Node) any {
	switch {
	case isNull(n):
		return nil
	case n.Kind == yaml.ScalarNode && plain(n) && n.Value == "true":
		return true
	case n.Kind == yaml.ScalarNode:
		return n.Value
	case n.Kind == yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = argument(item)
		}
		return list
	}

	table := map[string]any{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		table[n.Content[i].Value] = argument(n.Content[i+1])
	}
	return table
}

// codeTable is what codes mean.
type codeTable struct {
	Place
	meanings Named[Text]
}

// DecodeYAML takes codes with their meanings.
func (t *codeTable) DecodeYAML(d *Decoder, n *yaml.Node) {
	t.Place = Place{n.Line, n.Column}
	t.meanings.DecodeYAML(d, n)
}

func (t *codeTable) compile() transforms.Codes {
	meanings := make(map[string]string, len(t.meanings))
	for _, e := range t.meanings {
		meanings[e.Name.Value] = e.Value.Value
	}
	return transforms.NewCodes(meanings)
}

// codesRef is the name of a code table, or the table itself.
type codesRef struct {
	name  Text
	table *codeTable
}

// DecodeYAML takes a name or a table.
func (r *codesRef) DecodeYAML(d *Decoder, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		r.table = new(codeTable)
		r.table.DecodeYAML(d, n)
		return
	}
	r.name.DecodeYAML(d, n)
}

func (r codesRef) said() bool { return r.table != nil || r.name.Said() }

// numberForm is true, or how a number is written.
type numberForm struct {
	Place
	own *numberBlock
}

// DecodeYAML takes true or a form.
func (f *numberForm) DecodeYAML(d *Decoder, n *yaml.Node) {
	f.Place = Place{n.Line, n.Column}
	if n.Kind == yaml.MappingNode {
		f.own = new(numberBlock)
		d.Decode(n, f.own)
		return
	}
	if text, ok := d.Text(n); ok && text != "true" {
		d.Fault(n, fmt.Sprintf("expected true or a form, found %q", text), `a form is written {decimal: ",", thousands: "."}`)
	}
}

func (f numberForm) said() bool { return f.Line > 0 }

// dateForm is true, or how a date is written.
type dateForm struct {
	Place
	own *transforms.DateForm
}

// DecodeYAML takes true or a form.
func (f *dateForm) DecodeYAML(d *Decoder, n *yaml.Node) {
	f.Place = Place{n.Line, n.Column}
	text, ok := d.Text(n)
	if !ok || text == "true" {
		return
	}
	form, err := transforms.ParseDateForm(text)
	if err != nil {
		d.Fault(n, err.Error(), "")
		return
	}
	f.own = &form
}

func (f dateForm) said() bool { return f.Line > 0 }

// headerLines are the physical lines that hold the column names.
type headerLines struct {
	lines []int
	none  bool
}

// DecodeYAML takes a line, a list of lines or none.
func (h *headerLines) DecodeYAML(d *Decoder, n *yaml.Node) {
	for _, item := range d.Items(n) {
		text, ok := d.Text(item)
		if !ok {
			return
		}
		line, err := strconv.Atoi(text)
		switch {
		case text == "none" && n.Kind == yaml.ScalarNode:
			h.none = true
		case err != nil || line < 1 || line > 1000:
			d.Fault(item, fmt.Sprintf("expected the header's line, found %q", text), "write 1, [3, 4] or none")
		case len(h.lines) > 0 && line <= h.lines[len(h.lines)-1]:
			d.Fault(item, fmt.Sprintf("line %d does not follow line %d", line, h.lines[len(h.lines)-1]), "list the header's lines from top to bottom")
		default:
			h.lines = append(h.lines, line)
		}
	}
}

// claims is what absence of each kind means.
type claims struct {
	Place
	of    [rental.Asset + 1]pipeline.Claim
	named []claimed
}

type claimed struct {
	Place
	kind rental.Kind
}

var claimWords = []string{"changes", "all", "open"}

// DecodeYAML takes full, changes, or a claim for each kind.
func (c *claims) DecodeYAML(d *Decoder, n *yaml.Node) {
	c.Place = Place{n.Line, n.Column}
	if n.Kind != yaml.MappingNode {
		text, ok := d.Text(n)
		switch {
		case ok && text == "full":
			c.of[rental.Asset], c.of[rental.Item] = pipeline.All, pipeline.Open
		case ok && text != "changes":
			d.Fault(n, fmt.Sprintf("unknown claim %q", text), "write full, changes, or a claim for each kind, as {asset: all, item: open}")
		}
		return
	}
	d.Pairs(n, func(key, value *yaml.Node) { c.claim(d, key, value) })
}

func (c *claims) claim(d *Decoder, key, value *yaml.Node) {
	kind, err := rental.ParseKind(key.Value)
	if err != nil {
		d.Unknown(key, kindWords())
		return
	}
	text, ok := d.Text(value)
	if !ok {
		return
	}
	word := slices.Index(claimWords, text)
	switch {
	case word < 0:
		d.Fault(value, fmt.Sprintf("unknown claim %q", text), suggest(text, claimWords))
	case pipeline.Claim(word) == pipeline.Open && kind != rental.Item:
		d.Fault(value, fmt.Sprintf("%s: open means nothing, only items are open or ended", kind), "write all or changes")
	default:
		c.of[kind] = pipeline.Claim(word)
		c.named = append(c.named, claimed{Place{key.Line, key.Column}, kind})
	}
}

func kindWords() []string {
	var words []string
	for _, k := range rental.Kinds() {
		words = append(words, k.String())
	}
	return words
}

// zones is the zone of all rows, or one for each value of a column.
type zones struct {
	Place
	all      Text
	by       Text
	of       Named[Text]
	fallback Text
}

// DecodeYAML takes a zone, or {by: column, VALUE: zone}.
func (z *zones) DecodeYAML(d *Decoder, n *yaml.Node) {
	z.Place = Place{n.Line, n.Column}
	if n.Kind != yaml.MappingNode {
		z.all.DecodeYAML(d, n)
		return
	}
	d.Pairs(n, func(key, value *yaml.Node) {
		var t Text
		t.DecodeYAML(d, value)
		switch key.Value {
		case "by":
			z.by = t
		case "default":
			z.fallback = t
		default:
			z.of = append(z.of, Entry[Text]{Name: Text{Value: key.Value, Place: Place{key.Line, key.Column}}, Value: t})
		}
	})
	if !z.by.Said() {
		d.Fault(n, `the key "by" is missing`, "name the column that decides, as {by: branch, MUC: Europe/Berlin}")
	}
}

// rule says where a field has its value from: a column or a constant, a
// formula, or a block.
type rule struct {
	ruleBlock
	bare bool // written as a single word, which may be a constant
}

// DecodeYAML takes a word, a formula behind "=", or a block.
func (r *rule) DecodeYAML(d *Decoder, n *yaml.Node) {
	r.At = Place{n.Line, n.Column}
	if n.Kind == yaml.MappingNode {
		d.Decode(n, &r.ruleBlock)
		r.checkSource(d, n)
		return
	}

	var t Text
	t.DecodeYAML(d, n)
	r.bare = true
	if strings.HasPrefix(t.Value, "=") {
		r.Formula = t
		return
	}
	r.From = t
	if t.Value == "" && n.Kind == yaml.ScalarNode && !isNull(n) {
		d.Fault(n, "the column is missing", `name it, or write '=""' for a field that is always empty`)
	}
}

func (r *rule) checkSource(d *Decoder, n *yaml.Node) {
	switch {
	case r.From.Said() && r.Formula.Said():
		d.Fault(n, "from and formula are both there", "keep one of them")
	case !r.From.Said() && !r.Formula.Said():
		d.Fault(n, "it is not said where the value comes from", "add from: with a column, or formula:")
	case strings.HasPrefix(r.From.Value, "="):
		r.Formula, r.From = r.From, Text{}
	}
}

// rates are the prices of an item, in the order in which they are tried.
type rates struct {
	Place
	list []rateBlock
}

// DecodeYAML takes one price, a list of prices, or {choose: …, of: …}.
func (r *rates) DecodeYAML(d *Decoder, n *yaml.Node) {
	r.Place = Place{n.Line, n.Column}
	switch {
	case n.Kind == yaml.SequenceNode:
		d.Decode(n, &r.list)
	case n.Kind == yaml.MappingNode && child(n, "choose") != nil:
		var several chooseBlock
		d.Decode(n, &several)
		r.choose(d, n, several)
	default:
		r.list = make([]rateBlock, 1)
		d.Decode(n, &r.list[0])
	}
}

func (r *rates) choose(d *Decoder, n *yaml.Node, several chooseBlock) {
	order := several.Choose.values()
	r.list = several.Of
	for _, price := range several.Of {
		if t := price.Type.From; t.Said() && !slices.Contains(order, t.Value) {
			d.Fault(n, fmt.Sprintf("choose does not say when the %s price is taken", t.Value), "add it to choose, or remove the price")
		}
	}
	slices.SortStableFunc(r.list, func(a, b rateBlock) int {
		return slices.Index(order, a.Type.From.Value) - slices.Index(order, b.Type.From.Value)
	})
}

// candidate is one way to identify an asset.
type candidate struct {
	kind Text
	rule rule
}

// candidates are ways to identify an asset, the best first.
type candidates []candidate

// DecodeYAML takes a list of {TYPE: field}.
func (cs *candidates) DecodeYAML(d *Decoder, n *yaml.Node) {
	for _, item := range d.Items(n) {
		d.Pairs(item, func(key, value *yaml.Node) {
			c := candidate{kind: Text{Value: key.Value, Place: Place{key.Line, key.Column}}}
			c.rule.DecodeYAML(d, value)
			*cs = append(*cs, c)
		})
	}
}
