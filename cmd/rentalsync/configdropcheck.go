package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/mappings"
)

func (ch *configChecker) drop(f *flowConfig, at string) {
	at += ".drop"
	switch {
	case f.Drop.SFTP.given() && f.Drop.Local != "":
		ch.fault(at, "the drop is a folder and a server", "write local: or sftp:, and a flow for each place")
	case f.Drop.SFTP.given():
		ch.server(&f.Drop.SFTP, at+".sftp")
	case f.Drop.Local != "":
		ch.folder(f, at+".local")
	case ch.says(at):
		ch.fault(at, "the drop names no place", "write drop: {local: FOLDER}, or drop: {sftp: {host: …}}")
	}
	ch.atLeast(at+".scan", f.Drop.Scan, 10*time.Millisecond)
}

func (ch *configChecker) folder(f *flowConfig, at string) {
	switch info, err := os.Stat(f.Drop.Local); {
	case os.IsNotExist(err):
		ch.warn(at, fmt.Sprintf("there is no folder %q yet", f.Drop.Local), "rentalsync will make it; see that it is the one the ERP writes into")
	case err == nil && !info.IsDir():
		ch.fault(at, fmt.Sprintf("%q is no folder", f.Drop.Local), "name the folder that the ERP writes into")
	}
}

// server finds what keeps a server from being logged in to, as far as that can be
// told without asking it.
func (ch *configChecker) server(s *sftpConfig, at string) {
	if s.Host == "" {
		ch.fault(at, "no server is named", "write host: erp.example")
	} else if strings.ContainsAny(s.Host, "/:@ ") && strings.Count(s.Host, ":") < 2 {
		ch.fault(at+".host", fmt.Sprintf("%q is no name of a server", s.Host), "write the name alone; port, user and dir have keys of their own")
	}
	if s.Port < 1 || s.Port > 65535 {
		ch.fault(at+".port", fmt.Sprintf("%d is no port", s.Port), "leave it out for 22, or write what the server's admin says")
	}
	if !s.User.given() {
		ch.fault(at, "no user is named", "write user: NAME")
	}
	if !s.Key.given() && !s.Password.given() && !s.Agent {
		ch.fault(at, "there is nothing to log in with", `write key: "${file:/etc/rentalsync/id}", password: "${env:NAME}" or agent: true`)
	}
	ch.verified(s, at)
	ch.looked(at, map[string]interface{ Value() (string, error) }{"user": s.User, "key": s.Key, "passphrase": s.Passphrase, "password": s.Password})
	for key, s := range map[string]secret{"key": s.Key, "passphrase": s.Passphrase, "password": s.Password} {
		if s.clear() {
			ch.warn(at+"."+key, "the secret stands here in clear text", "write ${env:NAME} or ${file:PATH}")
		}
	}
	ch.atLeast(at+".keepAlive", s.KeepAlive, time.Second)
}

// verified finds what keeps the server's own key from being verified: it is
// never taken on trust.
func (ch *configChecker) verified(s *sftpConfig, at string) {
	if len(s.KnownHosts)+len(s.HostKey) == 0 {
		ch.fault(at, "nothing says which host key the server has", "write knownHosts: FILE, or hostKey: SHA256:…; the first look at the server shows its fingerprint, and its admin knows whether that is the right one")
	}
	for i, file := range s.KnownHosts {
		if _, err := os.Stat(file.Value); err != nil {
			ch.faults = append(ch.faults, ch.doc.Fault(at+".knownHosts", fmt.Sprintf("%q cannot be read", s.KnownHosts[i].Value), "the path is relative to the config; ssh-keyscan HOST prints what belongs into it"))
		}
	}
	for _, pin := range s.HostKey {
		if !strings.HasPrefix(pin.Value, "SHA256:") {
			ch.fault(at+".hostKey", fmt.Sprintf("%q is no fingerprint", pin.Value), "write SHA256: and what follows it, as ssh-keygen -lf prints it")
		}
	}
}

// looked finds settings that cannot be looked up.
func (ch *configChecker) looked(at string, settings map[string]interface{ Value() (string, error) }) {
	for _, key := range sortedKeys(settings) {
		if _, err := settings[key].Value(); err != nil {
			what, cure, _ := strings.Cut(err.Error(), "; ")
			ch.fault(at+"."+key, what, cure)
		}
	}
}

func (ch *configChecker) ready(f *flowConfig, at string) {
	at += ".ready"
	ch.atLeast(at+".settle", f.Ready.Settle, 0)
	ch.atLeast(at+".patience", f.Ready.Patience, max(f.Ready.Settle, 0))
	ch.atLeast(at+".minAge", f.Ready.MinAge, 0)
	ch.atLeast(at+".incomplete", f.Ready.Incomplete, 0)
	if f.Ready.Looks < 1 {
		ch.fault(at+".looks", fmt.Sprintf("%d is no number of looks", f.Ready.Looks), "write 1 or more")
	}
	if c := &f.Ready.Control; c.Match == "" && *c != (controlConfig{}) {
		ch.fault(at+".control", "the control file has no name", `write match: "CONTROL_{date:YYYYMMDD}.csv"`)
	}
	ch.set(f, at+".set")
}

// set finds mappings that no flow could wait for.
func (ch *configChecker) set(f *flowConfig, at string) {
	s := &f.Ready.Set
	ch.choice(at+".incomplete", s.Incomplete, "hold", "process")
	ch.atLeast(at+".within", s.Within, 0)
	if len(s.Needs) == 0 {
		if ch.says(at) {
			ch.fault(at, "the set needs no file", "write needs: with the names of mappings")
		}
		return
	}

	loaded, faults := mappings.Load(f.mappingFiles, mappings.Options{Values: f.IRIS.Values})
	if faults.Err() != nil {
		return // told of the mappings themselves
	}
	dated := map[string]bool{}
	for _, m := range loaded {
		dated[m.Name()] = m.Dated()
	}
	for i, name := range s.Needs {
		here := fmt.Sprintf("%s.needs[%d]", at, i)
		if tells, known := dated[name]; !known {
			ch.fault(here, fmt.Sprintf("the flow has no mapping %q", name), suggest(name, sortedKeys(dated)))
		} else if !tells {
			ch.warn(here, fmt.Sprintf("files of mapping %q do not say which day they are of", name), "add {date:…} to match, or businessDate; else files that come after midnight belong to another night")
		}
	}
}

// keep finds spans that would clear away what is still needed.
func (ch *configChecker) keep(f *flowConfig, at string) {
	for _, k := range []struct {
		key  string
		span time.Duration
	}{{"archive", f.Keep.Archive}, {"quarantine", f.Keep.Quarantine}} {
		if k.span != 0 {
			ch.atLeast(at+".keep."+k.key, k.span, 24*time.Hour)
		}
	}
}

// shown finds acknowledgements that nobody could write.
func (ch *configChecker) shown(f *flowConfig, at string) {
	if f.Drop.SFTP.ReadOnly && f.Acknowledge != (acknowledgeConfig{}) {
		ch.fault(at+".acknowledge", "the account of the drop may only read", "remove it, or remove readOnly where the account may write")
	}
}

// names finds what the drop itself would refuse, each part for itself.
func (ch *configChecker) names(f *flowConfig, at string) {
	marker := f.Ready.Marker
	if _, err := drop.New(nil, drop.Options{Marker: marker}); err != nil {
		marker = "" // told of the marker itself
	}
	for _, part := range []struct {
		path    string
		options drop.Options
	}{
		{"archive", drop.Options{Archive: f.Archive}},
		{"quarantine", drop.Options{Quarantine: f.Quarantine}},
		{"ready.marker", drop.Options{Marker: f.Ready.Marker}},
		{"ready.control", drop.Options{Control: f.Ready.Control.control()}},
		{"acknowledge.done", drop.Options{Marker: marker, Acknowledge: drop.Acknowledge{Done: f.Acknowledge.Done}}},
		{"acknowledge.failed", drop.Options{Marker: marker, Acknowledge: drop.Acknowledge{Failed: f.Acknowledge.Failed}}},
	} {
		if _, err := drop.New(nil, part.options); err != nil {
			key := part.path[strings.LastIndexByte(part.path, '.')+1:]
			what, cure, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(err.Error(), key+": "), "acknowledge: "), "; ")
			ch.fault(at+"."+part.path, what, cure)
		}
	}
}

// folders finds folders that would be read after they were written.
func (ch *configChecker) folders(f *flowConfig, at string) {
	for _, written := range []struct{ key, folder string }{
		{"archive", f.Archive}, {"quarantine", f.Quarantine}, {"reports.to.local", f.Reports.To.Local}, {"snapshot.to.local", f.Snapshot.To.Local},
	} {
		if f.Drop.Local != "" && ch.says(at+"."+written.key) && filepath.Clean(written.folder) == filepath.Clean(f.Drop.Local) {
			ch.fault(at+"."+written.key, "the ERP's files and ours would lie in one folder", "name another folder than the drop's")
		}
	}
	for _, written := range []struct {
		key string
		to  *sftpConfig
	}{{"reports.to", &f.Reports.To.SFTP}, {"snapshot.to", &f.Snapshot.To.SFTP}} {
		switch here := at + "." + written.key + ".sftp"; {
		case !ch.says(here):
		case ch.says(at + "." + written.key + ".local"):
			ch.fault(at+"."+written.key, "what is written goes to a folder and to a server", "write local: or sftp:")
		case ch.says(here + ".host"):
			ch.server(written.to, here)
		case !f.Drop.SFTP.given():
			ch.fault(here, "no server is named", "write host: erp.example")
		case f.Drop.SFTP.Host != "" && written.to.Host == f.Drop.SFTP.Host && path.Clean(written.to.Dir) == path.Clean(f.Drop.SFTP.Dir):
			ch.fault(here, "the ERP's files and ours would lie in one folder", "name another directory than the drop's")
		}
	}
}
