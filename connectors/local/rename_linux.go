package local

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// rename moves a file from one folder to another in one step, and fails with
// fs.ErrExist instead of replacing one: the ERP may drop a file at any moment.
func rename(from folder, old string, to folder, name string) error {
	src, err := from.Open(".")
	if err != nil {
		return err
	}
	defer letGo(src)
	dst, err := to.Open(".")
	if err != nil {
		return err
	}
	defer letGo(dst)

	err = unix.Renameat2(int(src.Fd()), old, int(dst.Fd()), name, unix.RENAME_NOREPLACE)
	if !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOSYS) {
		return err
	}
	// Some network file systems cannot promise it; looking first is the next
	// best thing.
	if _, err := to.Lstat(name); err == nil {
		return fs.ErrExist
	}
	return unix.Renameat(int(src.Fd()), old, int(dst.Fd()), name)
}
