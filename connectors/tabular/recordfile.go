package tabular

import (
	"fmt"
	"maps"
	"strings"

	"rentalsync/pipeline"
)

// recordFile sorts the records of a file by their types, whatever format they
// were cut from: header records tell of the file, trailers end it and must agree
// with it, and all others are rows of a table.
type recordFile struct {
	name  string
	text  *source
	yield yieldFunc

	parts []*recordPart
	asks  []pipeline.Ask
	said  map[string]string // by header records, so far

	ended int // the line of the trailer; 0 until it came
	rows  int // read so far, the broken ones among them
	sums  []*hashTotal
	row   pipeline.Row // reused for every row
}

// newRecordFile takes a file apart by the parts of its dialect; one without parts
// is one table.
func newRecordFile(name string, text *source, d pipeline.Dialect, yield yieldFunc) (*recordFile, error) {
	tables := d.Parts
	if len(tables) == 0 {
		tables = []pipeline.Table{{Columns: d.Columns}}
	}

	f := &recordFile{name: name, text: text, yield: yield}
	for i, table := range tables {
		part, err := newRecordPart(table, i)
		if err != nil {
			return nil, err
		}
		f.parts = append(f.parts, part)
	}
	for _, part := range f.parts {
		if sum := part.Totals.Sum; sum != nil {
			total, err := newHashTotal(part, *sum, f.parts)
			if err != nil {
				return nil, err
			}
			f.sums = append(f.sums, total)
		}
	}
	return f, f.listen(d.Asks)
}

// listen remembers what header records are to be asked.
func (f *recordFile) listen(asks []pipeline.Ask) error {
	for _, ask := range asks {
		if ask.Cell != "" || ask.Part < 0 || ask.Part >= len(f.parts) {
			continue
		}
		if err := checkPlaces([]pipeline.Slice{ask.At}); err != nil {
			return err
		}
		f.asks = append(f.asks, ask)
	}
	return nil
}

// take sorts one record and does what its type calls for.
func (f *recordFile) take(r *record) error {
	part := f.partOf(r)
	if f.ended > 0 && (part == nil || part.Use != pipeline.TableTrailer || part.seen != nil) {
		return textAfterTrailer(r.line, f.ended)
	}

	switch {
	case part == nil:
		return f.foreign(r)
	case part.Use == pipeline.TableHeader:
		return f.hear(part, r)
	case part.Use == pipeline.TableTrailer:
		part.seen, f.ended = r.kept(), r.line
		return nil
	default:
		return f.give(part, r)
	}
}

func (f *recordFile) partOf(r *record) *recordPart {
	for _, part := range f.parts {
		if part.has(r) {
			return part
		}
	}
	return nil
}

// foreign is the verdict on a record that no part knows. It counts as a row: who
// wrote the trailer has counted it.
func (f *recordFile) foreign(r *record) error {
	f.rows++
	at := f.typeAt()
	word := shortened(strings.Trim(r.at(at), padding))
	r.faults = append(r.faults, pipeline.Fault{
		Value: word,
		What:  fmt.Sprintf("no part knows records of the type %q", word),
		Hint:  fmt.Sprintf("add a part with record: {at: %s, is: %q}, or have the ERP leave them out", place(at), word),
	})
	cells := r.everything()
	return f.reject(numbered(len(cells), r.line), r, cells, r.faults)
}

// typeAt is where records have their type: where the first part looks for it.
func (f *recordFile) typeAt() pipeline.Slice {
	for _, part := range f.parts {
		if len(part.Record.Is) > 0 {
			return part.Record.At
		}
	}
	return pipeline.Slice{From: 1}
}

// hear takes what a header record says. Tables that come after another one get a
// header of their own.
func (f *recordFile) hear(part *recordPart, r *record) error {
	said := maps.Clone(f.said)
	for _, ask := range f.asks {
		if ask.Part != part.index {
			continue
		}
		word := strings.Trim(r.at(ask.At), padding)
		if fault, found := f.text.fault(ask.Name, word); found {
			return &pipeline.Unreadable{
				Why:  fmt.Sprintf("the header record in line %d: %s %q: %s", r.line, ask.Name, fault.Value, fault.What),
				Hint: fault.Hint,
			}
		}
		if said == nil {
			said = make(map[string]string)
		}
		said[ask.Name] = word
	}

	if !maps.Equal(said, f.said) {
		f.said = said
		for _, p := range f.parts {
			p.header = nil
		}
	}
	return nil
}

// finish is the verdict at the end of the file: its trailers are there and agree
// with it. Then it tells of the tables that have no rows.
func (f *recordFile) finish() error {
	for _, part := range f.parts {
		if err := f.agree(part); err != nil {
			return err
		}
	}
	if err := f.text.verdict(); err != nil {
		return err
	}
	for _, part := range f.parts {
		if part.Use != pipeline.TableRows || part.rows > 0 || part.Columns == nil {
			continue
		}
		if err := f.send(nil, &pipeline.NoRows{Header: f.headerOf(part, &record{})}); err != nil {
			return err
		}
	}
	return nil
}

func textAfterTrailer(line, trailer int) error {
	return &pipeline.Unreadable{
		Why:  fmt.Sprintf("line %d has text after the trailer in line %d", line, trailer),
		Hint: "two exports may have been joined: have the ERP write one",
	}
}
