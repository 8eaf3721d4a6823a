package local_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"rentalsync/connectors/drop/droptest"
	"rentalsync/connectors/local"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestALocalDropKeepsTheSuite(t *testing.T) {
	t.Parallel()
	droptest.Run(t, func(t *testing.T) droptest.Rig {
		medium, dirs := open(t)
		return droptest.Rig{FS: medium, Uploader: uploader(dirs.Inbox)}
	})
}

func open(t *testing.T) (*local.FS, local.Dirs) {
	t.Helper()
	root := t.TempDir()
	dirs := local.Dirs{
		Inbox:      filepath.Join(root, "inbox"),
		Archive:    filepath.Join(root, "archive"),
		Quarantine: filepath.Join(root, "quarantine"),
	}
	medium, err := local.Open(dirs, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := medium.Close(); err != nil {
			t.Error(err)
		}
	})
	return medium, dirs
}

// uploader writes straight into the folder.
type uploader string

func (u uploader) Write(name, content string, modified time.Time) error {
	return u.put(name, content, modified, os.O_TRUNC)
}

func (u uploader) Append(name, content string, modified time.Time) error {
	return u.put(name, content, modified, os.O_APPEND)
}

func (u uploader) put(name, content string, modified time.Time, how int) error {
	path := filepath.Join(string(u), name)
	out, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|how, 0o600)
	if err != nil {
		return err
	}
	if _, err := out.WriteString(content); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return os.Chtimes(path, modified, modified)
}

func (u uploader) Rename(from, to string) error {
	return os.Rename(filepath.Join(string(u), from), filepath.Join(string(u), to))
}

func (u uploader) Remove(name string) error { return os.Remove(filepath.Join(string(u), name)) }
