package report

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"rentalsync/pipeline"
)

// Mending is the rejected rows of one shape, for people to mend: in their own
// columns and order, with what is wrong, and with what they are known by when they
// come back.
type Mending struct {
	Mapping string           // that refused them, or reads the files they came in
	Dialect pipeline.Dialect // of those files
	Columns []string         // as the files name them; cells beyond the header are numbered
	Choices map[int][]string // what may stand in a column, where that is a list
	Rows    iter.Seq2[Mendable, error]
}

// Mendable is one rejected row.
type Mendable struct {
	Cells  []string
	Faults map[int]string // by column, what is wrong with the cell
	What   string         // all that is wrong
	Hint   string         // how to mend it
	Row    pipeline.RowID
	Source string // the digest of the file it came in
}

// RejectsJournal knows the rejected rows of runs and where they came from.
type RejectsJournal interface {
	RejectedRows(ctx context.Context, delivery string) iter.Seq2[pipeline.OpenReject, error]
	DeliveriesByID(ctx context.Context, ids []string) (map[string]pipeline.Delivery, error)
	Depots(ctx context.Context, flow string, n int) ([]string, error)
}

// mostDepots is how many depots are offered to choose from: a longer list helps
// nobody.
const mostDepots = 500

// Mendings gathers the rejected rows of a run that nothing has settled since, by
// mapping and header, in the order in which they came. A row without any header
// cannot be mended.
func Mendings(ctx context.Context, journal RejectsJournal, facts pipeline.RunFacts, mappings []pipeline.Mapping) ([]Mending, error) {
	m := mender{ctx: ctx, journal: journal, run: facts.Deliveries, deliveries: map[string]pipeline.Delivery{}}
	for _, d := range facts.Deliveries {
		m.deliveries[d.ID] = d
	}
	shapes, err := m.shapes()
	if err != nil {
		return nil, err
	}
	depots, err := journal.Depots(ctx, facts.Run.Flow, mostDepots)
	if err != nil {
		return nil, err
	}
	list := make([]Mending, len(shapes))
	for i, s := range shapes {
		list[i] = Mending{Mapping: s.mapping, Columns: s.columns(), Rows: m.rows(s)}
		at := slices.IndexFunc(mappings, func(p pipeline.Mapping) bool { return p.Name() == s.mapping })
		if at < 0 {
			continue
		}
		list[i].Dialect = mappings[at].Dialect()
		if chooser, knows := mappings[at].(pipeline.Chooser); knows {
			list[i].Choices = chooser.Choices(pipeline.HeaderOf(list[i].Dialect, s.header, s.sheet), depots)
		}
	}
	return list, nil
}

// mender gathers the rejected rows of one run.
type mender struct {
	ctx        context.Context
	journal    RejectsJournal
	run        []pipeline.Delivery
	deliveries map[string]pipeline.Delivery
}

// open yields the rows that are still to be mended.
func (m *mender) open() iter.Seq2[pipeline.Reject, error] {
	return func(yield func(pipeline.Reject, error) bool) {
		for _, d := range m.run {
			for r, err := range m.journal.RejectedRows(m.ctx, d.ID) {
				if err == nil && r.Settled != "" {
					continue
				}
				if !yield(r.Reject, err) || err != nil {
					return
				}
			}
		}
	}
}

// shape is what rows have in common that stand in one table.
type shape struct {
	mapping string
	sheet   string // that the first of them stood in
	header  []string
	width   int // of the longest row
}

func (s *shape) columns() []string {
	columns := slices.Clone(s.header)
	for i := len(columns); i < s.width; i++ {
		columns = append(columns, fmt.Sprintf("cell %d", i+1))
	}
	return columns
}

func (s *shape) has(mapping string, r *pipeline.Reject) bool {
	return s.mapping == mapping && slices.Equal(s.header, r.Header)
}

func (m *mender) shapes() ([]shape, error) {
	var shapes []shape
	for r, err := range m.open() {
		if err != nil {
			return nil, err
		}
		if len(r.Header) == 0 {
			continue
		}
		mapping, _, err := m.from(&r)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(shapes, func(s shape) bool { return s.has(mapping, &r) })
		if at < 0 {
			at = len(shapes)
			shapes = append(shapes, shape{mapping: mapping, sheet: sheetOf(&r), header: r.Header})
		}
		shapes[at].width = max(shapes[at].width, len(r.Cells))
	}
	return shapes, nil
}

// from finds the mapping that reads a row, and the digest of the file it came in:
// a row that somebody corrected is one of the file that it stood in first.
func (m *mender) from(r *pipeline.Reject) (mapping, digest string, err error) {
	digest = m.deliveries[r.Delivery].Digest
	root := r.Delivery
	if r.Root.Delivery != "" {
		root = r.Root.Delivery
	}
	if _, known := m.deliveries[root]; !known {
		found, err := m.journal.DeliveriesByID(m.ctx, []string{root})
		if err != nil {
			return "", "", err
		}
		m.deliveries[root] = found[root]
	}
	return m.deliveries[root].Mapping, digest, nil
}

func (m *mender) rows(s shape) iter.Seq2[Mendable, error] {
	return func(yield func(Mendable, error) bool) {
		for r, err := range m.open() {
			if err != nil {
				yield(Mendable{}, err)
				return
			}
			mapping, digest, err := m.from(&r)
			if err != nil {
				yield(Mendable{}, err)
				return
			}
			if s.has(mapping, &r) && !yield(mendable(&r, digest), nil) {
				return
			}
		}
	}
}

// mendable tells of a rejected row what is wrong with which cell.
func mendable(r *pipeline.Reject, digest string) Mendable {
	row := Mendable{
		Cells: r.Cells, Faults: map[int]string{}, Source: digest,
		Row: pipeline.RowID{Delivery: r.Delivery, Sheet: r.Origin.Sheet, Line: r.Origin.Line},
	}
	var whats, hints []string
	for _, f := range r.Faults {
		what := f.What
		if f.Column != "" {
			what = f.Column + ": " + what
		}
		whats = append(whats, what)
		if f.Hint != "" && !slices.Contains(hints, f.Hint) {
			hints = append(hints, f.Hint)
		}
		if at := slices.Index(r.Header, f.Column); at >= 0 && f.Column != "" {
			row.Faults[at] = strings.TrimPrefix(row.Faults[at]+"\n"+f.What, "\n")
			if f.Hint != "" {
				row.Faults[at] += "; " + f.Hint
			}
		}
	}
	row.What, row.Hint = strings.Join(whats, "; "), strings.Join(hints, "; ")
	return row
}

// sheetOf is the sheet that a row stood in when it was rejected first.
func sheetOf(r *pipeline.Reject) string {
	if r.Root.Delivery != "" {
		return r.Root.Sheet
	}
	return r.Origin.Sheet
}
