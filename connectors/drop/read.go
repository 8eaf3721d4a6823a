package drop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"time"

	"rentalsync/pipeline"
)

// verdict is what the content of a file says.
type verdict struct {
	digest     string
	size       int64 // as many bytes as were read
	stamp      pipeline.Stamp
	incomplete string
	at         time.Time // when it was reached
}

// errChanged says that somebody still writes a file.
var errChanged = errors.New("it changed while it was read")

// read reads a file to its end and keeps the verdict on it, if the file was
// the same all the while. Its error says why there is none.
func (w *Watcher) read(ctx context.Context, s *sight) error {
	v, err := w.weigh(ctx, s.Name)
	if err != nil {
		return err
	}
	now, err := w.fs.Stat(ctx, Path{Inbox, s.Name})
	if err != nil {
		return err
	}
	if s.changed(now) || v.size != now.Size {
		*s = *s.anew(now, w.opts.Now())
		return errChanged
	}
	s.verdict = v
	return nil
}

// weigh reads a file and says what its content tells. Its error says that it
// tells nothing: the medium failed, or nobody knows the file.
func (w *Watcher) weigh(ctx context.Context, name string) (*verdict, error) {
	src := &source{ctx: ctx, hash: sha256.New(), open: func() (io.ReadCloser, error) {
		return w.fs.Open(ctx, Path{Inbox, name})
	}}
	defer src.close()

	looked, said := w.ask(ctx, name, src)
	if src.err != nil {
		return nil, src.err
	}
	v := &verdict{at: w.opts.Now(), stamp: looked.Stamp}
	if short := (*pipeline.Incomplete)(nil); errors.As(said, &short) {
		v.incomplete = short.Error()
	} else if !aboutContent(said) {
		return nil, said
	}

	// Whoever judged it may have stopped early; the digest is of all of it.
	if _, err := io.Copy(io.Discard, src); err != nil {
		return nil, err
	}
	v.digest, v.size = hex.EncodeToString(src.hash.Sum(nil)), src.size
	return v, nil
}

// aboutContent tells whether what was said of a file will be said again when
// it is worked, so that it can be taken. Anything else is about us: nobody
// knows the file, or something failed on the way.
func aboutContent(said error) bool {
	var unreadable *pipeline.Unreadable
	var row *pipeline.RowError
	return said == nil || errors.As(said, &unreadable) || errors.As(said, &row)
}

// ask has a file inspected, if somebody does.
func (w *Watcher) ask(ctx context.Context, name string, src io.Reader) (pipeline.Inspected, error) {
	if w.opts.Inspect == nil {
		return pipeline.Inspected{}, nil
	}
	return w.opts.Inspect(ctx, name, src)
}

// source reads a dropped file and takes its digest. The file is opened when
// it is first read, so that one nobody knows by its name costs nothing.
type source struct {
	ctx  context.Context
	open func() (io.ReadCloser, error)
	file io.ReadCloser
	hash hash.Hash
	size int64
	err  error // what went wrong with the medium, whatever the reader made of it
}

// Read reads on. A medium's error stays: it must not pass for a verdict.
func (s *source) Read(p []byte) (int, error) {
	if s.err == nil {
		s.err = s.ctx.Err()
	}
	if s.err == nil && s.file == nil {
		s.file, s.err = s.open()
	}
	if s.err != nil {
		return 0, s.err
	}

	n, err := s.file.Read(p)
	s.hash.Write(p[:n])
	s.size += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func (s *source) close() {
	if s.file != nil {
		letGo(s.file)
	}
}

// letGo closes what was only read, so that nothing can be lost by it.
func letGo(c io.Closer) { _ = c.Close() }
