package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
)

// Reasons by which rows of a file of corrections are skipped.
const (
	notEdited     = "not edited"
	settledBefore = "mended before"
)

// stageCorrections stages the rows of a file that people have mended; left is true
// when the delivery left the run instead.
func (in *Intake) stageCorrections(ctx context.Context, d *Delivery) (left bool, err error) {
	nobody := &claims{
		mapping: correction{}, mentions: map[uint64]mention{}, scopes: map[string]uint32{},
		covered: map[covered]bool{}, keyless: map[covered]bool{}, unsure: map[rental.Kind]bool{},
	}
	c := correcting{
		Intake: in, base: newStager(in.Stage, d, nobody, lateness{}, nil), by: map[string]*stager{},
		known: map[string]Delivery{}, mappers: map[string]RowMapper{}, seen: map[RowID]int{},
	}
	c.base.again = &again{}
	digest, err := in.decode(ctx, d, func(src io.Reader) error { return c.rows(ctx, src) })
	if left, err := in.sendAway(ctx, d, digest, err); left || err != nil {
		return left, err
	}
	return false, c.end(ctx)
}

// correcting is one file of corrections that is being staged. The rows of every
// delivery that it corrects are staged by themselves, as of that delivery's night;
// base counts all of them, and keeps those that belong to none.
type correcting struct {
	*Intake
	base    *stager
	by      map[string]*stager // by delivery
	last    *stager            // the one that staged the row before
	known   map[string]Delivery
	mappers map[string]RowMapper
	seen    map[RowID]int // where rows were corrected in this file
	mapped  Mapped
	found   bool // a table with our columns
}

// rows takes every row of the file. Tables without our columns are somebody's notes.
func (c *correcting) rows(ctx context.Context, src io.Reader) error {
	src, begin := start(src)
	for row, err := range c.Reader.Rows(ctx, src, PlainName(c.base.delivery.Name), c.dialect(ctx, begin)) {
		var bad *RowError
		var empty *NoRows
		switch {
		case errors.As(err, &bad):
			if err := c.refuse(ctx, &Row{Origin: bad.Origin, Header: bad.Header, Cells: bad.Cells}, nil, RowID{}, bad.Faults...); err != nil {
				return err
			}
			continue
		case errors.As(err, &empty):
			c.found = c.found || corrects(empty.Header)
			continue
		case err != nil:
			return err
		case !corrects(row.Header):
			continue
		}
		if c.found = true; row.Blank() {
			c.base.skip(blankRow)
			continue
		}
		if err := c.row(ctx, row); err != nil {
			return err
		}
	}
	if !c.found {
		return &Unreadable{
			Why:  fmt.Sprintf("no table in it has the column %q, by which corrected rows are known", RowTitle),
			Hint: "correct the rows in the workbook beside the report, and leave its hidden columns as they are",
		}
	}
	return nil
}

// row takes one row that somebody may have mended.
func (c *correcting) row(ctx context.Context, row *Row) error {
	id, of, rejected, fault, err := c.find(ctx, row)
	if err != nil {
		return err
	}
	if fault != nil {
		return c.refuse(ctx, row, rejected, RowID{}, *fault)
	}
	root := id
	if rejected.Root.Delivery != "" {
		root = rejected.Root
	}
	settled, err := c.settled(ctx, rejected, root)
	if err != nil {
		return err
	}
	edit := edited(row, rejected)
	switch {
	case !edit.changed:
		c.base.skip(notEdited)
		return nil
	case settled:
		c.base.skip(settledBefore)
		return nil
	case c.seen[root] > 0:
		return c.refuse(ctx, row, rejected, root, Fault{
			Column: RowTitle, Value: id.String(), What: fmt.Sprintf("the same row is corrected on line %d, too", c.seen[root]), Hint: "leave one of them",
		})
	case len(edit.cells) > len(rejected.Header):
		return c.refuse(ctx, row, rejected, root, Fault{
			What: fmt.Sprintf("%d cells where the header has %d", len(edit.cells), len(rejected.Header)), Hint: "empty the cells behind the last column that has a name",
		})
	}
	c.seen[root] = row.Origin.Line
	return c.work(ctx, row, id, root, of, rejected, edit)
}

// find looks up which rejected row a row corrects. A fault says why that cannot be
// told.
func (c *correcting) find(ctx context.Context, row *Row) (id RowID, of Delivery, rejected *OpenReject, fault *Fault, err error) {
	text := strings.TrimSpace(cellNamed(row, RowTitle))
	id, ok := ParseRowID(text)
	fault = &Fault{Column: RowTitle, Value: text, Hint: "correct rows in the workbook as it was written, and leave its hidden columns as they are"}
	if !ok {
		fault.What = "this is not the number of a rejected row"
		return id, of, nil, fault, nil
	}
	if of, err = c.delivery(ctx, id.Delivery); err != nil {
		return id, of, nil, nil, err
	}
	if of.Flow != c.Flow {
		fault.What = "no delivery of this flow had such a row"
		return id, of, nil, fault, nil
	}
	if source := strings.TrimSpace(cellNamed(row, SourceTitle)); len(source) < 8 || !strings.HasPrefix(of.Digest, source) {
		fault.Column, fault.Value, fault.What = SourceTitle, source, fmt.Sprintf("the row is said to be of another file than %s of %s", of.Name, of.BusinessDate)
		return id, of, nil, fault, nil
	}
	if rejected, err = c.Replays.RejectedRow(ctx, id); err != nil {
		return id, of, nil, nil, err
	}
	if rejected == nil {
		fault.What = fmt.Sprintf("line %d of %s of %s was not rejected", id.Line, of.Name, of.BusinessDate)
		return id, of, nil, fault, nil
	}
	return id, of, rejected, nil, nil
}

func (c *correcting) delivery(ctx context.Context, id string) (Delivery, error) {
	if d, known := c.known[id]; known {
		return d, nil
	}
	found, err := c.Replays.DeliveriesByID(ctx, []string{id})
	c.known[id] = found[id]
	return found[id], err
}

// settled reports whether a row was mended before, under this number or under that
// which it had first.
func (c *correcting) settled(ctx context.Context, rejected *OpenReject, root RowID) (bool, error) {
	if rejected.Settled != "" || rejected.Root.Delivery == "" {
		return rejected.Settled != "", nil
	}
	first, err := c.Replays.RejectedRow(ctx, root)
	return first != nil && first.Settled != "", err
}

// work lets the mapping of the file that a row stood in first read it once more.
func (c *correcting) work(ctx context.Context, row *Row, id, root RowID, of Delivery, rejected *OpenReject, edit edit) error {
	if root.Delivery != of.ID {
		var err error
		if of, err = c.delivery(ctx, root.Delivery); err != nil {
			return err
		}
	}
	s, fault, err := c.stager(ctx, of)
	if err != nil {
		return err
	}
	if fault == nil {
		at := c.header(of, root, rejected)
		again := Row{Origin: row.Origin, Header: at, Cells: edit.cells, Types: edit.types}
		mapper, bound := c.bind(s.claims.mapping, at)
		if bound == nil {
			mapper.Map(&again, &c.mapped)
			if err := c.crosswalk(s.claims.mapping, c.base.delivery).check(ctx, &c.mapped); err != nil {
				return err
			}
			s.batch.Rows, s.batch.Skips = c.base.batch.Rows, c.base.batch.Skips
			s.again.row, s.again.alias = root, id
			if err := s.work(ctx, &again, &c.mapped); err != nil {
				return err
			}
			c.base.batch.Rows = s.batch.Rows
			return nil
		}
		fault = &Fault{What: bound.Error()}
	}
	return c.refuse(ctx, row, rejected, root, *fault)
}

// stager stages the rows of one delivery again. Rows of several are written in the
// order in which they stand in the file.
func (c *correcting) stager(ctx context.Context, of Delivery) (*stager, *Fault, error) {
	s := c.by[of.ID]
	if s == nil {
		m, known := c.mappingNamed(of.Mapping)
		if !known || of.Mapping == Corrections {
			return nil, &Fault{What: fmt.Sprintf("mapping %q, which reads %s, is not configured any more", of.Mapping, of.Name), Hint: "correct the row in the ERP"}, nil
		}
		part := *c.base.delivery
		part.Mapping, part.BusinessDate, part.Sequence = of.Mapping, of.BusinessDate, of.Sequence
		var err error
		if s, err = c.stagerAgain(ctx, &part, of, m); err != nil {
			return nil, nil, err
		}
		c.by[of.ID] = s
	}
	if c.last != nil && c.last != s {
		c.last.batch.Rows = c.base.batch.Rows
		if err := c.last.flush(ctx); err != nil {
			return nil, nil, err
		}
	}
	c.last = s
	return s, nil, nil
}

// header is what names the cells of a row, in the part of the file that it was of.
func (c *correcting) header(of Delivery, root RowID, rejected *OpenReject) *Header {
	m, _ := c.mappingNamed(of.Mapping)
	return HeaderOf(m.Dialect(), rejected.Header, root.Sheet)
}

// HeaderOf is the header of rejected rows, as the reader of their file made it.
func HeaderOf(d Dialect, names []string, sheet string) *Header {
	h := &Header{Names: names, Line: 1, Sheet: sheet}
	h.Part = partOf(d, h)
	return h
}

// partOf finds the part of a file whose rows are named so.
func partOf(d Dialect, h *Header) int {
	return max(0, slices.IndexFunc(d.Parts, func(t Table) bool {
		if t.Use != TableRows {
			return false
		}
		names := make([]string, len(t.Columns))
		for i := range t.Columns {
			names[i] = t.Columns[i].Name
		}
		return len(names) > 0 && slices.Equal(names, h.Names) || t.Sheet != "" && t.Sheet == h.Sheet
	}))
}

// bind finds a mapping's columns under a header, once for all rows that are alike.
func (c *correcting) bind(m Mapping, h *Header) (RowMapper, error) {
	key := strings.Join(append([]string{m.Name(), h.Sheet, fmt.Sprint(h.Part)}, h.Names...), "\x00")
	if mapper, bound := c.mappers[key]; bound {
		return mapper, nil
	}
	mapper, err := m.Bind(h)
	if err == nil {
		c.mappers[key] = mapper
	}
	return mapper, err
}

// refuse counts a row that nothing can be made of. As far as it is known it keeps its
// own columns, so that it can be mended once more.
func (c *correcting) refuse(ctx context.Context, row *Row, rejected *OpenReject, root RowID, faults ...Fault) error {
	c.base.again.row = root
	header, cells := ownColumns(row)
	types := row.Types[:0:0]
	if rejected != nil {
		e := edited(row, rejected)
		header, cells, types = rejected.Header, e.cells, e.types
	}
	c.base.reject(row.Origin, &Header{Names: header}, cells, types, faults)
	if len(c.base.batch.Rejects) < batchRows {
		return nil
	}
	return c.base.flush(ctx)
}

// end stages what is left, and the counts of all rows.
func (c *correcting) end(ctx context.Context) error {
	for _, id := range slices.Sorted(maps.Keys(c.by)) {
		s := c.by[id]
		s.batch.Rows, s.batch.Skips = c.base.batch.Rows, c.base.batch.Skips
		if err := s.flush(ctx); err != nil {
			return err
		}
	}
	return c.staged(ctx, c.base.delivery, c.base)
}
