package mappings

import (
	"fmt"
	"strconv"

	"rentalsync/transforms"

	"go.yaml.in/yaml/v4"
)

// column is a column's headers, or its position, or a block.
type column struct {
	columnBlock
	bare bool // written without a block
}

// DecodeYAML takes a header, a list of headers, a position or a block.
func (c *column) DecodeYAML(d *Decoder, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.Decode(n, &c.columnBlock)
		return
	}
	c.At, c.bare = Place{n.Line, n.Column}, true
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
	Place
	lines []int
	none  bool
	find  bool // wherever the columns stand that the mapping needs
}

func (h *headerLines) said() bool { return h.Line > 0 }

// DecodeYAML takes a line, a list of lines, none or find.
func (h *headerLines) DecodeYAML(d *Decoder, n *yaml.Node) {
	h.Place = Place{n.Line, n.Column}
	for _, item := range d.Items(n) {
		text, ok := d.Text(item)
		if !ok {
			return
		}
		line, err := strconv.Atoi(text)
		switch {
		case text == "none" && n.Kind == yaml.ScalarNode:
			h.none = true
		case text == "find" && n.Kind == yaml.ScalarNode:
			h.find = true
		case err != nil || line < 1 || line > 1000:
			d.Fault(item, fmt.Sprintf("expected the header's line, found %q", text), "write 1, [3, 4], none or find")
		case len(h.lines) > 0 && line <= h.lines[len(h.lines)-1]:
			d.Fault(item, fmt.Sprintf("line %d does not follow line %d", line, h.lines[len(h.lines)-1]), "list the header's lines from top to bottom")
		default:
			h.lines = append(h.lines, line)
		}
	}
}

// partHeader is the header of a sheet, or what a record tells that heads the
// file.
type partHeader struct {
	headerLines
	told *toldBlock
}

// DecodeYAML takes what file.header takes, or a block.
func (h *partHeader) DecodeYAML(d *Decoder, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		h.headerLines.DecodeYAML(d, n)
		return
	}
	h.Place, h.told = Place{n.Line, n.Column}, new(toldBlock)
	d.Decode(n, h.told)
}

// countPlace is where the number of rows stands.
type countPlace struct{ countBlock }

// DecodeYAML takes a place or a block.
func (p *countPlace) DecodeYAML(d *Decoder, n *yaml.Node) {
	if n.Kind == yaml.MappingNode {
		d.Decode(n, &p.countBlock)
		return
	}
	p.Where.DecodeYAML(d, n)
}

// recordLength is how long the records of a fixed-width file are.
type recordLength struct {
	Place
	lengthBlock
}

// DecodeYAML takes a number, strict, or a block.
func (l *recordLength) DecodeYAML(d *Decoder, n *yaml.Node) {
	l.Place = Place{n.Line, n.Column}
	if n.Kind == yaml.MappingNode {
		d.Decode(n, &l.lengthBlock)
	} else if text, ok := d.Text(n); ok {
		length, err := strconv.Atoi(text)
		l.Of, l.Strict = length, text == "strict"
		if err != nil && !l.Strict {
			d.Fault(n, fmt.Sprintf("expected the characters of a record, found %q", text), "write 120, {of: 120, strict: true} or strict")
			return
		}
	}
	if l.Of < 0 || l.Of > maxRecord || l.Of == 0 && !l.Strict {
		d.Fault(n, fmt.Sprintf("no record has %d characters", l.Of), fmt.Sprintf("write a length from 1 to %d", maxRecord))
		l.Of = 0
	}
}

// maxRecord is far beyond any record of a mainframe.
const maxRecord = 65536

// form is a number's own form, in a file whose numbers have another one.
func (b *numberBlock) form(file transforms.NumberFormat) transforms.NumberFormat {
	own := file
	if b.Decimal.Said() {
		own.Decimal, own.Thousands = b.Decimal.Value, ""
	}
	if b.Thousands.Said() {
		own.Thousands = b.Thousands.Value
	}
	if b.Currency != nil {
		own.Currency = b.Currency.values()
	}
	own.Percent = b.Percent
	return own
}
