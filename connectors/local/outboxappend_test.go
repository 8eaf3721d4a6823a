package local

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"rentalsync/pipeline"
)

func box(t *testing.T) (*Outbox, string) {
	t.Helper()
	dir := t.TempDir()
	o, err := OpenOutbox(dir, "outbox")
	if err != nil {
		t.Fatal(err)
	}
	return o, dir
}

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// behind begins at the end of a file.
func behind(size int64) (int64, bool, error) { return size, true, nil }

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Errorf("%s holds %q, %v; want %q", filepath.Base(path), got, err, want)
	}
}

func TestAFileThatIsInUseLeavesTheNextNameToTheNewOne(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]error{"a lock of a network share": syscall.EBUSY, "a file of somebody else": syscall.EACCES} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, dir := box(t)
			for _, n := range []string{"fleet.xlsx", "fleet (2).xlsx"} {
				if err := os.WriteFile(filepath.Join(dir, n), []byte("open"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			o.rename = func(at folder, from, to string) error {
				if to != "fleet (3).xlsx" {
					return &os.LinkError{Op: "rename", Old: from, New: to, Err: in}
				}
				return at.Rename(from, to)
			}

			path, err := o.Put(t.Context(), "fleet.xlsx", text("new"))
			if err != nil || path != "outbox/fleet (3).xlsx" {
				t.Fatalf("put %q, %v", path, err)
			}
			wantFile(t, filepath.Join(dir, "fleet.xlsx"), "open")
			wantFile(t, filepath.Join(dir, "fleet (3).xlsx"), "new")
		})
	}
}

func TestADiskThatIsFullIsNoFileInUse(t *testing.T) {
	t.Parallel()
	o, dir := box(t)
	o.rename = func(folder, string, string) error { return syscall.ENOSPC }
	if _, err := o.Put(t.Context(), "fleet.xlsx", text("new")); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("put: %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files are left", len(left))
	}
}

func TestAFileGrowsWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	o, dir := box(t)
	path := filepath.Join(dir, "history/hours.csv")
	add := func(from func(int64) (int64, bool, error), write func(io.Writer) error) (int64, error) {
		_, size, err := o.Append(t.Context(), "history/hours.csv", from, write)
		return size, err
	}

	if size, err := add(behind, text("a\n")); err != nil || size != 2 {
		t.Fatalf("first: %d, %v", size, err)
	}
	if size, err := add(behind, text("bb\n")); err != nil || size != 5 {
		t.Fatalf("second: %d, %v", size, err)
	}
	full := errors.New("the source broke off")
	if _, err := add(behind, func(w io.Writer) error { return errors.Join(text("half")(w), full) }); !errors.Is(err, full) {
		t.Fatalf("half: %v", err)
	}
	wantFile(t, path, "a\nbb\n")
	if _, err := add(func(int64) (int64, bool, error) { return 0, false, nil }, text("never")); err != nil {
		t.Fatal(err)
	}
	wantFile(t, path, "a\nbb\n")
	if size, err := add(func(int64) (int64, bool, error) { return 2, true, nil }, text("c\n")); err != nil || size != 4 {
		t.Fatalf("behind what is cut off: %d, %v", size, err)
	}
	wantFile(t, path, "a\nc\n")
}

func TestAFileThatMayNotBeWrittenIsToldAsInUse(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("nothing keeps this user from writing")
	}
	o, dir := box(t)
	if err := os.WriteFile(filepath.Join(dir, "hours.csv"), []byte("a\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	_, _, err := o.Append(context.Background(), "hours.csv", behind, text("b\n"))
	if busy := (*pipeline.InUse)(nil); !errors.As(err, &busy) {
		t.Fatalf("append: %v", err)
	}
	wantFile(t, filepath.Join(dir, "hours.csv"), "a\n")
}
