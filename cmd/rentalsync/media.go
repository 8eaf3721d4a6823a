package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/local"
	"rentalsync/connectors/sftp"
	"rentalsync/pipeline"
)

// medium opens the place where the flow's files lie.
func (a *app) medium(h *house, c *flowConfig) (drop.FS, error) {
	archive, err1 := drop.ParseTemplate(filepath.ToSlash(c.Archive))
	quarantine, err2 := drop.ParseTemplate(filepath.ToSlash(c.Quarantine))
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	folders := local.Dirs{Inbox: c.Drop.Local, Archive: archive.Root(), Quarantine: quarantine.Root()}
	if !c.Drop.SFTP.given() {
		return a.folder(h, folders)
	}

	server, err := a.server(h, &c.Drop.SFTP)
	if err != nil {
		return nil, err
	}
	remote := sftp.Dirs{Inbox: c.Drop.SFTP.Dir, Archive: archive.Root(), Quarantine: quarantine.Root()}
	if !c.Drop.SFTP.ReadOnly {
		return server.FS(remote)
	}
	remote.Archive, remote.Quarantine = "archive", "quarantine" // never used: both lie on this machine
	inbox, err := server.FS(remote)
	if err != nil {
		return nil, err
	}
	folders.Inbox = c.Drop.fetched
	beside, err := a.folder(h, folders)
	if err != nil {
		return nil, err
	}
	return drop.ReadOnly(inbox, beside, nil), nil
}

// folder opens folders of this machine.
func (a *app) folder(h *house, folders local.Dirs) (*local.FS, error) {
	medium, err := local.Open(folders, a.log)
	if err != nil {
		return nil, err
	}
	h.closers = append(h.closers, medium)
	return medium, nil
}

// outbox opens a place for written files.
func (a *app) outbox(h *house, o *outboxConfig) (pipeline.Outbox, error) {
	if !o.SFTP.given() {
		return local.OpenOutbox(o.Local, "")
	}
	server, err := a.server(h, &o.SFTP)
	if err != nil {
		return nil, err
	}
	return server.Outbox(o.SFTP.Dir, ""), nil
}

// server is the account that a config names, with one connection for everything
// that uses it in the same way.
func (a *app) server(h *house, s *sftpConfig) (*sftp.Client, error) {
	way := s.way()
	if server, open := h.servers[way]; open {
		return server, nil
	}
	account, err := s.account()
	if err != nil {
		return nil, fmt.Errorf("log in to %s: %w", s.Host, err)
	}
	account.Log, account.ReadOnly = a.log, account.ReadOnly || h.still
	server, err := sftp.Open(account)
	if err != nil {
		return nil, err
	}
	if h.servers == nil {
		h.servers = map[string]*sftp.Client{}
	}
	h.servers[way] = server
	h.closers = append(h.closers, server)
	return server, nil
}

// account is what a server is logged in to with.
func (s *sftpConfig) account() (sftp.Config, error) {
	user, err1 := s.User.Value()
	key, err2 := s.Key.Value()
	passphrase, err3 := s.Passphrase.Value()
	password, err4 := s.Password.Value()
	return sftp.Config{
		Host: s.Host, Port: s.Port, User: user, Key: []byte(key), Passphrase: passphrase, Password: password, Agent: s.Agent,
		KnownHosts: values(s.KnownHosts), HostKeys: values(s.HostKey), ReadOnly: s.ReadOnly, KeepAlive: s.KeepAlive,
	}, errors.Join(err1, err2, err3, err4)
}

// way tells accounts apart that are not logged in to, or not verified, alike. It
// holds no secret: only where one is found.
func (s *sftpConfig) way() string {
	return fmt.Sprint(s.Host, s.Port, s.User, s.Key.source(), s.Passphrase.source(), s.Password.source(), s.Agent, values(s.KnownHosts), values(s.HostKey), s.ReadOnly)
}
