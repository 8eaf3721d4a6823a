package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"rentalsync/connectors/drop"
)

// The protocol does not say whether a rename replaces. OpenSSH's plain one does
// not: it makes a second name and takes the first one away. That of many other
// servers does, and so does posix-rename@openssh.com everywhere. So a name is
// looked at before it is taken, and the plain rename goes first: on OpenSSH
// nothing is left to chance. Elsewhere, and where OpenSSH has to do without
// second names, a file that appears between the look and the rename is replaced.
// That takes an upload to a name of ours in the time that one request takes: the
// names moved to are below .rentalsync or in the archive, where nobody uploads,
// or that of a file being put back, which was just looked for.

// Rename moves a file and never replaces one, as far as the server lets it.
func (f *FS) Rename(ctx context.Context, from, to drop.Path) error {
	if err := errors.Join(checkPath(from), checkPath(to)); err != nil {
		return fmt.Errorf("rename %s to %s: %w", from, to, err)
	}
	m := &move{fs: f, from: from, to: to}
	err := f.client.work(ctx, func(s *session) error {
		// The folder that was just made for the file can be tidied away by
		// another watcher before the file is in it.
		var err error
		for range 3 {
			if err = m.make(ctx, s); !errors.Is(err, fs.ErrNotExist) || m.gone {
				break
			}
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("rename %s to %s: %w", from, to, err)
	}
	return nil
}

// move is one move, over the attempts that it takes.
type move struct {
	fs       *FS
	from, to drop.Path
	sent     *drop.Entry // the file that the server was last asked to move
	gone     bool        // there is nothing to move
}

// make makes the move, or finds that it was made before the line was lost.
func (m *move) make(ctx context.Context, s *session) error {
	source, target := m.fs.path(m.from), m.fs.path(m.to)
	if err := s.walk(ctx, m.fs.dirs[m.from.Area], m.from.Dir().Name); err != nil {
		m.gone = errors.Is(err, fs.ErrNotExist)
		return err
	}
	e, err := s.plain(ctx, source)
	if errors.Is(err, fs.ErrNotExist) {
		m.gone = true
		return m.missing(ctx, s, target, err)
	}
	if err != nil {
		return err
	}
	if err := s.makeFolders(ctx, m.fs.dirs[m.to.Area], m.to.Dir().Name); err != nil {
		return err
	}
	if err := s.free(ctx, target); err != nil {
		return err
	}

	m.sent = &e
	err = s.rename(ctx, source, target)
	if refused(err) {
		return m.carry(ctx, s, source, target, e)
	}
	return err
}

// missing tells whether a file is missing because it has been moved: the answer
// was lost with the line. The name was free when that was asked for, so a file of
// that size is ours; its time proves nothing, some servers give it a new one.
func (m *move) missing(ctx context.Context, s *session, target string, otherwise error) error {
	if m.sent == nil {
		return otherwise
	}
	there, err := s.plain(ctx, target)
	if err == nil && there.Size == m.sent.Size {
		return nil
	}
	return otherwise
}

// rename gives a file a name that is free. It fails with a refusal where the
// server cannot, mostly because the name is on another file system.
func (s *session) rename(ctx context.Context, from, to string) error {
	err := s.plainRename(ctx, from, to)
	if !refused(err) {
		return err
	}
	// A refusal is all that OpenSSH says of a name that is taken.
	if taken := s.free(ctx, to); taken != nil {
		return taken
	}
	if s.posix {
		return s.posixRename(ctx, from, to)
	}
	return err
}

func (s *session) plainRename(ctx context.Context, from, to string) error {
	return s.done(ctx, "rename", from, func() error { return s.sftp.Rename(from, to) })
}

func (s *session) posixRename(ctx context.Context, from, to string) error {
	return s.done(ctx, "rename", from, func() error { return s.sftp.PosixRename(from, to) })
}

// carry moves a file to another file system of the server, which takes reading
// and writing it. It is removed where it was only when it is whole and has its
// name where it should be.
func (m *move) carry(ctx context.Context, s *session, source, target string, e drop.Entry) error {
	m.fs.client.cfg.Log.Info("the server does not rename the file, it is copied", "from", source, "to", target)
	giveBack, err := m.fs.client.writing.take(ctx, target)
	if err != nil {
		return err
	}
	defer giveBack()

	temp, err := s.copy(ctx, source, target, e)
	if err != nil {
		return err
	}
	if err = s.free(ctx, target); err == nil {
		err = s.rename(ctx, temp, target)
	}
	if err != nil {
		return errors.Join(err, s.discardTemp(ctx, temp))
	}
	if err := s.remove(ctx, source); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.undo(ctx, target, err)
	}
	return nil
}

// copy writes a copy of a file, with its time, under the hidden name that stands
// for target, and checks that the file was the same all the while.
func (s *session) copy(ctx context.Context, source, target string, e drop.Entry) (temp string, err error) {
	src, err := s.read(ctx, source)
	if err != nil {
		return "", err
	}
	defer func() { _ = src.Close() }() // it was only read
	temp, err = s.writeTemp(ctx, path.Dir(target), path.Base(target), func(out io.Writer) error {
		_, err := io.Copy(out, src)
		return err
	})
	if err != nil {
		return "", err
	}

	now, err := s.plain(ctx, source)
	if err == nil && (now.Size != e.Size || !now.ModTime.Equal(e.ModTime)) {
		err = fmt.Errorf("%s changed while it was copied", source)
	}
	if err == nil {
		err = s.keepTime(ctx, temp, e)
	}
	if err == nil {
		now, err = s.plain(ctx, temp)
	}
	if err == nil && now.Size != e.Size {
		err = fmt.Errorf("%d of %d bytes were copied", now.Size, e.Size)
	}
	if err != nil {
		return "", errors.Join(err, s.discardTemp(ctx, temp))
	}
	return temp, nil
}

// keepTime gives a copy the time of the file. A server that does not let us makes
// it look newer than it is, which is no reason to leave it where it was.
func (s *session) keepTime(ctx context.Context, temp string, e drop.Entry) error {
	err := s.touch(ctx, temp, e.ModTime)
	if refused(err) || errors.Is(err, fs.ErrPermission) {
		return nil
	}
	return err
}

// undo takes a copy back where the file itself cannot be removed, so that a move
// that the server forbids leaves everything as it was.
func (s *session) undo(ctx context.Context, target string, why error) error {
	if !s.alive() {
		return why
	}
	ctx, cancel := afterwards(ctx)
	defer cancel()
	return errors.Join(why, s.remove(ctx, target))
}
