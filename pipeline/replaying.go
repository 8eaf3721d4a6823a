package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"rentalsync/pipeline/rental"
)

// again is what a stager knows of the delivery whose rows it works once more.
type again struct {
	journal ReplayJournal
	of      Delivery
	rows    map[RowID]bool        // those that are worked; nil is every one
	row     RowID                 // the one in hand
	alias   RowID                 // what it is known by, too, where a person corrected it more than once
	since   map[string][]Delivery // newer deliveries of the mapping, by scope
}

// leaves reports whether a row of the file is none of those that are worked. It
// takes the others in hand.
func (a *again) leaves(row *Row, err error) bool {
	if a == nil || a.rows == nil {
		return false
	}
	var bad *RowError
	var at rental.Origin
	switch {
	case errors.As(err, &bad):
		at = bad.Origin
	case row != nil && err == nil:
		at = row.Origin
	default:
		return false
	}
	a.row = RowID{Delivery: a.of.ID, Sheet: at.Sheet, Line: at.Line}
	return !a.rows[a.row.at()]
}

// root is the row that was rejected first, where the one in hand is it once more.
func (a *again) root() RowID {
	if a == nil {
		return RowID{}
	}
	return a.row
}

// work takes what the mapping made of a row. One that is worked again is refused
// where something newer speaks of what it names.
func (s *stager) work(ctx context.Context, row *Row, m *Mapped) error {
	if s.again == nil {
		return s.add(ctx, row, m)
	}
	how := Mended
	if len(m.Faults) == 0 && m.Skip == "" {
		faults, err := s.newer(ctx, m)
		if err != nil {
			return err
		}
		if len(faults) > 0 {
			how, m.Faults = Overtook, faults
		}
	}
	if m.Skip != "" {
		how = SkippedNow
	}

	before, parked := s.batch.Rows, len(m.Parked) > 0
	if err := s.add(ctx, row, m); err != nil {
		return err
	}
	if mended := s.batch.Rows.Rejected == before.Rejected && !parked; mended || how == Overtook {
		s.batch.Reworked = append(s.batch.Reworked, Reworked{s.again.row, how})
		if also := s.again.alias; also.Delivery != "" && also != s.again.row {
			s.batch.Reworked = append(s.batch.Reworked, Reworked{also, how})
		}
	}
	return nil
}

// newer tells what of a row's word is older than what the register has from newer
// files: an entity of a kind that a newer file named every one of, or a row of
// which nothing would be left. Single fields that stay as they are, are warned of.
func (s *stager) newer(ctx context.Context, m *Mapped) ([]Fault, error) {
	var faults, stays []Fault
	news := false
	for i := range m.Entities {
		e := &m.Entities[i]
		over, err := s.namedSince(ctx, e)
		if err != nil {
			return nil, err
		}
		if over != nil {
			faults = append(faults, *over)
			continue
		}
		stood, fresh, err := s.stands(ctx, e)
		if err != nil {
			return nil, err
		}
		stays, news = append(stays, stood...), news || fresh
	}
	if len(faults) == 0 && !news {
		return stays, nil
	}
	if len(faults) == 0 {
		m.Warnings = append(m.Warnings, stays...)
	}
	return faults, nil
}

// overtakenHint is what helps who mended a row too late.
const overtakenHint = "nothing is to be done where the newer file is right; else correct it in the ERP"

// namedSince is the fault of an entity of a kind that a newer file claims to name
// every one of; nil where none does.
func (s *stager) namedSince(ctx context.Context, e *rental.Entity) (*Fault, error) {
	if !s.claims.speaksOfAll(e.Kind) {
		return nil, nil
	}
	newer, err := s.again.newest(ctx, s.claims.mapping.Scoped(e.Kind), e.Scope)
	if err != nil || newer == nil {
		return nil, err
	}
	f := &Fault{Value: e.Key, Hint: overtakenHint}
	f.What = fmt.Sprintf("overtaken: %s of %s has said something newer about %s", newer.Name, newer.BusinessDate, e.Ref)
	if last, known := s.claims.mentions[e.Hash()]; !known || last.absent {
		f.What = fmt.Sprintf("overtaken: %s of %s names every %s there is, and this one is not among those that could be taken", newer.Name, newer.BusinessDate, e.Kind)
	}
	return f, nil
}

// speaksOfAll reports whether a file of the mapping says of every entity of a kind
// whether it is there. Open items are named of the assets that a file lists: of
// all, where it lists none or every one.
func (c *claims) speaksOfAll(kind rental.Kind) bool {
	if c.mapping.Claim(kind) != Open {
		return c.mapping.Claim(kind) == All
	}
	for _, other := range c.mapping.Kinds() {
		if other == rental.Asset {
			return c.mapping.Claim(rental.Asset) == All
		}
	}
	return true
}

// newest is the last delivery of the mapping that came after the one in hand, and
// spoke for a scope; nil where there is none.
func (a *again) newest(ctx context.Context, scoped bool, scope string) (*Delivery, error) {
	key := fmt.Sprint(scoped, scope)
	list, known := a.since[key]
	if !known {
		var err error
		if list, err = a.journal.Since(ctx, a.of, scoped, scope); err != nil {
			return nil, fmt.Errorf("look for what came after %s: %w", a.of.Name, err)
		}
		a.since[key] = list
	}
	if len(list) == 0 {
		return nil, nil
	}
	return &list[0], nil
}

// stands lists the fields of an entity that a newer word stands against, and
// reports whether it says anything else that is new.
func (s *stager) stands(ctx context.Context, e *rental.Entity) (stays []Fault, news bool, err error) {
	have, err := s.current(ctx, e.Ref)
	if err != nil {
		return nil, false, err
	}
	left := *e
	left.Fields, _ = s.since.left(e)
	next := rental.MergeLate(&have, &left, s.delivery.ID, s.later[e.Kind])
	_, news = rental.Compare(&have, &next)
	for _, field := range rental.Differences(&next, e) {
		by, err := s.sayer(ctx, &have, field)
		if err != nil {
			return nil, false, err
		}
		stays = append(stays, Fault{
			Column: columnOf(e, field), Value: textOf(e, field),
			What: fmt.Sprintf("overtaken: %s has said something newer about %s: %q (%s)", by, e.Ref, have.Text(field), field),
			Hint: overtakenHint,
		})
	}
	return stays, news || len(have.Fields) == 0, nil
}

// sayer names the file that a field is from, as far as it is a newer one: what a
// later file has only said again is still from the one that said it first.
func (s *stager) sayer(ctx context.Context, have *rental.Record, field rental.Field) (string, error) {
	id := have.SourceOf(field).Delivery
	if by, err := s.again.journal.DeliveriesByID(ctx, []string{id}); err != nil || by[id].BusinessDate > s.delivery.BusinessDate {
		return by[id].Name + " of " + by[id].BusinessDate, err
	}
	return "a later file", nil
}

// unusable says why a file in the archive cannot be worked again; "" is that it
// can, or that it could not be read for now.
func unusable(d *Delivery, digest string, err error) string {
	var unreadable *Unreadable
	var incomplete *Incomplete
	switch {
	case errors.As(err, &unreadable), errors.As(err, &incomplete):
		return err.Error()
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("%s is not there any more: have the ERP export the night again", strings.TrimPrefix(d.Place, "/"))
	case errors.Is(err, errMoved), err == nil && digest != d.Digest:
		return fmt.Sprintf("%s is not the file that was worked: somebody has changed it since; put the right one back, or have the ERP export the night again", d.Place)
	}
	return ""
}

// revertFirst is what helps who wants a file worked that is older than what was
// worked since.
func (d *Delivery) revertFirst(newest string) string {
	if !d.Again {
		return ""
	}
	return fmt.Sprintf("; rentalsync revert --set %s takes that back first", newest)
}
