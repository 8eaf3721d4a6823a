package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	protocol "github.com/pkg/sftp"

	"rentalsync/connectors/drop"
)

// await makes one call, and stops waiting for its answer when ctx ends. What
// comes too late is undone, where there is something to undo.
func await[T any](ctx context.Context, s *session, undo func(T), ask func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, context.Cause(ctx)
	}
	answers := make(chan answer) // handed over, or known to be too late
	running := s.crew.do(func() {
		value, err := ask()
		if ctx.Err() == nil { // or the error may be ours
			err = s.judge(err)
		}
		select {
		case answers <- answer{value, err}:
		case <-ctx.Done():
			if err == nil && undo != nil {
				undo(value)
			}
		}
	})
	if !running {
		return none, ErrClosed
	}

	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// done makes a call that answers nothing but whether it was done.
func (s *session) done(ctx context.Context, op, path string, ask func() error) error {
	_, err := await(ctx, s, nil, func() (struct{}, error) { return struct{}{}, ask() })
	return about(op, path, err)
}

// about says what an error is about, once. The end of a file is none.
func about(op, path string, err error) error {
	if known := (*fs.PathError)(nil); err == nil || errors.Is(err, io.EOF) || errors.As(err, &known) {
		return err
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}

// lstat looks at a name without following a link.
func (s *session) lstat(ctx context.Context, path string) (fs.FileInfo, error) {
	info, err := await(ctx, s, nil, func() (fs.FileInfo, error) { return s.sftp.Lstat(path) })
	return info, about("look at", path, err)
}

// stat looks at what a name stands for.
func (s *session) stat(ctx context.Context, path string) (fs.FileInfo, error) {
	info, err := await(ctx, s, nil, func() (fs.FileInfo, error) { return s.sftp.Stat(path) })
	return info, about("look at", path, err)
}

// plain looks at a plain file.
func (s *session) plain(ctx context.Context, path string) (drop.Entry, error) {
	info, err := s.lstat(ctx, path)
	if err != nil {
		return drop.Entry{}, err
	}
	if !info.Mode().IsRegular() {
		return drop.Entry{}, fmt.Errorf("%s %w", path, drop.ErrNotPlain)
	}
	return drop.Entry{Name: info.Name(), Size: info.Size(), ModTime: info.ModTime()}, nil
}

// free fails with fs.ErrExist where a name is taken, by whatever it is.
func (s *session) free(ctx context.Context, path string) error {
	_, err := s.lstat(ctx, path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil:
		return &fs.PathError{Op: "take the name", Path: path, Err: fs.ErrExist}
	}
	return err
}

func (s *session) list(ctx context.Context, path string) ([]fs.FileInfo, error) {
	infos, err := await(ctx, s, nil, func() ([]fs.FileInfo, error) { return s.sftp.ReadDirContext(ctx, path) })
	return infos, about("list", path, err)
}

// open opens a file by the flags of os.OpenFile.
func (s *session) open(ctx context.Context, path string, flags int) (*protocol.File, error) {
	file, err := await(ctx, s, func(f *protocol.File) { _ = f.Close() }, func() (*protocol.File, error) {
		return s.sftp.OpenFile(path, flags)
	})
	if err == nil || flags&os.O_EXCL == 0 || !refused(err) {
		return file, about("open", path, err)
	}
	if taken := s.free(ctx, path); taken != nil {
		return nil, taken
	}
	return nil, about("make", path, err)
}

func (s *session) close(ctx context.Context, file *protocol.File) error {
	return s.done(ctx, "close", file.Name(), file.Close)
}

func (s *session) mkdir(ctx context.Context, path string) error {
	return s.done(ctx, "make the folder", path, func() error { return s.sftp.Mkdir(path) })
}

// remove removes a file, a link itself, or an empty folder.
func (s *session) remove(ctx context.Context, path string) error {
	return s.done(ctx, "remove", path, func() error { return s.sftp.Remove(path) })
}

// touch gives a file a time.
func (s *session) touch(ctx context.Context, path string, at time.Time) error {
	return s.done(ctx, "set the time of", path, func() error { return s.sftp.Chtimes(path, at, at) })
}
