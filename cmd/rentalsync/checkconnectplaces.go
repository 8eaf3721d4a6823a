package main

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/local"
	"rentalsync/connectors/sftp"
)

// places tries the folders of a flow: where its files are dropped and end, and
// where written files go.
func (co *connector) places(ctx context.Context, f *flowConfig) {
	archive, err1 := drop.ParseTemplate(filepath.ToSlash(f.Archive))
	quarantine, err2 := drop.ParseTemplate(filepath.ToSlash(f.Quarantine))
	if err := errors.Join(err1, err2); err != nil {
		co.failed("drop", err, "correct archive and quarantine in the config")
		return
	}

	if f.Drop.SFTP.given() {
		co.dropServer(ctx, &f.Drop.SFTP, archive.Root(), quarantine.Root())
	} else {
		co.folder("inbox", f.Drop.Local)
	}
	if !f.onServer() {
		co.folder("archive", archive.Root())
		co.folder("quarantine", quarantine.Root())
	}

	co.outbox(ctx, "reports", &f.Reports.To)
	if !samePlace(&f.Snapshot.To, &f.Reports.To) {
		co.outbox(ctx, "snapshots", &f.Snapshot.To)
	}
}

// samePlace reports whether two outboxes are one.
func samePlace(a, b *outboxConfig) bool {
	if a.SFTP.given() || b.SFTP.given() {
		return a.SFTP.given() && b.SFTP.given() && a.SFTP.way() == b.SFTP.way() && a.SFTP.Dir == b.SFTP.Dir
	}
	return a.Local == b.Local
}

// folder tries a folder of this machine.
func (co *connector) folder(what, dir string) {
	p, err := local.Probe(dir)
	switch {
	case err != nil:
		co.failed(what, err, "")
	case !p.There:
		co.ok(what, "%s is not there yet, and can be made", dir)
	default:
		co.ok(what, "%s can be read and written; %s in it", dir, counted{p.Files, "file"})
	}
}

// dropServer tries the server that files are dropped on.
func (co *connector) dropServer(ctx context.Context, s *sftpConfig, archive, quarantine string) {
	dirs := sftp.Dirs{Inbox: s.Dir, Archive: archive, Quarantine: quarantine}
	if s.ReadOnly {
		dirs.Archive, dirs.Quarantine = "archive", "quarantine" // never used: both lie on this machine
	}
	co.server(ctx, "drop", s, func(ctx context.Context, server *sftp.Client) (sftp.Probe, error) {
		files, err := server.FS(dirs)
		if err != nil {
			return sftp.Probe{}, err
		}
		p, err := files.Probe(ctx)
		if err == nil && !s.ReadOnly {
			co.serverClock(ctx, files)
		}
		return p, err
	})
}

// serverClock compares the server's clock with ours.
func (co *connector) serverClock(ctx context.Context, files *sftp.FS) {
	if _, err := files.List(ctx, drop.Path{Area: drop.Inbox, Name: "."}); err != nil {
		return // the probe of the folder says why
	}
	if said := skew(files.Now(), time.Now()); said != "" {
		co.warn("clock of the server", "set the clocks by a time server: ready.minAge and keep go by the server's", "%s", said)
	}
}

// outbox tries a place for written files.
func (co *connector) outbox(ctx context.Context, what string, o *outboxConfig) {
	if !o.SFTP.given() {
		co.folder(what, o.Local)
		return
	}
	co.server(ctx, what, &o.SFTP, func(ctx context.Context, server *sftp.Client) (sftp.Probe, error) {
		return server.Outbox(o.SFTP.Dir, "").Probe(ctx)
	})
}

// server logs in to a server and tries folders there.
func (co *connector) server(ctx context.Context, what string, s *sftpConfig, probe func(context.Context, *sftp.Client) (sftp.Probe, error)) {
	account, err := s.account()
	if err != nil {
		co.failed(what, err, "make the user, the key and the password available to rentalsync")
		return
	}
	account.Log = co.app.log
	server, err := sftp.Open(account)
	if err != nil {
		co.failed(what, err, "correct the sftp part of the config")
		return
	}
	defer func() { _ = server.Close() }() // it was only tried

	var seen sftp.Probe
	err = within(ctx, func(ctx context.Context) (err error) {
		seen, err = probe(ctx, server)
		return err
	})
	if err != nil {
		co.failed(what, err, serverCure(err))
		return
	}
	co.ok(what, "%s lets us in by %s; its host key is %s", server, seen.LoggedIn, seen.HostKey)
	for _, folder := range seen.Folders {
		co.serverFolder(what, &folder, s.ReadOnly)
	}
}

// serverCure is what helps against an error of logging in that does not say so
// itself.
func serverCure(err error) string {
	var key *sftp.HostKeyError
	var auth *sftp.AuthError
	switch {
	case errors.As(err, &key) && len(key.Expected) == 0 && !key.Revoked && key.Why == "":
		return "once its administrator has confirmed the fingerprint, add to known_hosts: " + key.Line
	case errors.As(err, &key), errors.As(err, &auth):
		return ""
	default:
		return "check host and port, and whether this machine can reach the server"
	}
}

func (co *connector) serverFolder(what string, f *sftp.Folder, readOnly bool) {
	if f.Area != 0 {
		what = f.Area.String()
		if readOnly && f.Area != drop.Inbox {
			return
		}
	}
	shown := path.Clean(f.Path)
	switch {
	case f.Err != nil:
		co.failed(what, f.Err, "")
	case !f.There:
		co.ok(what, "%s is not there yet, and can be made", shown)
	case readOnly:
		co.ok(what, "%s can be read; %s in it", shown, counted{f.Files, "file"})
	default:
		co.ok(what, "%s can be read and written; %s in it", shown, counted{f.Files, "file"})
	}
}
