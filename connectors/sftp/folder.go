package sftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"rentalsync/connectors/drop"
)

// walk checks that the folder name, below root, is reached without a link: one
// could lead out of the drop. The root itself may be one, it was chosen by whoever
// wrote the config. The protocol has no way to hold a folder open, so who swaps a
// folder for a link right after this look is not found out.
func (s *session) walk(ctx context.Context, root, name string) error {
	for part := range parts(root, name) {
		if err := s.folder(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// makeFolders makes what is missing of the folder name below root, and of root.
func (s *session) makeFolders(ctx context.Context, root, name string) error {
	if err := s.makeRoot(ctx, root); err != nil {
		return err
	}
	for part := range parts(root, name) {
		err := s.folder(ctx, part)
		if errors.Is(err, fs.ErrNotExist) {
			err = s.makeFolder(ctx, part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// makeRoot makes a folder and what is missing of its parents.
func (s *session) makeRoot(ctx context.Context, root string) error {
	info, err := s.stat(ctx, root)
	switch {
	case err == nil && !info.IsDir():
		return fmt.Errorf("%s is not a folder", root)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if parent := path.Dir(root); parent != root {
		if err := s.makeRoot(ctx, parent); err != nil {
			return err
		}
	}
	return s.makeFolder(ctx, root)
}

// makeFolder makes one folder. That somebody else has made it meanwhile is as
// good.
func (s *session) makeFolder(ctx context.Context, path string) error {
	err := s.mkdir(ctx, path)
	if err != nil && (refused(err) || errors.Is(err, fs.ErrExist)) && s.folder(ctx, path) == nil {
		return nil
	}
	return err
}

// folder checks that a name is a folder's.
func (s *session) folder(ctx context.Context, path string) error {
	info, err := s.lstat(ctx, path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%s is not a folder but %s, which could lead out of the drop", path, kind(info))
	}
	return nil
}

func kind(info fs.FileInfo) string {
	switch {
	case info.Mode().IsRegular():
		return "a file"
	case info.Mode()&fs.ModeSymlink != 0:
		return "a link"
	}
	return "something else"
}

// parts are the folders on the way from root to the folder name below it, that
// one included.
func parts(root, name string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		if name == "." {
			return
		}
		at := root
		for part := range strings.SplitSeq(name, "/") {
			at = path.Join(at, part)
			if !yield(at) {
				return
			}
		}
	}
}

// checkName refuses a path that is not plainly one below a folder. Some servers
// take a backslash for what separates folders.
func checkName(name string) error {
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\\\x00") {
		return fmt.Errorf("%q is not a name below a folder of the server; write it like reports/night.csv", name)
	}
	return nil
}

// checkPath refuses a path that is not plainly one in an area.
func checkPath(p drop.Path) error {
	if p.Area < drop.Inbox || p.Area > drop.Quarantine {
		return fmt.Errorf("%s is in no area of a drop", p)
	}
	return checkName(p.Name)
}
