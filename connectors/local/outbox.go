package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// Outbox is a folder that written files are put into.
type Outbox struct {
	dir     string
	shown   string
	writing sync.Mutex // a file's hidden name is written by one at a time
	rename  func(at folder, from, to string) error
}

var _ pipeline.Outbox = (*Outbox)(nil)

// OpenOutbox opens a folder for written files and makes it if it is missing.
// shown is how the user wrote the folder, for the paths that people read; ""
// is dir.
func OpenOutbox(dir, shown string) (*Outbox, error) {
	if shown == "" {
		shown = dir
	}
	at, err := makeFolder(dir, ".")
	if err != nil {
		return nil, fmt.Errorf("open outbox: %w; check that the folder may be made and entered", err)
	}
	at.close()
	return &Outbox{dir: dir, shown: shown, rename: func(at folder, from, to string) error { return at.Rename(from, to) }}, nil
}

// Put writes a file whole or not at all. Its name may have folders, with
// forward slashes; they are made. Where the file is open in a program that lets
// nobody replace it, the new one gets the next free name, "night (2).csv".
func (o *Outbox) Put(ctx context.Context, name string, write func(io.Writer) error) (string, error) {
	if err := checkName(name); err != nil {
		return "", fmt.Errorf("put %q: %w", name, err)
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	at, err := makeFolder(o.dir, path.Dir(name))
	if err != nil {
		return "", fmt.Errorf("put %s: %w", o.show(name), err)
	}
	defer at.close()
	temp, err := at.writeTemp(path.Base(name), func(out io.Writer) error { return write(writer{ctx, out}) })
	if err != nil {
		return "", fmt.Errorf("put %s: %w", o.show(name), err)
	}
	given, err := o.place(at, temp, path.Base(name))
	if err != nil {
		return "", fmt.Errorf("put %s: %w", o.show(name), errors.Join(err, at.Remove(temp)))
	}
	return o.show(path.Join(path.Dir(name), given)), at.sync()
}

// manyNames is how many names are tried for a file whose own is in use.
const manyNames = 20

// place gives a file that is whole its name, or the next one that is not in use.
func (o *Outbox) place(at folder, temp, name string) (given string, err error) {
	for n := 1; n <= manyNames; n++ {
		given = drop.Numbered(name, n)
		if err = o.rename(at, temp, given); err == nil || !inUse(err) {
			return given, err
		}
	}
	return "", err
}

// show is a file's path as people read it.
func (o *Outbox) show(name string) string { return strings.TrimSuffix(o.shown, "/") + "/" + name }
