package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	protocol "github.com/pkg/sftp"
)

// upload writes a file without waiting for each piece to arrive.
type upload struct {
	ctx  context.Context
	s    *session
	file *protocol.File

	off     int64  // where the piece that is being filled begins
	filling []byte // less than a whole piece
	going   []*piece
	err     error
}

// Write takes text in pieces of any length.
func (u *upload) Write(p []byte) (int, error) {
	taken := 0
	for len(p) > 0 && u.err == nil {
		if u.filling == nil {
			u.filling = make([]byte, 0, smallChunk)
		}
		n := min(len(p), cap(u.filling)-len(u.filling))
		u.filling = append(u.filling, p[:n]...)
		p, taken = p[n:], taken+n
		if len(u.filling) == cap(u.filling) {
			u.send()
		}
	}
	return taken, u.err
}

// send lets a piece go, and waits for the first one if too many are under way.
func (u *upload) send() {
	p := &piece{data: u.filling, off: u.off, come: make(chan struct{})}
	u.off += int64(len(u.filling))
	u.filling = nil
	u.going = append(u.going, p)
	if !u.s.crew.do(func() { p.bring(u.file) }) {
		p.err = ErrClosed
		close(p.come)
	}
	if len(u.going) >= manyRequests {
		u.arrive()
	}
}

func (p *piece) bring(file *protocol.File) {
	p.n, p.err = file.WriteAt(p.data, p.off)
	close(p.come)
}

// arrive waits for the first piece that is under way.
func (u *upload) arrive() {
	p := u.going[0]
	u.going = u.going[1:]
	select {
	case <-p.come:
	case <-u.ctx.Done():
		u.fail(context.Cause(u.ctx))
		return
	}
	u.fail(u.s.judge(p.err))
	if p.err == nil && p.n < len(p.data) {
		u.fail(io.ErrShortWrite)
	}
}

// fail keeps the first error.
func (u *upload) fail(err error) {
	if u.err == nil {
		u.err = err
	}
}

// finish waits until everything has arrived, checks that the server has all of it,
// and has it brought to the disk where the server can.
func (u *upload) finish() error {
	if len(u.filling) > 0 && u.err == nil {
		u.send()
	}
	for len(u.going) > 0 && u.err == nil {
		u.arrive()
	}
	if u.err == nil && u.s.syncs {
		u.fail(u.s.done(u.ctx, "sync", u.file.Name(), u.file.Sync))
	}
	if u.err != nil {
		return u.err
	}
	info, err := await(u.ctx, u.s, nil, u.file.Stat)
	if err == nil && info.Size() != u.off {
		err = fmt.Errorf("the server has %d bytes of %d", info.Size(), u.off)
	}
	return err
}

// writeTemp writes a file under the hidden name that stands for name until it is
// whole. The name is always the same one, so that what a crash left behind is
// cleared away by the next attempt.
func (s *session) writeTemp(ctx context.Context, dir, name string, fill func(io.Writer) error) (temp string, err error) {
	temp = path.Join(dir, "."+name+".part")
	if err := s.clear(ctx, temp); err != nil {
		return "", err
	}
	file, err := s.open(ctx, temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return "", err
	}

	u := &upload{ctx: ctx, s: s, file: file}
	if err = fill(u); err == nil || u.err != nil {
		err = u.finish() // what the server said is the cause, whatever the caller made of it
	}
	if err == nil {
		err = s.close(ctx, file)
	}
	if err != nil {
		return "", errors.Join(about("write", temp, err), s.discard(ctx, file, temp))
	}
	return temp, nil
}

// discard removes what was not written whole, also when nobody waits any more.
// A lost connection leaves it behind; the next attempt clears it away.
func (s *session) discard(ctx context.Context, file *protocol.File, temp string) error {
	if !s.alive() {
		return nil
	}
	ctx, cancel := afterwards(ctx)
	defer cancel()
	_ = s.close(ctx, file) // closed already, or not worth keeping
	return s.clear(ctx, temp)
}
