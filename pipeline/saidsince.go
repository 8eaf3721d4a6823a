package pipeline

import (
	"context"
	"errors"
	"fmt"

	"rentalsync/pipeline/rental"
)

// saidSince is what later files of a mapping have said of what a late one names,
// by field. The register keeps of each value who said it first: that a later file
// said the same again is only known by reading it again.
type saidSince map[rental.Ref]map[rental.Field]bool

// keptFiles bounds how many later files are read again because of a late one.
const keptFiles = 1000

// since reads the files of changes again that are later than one which comes late.
// Late files are few, so that all others cost nothing.
func (in *Intake) since(ctx context.Context, d *Delivery, m Mapping) (saidSince, error) {
	if claimsAnything(m) { // see lateness
		return nil, nil
	}
	later, err := in.Deliveries.Following(ctx, *d, keptFiles)
	if err != nil || len(later) == 0 {
		return nil, err
	}

	said := saidSince{}
	name := func(e *rental.Entity) { said[e.Ref] = map[rental.Field]bool{} }
	if err := in.eachEntity(ctx, d, m, name); err != nil {
		return nil, nil //nolint:nilerr // what is wrong with it is found when it is worked
	}
	return said, in.readLater(ctx, d, m, later, said.add)
}

// saidAfter is what the files of changes that came after one have said of anything:
// what a person has mended may be about something else than the row said before.
func (in *Intake) saidAfter(ctx context.Context, of *Delivery, m Mapping) (saidSince, error) {
	if claimsAnything(m) {
		return nil, nil
	}
	later, err := in.Deliveries.Following(ctx, *of, keptFiles)
	if err != nil {
		return nil, err
	}
	said := saidSince{}
	return said, in.readLater(ctx, of, m, later, func(e *rental.Entity) {
		if said[e.Ref] == nil {
			said[e.Ref] = map[rental.Field]bool{}
		}
		said.add(e)
	})
}

// readLater hands over all that later files say. One that is gone keeps nothing from
// being worked.
func (in *Intake) readLater(ctx context.Context, of *Delivery, m Mapping, later []Delivery, take func(*rental.Entity)) error {
	for i := range later {
		err := in.eachEntity(ctx, &later[i], m, take)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			in.Log.Warn("a later file cannot be read again: what it said before counts as far as the register knows",
				"flow", of.Flow, "delivery", of.Name, "later", later[i].Name, "error", err)
		}
	}
	return nil
}

// add keeps what an entity of a later file says, where the late one names it.
func (s saidSince) add(e *rental.Entity) {
	fields, named := s[e.Ref]
	if !named {
		return
	}
	for i := range e.Fields {
		fields[e.Fields[i].Field] = true
	}
}

// left is what a late word has to say that no later file said; cut is that this is
// not all of it.
func (s saidSince) left(e *rental.Entity) (fields []rental.FieldValue, cut bool) {
	fields = make([]rental.FieldValue, 0, len(e.Fields))
	for _, f := range e.Fields {
		if !s[e.Ref][f.Field] {
			fields = append(fields, f)
		}
	}
	return fields, len(fields) < len(e.Fields)
}

// eachEntity hands over all that the good rows of a file say. What is handed over
// is used again for the next row.
func (in *Intake) eachEntity(ctx context.Context, d *Delivery, m Mapping, take func(*rental.Entity)) error {
	src, err := in.Drop.Open(ctx, d.Place)
	if err != nil {
		return fmt.Errorf("open %s: %w", d.Name, err)
	}
	defer src.Close() //nolint:errcheck // it was only read

	var header *Header
	var mapper RowMapper
	var mapped Mapped
	for row, err := range in.Reader.Rows(ctx, src, d.Name, m.Dialect()) {
		var bad *RowError
		var empty *NoRows
		switch {
		case errors.As(err, &bad), errors.As(err, &empty):
			continue
		case err != nil:
			return err
		case row.Blank():
			continue
		}
		if row.Header != header {
			header = row.Header
			if mapper, err = m.Bind(header); err != nil {
				return err
			}
		}
		mapper.Map(row, &mapped)
		for i := range mapped.Entities {
			take(&mapped.Entities[i])
		}
	}
	return nil
}
