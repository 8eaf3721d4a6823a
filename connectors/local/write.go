package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// writeFile writes a file whole or not at all, replaces one of that name, and
// makes the folders it needs below dir. One file is written by one caller at a
// time.
func writeFile(ctx context.Context, dir, name string, fill func(io.Writer) error) error {
	at, err := makeFolder(dir, path.Dir(name))
	if err != nil {
		return err
	}
	defer at.close()
	return at.write(path.Base(name), func(out io.Writer) error { return fill(writer{ctx, out}) })
}

// write writes a file whole or not at all, and replaces one of that name.
func (f folder) write(name string, fill func(io.Writer) error) error {
	temp, err := f.writeTemp(name, fill)
	if err != nil {
		return err
	}
	if err := f.Rename(temp, name); err != nil {
		return errors.Join(err, f.Remove(temp))
	}
	return f.sync()
}

// writeTemp writes and syncs a file under the hidden name that stands for
// name until it is whole. The name is always the same one, so that what a
// crash left behind is cleared away by the next attempt.
func (f folder) writeTemp(name string, fill func(io.Writer) error) (temp string, err error) {
	temp = "." + name + ".part"
	if err := f.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	out, err := f.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fileMode)
	if err != nil {
		return "", err
	}

	err = fill(out)
	if err == nil {
		err = f.share(out)
	}
	if err == nil {
		err = out.Sync()
	}
	if err == nil {
		err = f.still(out, temp)
	}
	if err = errors.Join(err, out.Close()); err != nil && !errors.Is(err, errTaken) {
		err = errors.Join(err, f.Remove(temp))
	}
	return temp, err
}

// errTaken says that somebody else writes the same file meanwhile: what is under
// the hidden name by now is theirs.
var errTaken = errors.New("another process is writing it at this moment; try again when that is through")

// still makes sure that a hidden name is that of the file in hand.
func (f folder) still(out *os.File, temp string) error {
	ours, err := out.Stat()
	if err != nil {
		return err
	}
	there, err := f.Stat(temp)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !os.SameFile(ours, there) {
		return errTaken
	}
	return err
}

// checkName refuses a path that is not plainly one below a folder.
func checkName(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.ContainsAny(name, "\\\x00") {
		return fmt.Errorf("%q is not a file's name below a folder; write it like reports/night.csv", name)
	}
	return nil
}

// writer stops writing when nobody waits for it any more.
type writer struct {
	ctx context.Context
	out io.Writer
}

func (w writer) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.out.Write(p)
}

// share lets whoever may read the folder read a file in it: an ERP that fetches
// reports is often another user. Folders that we make are for us alone, and so
// are the files in them.
func (f folder) share(out *os.File) error {
	at, err := f.Stat(".")
	if err != nil {
		return err
	}
	mode := fileMode | at.Mode().Perm()&0o044
	if mode == fileMode {
		return nil
	}
	return out.Chmod(mode)
}
