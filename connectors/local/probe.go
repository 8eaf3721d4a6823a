package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Probed is what a folder showed to somebody who only tried it.
type Probed struct {
	There bool // else it is made when it is needed
	Files int  // plain files in it, without hidden ones
}

// Probe finds out whether files can be made, renamed and removed in a folder, by
// doing so with a hidden one; where there is no folder yet, in the one that it
// will be made in. Its error names the cure.
func Probe(dir string) (Probed, error) {
	entries, err := os.ReadDir(dir)
	p := Probed{There: err == nil}
	for _, e := range entries {
		if e.Type().IsRegular() && e.Name()[0] != '.' {
			p.Files++
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return p, fmt.Errorf("%w; let the user that runs rentalsync read the folder", err)
	}

	at, err := nearest(dir)
	if err == nil {
		err = tryWriting(at)
	}
	if err != nil {
		return p, fmt.Errorf("%w; let the user that runs rentalsync write into the folder", err)
	}
	return p, nil
}

// nearest is a folder, or the one above it that is there.
func nearest(dir string) (string, error) {
	for {
		info, err := os.Stat(dir)
		switch above := filepath.Dir(dir); {
		case err == nil && !info.IsDir():
			return "", fmt.Errorf("%s is not a folder", dir)
		case err == nil:
			return dir, nil
		case !errors.Is(err, fs.ErrNotExist) || above == dir:
			return "", err
		default:
			dir = above
		}
	}
}

// tryWriting makes, renames and removes a hidden file.
func tryWriting(dir string) error {
	file, err := os.CreateTemp(dir, ".rentalsync-check-*")
	if err != nil {
		return err
	}
	name := file.Name()
	if err := file.Close(); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	if err := os.Rename(name, name+"-renamed"); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return os.Remove(name + "-renamed")
}
