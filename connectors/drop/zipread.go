package drop

import (
	"archive/zip"
	"context"
	"errors"
	"io"
)

// randomly opens a file to be read at any place: where the medium can, or else out
// of a copy in a temporary file.
func (w *Watcher) randomly(ctx context.Context, p Path) (at io.ReaderAt, size int64, free func(), err error) {
	e, err := w.fs.Stat(ctx, p)
	if err != nil {
		return nil, 0, nil, err
	}
	if s := w.spools.take(p, e); s != nil {
		return s.file, s.size, func() { w.spools.give(s) }, nil
	}
	src, err := w.fs.Open(ctx, p)
	if err != nil {
		return nil, 0, nil, err
	}
	if far, ok := src.(interface {
		io.ReaderAt
		io.Seeker
	}); ok {
		if size, err = far.Seek(0, io.SeekEnd); err != nil {
			letGo(src)
		}
		return far, size, func() { letGo(src) }, err
	}
	defer letGo(src)
	s, err := w.spools.fill(ctx, p, e, src)
	if err != nil {
		return nil, 0, nil, err
	}
	return s.file, s.size, func() { w.spools.give(s) }, nil
}

// until reads until nobody waits for it any more.
type until struct {
	ctx context.Context
	src io.Reader
}

// Read reads on.
func (u until) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.src.Read(p)
}

// tap reads an archive and keeps the medium's error, whatever is made of it
// further up.
type tap struct {
	ctx  context.Context
	src  io.ReaderAt
	left int64 // how much may be read; below 0 is no matter
	err  error
}

// errTooLong says that a list of members does not end.
var errTooLong = errors.New("the list of members is too long")

// ReadAt reads anywhere.
func (t *tap) ReadAt(p []byte, at int64) (int, error) {
	if err := t.ctx.Err(); err != nil {
		t.err = err
		return 0, err
	}
	if at < 0 {
		return 0, zip.ErrFormat // a list of members may say so; the medium is not at fault
	}
	if t.left >= 0 {
		if t.left -= int64(len(p)); t.left < 0 {
			t.left = 0
			return 0, errTooLong
		}
	}
	n, err := t.src.ReadAt(p, at)
	if err != nil && !errors.Is(err, io.EOF) {
		t.err = err
	}
	return n, err
}

// open reads a member. Its errors are verdicts, or the medium's; the last byte
// is only given out when all of them are as they were packed.
func (a *archive) open(z *zipped) (io.ReadCloser, error) {
	src, err := z.Open()
	if err != nil {
		return nil, a.damaged(z, err)
	}
	return unzipping{a, z, src}, nil
}

type unzipping struct {
	in  *archive
	z   *zipped
	src io.ReadCloser
}

// Read reads on.
func (u unzipping) Read(p []byte) (int, error) {
	n, err := u.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = u.in.damaged(u.z, err)
	}
	return n, err
}

// Close ends the reading.
func (u unzipping) Close() error { return u.src.Close() }

// damaged is the verdict on an archive whose member cannot be unpacked.
func (a *archive) damaged(z *zipped, err error) error {
	if a.tap.err != nil {
		return a.tap.err
	}
	return refused("%q in it is damaged: %v", z.name, err)
}

// tryZip says why an archive is not unpacked; nil is that it could be.
func (w *Watcher) tryZip(ctx context.Context, p Path) error {
	a, err := w.openZip(ctx, p)
	if err != nil {
		return err
	}
	defer a.close()
	for _, z := range a.files {
		if err := a.copy(io.Discard, z); err != nil {
			return err
		}
	}
	return nil
}

// copy unpacks a member.
func (a *archive) copy(out io.Writer, z *zipped) error {
	src, err := a.open(z)
	if err != nil {
		return err
	}
	defer letGo(src)
	_, err = io.Copy(out, io.LimitReader(src, int64(z.UncompressedSize64)+1))
	return err
}
