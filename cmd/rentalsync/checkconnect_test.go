package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
	"rentalsync/connectors/sftp/sftptest"
)

// checkConnections is what check --connect says of a yard.
func checkConnections(t *testing.T, y *yard, secret string) (answer checked, text string, code int) {
	t.Helper()
	env := func(name string) (string, bool) { return secret, name == "IRIS_CLIENT_SECRET" }
	config := filepath.Join(y.dir, "rentalsync.yaml")
	var out, talk, lines bytes.Buffer
	code = run([]string{"check", "--connect", "--json", "-c", config}, nil, &out, &talk, env)
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatalf("%v: %s%s", err, &out, &talk)
	}
	if again := run([]string{"check", "--connect", "-c", config}, nil, &lines, &talk, env); again != code || answer.Exit != code {
		t.Errorf("as JSON it ends with %d, as text with %d, and says %d", code, again, answer.Exit)
	}
	if text = lines.String(); secret != "demo" && strings.Contains(text+talk.String()+out.String(), secret) {
		t.Errorf("a secret is told: %s%s", text, &talk)
	}
	return answer, text, code
}

// wantConnected wants one line with a result, and texts in it.
func wantConnected(t *testing.T, answer checked, what, result string, texts ...string) {
	t.Helper()
	for _, c := range answer.Connections {
		if c.What != what || c.Result != result {
			continue
		}
		for _, text := range texts {
			if !strings.Contains(c.Said+"\n"+c.Cure, text) {
				t.Errorf("%s says %q, and to do %q; want %q in it", what, c.Said, c.Cure, text)
			}
		}
		return
	}
	t.Errorf("no %s is %s: %+v", what, result, answer.Connections)
}

func TestCheckConnectTriesWhatAConfigReachesFor(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	answer, text, code := checkConnections(t, y, "demo")
	if code != 0 || !answer.OK {
		t.Errorf("it ends with %d: %s", code, text)
	}
	for _, what := range []string{"inbox", "archive", "quarantine", "reports", "token", "IRIS rental contracts", "IRIS assets", "IRIS sites", "IRIS customers", "IRIS custom field definitions", "IRIS fleet telematics"} {
		wantConnected(t, answer, what, connectOK)
	}
	wantConnected(t, answer, "token", connectOK, "API key", "good for 20m")
	if left := below(t, y.dir); strings.Contains(strings.Join(left, " "), "rentalsync-check") {
		t.Errorf("it leaves files: %q", left)
	}
	if _, err := os.Stat(filepath.Join(y.dir, "state")); err == nil {
		t.Error("it makes a journal")
	}
}

func TestCheckConnectSaysWhatARefusalMayMean(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	if err := y.simulator.AddFaults(
		iristest.Fault{On: "GET /api/rental/*", Status: http.StatusForbidden},
		iristest.Fault{On: "GET /api/site/*", Status: http.StatusNotFound},
	); err != nil {
		t.Fatal(err)
	}
	answer, text, code := checkConnections(t, y, "demo")
	if code != exitFailed || answer.OK || !strings.Contains(text, "failed   yard, IRIS rental contracts:") {
		t.Errorf("it ends with %d: %s", code, text)
	}
	wantConnected(t, answer, "IRIS rental contracts", connectFailed, "403", "IrisX", "token.scopes")
	wantConnected(t, answer, "IRIS sites", connectFailed, "404", "may not be offered")
	wantConnected(t, answer, "IRIS assets", connectOK)
}

func TestCheckConnectOfAWrongSecretAsksNothingElseOfIRIS(t *testing.T) {
	t.Parallel()
	answer, _, code := checkConnections(t, newYard(t), "wrong-secret")
	if code != exitFailed {
		t.Errorf("it ends with %d", code)
	}
	wantConnected(t, answer, "token", connectFailed, "invalid_client", "check token.clientId and token.clientSecret")
	for _, c := range answer.Connections {
		if strings.HasPrefix(c.What, "IRIS") {
			t.Errorf("without a token it asks for %s", c.What)
		}
	}
}

func TestCheckConnectTellsOfAClockThatIsWrong(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	late := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(-10*time.Minute).UTC().Format(http.TimeFormat))
		y.simulator.ServeHTTP(w, r)
	}))
	t.Cleanup(late.Close)
	y.config(t, y.url(t), "url: "+late.URL)
	answer, _, code := checkConnections(t, y, "demo")
	if code != 0 {
		t.Errorf("a warning ends with %d", code)
	}
	wantConnected(t, answer, "clock of IRIS", connectWarning, "behind this machine's", "time server")
}

// url is the address of the yard's IRIS.
func (y *yard) url(t *testing.T) string {
	t.Helper()
	for line := range strings.Lines(string(readFile(t, filepath.Join(y.dir, "rentalsync.yaml")))) {
		if address, is := strings.CutPrefix(strings.TrimSpace(line), "url: "); is {
			return "url: " + address
		}
	}
	t.Fatal("the config has no url")
	return ""
}

// onServer moves the drop of a yard to a server.
func (y *yard) onServer(t *testing.T, server *sftptest.Server, verify string) {
	t.Helper()
	y.write(t, "", map[string]string{"id": string(server.Key)})
	y.config(t, "drop: {local: inbox, scan: 1s}", fmt.Sprintf(`drop: {scan: 1s, sftp: {host: %s, port: %d, user: %s, key: "${file:id}", dir: %q, %s}}`,
		server.Host, server.Port, server.User, server.Dir, verify))
}

func TestCheckConnectLogsInToTheServerOfADrop(t *testing.T) {
	t.Parallel()
	const unknown = "hostKey: \"SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\""
	t.Run("a known one is logged in to, and its folders are tried", func(t *testing.T) {
		t.Parallel()
		y, server := newYard(t), sftptest.Start(t, sftptest.Options{})
		y.onServer(t, server, fmt.Sprintf("knownHosts: %q", server.KnownHosts))
		answer, text, code := checkConnections(t, y, "demo")
		if code != 0 {
			t.Errorf("it ends with %d: %s", code, text)
		}
		wantConnected(t, answer, "drop", connectOK, server.Fingerprints[0])
		wantConnected(t, answer, "inbox", connectOK, "can be read and written")
		wantConnected(t, answer, "archive", connectOK, "can be made")
	})
	t.Run("of one that nobody knows it shows the line to paste", func(t *testing.T) {
		t.Parallel()
		y, server := newYard(t), sftptest.Start(t, sftptest.Options{})
		y.write(t, "", map[string]string{"known_hosts": ""})
		y.onServer(t, server, "knownHosts: known_hosts")
		answer, _, code := checkConnections(t, y, "demo")
		if code != exitFailed {
			t.Errorf("it ends with %d", code)
		}
		wantConnected(t, answer, "drop", connectFailed, server.Fingerprints[0], "add to known_hosts: [127.0.0.1]:")
	})
	t.Run("another key than the pinned one is a failure", func(t *testing.T) {
		t.Parallel()
		y, server := newYard(t), sftptest.Start(t, sftptest.Options{})
		y.onServer(t, server, unknown)
		answer, _, _ := checkConnections(t, y, "demo")
		wantConnected(t, answer, "drop", connectFailed, "host key", server.Fingerprints[0])
	})
	t.Run("one that takes no files is a failure of its folders", func(t *testing.T) {
		t.Parallel()
		y, server := newYard(t), sftptest.Start(t, sftptest.Options{ReadOnly: true})
		y.onServer(t, server, fmt.Sprintf("knownHosts: %q", server.KnownHosts))
		answer, _, code := checkConnections(t, y, "demo")
		if code != exitFailed {
			t.Errorf("it ends with %d", code)
		}
		wantConnected(t, answer, "inbox", connectFailed, "write into the folder")
	})
	t.Run("a clock that is ahead is told", func(t *testing.T) {
		t.Parallel()
		y, server := newYard(t), sftptest.Start(t, sftptest.Options{Ahead: time.Hour})
		y.onServer(t, server, fmt.Sprintf("knownHosts: %q", server.KnownHosts))
		answer, _, _ := checkConnections(t, y, "demo")
		wantConnected(t, answer, "clock of the server", connectWarning, "ahead of this machine's")
	})
	t.Run("one that is not there is a failure", func(t *testing.T) {
		t.Parallel()
		y, server := newYard(t), sftptest.Start(t, sftptest.Options{})
		y.onServer(t, server, fmt.Sprintf("knownHosts: %q", server.KnownHosts))
		server.Stop()
		answer, _, code := checkConnections(t, y, "demo")
		if code != exitFailed {
			t.Errorf("it ends with %d", code)
		}
		wantConnected(t, answer, "drop", connectFailed, "check host and port")
	})
}

func TestCheckConnectAsksNothingOfAConfigWithFaults(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.config(t, "rate: none", "rate: many")
	answer, _, code := checkConnections(t, y, "demo")
	if code != exitFault || len(answer.Connections) > 0 {
		t.Errorf("it ends with %d: %+v", code, answer.Connections)
	}
}

func TestCheckConnectReachesThoseWhoAreTold(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 2)
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method
		w.WriteHeader(http.StatusMethodNotAllowed)
	}))
	t.Cleanup(hook.Close)
	y := newYard(t)
	y.config(t, "    reports:", "    notify: {webhook: {url: "+hook.URL+"/hook}}\n    reports:")
	answer, text, code := checkConnections(t, y, "demo")
	if code != 0 {
		t.Errorf("it ends with %d: %s", code, text)
	}
	wantConnected(t, answer, "webhook at "+strings.TrimPrefix(hook.URL, "http://"), connectOK, "nothing was sent")
	if got := <-asked; got != http.MethodHead {
		t.Errorf("it is asked by %s", got)
	}
}
