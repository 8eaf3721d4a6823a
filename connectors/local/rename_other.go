//go:build !linux

package local

import (
	"io/fs"
	"os"
	"path/filepath"
)

// rename moves a file from one folder to another and fails with fs.ErrExist
// instead of replacing one, as far as looking first can tell.
func rename(from folder, old string, to folder, name string) error {
	if _, err := to.Lstat(name); err == nil {
		return fs.ErrExist
	}
	return os.Rename(filepath.Join(from.path, old), filepath.Join(to.path, name))
}
