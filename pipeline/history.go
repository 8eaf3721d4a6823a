package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// GrowingOutbox is an outbox whose files can grow. Not every outbox can.
type GrowingOutbox interface {
	// Append adds to the end of a file, which it makes where there is none, while
	// nobody else does. It asks from, by the size that the file has, where to begin:
	// what lies behind is cut off. A false answer adds nothing. What was added is on
	// disk when it returns, and the answer is the file's size then.
	Append(ctx context.Context, name string, from func(size int64) (int64, bool, error), write func(io.Writer) error) (path string, size int64, err error)
}

// Appended is what was added last to a file that only grows.
type Appended struct {
	Snapshot string
	TakenAt  time.Time
	Began    int64 // the size of the file before
	Ended    int64 // and after; below zero while it is being written
}

// AppendJournal keeps what was added to files that only grow, so that nothing is
// added twice or by half.
type AppendJournal interface {
	Appended(ctx context.Context, flow, file string) (*Appended, error)
	NoteAppended(ctx context.Context, flow, file string, a Appended) error
}

// unfinished is the end of what is being written.
const unfinished = -1

// History is a file to which every snapshot adds its lines, once and whole.
type History struct {
	Name    string // of the file in the outbox
	Outbox  GrowingOutbox
	Journal AppendJournal
	Write   func(ctx context.Context, w io.Writer, fleet SnapshotFleet, first bool) error // first writes a header
	Log     *slog.Logger
}

// Add adds a snapshot, unless it or a later one was added before. What a crash has
// left half written is cut off first. A file that somebody holds open is left
// alone, and told: the lines come with the next snapshot only of that one.
func (h *History) Add(ctx context.Context, fleet SnapshotFleet) (path string, err error) {
	next := Appended{Snapshot: fleet.ID, TakenAt: fleet.TakenAt, Ended: unfinished}
	begin := func(size int64) (int64, bool, error) {
		last, err := h.Journal.Appended(ctx, fleet.Flow, h.Name)
		if err != nil {
			return 0, false, err
		}
		if last != nil && last.Ended != unfinished && !fleet.TakenAt.After(last.TakenAt) {
			return 0, false, nil
		}
		next.Began = size
		if last != nil && last.Ended == unfinished && last.Began < size {
			next.Began = last.Began
		}
		return next.Began, true, h.Journal.NoteAppended(ctx, fleet.Flow, h.Name, next)
	}

	added := false
	path, next.Ended, err = h.Outbox.Append(ctx, h.Name, begin, func(w io.Writer) error {
		added = true
		return h.Write(ctx, w, fleet, next.Began == 0)
	})
	var busy *InUse
	switch {
	case errors.As(err, &busy):
		h.Log.Warn("history left out", "flow", fleet.Flow, "file", h.Name, "error", err)
		return "", nil
	case err != nil:
		return "", fmt.Errorf("add to %s: %w", h.Name, err)
	case !added:
		return path, nil
	}
	return path, h.Journal.NoteAppended(ctx, fleet.Flow, h.Name, next)
}

// InUse is the verdict on a file that cannot be written because somebody has it
// open.
type InUse struct {
	Name  string
	Cause error
}

// Error names the file and the cure.
func (e *InUse) Error() string {
	return fmt.Sprintf("%s cannot be written now: %v; close it where it is open, or see who may write it", e.Name, e.Cause)
}

// Unwrap is what the file system said.
func (e *InUse) Unwrap() error { return e.Cause }
