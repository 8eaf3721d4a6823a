package journal_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"rentalsync/pipeline/journal"
)

func TestProcessesTakeSnapshotsInTurn(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "journal.db")
	live, err := openAt(t, path)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := journal.OpenBeside(t.Context(), journal.Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()

	end, err := live.SnapshotTurn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	hurry, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := beside.SnapshotTurn(hurry); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever does not wait is told %v", err)
	}

	turn := make(chan error, 1)
	go func() {
		end, err := beside.SnapshotTurn(t.Context())
		if err == nil {
			end()
		}
		turn <- err
	}()
	end()
	if err := <-turn; err != nil {
		t.Errorf("whoever waits is told %v", err)
	}
}
