package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

// storedSnapshot is a journal with one whole snapshot that is still young.
type storedSnapshot struct {
	pipeline.SnapshotJournal
	at time.Time
}

func (storedSnapshot) SnapshotTurn(context.Context) (func(), error) { return func() {}, nil }

func (s storedSnapshot) NewestSnapshot(context.Context, string) (*pipeline.Snapshot, error) {
	return &pipeline.Snapshot{ID: "S1", TakenAt: s.at, ReadAt: s.at}, nil
}

// rack takes files; the first try of each is lost on the way.
type rack map[string]string

func (s rack) Put(_ context.Context, name string, write func(io.Writer) error) (string, error) {
	var lost, got bytes.Buffer
	if err := errors.Join(write(&lost), write(&got)); err != nil {
		return "", err
	}
	s[name] = got.String()
	return "out/" + name, nil
}

func TestASnapshotIsMadeOnceForAllItsNames(t *testing.T) {
	t.Parallel()

	at, files, made := time.Date(2026, 6, 1, 4, 0, 0, 0, time.UTC), rack{}, 0
	type form = pipeline.Form[pipeline.SnapshotFleet]
	s := &pipeline.Snapshotter{
		Flow: "f", Journal: storedSnapshot{at: at}, Outbox: files, Every: time.Hour,
		Now: func() time.Time { return at }, Log: slog.New(slog.DiscardHandler),
		Forms: []form{
			{Ending: "bad", Write: func(context.Context, io.Writer, pipeline.SnapshotFleet) error { return errors.New("no room") }},
			{Ending: "csv", Write: func(_ context.Context, w io.Writer, _ pipeline.SnapshotFleet) error {
				made++
				_, err := fmt.Fprintf(w, "made %d", made)
				return err
			}},
		},
	}
	taken, err := s.Take(t.Context())
	if err == nil || !strings.Contains(err.Error(), "write the bad of a snapshot: no room") {
		t.Errorf("a form that fails is told as %v", err)
	}
	if diff := cmp.Diff(rack{"f_fleet_20260601T040000Z.csv": "made 1", "latest/f_fleet.csv": "made 1"}, files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"out/f_fleet_20260601T040000Z.csv", "out/latest/f_fleet.csv"}, taken.Files); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}
