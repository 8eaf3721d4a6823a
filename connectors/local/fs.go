package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"rentalsync/connectors/drop"
)

// Dirs are the folders of a drop, as paths of this machine.
type Dirs struct {
	Inbox, Archive, Quarantine string
}

// FS is a drop's three folders.
type FS struct {
	dirs    map[drop.Area]string
	alarm   *alarm
	writing sync.Mutex // a file's hidden name is written by one at a time
	rename  func(from folder, old string, to folder, name string) error
}

var (
	_ drop.FS           = (*FS)(nil)
	_ drop.Waker        = (*FS)(nil)
	_ drop.FolderLister = (*FS)(nil)
)

// Open opens a drop and makes the folders that are missing. A log of nil logs
// nothing.
func Open(dirs Dirs, log *slog.Logger) (*FS, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	f := &FS{rename: rename, dirs: map[drop.Area]string{
		drop.Inbox: dirs.Inbox, drop.Archive: dirs.Archive, drop.Quarantine: dirs.Quarantine,
	}}
	for _, area := range []drop.Area{drop.Inbox, drop.Archive, drop.Quarantine} {
		if f.dirs[area] == "" {
			return nil, fmt.Errorf("open drop: no folder is given for the %s", area)
		}
		if area != drop.Inbox && filepath.Clean(f.dirs[area]) == filepath.Clean(dirs.Inbox) {
			return nil, fmt.Errorf("open drop: the %s is the inbox %s itself; give it a folder of its own", area, dirs.Inbox)
		}
		at, err := makeFolder(f.dirs[area], ".")
		if err != nil {
			return nil, fmt.Errorf("open drop: %w; check that the %s may be made and entered", err, area)
		}
		at.close()
	}
	f.alarm = newAlarm(dirs.Inbox, log)
	return f, nil
}

// Events fires when something may have been dropped.
func (f *FS) Events() <-chan struct{} { return f.alarm.events }

// Close stops watching. Closing twice is fine.
func (f *FS) Close() error { return f.alarm.Close() }

// Now is the clock of this machine.
func (f *FS) Now() time.Time { return time.Now() }

// List names the plain files of a folder.
func (f *FS) List(ctx context.Context, dir drop.Path) ([]drop.Entry, error) {
	at, err := openFolder(f.dirs[dir.Area], dir.Name)
	if err != nil {
		return nil, err
	}
	defer at.close()

	names, err := at.names()
	if err != nil {
		return nil, err
	}
	var entries []drop.Entry
	for _, name := range names {
		if name[0] == '.' {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		entry, err := at.entry(name)
		switch {
		case err == nil:
			entries = append(entries, entry)
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, drop.ErrNotPlain):
			return nil, err
		}
	}
	return entries, nil
}

// Folders names the folders in a folder.
func (f *FS) Folders(_ context.Context, dir drop.Path) ([]string, error) {
	at, err := openFolder(f.dirs[dir.Area], dir.Name)
	if err != nil {
		return nil, err
	}
	defer at.close()
	return at.folders()
}

// Stat looks at one file.
func (f *FS) Stat(_ context.Context, file drop.Path) (drop.Entry, error) {
	at, err := openFolder(f.dirs[file.Area], file.Dir().Name)
	if err != nil {
		return drop.Entry{}, err
	}
	defer at.close()
	return at.entry(file.Base())
}

// Open reads a plain file. It does not wait for whoever is at the other end of
// a pipe that has taken the file's name since it was listed.
func (f *FS) Open(_ context.Context, file drop.Path) (io.ReadCloser, error) {
	at, err := openFolder(f.dirs[file.Area], file.Dir().Name)
	if err != nil {
		return nil, err
	}
	defer at.close()

	src, err := at.OpenFile(file.Base(), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	info, err := src.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("open %s: %w", file, drop.ErrNotPlain)
	}
	if err != nil {
		return nil, errors.Join(err, src.Close())
	}
	return src, nil
}

// Rename moves a file and never replaces one.
func (f *FS) Rename(ctx context.Context, from, to drop.Path) error {
	// The folder that was just made for the file can be tidied away by
	// another watcher before the file is in it.
	var err error
	for range 3 {
		if err = ctx.Err(); err != nil {
			return err
		}
		if err = f.move(ctx, from, to); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		if _, gone := f.Stat(ctx, from); gone != nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("rename %s to %s: %w", from, to, err)
	}
	return nil
}

func (f *FS) move(ctx context.Context, from, to drop.Path) error {
	src, err := openFolder(f.dirs[from.Area], from.Dir().Name)
	if err != nil {
		return err
	}
	defer src.close()
	if _, err := src.entry(from.Base()); err != nil {
		return err
	}
	dst, err := makeFolder(f.dirs[to.Area], to.Dir().Name)
	if err != nil {
		return err
	}
	defer dst.close()

	err = f.rename(src, from.Base(), dst, to.Base())
	if errors.Is(err, syscall.EXDEV) {
		return f.carry(ctx, src, from.Base(), dst, to.Base())
	}
	if err != nil {
		return err
	}
	return errors.Join(dst.sync(), src.sync())
}

// carry moves a file to another file system. It is removed from the first one
// only when it is safe on the second.
func (f *FS) carry(ctx context.Context, src folder, old string, dst folder, name string) error {
	f.writing.Lock()
	defer f.writing.Unlock()

	in, err := src.Open(old)
	if err != nil {
		return err
	}
	defer letGo(in)
	info, err := in.Stat()
	if err != nil {
		return err
	}
	temp, err := dst.writeTemp(name, func(out io.Writer) error {
		_, err := io.Copy(writer{ctx, out}, in)
		return err
	})
	if err != nil {
		return err
	}

	err = src.unchanged(old, info)
	if err == nil {
		err = dst.Chtimes(temp, time.Time{}, info.ModTime())
	}
	if err == nil {
		err = f.rename(dst, temp, dst, name)
	}
	if err != nil {
		return errors.Join(err, dst.Remove(temp))
	}
	if err := dst.sync(); err != nil {
		return err
	}
	return errors.Join(src.Remove(old), src.sync())
}

// WriteFile writes a file whole or not at all.
func (f *FS) WriteFile(ctx context.Context, file drop.Path, write func(io.Writer) error) error {
	f.writing.Lock()
	defer f.writing.Unlock()
	return writeFile(ctx, f.dirs[file.Area], file.Name, write)
}

// Remove removes a file or an empty folder.
func (f *FS) Remove(_ context.Context, p drop.Path) error {
	at, err := openFolder(f.dirs[p.Area], p.Dir().Name)
	if err != nil {
		return err
	}
	defer at.close()
	if err := at.Remove(p.Base()); err != nil {
		return err
	}
	return at.sync()
}
