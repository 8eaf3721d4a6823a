package sftp_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/drop/droptest"
	"rentalsync/connectors/sftp"
	"rentalsync/connectors/sftp/sftptest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestADropOnASimpleServerKeepsTheSuite(t *testing.T) {
	t.Parallel()
	t.Run("that does all we ask for", func(t *testing.T) {
		t.Parallel()
		runSuite(t, sftptest.Start(t, sftptest.Options{}).Account)
	})
	for name, o := range map[string]sftptest.Options{
		"that knows the plain rename only":   {NoPosixRename: true},
		"whose plain rename replaces":        {Replaces: true, NoPosixRename: true},
		"that knows the posix-rename only":   {NoPlainRename: true},
		"whose folders are on several disks": {Apart: byArea},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runSuite(t, sftptest.Start(t, o).Account, "medium", "moves", "acknowledgements", "keeping", "crashes", "rare crashes")
		})
	}
}

func TestADropOnOpenSSHKeepsTheSuite(t *testing.T) {
	t.Parallel()
	runSuite(t, sftptest.OpenSSH(t).Account)
}

// byArea puts archive and quarantine on other file systems than the inbox.
func byArea(path string) string {
	for _, area := range []string{"archive", "quarantine"} {
		if strings.Contains(path, "/"+area) {
			return area
		}
	}
	return "inbox"
}

// runSuite runs the suite, or parts of it, over one connection, with folders of
// its own for each test.
func runSuite(t *testing.T, a sftptest.Account, parts ...string) {
	client := open(t, a, nil)
	var rigs atomic.Int32
	droptest.Run(t, func(t *testing.T) droptest.Rig {
		name := fmt.Sprintf("rig%d", rigs.Add(1))
		dir, local := a.Folder(t, name)
		for _, area := range []string{"archive", "quarantine"} {
			a.Folder(t, filepath.Join(name, area))
		}
		return droptest.Rig{FS: medium(t, client, dir), Uploader: droptest.Folder(local)}
	}, parts...)
}

// config is how to log in to an account with its key.
func config(a sftptest.Account) sftp.Config {
	return sftp.Config{Host: a.Host, Port: a.Port, User: a.User, Key: a.Key, KnownHosts: []string{a.KnownHosts}}
}

// open opens an account, with what a test changes in its config.
func open(t testing.TB, a sftptest.Account, change func(*sftp.Config)) *sftp.Client {
	t.Helper()
	c := config(a)
	if change != nil {
		change(&c)
	}
	client, err := sftp.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(client.Close(), client.Close()); err != nil {
			t.Error(err)
		}
	})
	return client
}

// medium is a drop in a folder of an account.
func medium(t testing.TB, client *sftp.Client, dir string) *sftp.FS {
	t.Helper()
	fs, err := client.FS(sftp.Dirs{Inbox: dir, Archive: "archive", Quarantine: "quarantine"})
	if err != nil {
		t.Fatal(err)
	}
	return fs
}

// begin starts a server and opens a drop on it.
func begin(t testing.TB, o sftptest.Options) (*sftp.FS, *sftptest.Server) {
	t.Helper()
	server := sftptest.Start(t, o)
	return medium(t, open(t, server.Account, nil), server.Dir), server
}

func inbox(name string) drop.Path   { return drop.Path{Area: drop.Inbox, Name: name} }
func archive(name string) drop.Path { return drop.Path{Area: drop.Archive, Name: name} }
