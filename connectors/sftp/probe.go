package sftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strconv"
	"time"

	"rentalsync/connectors/drop"
)

// Probe is what a server shows to somebody who only tries the account.
type Probe struct {
	Server   string      // what it calls itself
	HostKey  Fingerprint // what it was known by
	LoggedIn string      // what it let us in by
	Folders  []Folder
}

// Folder is what can be done in a folder on the server.
type Folder struct {
	Area     drop.Area // 0 for an outbox
	Path     string
	There    bool
	Files    int  // plain files in it, without hidden ones
	Writable bool // or can be made, where it is not there
	Err      error
}

// Probe logs in, looks into the folders of a drop, and finds out whether they may
// be written by writing and renaming a hidden file for a moment, unless the account is for
// reading only. Its error says that it did not even come to that.
func (f *FS) Probe(ctx context.Context) (Probe, error) {
	folders := make([]Folder, 0, 3)
	for _, area := range []drop.Area{drop.Inbox, drop.Archive, drop.Quarantine} {
		folders = append(folders, Folder{Area: area, Path: f.dirs[area]})
	}
	return f.client.probe(ctx, folders)
}

// Probe logs in, and tries the outbox as that of a drop does.
func (o *Outbox) Probe(ctx context.Context) (Probe, error) {
	return o.client.probe(ctx, []Folder{{Path: o.dir}})
}

func (c *Client) probe(ctx context.Context, folders []Folder) (Probe, error) {
	var p Probe
	err := c.work(ctx, func(s *session) error {
		p = Probe{Server: s.version, HostKey: s.key, LoggedIn: s.by, Folders: nil}
		for _, folder := range folders {
			if err := s.look(ctx, &folder, c.cfg.ReadOnly); err != nil {
				return err
			}
			p.Folders = append(p.Folders, folder)
		}
		return nil
	})
	return p, err
}

// look tries one folder. Its error is about the connection.
func (s *session) look(ctx context.Context, f *Folder, readOnly bool) error {
	infos, err := s.list(ctx, f.Path)
	f.There, f.Files = err == nil, len(plainFiles(infos))
	if errors.Is(err, fs.ErrNotExist) && f.Area != drop.Inbox {
		err = nil // it is made when it is needed
	}
	if err == nil && !readOnly {
		err = s.tryWriting(ctx, f.Path, f.There)
		f.Writable = err == nil
	}
	lost := (*lostError)(nil)
	if errors.As(err, &lost) || ctx.Err() != nil {
		return err
	}
	f.Err = advise(f, err)
	return nil
}

// tryWriting writes a hidden file and removes it; where there is no folder yet,
// into the one that it will be made in.
func (s *session) tryWriting(ctx context.Context, dir string, there bool) error {
	for !there && path.Dir(dir) != dir {
		dir = path.Dir(dir)
		_, err := s.stat(ctx, dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		there = err == nil
	}
	name := path.Join(dir, ".rentalsync-check-"+strconv.FormatInt(time.Now().UnixNano(), 36))
	file, err := s.open(ctx, name, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	if err := s.close(ctx, file); err != nil {
		return errors.Join(err, s.discardTemp(ctx, name))
	}
	if err := s.rename(ctx, name, name+"-renamed"); err != nil {
		return errors.Join(err, s.discardTemp(ctx, name))
	}
	return s.remove(ctx, name+"-renamed")
}

// advise adds the cure to what is wrong with a folder.
func advise(f *Folder, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w; make the folder, or correct dir", err)
	case !f.There:
		return fmt.Errorf("%w; let the user of the account read the folder", err)
	}
	return fmt.Errorf("%w; let the user of the account write into the folder, or set readOnly", err)
}
