package journal

import (
	"context"
	"encoding/json"

	"rentalsync/pipeline"
)

const (
	lastHeader = `SELECT delivery, names, before FROM header WHERE flow = $1 AND mapping = $2 AND series = $3 AND part = $4 AND sheet = $5`
	saveHeader = `
		INSERT INTO header (flow, mapping, series, part, sheet, delivery, names, before) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (flow, mapping, series, part, sheet) DO UPDATE SET delivery = excluded.delivery, names = excluded.names, before = excluded.before`
)

// NoteHeader keeps the header that the newest file of a mapping and a series has in
// a part and a sheet, and tells that of the file before it; nil where there was
// none. Asked again about the same file it tells the same.
func (j *Journal) NoteHeader(ctx context.Context, d pipeline.Delivery, series string, h pipeline.Header) (before []string, err error) {
	names, err := json.Marshal(h.Names)
	if err != nil {
		return nil, err
	}
	var delivery, last, earlier string
	var known bool
	err = j.read(ctx, func(ctx context.Context, s session) (err error) {
		known, err = found(s.one(ctx, lastHeader, args(d.Flow, d.Mapping, series, h.Part, h.Sheet), &delivery, &last, &earlier))
		return err
	})
	if err != nil {
		return nil, named(err, "look up the last header of mapping %q", d.Mapping)
	}

	was := last
	if delivery == d.ID {
		was = earlier
	}
	if !known || last != string(names) {
		err = j.write(ctx, func(ctx context.Context, s session) error {
			_, err := s.exec(ctx, saveHeader, d.Flow, d.Mapping, series, h.Part, h.Sheet, d.ID, string(names), was)
			return err
		})
	}
	if err == nil && was != "" {
		err = json.Unmarshal([]byte(was), &before)
	}
	return before, named(err, "keep the header of %q", d.Name)
}
