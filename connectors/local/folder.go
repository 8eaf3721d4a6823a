package local

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"rentalsync/connectors/drop"
)

const (
	fileMode   = 0o600
	folderMode = 0o700
)

// folder is one folder held open. What is done in it by a plain name stays in
// it.
type folder struct {
	*os.Root
	path string
}

// openFolder opens the folder name, with forward slashes, below dir.
func openFolder(dir, name string) (folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return folder{}, err
	}
	if name == "." {
		return folder{root, dir}, nil
	}
	defer letGo(root)
	sub, err := root.OpenRoot(filepath.FromSlash(name))
	return folder{sub, filepath.Join(dir, filepath.FromSlash(name))}, err
}

// makeFolder opens a folder like openFolder, and makes what is missing of it
// in a way that survives a power cut.
func makeFolder(dir, name string) (folder, error) {
	if err := os.MkdirAll(dir, folderMode); err != nil {
		return folder{}, err
	}
	at, err := openFolder(dir, ".")
	if err != nil || name == "." {
		return at, err
	}
	for part := range strings.SplitSeq(name, "/") {
		next, err := at.enter(part)
		at.close()
		if err != nil {
			return folder{}, err
		}
		at = next
	}
	return at, nil
}

// enter opens a folder of this folder, and makes it if it is not there.
func (f folder) enter(name string) (folder, error) {
	err := f.Mkdir(name, folderMode)
	if err == nil {
		err = f.sync()
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return folder{}, err
	}
	sub, err := f.OpenRoot(name)
	return folder{sub, filepath.Join(f.path, name)}, err
}

func (f folder) close() { letGo(f.Root) }

// letGo closes what was only read, so that nothing can be lost by it.
func letGo(c io.Closer) { _ = c.Close() }

// sync makes the folder's names survive a power cut. Some network file systems
// cannot, and say so.
func (f folder) sync() error {
	d, err := f.Open(".")
	if err != nil {
		return err
	}
	defer letGo(d)
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		return nil
	}
	return err
}

// names lists everything in the folder.
func (f folder) names() ([]string, error) {
	d, err := f.Open(".")
	if err != nil {
		return nil, err
	}
	defer letGo(d)
	return d.Readdirnames(-1)
}

// folders lists the folders in the folder, but hidden ones and links.
func (f folder) folders() ([]string, error) {
	d, err := f.Open(".")
	if err != nil {
		return nil, err
	}
	defer letGo(d)
	entries, err := d.ReadDir(-1)
	var names []string
	for _, e := range entries {
		if e.IsDir() && e.Name()[0] != '.' {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// entry looks at a plain file.
func (f folder) entry(name string) (drop.Entry, error) {
	info, err := f.Lstat(name)
	if err != nil {
		return drop.Entry{}, err
	}
	if !info.Mode().IsRegular() {
		return drop.Entry{}, fmt.Errorf("%s %w", filepath.Join(f.path, name), drop.ErrNotPlain)
	}
	return drop.Entry{Name: name, Size: info.Size(), ModTime: info.ModTime()}, nil
}

// unchanged fails where a file is not as it was: somebody still writes it, and what
// came last would be lost with it.
func (f folder) unchanged(name string, was fs.FileInfo) error {
	now, err := f.entry(name)
	if err == nil && (now.Size != was.Size() || !now.ModTime.Equal(was.ModTime())) {
		err = fmt.Errorf("%s changed while it was copied", filepath.Join(f.path, name))
	}
	return err
}
