package drop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"time"
)

// KnownFunc tells whether a file of the inbox was worked already.
type KnownFunc func(ctx context.Context, e Entry) (bool, error)

// ReadOnlyFS is a medium of which the inbox may only be read. What would be moved
// out of it is copied to folders of another medium, and then not listed any more.
type ReadOnlyFS struct {
	remote, local FS
	known         KnownFunc

	mu     sync.Mutex
	copied ledger // files that were copied; nil until it was read
}

var (
	_ FS           = (*ReadOnlyFS)(nil)
	_ FolderLister = (*ReadOnlyFS)(nil)
)

// ReadOnly makes a medium of two: the inbox lies on the remote one, where nothing
// is ever changed, and claims, the archive and the quarantine on the local one,
// which keeps a list of what was copied. Of the local one the inbox is where a
// file is put back to that the remote one does not have any more.
//
// Known tells of files that were worked without being on that list: that may have
// been before there was one, or lost. It is nil where nobody knows. Of an archive
// it must be true only when all that it holds was worked.
func ReadOnly(remote, local FS, known KnownFunc) *ReadOnlyFS {
	if known == nil {
		known = func(context.Context, Entry) (bool, error) { return false, nil }
	}
	return &ReadOnlyFS{remote: remote, local: local, known: known}
}

// dropped tells whether a path is one that the ERP writes to.
func dropped(p Path) bool {
	return p.Area == Inbox && p.Name != claims && !strings.HasPrefix(p.Name, claims+"/")
}

// List names the files of a folder; of the inbox those that were not worked yet.
func (f *ReadOnlyFS) List(ctx context.Context, folder Path) ([]Entry, error) {
	if !dropped(folder) {
		return f.local.List(ctx, folder)
	}
	entries, err := f.remote.List(ctx, folder)
	if err != nil {
		return nil, err
	}
	back, err := f.local.List(ctx, folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if folder.Name == "." {
		if entries, err = f.fresh(ctx, entries); err != nil {
			return nil, err
		}
	}
	for _, e := range back {
		entries = slices.DeleteFunc(entries, func(far Entry) bool { return far.Name == e.Name })
	}
	return append(entries, back...), nil
}

// at finds the medium that has a file: what was put back is local.
func (f *ReadOnlyFS) at(ctx context.Context, p Path) FS {
	if !dropped(p) {
		return f.local
	}
	if _, err := f.local.Stat(ctx, p); err == nil {
		return f.local
	}
	return f.remote
}

// Stat looks at one file. In the inbox one that was copied is there no more.
func (f *ReadOnlyFS) Stat(ctx context.Context, file Path) (Entry, error) {
	medium := f.at(ctx, file)
	e, err := medium.Stat(ctx, file)
	if err != nil || medium == f.local {
		return e, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(ctx); err != nil {
		return Entry{}, err
	}
	if line, copied := f.copied[file.Name]; copied && line.is(e) {
		return Entry{}, fmt.Errorf("%s was fetched before: %w", file, fs.ErrNotExist)
	}
	return e, nil
}

// Open reads a file.
func (f *ReadOnlyFS) Open(ctx context.Context, file Path) (io.ReadCloser, error) {
	return f.at(ctx, file).Open(ctx, file)
}

// Rename moves a file on the local medium, or copies it to there.
func (f *ReadOnlyFS) Rename(ctx context.Context, from, to Path) error {
	if dropped(to) {
		return f.putBack(ctx, from, to)
	}
	if f.at(ctx, from) == f.local {
		return f.local.Rename(ctx, from, to)
	}
	if _, err := f.local.Stat(ctx, to); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, fmt.Errorf("%s: %w", to, fs.ErrExist))
	}
	e, err := f.Stat(ctx, from)
	if err != nil {
		return err
	}
	if err := f.fetch(ctx, from, to, e); err != nil {
		return fmt.Errorf("copy %s to %s: %w", from, to, err)
	}
	return f.note(ctx, func(l ledger) { l[from.Name] = lineOf(e, f.local.Now()) })
}

// fetch copies a file whole, or not at all if it is not the same all the while.
func (f *ReadOnlyFS) fetch(ctx context.Context, from, to Path, e Entry) error {
	src, err := f.remote.Open(ctx, from)
	if err != nil {
		return err
	}
	defer letGo(src)
	return f.local.WriteFile(ctx, to, func(out io.Writer) error {
		size, err := io.Copy(out, until{ctx, src})
		if err != nil {
			return err
		}
		now, err := f.remote.Stat(ctx, from)
		if err != nil {
			return err
		}
		if size != e.Size || now.Size != e.Size || !now.ModTime.Equal(e.ModTime) {
			return fmt.Errorf("%w as it was: it changed while it was copied", fs.ErrNotExist)
		}
		return nil
	})
}

// putBack gives a copy up, and has the file listed again. Where the remote one does
// not have it any more the copy takes its place.
func (f *ReadOnlyFS) putBack(ctx context.Context, from, to Path) error {
	if _, err := f.local.Stat(ctx, from); err != nil {
		return err
	}
	far, err := f.remote.Stat(ctx, to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f.local.Rename(ctx, from, to)
	case err != nil:
		return err
	}
	f.mu.Lock()
	err = f.load(ctx)
	line, copied := f.copied[to.Name]
	f.mu.Unlock()
	if err != nil {
		return err
	}
	if !copied || !line.is(far) {
		return fmt.Errorf("%s: %w", to, fs.ErrExist) // it is a newer one
	}
	if err := f.note(ctx, func(l ledger) { delete(l, to.Name) }); err != nil {
		return err
	}
	return f.local.Remove(ctx, from)
}

// WriteFile writes a file to the local medium.
func (f *ReadOnlyFS) WriteFile(ctx context.Context, file Path, write func(io.Writer) error) error {
	if dropped(file) {
		return fmt.Errorf("%w to write %s: the account may only read; write no acknowledgements", fs.ErrPermission, file)
	}
	return f.local.WriteFile(ctx, file, write)
}

// Remove removes a file or an empty folder of the local medium. What lies on the
// remote one is only not listed any more.
func (f *ReadOnlyFS) Remove(ctx context.Context, p Path) error {
	if f.at(ctx, p) == f.local {
		return f.local.Remove(ctx, p)
	}
	e, err := f.Stat(ctx, p)
	if err != nil {
		return err
	}
	return f.note(ctx, func(l ledger) { l[p.Name] = lineOf(e, f.local.Now()) })
}

// Folders names the folders of what lies on the local medium.
func (f *ReadOnlyFS) Folders(ctx context.Context, folder Path) ([]string, error) {
	return foldersOf(ctx, f.local, folder)
}

// Now is the remote medium's clock.
func (f *ReadOnlyFS) Now() time.Time { return f.remote.Now() }

// Events is what the remote medium notices.
func (f *ReadOnlyFS) Events() <-chan struct{} {
	if wk, ok := f.remote.(Waker); ok {
		return wk.Events()
	}
	return nil
}
