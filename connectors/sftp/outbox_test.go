package sftp_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/drop/droptest"
	"rentalsync/connectors/sftp/sftptest"
)

func TestAFileIsPutIntoTheOutboxWhole(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]sftptest.Options{
		"with posix-rename":       {},
		"without posix-rename":    {NoPosixRename: true},
		"where a rename replaces": {NoPosixRename: true, Replaces: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := sftptest.Start(t, o)
			box := open(t, server.Account, nil).Outbox(server.Dir+"/reports", "reports")
			for _, text := range []string{"a first and longer text", "second", "third"} {
				path, err := box.Put(t.Context(), "hamburg/2026/night.csv", says(text))
				if err != nil || path != "reports/hamburg/2026/night.csv" {
					t.Fatalf("put %q, %v", path, err)
				}
				if got := read(t, filepath.Join(server.Local, path)); got != text {
					t.Errorf("it holds %q, want %q", got, text)
				}
			}
			wantNames(t, filepath.Join(server.Local, "reports/hamburg/2026"), "night.csv")
		})
	}
}

func TestAFileThatIsInUseLeavesTheNextNameToTheNewOne(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]sftptest.Options{
		"with posix-rename":    {Held: "night.csv"},
		"without posix-rename": {Held: "night.csv", NoPosixRename: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := sftptest.Start(t, o)
			box := open(t, server.Account, nil).Outbox(server.Dir, "out")
			held := filepath.Join(server.Local, "night.csv")
			if err := os.WriteFile(held, []byte("open"), 0o600); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				path, err := box.Put(t.Context(), "night.csv", says("text"))
				if err != nil || path != "out/night (2).csv" {
					t.Fatalf("put %q, %v", path, err)
				}
			}
			if got := read(t, held) + read(t, filepath.Join(server.Local, "night (2).csv")); got != "opentext" {
				t.Errorf("they hold %q", got)
			}
		})
	}
}

func TestAnOutboxOnOpenSSHReplacesAFile(t *testing.T) {
	t.Parallel()
	d := sftptest.OpenSSH(t)
	box := open(t, d.Account, nil).Outbox(d.Dir+"/reports", "")
	for _, text := range []string{"first", "second"} {
		path, err := box.Put(t.Context(), "night.csv", says(text))
		if want := "sftp://" + d.User + "@" + d.Addr() + d.Dir + "/reports/night.csv"; err != nil || path != want {
			t.Fatalf("put %q, %v; want %q", path, err, want)
		}
	}
	if got := read(t, filepath.Join(d.Local, "reports/night.csv")); got != "second" {
		t.Errorf("it holds %q", got)
	}
	wantNames(t, filepath.Join(d.Local, "reports"), "night.csv")
}

func TestNobodySeesHalfOfAFile(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, a sftptest.Account) {
		box := open(t, a, nil).Outbox(a.Dir, "out")
		if _, err := box.Put(t.Context(), "night.csv", says("old")); err != nil {
			t.Fatal(err)
		}
		full := errors.New("no more rows")
		_, err := box.Put(t.Context(), "night.csv", func(out io.Writer) error {
			if err := says(strings.Repeat("half", 1<<20))(out); err != nil {
				return err
			}
			if got := read(t, filepath.Join(a.Local, "night.csv")); got != "old" {
				t.Errorf("meanwhile it holds %d bytes", len(got))
			}
			return full
		})
		if !errors.Is(err, full) || !strings.Contains(err.Error(), "put out/night.csv") {
			t.Errorf("error is %v", err)
		}
		if got := read(t, filepath.Join(a.Local, "night.csv")); got != "old" {
			t.Errorf("then it holds %q", got)
		}
		wantNames(t, a.Local, "night.csv")
	})
}

func TestWhatACrashLeftIsClearedByTheNextAttempt(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, a sftptest.Account) {
		if err := os.WriteFile(filepath.Join(a.Local, ".night.csv.part"), []byte("half of it, from before"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := open(t, a, nil).Outbox(a.Dir, "").Put(t.Context(), "night.csv", says("whole")); err != nil {
			t.Fatal(err)
		}
		if got := read(t, filepath.Join(a.Local, "night.csv")); got != "whole" {
			t.Errorf("it holds %q", got)
		}
		wantNames(t, a.Local, "night.csv")
	})
}

func TestNothingIsPutBesideTheOutbox(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{})
	box := open(t, server.Account, nil).Outbox(server.Dir, "")
	for _, name := range []string{"", ".", "..", "../a.csv", "/tmp/a.csv", "a/../../b.csv", "a//b.csv", `..\a.csv`, "a\x00.csv", "a/"} {
		if _, err := box.Put(t.Context(), name, says("text")); err == nil {
			t.Errorf("%q was put", name)
		}
	}
	if err := os.Mkdir(filepath.Join(server.Local, "night.csv"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := box.Put(t.Context(), "night.csv", says("text")); err == nil || !strings.Contains(err.Error(), "it is a folder") {
		t.Errorf("over a folder: %v", err)
	}
	wantNames(t, server.Local, "night.csv")
}

func TestAProbeSaysWhatAnAccountMayDo(t *testing.T) {
	t.Parallel()
	d := sftptest.OpenSSH(t)
	if err := droptest.Folder(d.Local).Write("a.csv", "text", midnight); err != nil {
		t.Fatal(err)
	}
	p, err := medium(t, open(t, d.Account, nil), d.Dir).Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(p.Server, "OpenSSH") || !strings.Contains(p.LoggedIn, "private key") || p.HostKey.SHA256 != d.Fingerprints[0] {
		t.Errorf("probe is %+v", p)
	}
	if len(p.Folders) != 3 {
		t.Fatalf("folders are %+v", p.Folders)
	}
	if f := p.Folders[0]; f.Area != drop.Inbox || !f.There || f.Files != 1 || !f.Writable || f.Err != nil {
		t.Errorf("the inbox is %+v", f)
	}
	if f := p.Folders[1]; f.Area != drop.Archive || f.There || !f.Writable || f.Err != nil || f.Path != d.Dir+"/archive" {
		t.Errorf("the archive is %+v", f)
	}
	wantNames(t, d.Local, "a.csv")
}

func TestAProbeNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	server := sftptest.Start(t, sftptest.Options{ReadOnly: true})
	client := open(t, server.Account, nil)
	p, err := medium(t, client, server.Dir).Probe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f := p.Folders[0]; !f.There || f.Writable || f.Err == nil || !strings.Contains(f.Err.Error(), "set readOnly") {
		t.Errorf("the inbox is %+v", f)
	}
	p, err = medium(t, client, "/nowhere").Probe(t.Context())
	if err != nil || p.Folders[0].Err == nil || !strings.Contains(p.Folders[0].Err.Error(), "correct dir") {
		t.Errorf("probe is %+v, %v", p, err)
	}
	p, err = client.Outbox(server.Dir, "").Probe(t.Context())
	if err != nil || len(p.Folders) != 1 || p.Folders[0].Writable {
		t.Errorf("probe is %+v, %v", p, err)
	}
}
