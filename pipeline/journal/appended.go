package journal

import (
	"context"

	"rentalsync/pipeline"
)

const (
	lastAppend = `SELECT snapshot, taken_at, began, ended FROM appended WHERE flow = $1 AND file = $2`
	noteAppend = `
		INSERT INTO appended (flow, file, snapshot, taken_at, began, ended) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (flow, file) DO UPDATE SET snapshot = excluded.snapshot, taken_at = excluded.taken_at, began = excluded.began, ended = excluded.ended`
)

// Appended is what was added last to a file that only grows; nil where nothing
// was.
func (j *Journal) Appended(ctx context.Context, flow, file string) (last *pipeline.Appended, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		var a pipeline.Appended
		var taken int64
		known, err := found(s.one(ctx, lastAppend, args(flow, file), &a.Snapshot, &taken, &a.Began, &a.Ended))
		if err == nil && known {
			a.TakenAt, last = instant(taken), &a
		}
		return err
	})
	return last, named(err, "ask what was added to %q", file)
}

// NoteAppended records what is being added to a file that only grows, or that it
// was.
func (j *Journal) NoteAppended(ctx context.Context, flow, file string, a pipeline.Appended) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, noteAppend, flow, file, a.Snapshot, nanos(a.TakenAt), a.Began, a.Ended)
		return err
	})
	return named(err, "note what was added to %q", file)
}
