package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"rentalsync/connectors/drop"
)

// manyNames is how many names are tried for a file whose own is in use.
const manyNames = 20

// write writes a file whole or not at all below root, replaces one of that name,
// and makes the folders it needs. One file is written by one caller at a time. It
// answers the name that the file got: its own, or the next one of so many where
// what bears it may not be replaced.
func (s *session) write(ctx context.Context, root, name string, names int, fill func(io.Writer) error) (string, error) {
	dir, base := path.Join(root, path.Dir(name)), path.Base(name)
	if err := s.makeFolders(ctx, root, path.Dir(name)); err != nil {
		return "", err
	}
	temp, err := s.writeTemp(ctx, dir, base, fill)
	if err != nil {
		return "", err
	}
	for n := 1; n <= names; n++ {
		given := drop.Numbered(base, n)
		if err = s.replace(ctx, temp, dir, given); err == nil {
			return path.Join(path.Dir(name), given), nil
		}
		if !s.inUse(ctx, path.Join(dir, given), err) {
			break
		}
	}
	return "", errors.Join(err, s.discardTemp(ctx, temp))
}

// inUse tells that a server lets nobody replace a file that is there.
func (s *session) inUse(ctx context.Context, target string, err error) bool {
	if !refused(err) && !errors.Is(err, fs.ErrPermission) {
		return false
	}
	info, err := s.lstat(ctx, target)
	return err == nil && info.Mode().IsRegular()
}

// replace gives a whole file its name, in one step where the server can.
func (s *session) replace(ctx context.Context, temp, dir, name string) error {
	target := path.Join(dir, name)
	if info, err := s.lstat(ctx, target); err == nil && info.IsDir() {
		return &fs.PathError{Op: "replace", Path: target, Err: errors.New("it is a folder")}
	}
	if s.posix {
		err := s.posixRename(ctx, temp, target)
		if !refused(err) {
			return err
		}
	}
	return s.swap(ctx, temp, target, path.Join(dir, "."+name+".old"))
}

// swap replaces a file on a server that cannot do it in one step. The old one
// steps aside and comes back if the new one cannot take its place, so that at no
// time both are lost. A reader that looks in between finds none.
func (s *session) swap(ctx context.Context, temp, target, old string) error {
	err := s.plainRename(ctx, temp, target)
	if !refused(err) && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := s.clear(ctx, old); err != nil {
		return err
	}
	if aside := s.plainRename(ctx, target, old); aside != nil {
		return errors.Join(err, aside)
	}

	if err = s.plainRename(ctx, temp, target); err != nil {
		ctx, cancel := afterwards(ctx)
		defer cancel()
		if back := s.plainRename(ctx, old, target); back != nil {
			return fmt.Errorf("%w; what was there before is %s now: %w", err, old, back)
		}
		return err
	}
	return s.clear(ctx, old)
}

// clear removes a file if there is one.
func (s *session) clear(ctx context.Context, path string) error {
	err := s.remove(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// discardTemp removes a whole file that did not get its name.
func (s *session) discardTemp(ctx context.Context, temp string) error {
	if !s.alive() {
		return nil
	}
	ctx, cancel := afterwards(ctx)
	defer cancel()
	return s.clear(ctx, temp)
}
