package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"rentalsync/pipeline/rental"
)

// traced is a field whose cell is looked for.
type traced struct {
	ref   rental.Ref
	story *FieldStory
}

// trace follows every field back to its delivery, and to its cell where the
// file is still there and the mapping still reads it in the same way.
func (e *explaining) trace(ctx context.Context) error {
	byDelivery := map[string][]traced{}
	for i := range e.out.Fields {
		story := &e.out.Fields[i]
		byDelivery[story.source.Delivery] = append(byDelivery[story.source.Delivery], traced{e.out.Ref, story})
	}
	for i := range e.out.Rentals {
		r := &e.out.Rentals[i]
		for j := range r.Dates {
			story := &r.Dates[j]
			byDelivery[story.source.Delivery] = append(byDelivery[story.source.Delivery], traced{rental.Ref{Kind: rental.Item, Key: r.Key}, story})
		}
	}
	delete(byDelivery, "")

	ids := make([]string, 0, len(byDelivery))
	for id := range byDelivery {
		ids = append(ids, id)
	}
	known, err := e.Journal.DeliveriesByID(ctx, ids)
	if err != nil {
		return err
	}
	slices.Sort(ids)
	for _, id := range ids {
		if d, have := known[id]; have {
			e.traceFile(ctx, &d, byDelivery[id])
		}
	}
	return ctx.Err()
}

// traceFile tells of one delivery what it said.
func (e *explaining) traceFile(ctx context.Context, d *Delivery, list []traced) {
	for _, t := range list {
		t.story.Delivery, t.story.Date, t.story.Mapping, t.story.Version = d.Name, d.BusinessDate, d.Mapping, d.MappingVersion
		t.story.At = &d.ClaimedAt
	}
	file := FileStory{
		Name: d.Name, Date: d.BusinessDate, Mapping: d.Mapping, Version: d.MappingVersion, Run: d.Run, At: d.ClaimedAt, Place: d.Place,
	}
	if err := e.readCells(ctx, d, list); err != nil {
		file.Unread = err.Error()
	}
	e.out.Files = append(e.out.Files, file)
}

var (
	errCorrected      = errors.New("a person corrected rejected rows in it")
	errMappingGone    = errors.New("the flow has no such mapping any more")
	errMappingChanged = errors.New("the mapping has changed since")
	errFileElsewhere  = errors.New("the file is no longer there")
)

// readCells reads a delivery's file once more, as far as the last line that is
// asked for.
func (e *explaining) readCells(ctx context.Context, d *Delivery, list []traced) error {
	if d.Mapping == Corrections {
		return errCorrected
	}
	at := slices.IndexFunc(e.Mappings, func(m Mapping) bool { return m.Name() == d.Mapping })
	if at < 0 {
		return errMappingGone
	}
	m := e.Mappings[at]
	teller, tells := m.(FieldTeller)
	switch {
	case m.Version() != d.MappingVersion:
		return errMappingChanged
	case !tells:
		return nil
	}
	for _, t := range list {
		t.tell(teller, nil)
	}

	src, err := e.OpenFunc(ctx, d.Place)
	if errors.Is(err, fs.ErrNotExist) {
		return errFileElsewhere
	}
	if err != nil {
		return fmt.Errorf("the file cannot be read: %w", err)
	}
	defer func() { _ = src.Close() }() // it was only read

	last := 0
	for _, t := range list {
		last = max(last, t.story.Line)
	}
	for row, err := range e.Reader.Rows(ctx, src, d.Name, m.Dialect()) {
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			return nil // it was read to its end before; what is missing is not told
		}
		if err == nil {
			tellRow(teller, row, list)
			if row.Origin.Line >= last && row.Origin.Sheet == "" {
				return nil
			}
		}
	}
	return nil
}

// tellRow tells the fields that come from a row.
func tellRow(teller FieldTeller, row *Row, list []traced) {
	for _, t := range list {
		if t.story.Line == row.Origin.Line && t.story.Sheet == row.Origin.Sheet {
			t.tell(teller, row)
		}
	}
}

// tell adds how a field is read. What a rule of ours said has no cell.
func (t traced) tell(teller FieldTeller, row *Row) {
	if t.story.source.Rule != "" || t.story.Line == 0 {
		return
	}
	read := teller.TellField(row, t.ref, t.story.Field)
	t.story.Rule, t.story.Cells = read.Rule, nil
	for _, c := range read.Cells {
		t.story.Cells = append(t.story.Cells, ReadCell{strings.Clone(c.Column), strings.Clone(c.Text)})
	}
}
