package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"testing"
	"time"

	"rentalsync/pipeline"
)

// growing is an outbox of one file in memory, and a journal of what was added to it.
type growing struct {
	text  bytes.Buffer
	noted *pipeline.Appended
	dies  bool // after the next write, before that is noted
	open  bool // in another program
}

var errDied = errors.New("the power went")

func (g *growing) Append(_ context.Context, name string, from func(int64) (int64, bool, error), write func(io.Writer) error) (string, int64, error) {
	if g.open {
		return "", 0, &pipeline.InUse{Name: name, Cause: errors.New("sharing violation")}
	}
	begin, wanted, err := from(int64(g.text.Len()))
	if err != nil || !wanted {
		return name, int64(g.text.Len()), err
	}
	g.text.Truncate(int(begin))
	if err := write(&g.text); err != nil {
		return "", 0, err
	}
	if g.dies {
		g.dies = false
		g.text.Truncate(g.text.Len() - 1)
		return "", 0, errDied
	}
	return name, int64(g.text.Len()), nil
}

func (g *growing) Appended(context.Context, string, string) (*pipeline.Appended, error) {
	return g.noted, nil
}

func (g *growing) NoteAppended(_ context.Context, _, _ string, a pipeline.Appended) error {
	g.noted = &a
	return nil
}

func TestEverySnapshotIsInTheHistoryOnceAndWhole(t *testing.T) {
	t.Parallel()
	g := &growing{}
	h := &pipeline.History{
		Name: "hours.csv", Outbox: g, Journal: g, Log: slog.New(slog.DiscardHandler),
		Write: func(_ context.Context, w io.Writer, f pipeline.SnapshotFleet, first bool) error {
			if first {
				fmt.Fprintln(w, "Time")
			}
			fmt.Fprintln(w, f.ID)
			return nil
		},
	}
	add := func(id string, hour int) error {
		_, err := h.Add(t.Context(), pipeline.SnapshotFleet{Flow: "hamburg", Snapshot: pipeline.Snapshot{
			ID: id, TakenAt: time.Date(2026, 6, 1, hour, 0, 0, 0, time.UTC),
		}})
		return err
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}

	must(add("A", 1))
	must(add("A", 1)) // written again from the stored snapshot
	g.dies = true
	if err := add("B", 2); !errors.Is(err, errDied) {
		t.Fatalf("the power did not go: %v", err)
	}
	must(add("B", 2))
	g.open = true
	must(add("C", 3))
	g.open = false
	must(add("D", 4))
	must(add("B", 2)) // an older one, late
	if got, want := g.text.String(), "Time\nA\nB\nD\n"; got != want {
		t.Errorf("the history is %q, want %q", got, want)
	}
}
