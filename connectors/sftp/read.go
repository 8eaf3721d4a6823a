package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	protocol "github.com/pkg/sftp"
)

// piece is a part of a file on its way.
type piece struct {
	data []byte
	off  int64
	n    int
	err  error
	come chan struct{} // closed when all of the above is there
}

// reader reads a file and is ahead of whoever reads it: many pieces are on their
// way at once, so that the way there and back does not count for each.
type reader struct {
	ctx  context.Context
	s    *session
	file *protocol.File

	size  int64 // as far as it is known
	asked int64 // up to where pieces are on their way
	got   int64 // up to where pieces have come
	end   int64 // where the server last said that the file ends; -1: nowhere yet

	coming []*piece // in order
	head   []byte   // what has come and was not handed out yet
	whole  []byte   // the piece that the head is of
	spare  [][]byte
	err    error
}

// read opens a plain file. The look before keeps a pipe or a device from being
// opened, which some servers would wait in for ever.
func (s *session) read(ctx context.Context, path string) (*reader, error) {
	e, err := s.plain(ctx, path)
	if err != nil {
		return nil, err
	}
	file, err := s.open(ctx, path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	return &reader{ctx: ctx, s: s, file: file, size: e.Size, end: -1}, nil
}

// Read hands out what has come, and waits where nothing has.
func (r *reader) Read(p []byte) (int, error) {
	for len(r.head) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.ask()
		r.err = about("read", r.file.Name(), r.next())
	}
	n := copy(p, r.head)
	r.head = r.head[n:]
	return n, nil
}

// Close lets go of the file. The server is told also when nobody waits any more.
func (r *reader) Close() error {
	r.head, r.coming, r.spare = nil, nil, nil
	r.err = fs.ErrClosed
	if r.ctx.Err() != nil {
		r.s.crew.do(func() { _ = r.file.Close() })
		return nil
	}
	return r.s.close(r.ctx, r.file)
}

// ask asks for as many pieces as may be on their way: up to the known end of the
// file, and one beyond, which is to say that this is the end.
func (r *reader) ask() {
	for len(r.coming) < min(manyRequests, ahead/r.s.chunk) && (r.asked <= r.size || len(r.coming) == 0) {
		length := int64(smallChunk)
		if r.asked < r.size {
			length = min(int64(r.s.chunk), r.size-r.asked)
		}
		p := &piece{data: r.buffer(int(length)), off: r.asked, come: make(chan struct{})}
		r.coming = append(r.coming, p)
		r.asked += length
		if !r.s.crew.do(func() { p.fetch(r.file) }) {
			p.err = ErrClosed
			close(p.come)
		}
	}
}

func (p *piece) fetch(file *protocol.File) {
	p.n, p.err = file.ReadAt(p.data, p.off)
	close(p.come)
}

// buffer finds room for a piece.
func (r *reader) buffer(length int) []byte {
	if last := len(r.spare) - 1; last >= 0 && cap(r.spare[last]) >= length {
		b := r.spare[last]
		r.spare = r.spare[:last]
		return b[:length]
	}
	return make([]byte, length)
}

// next takes the next piece. Its error is what reading ends with.
func (r *reader) next() error {
	if r.whole != nil {
		r.spare = append(r.spare, r.whole)
		r.whole = nil
	}
	p := r.coming[0]
	select {
	case <-p.come:
	case <-r.ctx.Done():
		return context.Cause(r.ctx)
	}
	r.coming = r.coming[1:]

	r.head, r.whole = p.data[:p.n], p.data
	r.got += int64(p.n)
	if err := r.s.judge(p.err); !errors.Is(err, io.EOF) {
		return err
	}
	return r.finish()
}

// errShort says that a file ended before its end. It must not pass for the end of a
// short file.
var errShort = errors.New("the server stopped before the end of the file")

// finish is called where the server says that the file ends, and believes it if
// the size says the same. Where the file has grown since, reading goes on.
func (r *reader) finish() error {
	info, err := await(r.ctx, r.s, nil, r.file.Stat)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), refused(err):
		// Some servers find an open file by its name only, and that is gone.
		// What it was when it was opened is the next best thing to know.
	case err != nil:
		return err
	default:
		r.size = info.Size()
	}
	if r.got >= r.size {
		return io.EOF
	}
	if r.end == r.got {
		return fmt.Errorf("%w: %d of %d bytes came", errShort, r.got, r.size)
	}
	r.end, r.asked, r.coming = r.got, r.got, nil
	return nil
}
