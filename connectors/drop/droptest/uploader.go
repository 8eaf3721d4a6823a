package droptest

import (
	"errors"
	"os"
	"path/filepath"
	"time"
)

// Uploader does to the inbox what ERPs and their clients do, without the FS.
// It fails where the medium cannot hold a name.
type Uploader interface {
	// Write writes a file in place, over one of that name, and sets its time.
	Write(name, content string, modified time.Time) error

	// Append adds to a file and sets its time.
	Append(name, content string, modified time.Time) error

	// Rename gives a file its final name.
	Rename(from, to string) error

	// Remove takes a file away.
	Remove(name string) error
}

// Folder is a folder of this machine that an uploader writes straight into.
type Folder string

var _ Uploader = Folder("")

// Write writes a file in place.
func (f Folder) Write(name, content string, modified time.Time) error {
	return f.put(name, content, modified, os.O_TRUNC)
}

// Append adds to a file.
func (f Folder) Append(name, content string, modified time.Time) error {
	return f.put(name, content, modified, os.O_APPEND)
}

func (f Folder) put(name, content string, modified time.Time, how int) error {
	out, err := os.OpenFile(f.path(name), os.O_CREATE|os.O_WRONLY|how, 0o600)
	if err != nil {
		return err
	}
	if _, err := out.WriteString(content); err != nil {
		return errors.Join(err, out.Close())
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Chtimes(f.path(name), modified, modified)
}

// Rename gives a file another name.
func (f Folder) Rename(from, to string) error { return os.Rename(f.path(from), f.path(to)) }

// Remove takes a file away.
func (f Folder) Remove(name string) error { return os.Remove(f.path(name)) }

func (f Folder) path(name string) string { return filepath.Join(string(f), name) }
