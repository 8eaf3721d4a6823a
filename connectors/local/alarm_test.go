package local_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"rentalsync/connectors/local"
)

func TestADroppedFileWakes(t *testing.T) {
	t.Parallel()
	for name, arrive := range map[string]func(inbox string) error{
		"written":  func(inbox string) error { return os.WriteFile(filepath.Join(inbox, "a.csv"), []byte("a"), 0o600) },
		"moved in": func(inbox string) error { return os.Rename(outsideOf(inbox), filepath.Join(inbox, "a.csv")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			medium, dirs := open(t)
			write(t, outsideOf(dirs.Inbox), "a")
			if err := arrive(dirs.Inbox); err != nil {
				t.Fatal(err)
			}
			wantEvent(t, medium)
		})
	}
}

func outsideOf(inbox string) string { return inbox + "-a.csv" }

func TestOurOwnFilesDoNotWake(t *testing.T) {
	t.Parallel()
	medium, dirs := open(t)
	claims := filepath.Join(dirs.Inbox, ".rentalsync")
	if err := os.Mkdir(claims, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(claims, "a.csv"), "a")
	write(t, filepath.Join(dirs.Inbox, ".a.csv.part"), "a")
	if err := medium.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-medium.Events():
		t.Error("it woke")
	default:
	}
}

func TestManyFilesWakeOnce(t *testing.T) {
	t.Parallel()
	medium, dirs := open(t)
	for _, name := range []string{"a.csv", "b.csv", "c.csv", "d.csv"} {
		write(t, filepath.Join(dirs.Inbox, name), "text")
	}
	wantEvent(t, medium)
	if waiting := len(medium.Events()); waiting > 1 {
		t.Errorf("%d events are waiting", waiting)
	}
}

func wantEvent(t *testing.T, medium *local.FS) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	select {
	case <-medium.Events():
	case <-ctx.Done():
		t.Fatal("nothing woke")
	}
}
