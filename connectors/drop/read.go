package drop

import (
	"context"
	"errors"
	"io"
	"time"

	"rentalsync/pipeline"
)

// verdict is what the content of a file says.
type verdict struct {
	digest     string // of the content
	size       int64  // of the content
	content    sums
	raw        sums // of the file as it lies there
	stamp      pipeline.Stamp
	rows       int
	counted    bool      // rows are known
	unknown    bool      // no mapping knows the file
	incomplete string    // what is missing
	at         time.Time // when it was reached
	members    []packed  // of an archive; none where it is refused
}

// packed is a file in an archive and the verdict on it.
type packed struct {
	name string // with the archive's: NIGHT.zip/EQUIP.csv
	*verdict
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
	if s.changed(now) || v.raw.size != now.Size {
		*s = *s.anew(now, w.opts.Now())
		return errChanged
	}
	s.verdict = v
	if since := w.opts.Since(s.file()); !since.IsZero() && since.Before(v.at) {
		v.at = since // what it lacks now it lacked all the while
	}
	return nil
}

// weigh reads a file and says what its content tells. Its error says that it
// tells nothing: the medium failed, or nobody knows the file.
func (w *Watcher) weigh(ctx context.Context, name string) (*verdict, error) {
	if isZip(name) {
		return w.weighZip(ctx, name)
	}
	src := &source{ctx: ctx, open: func() (io.ReadCloser, error) { return w.fs.Open(ctx, Path{Inbox, name}) }}
	defer src.close()

	v, err := w.weighContent(ctx, name, src)
	if err != nil {
		return nil, err
	}
	if v.unknown {
		return nil, pipeline.ErrNoMapping
	}
	return v, nil
}

// weighContent says what a stream tells that holds a file of that name. What no
// mapping knows is not even read.
func (w *Watcher) weighContent(ctx context.Context, name string, src io.Reader) (*verdict, error) {
	c := newContent(name, src, w.control.wanted())
	looked, said := w.ask(ctx, name, c)
	if errors.Is(said, pipeline.ErrNoMapping) && c.err == nil {
		return &verdict{at: w.opts.Now(), unknown: true}, nil
	}
	short := (*pipeline.Incomplete)(nil)
	if c.err == nil && !errors.As(said, &short) && !aboutContent(said) {
		return nil, said
	}

	// Whoever judged it may have stopped early; the digest is of all of it. What
	// the stream itself says is heard first, whatever the reader made of it.
	c.drain()
	if c.err != nil {
		said = c.err
	}
	v := &verdict{at: w.opts.Now(), stamp: looked.Stamp, rows: looked.Rows, counted: said == nil && w.opts.Inspect != nil}
	switch {
	case errors.As(said, &short):
		v.incomplete = short.Error()
	case !aboutContent(said):
		return nil, said
	}
	c.weighed(v)
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

// source reads a dropped file. The file is opened when it is first read, so that
// one nobody knows by its name costs nothing.
type source struct {
	ctx  context.Context
	open func() (io.ReadCloser, error)
	file io.ReadCloser
	err  error // what went wrong with the medium
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
