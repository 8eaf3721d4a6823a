package drop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
)

// StillFS is a medium on which nothing moves: whatever is moved, written or
// removed on it is only remembered, and read as if it had been. It shows what would
// become of a drop without touching it. What seems to have moved is read where it
// lies, so that a file which the ERP writes anew meanwhile is seen to have changed.
type StillFS struct {
	FS

	mu    sync.Mutex
	gone  map[Path]Entry // files that were moved away or removed, as they were
	here  map[Path]drawn // files that came to be
	spool string         // the folder of what was written
}

// drawn is a file that only seems to be where it is.
type drawn struct {
	Entry
	origin Path   // where it really lies on the medium
	spool  string // or the file of this machine that it was written to
}

var (
	_ FS           = (*StillFS)(nil)
	_ FolderLister = (*StillFS)(nil)
)

// Still makes a medium still. Its owner closes it, and the medium for itself.
func Still(medium FS) *StillFS {
	return &StillFS{FS: medium, gone: map[Path]Entry{}, here: map[Path]drawn{}}
}

// Close forgets what was written.
func (f *StillFS) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.spool == "" {
		return nil
	}
	dir := f.spool
	f.spool, f.here = "", map[Path]drawn{}
	return os.RemoveAll(dir)
}

// List names the files that seem to be in a folder.
func (f *StillFS) List(ctx context.Context, folder Path) ([]Entry, error) {
	real, err := f.FS.List(ctx, folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()

	entries := slices.DeleteFunc(real, func(e Entry) bool {
		at := Path{folder.Area, path.Join(folder.Name, e.Name)}
		_, covered := f.here[at]
		return covered || f.isGone(at, e)
	})
	found := err == nil
	for at, d := range f.here {
		if at.Dir() == folder {
			found = true
			if !strings.HasPrefix(d.Name, ".") {
				entries = append(entries, d.Entry)
			}
		}
	}
	if !found {
		return nil, err
	}
	return entries, nil
}

// isGone tells whether a file is the one that seems to be gone, and not one that
// came after it.
func (f *StillFS) isGone(p Path, e Entry) bool {
	was, gone := f.gone[p]
	return gone && was.Size == e.Size && was.ModTime.Equal(e.ModTime)
}

// Stat looks at one file.
func (f *StillFS) Stat(ctx context.Context, file Path) (Entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.stat(ctx, file)
}

func (f *StillFS) stat(ctx context.Context, file Path) (Entry, error) {
	if d, ok := f.here[file]; ok {
		if d.spool != "" {
			return d.Entry, nil
		}
		e, err := f.FS.Stat(ctx, d.origin)
		e.Name = file.Base()
		return e, err
	}
	e, err := f.FS.Stat(ctx, file)
	if err == nil && f.isGone(file, e) {
		return Entry{}, fmt.Errorf("%s: %w", file, fs.ErrNotExist)
	}
	return e, err
}

// Open reads a file where it really lies.
func (f *StillFS) Open(ctx context.Context, file Path) (io.ReadCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if d, ok := f.here[file]; ok {
		if d.spool != "" {
			return os.Open(d.spool)
		}
		return f.FS.Open(ctx, d.origin)
	}
	if _, err := f.stat(ctx, file); err != nil && !errors.Is(err, ErrNotPlain) {
		return nil, err
	}
	return f.FS.Open(ctx, file)
}

// Rename remembers where a file would be.
func (f *StillFS) Rename(ctx context.Context, from, to Path) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.stat(ctx, from)
	if err != nil {
		return err
	}
	if _, err := f.stat(ctx, to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("%s: %w", to, fs.ErrExist))
	}

	d, drawnBefore := f.here[from]
	if !drawnBefore {
		d.origin = from
		f.gone[from] = e
	}
	delete(f.here, from)
	if d.spool == "" && d.origin == to {
		delete(f.gone, to) // it is back where it really lies
		return nil
	}
	d.Entry = e
	d.Name = to.Base()
	f.here[to] = d
	return nil
}

// WriteFile writes a file outside of the medium.
func (f *StillFS) WriteFile(_ context.Context, file Path, write func(io.Writer) error) error {
	out, err := f.create()
	if err != nil {
		return err
	}
	err = write(out)
	size, err1 := out.Seek(0, io.SeekCurrent)
	if err = errors.Join(err, err1, out.Close()); err != nil {
		return errors.Join(err, os.Remove(out.Name()))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.here[file] = drawn{Entry: Entry{file.Base(), size, f.FS.Now()}, spool: out.Name()}
	return nil
}

func (f *StillFS) create() (*os.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.spool == "" {
		dir, err := os.MkdirTemp("", "rentalsync-still-")
		if err != nil {
			return nil, err
		}
		f.spool = dir
	}
	return os.CreateTemp(f.spool, "file-*")
}

// Remove remembers that a file would be gone. Folders stay.
func (f *StillFS) Remove(ctx context.Context, p Path) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	e, err := f.stat(ctx, p)
	if errors.Is(err, ErrNotPlain) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, ok := f.here[p]; ok {
		delete(f.here, p)
		return nil
	}
	f.gone[p] = e
	return nil
}

// Folders names the folders that are really there.
func (f *StillFS) Folders(ctx context.Context, folder Path) ([]string, error) {
	return foldersOf(ctx, f.FS, folder)
}

// Events is what the medium notices.
func (f *StillFS) Events() <-chan struct{} {
	if wk, ok := f.FS.(Waker); ok {
		return wk.Events()
	}
	return nil
}
