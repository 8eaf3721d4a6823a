package local_test

import (
	"path/filepath"
	"testing"

	"go.uber.org/goleak"

	"rentalsync/connectors/drop/droptest"
	"rentalsync/connectors/local"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestALocalDropKeepsTheSuite(t *testing.T) {
	t.Parallel()
	droptest.Run(t, func(t *testing.T) droptest.Rig {
		medium, dirs := open(t)
		return droptest.Rig{FS: medium, Uploader: droptest.Folder(dirs.Inbox)}
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
