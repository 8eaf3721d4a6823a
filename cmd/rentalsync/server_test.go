package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/sftp/sftptest"
)

// serverYard is a yard whose ERP writes to an OpenSSH server, below a folder that
// it calls out.
func serverYard(t *testing.T, verify func(*sftptest.Daemon) string) (y *yard, out, in string) {
	t.Helper()
	server := sftptest.OpenSSH(t)
	dir, out := server.Folder(t, "out")
	back, in := server.Folder(t, "in")

	y = newYard(t)
	y.write(t, "", map[string]string{"id": string(server.Key)})
	drop := fmt.Sprintf(`drop: {scan: 1s, sftp: {host: %s, port: %d, user: %s, key: "${file:id}", dir: %q, %s}}`,
		server.Host, server.Port, server.User, dir, verify(server))
	y.config(t, "drop: {local: inbox, scan: 1s}", drop)
	y.config(t, "reports: {formats: [json]}", fmt.Sprintf("reports: {formats: [json], to: {sftp: {dir: %q}}}\n    acknowledge: {done: \"{name}.ack\", failed: \"{name}.err\"}", back))
	return y, out, in
}

// known verifies a server by a file that knows it.
func known(d *sftptest.Daemon) string { return fmt.Sprintf("knownHosts: %q", d.KnownHosts) }

// config changes a line of the yard's config.
func (y *yard) config(t *testing.T, from, to string) {
	t.Helper()
	path := filepath.Join(y.dir, "rentalsync.yaml")
	text := string(readFile(t, path))
	if !strings.Contains(text, from) {
		t.Fatalf("the config has no %q", from)
	}
	y.write(t, "", map[string]string{"rentalsync.yaml": strings.Replace(text, from, to, 1)})
}

// drops lays a night into a folder.
func drops(t *testing.T, folder string, nights ...map[string]string) {
	t.Helper()
	for _, night := range nights {
		for name, content := range night {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// below lists the files below a folder, hidden ones too.
func below(t *testing.T, folder string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(folder, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, _ := filepath.Rel(folder, path)
			all = append(all, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(all)
	return all
}

func TestANightComesFromAServerAndItsReportGoesBack(t *testing.T) {
	t.Parallel()
	y, out, in := serverYard(t, known)

	drops(t, out, wholeNight, map[string]string{"FLEET_20261119.csv": "no header of ours\n"})
	answer := y.once(t, exitAttention)

	if diff := cmp.Diff([]string{
		"2026-11-19 failed, FLEET_20261119.csv quarantined",
		"2026-11-20 done, FLEET_20261120.csv acked",
	}, answer.states()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"FLEET_20261119.csv.err", "FLEET_20261120.csv.ack", "archive/2026/11/FLEET_20261120.csv",
		"quarantine/FLEET_20261119.csv", "quarantine/FLEET_20261119.csv.reason.txt",
	}, below(t, out)); diff != "" {
		t.Error(diff)
	}
	if got := below(t, in); len(got) != 2 {
		t.Errorf("the reports are %q, want one for each run", got)
	}
	if holds := y.irisHolds(t); len(holds) != 4 {
		t.Errorf("IRIS holds %v, want four machines", holds)
	}
}

func TestAPlanTouchesNothingOnAServer(t *testing.T) {
	t.Parallel()
	y, out, in := serverYard(t, known)

	drops(t, out, wholeNight)
	planned, _ := y.says(t, 0, "plan")

	if !strings.Contains(planned, "would send 4 documents") {
		t.Errorf("the plan says %s", planned)
	}
	if got := append(below(t, out), below(t, in)...); !slices.Equal(got, []string{"FLEET_20261120.csv"}) {
		t.Errorf("the server holds %q, want the file alone", got)
	}
}

func TestAnAccountThatMayOnlyReadLeavesTheServerAsItIs(t *testing.T) {
	t.Parallel()
	y, out, _ := serverYard(t, func(d *sftptest.Daemon) string { return known(d) + ", readOnly: true" })
	y.config(t, "    acknowledge:", "    depots: {}\n    #")
	y.config(t, "reports: {formats: [json], to:", "reports: {formats: [json]} # to:")

	drops(t, out, wholeNight)
	y.once(t, 0)
	drops(t, out, newerNight)
	y.once(t, 0)
	again := y.once(t, 0)

	if len(again.Runs) != 0 {
		t.Errorf("a third look found %q, want nothing new", again.states())
	}
	if got := below(t, out); !slices.Equal(got, []string{"FLEET_20261120.csv", "FLEET_20261122.csv"}) {
		t.Errorf("the server holds %q, want the files as they came", got)
	}
	if got := below(t, filepath.Join(y.dir, "archive")); !slices.Equal(got, []string{"2026/11/FLEET_20261120.csv", "2026/11/FLEET_20261122.csv"}) {
		t.Errorf("the archive beside the config holds %q", got)
	}
}

func TestAServerWithAnotherHostKeyIsNotLoggedInTo(t *testing.T) {
	t.Parallel()
	y, out, _ := serverYard(t, func(*sftptest.Daemon) string { return `hostKey: "SHA256:uNiVztksCsDhcc0u9e8BrYXzN+jUzr2oWiSYxWK4ysM"` })

	drops(t, out, wholeNight)
	_, talk := y.says(t, exitFailed, "once")
	if !strings.Contains(talk, "host key") || !strings.Contains(talk, "SHA256:") {
		t.Errorf("the error says %s", talk)
	}
}
