package drop

import (
	"context"
	"io"

	"rentalsync/pipeline"
)

// Open reads a claimed file, or one that has come to its last place. A compressed
// one is decompressed. The error is an *pipeline.Unreadable for an archive that was
// not unpacked, and says why.
func (w *Watcher) Open(ctx context.Context, place string) (io.ReadCloser, error) {
	p, err := parsePlace(place)
	if err != nil {
		return nil, err
	}
	if err := w.short(ctx, p); err != nil {
		return nil, err
	}
	if isZip(p.Base()) {
		if err := w.tryZip(ctx, p); err != nil {
			return nil, err
		}
	}
	src, err := w.fs.Open(ctx, p)
	if err != nil || !isGzip(p.Base()) {
		return src, err
	}
	return opened{newContent(p.Base(), src, false), src}, nil
}

// opened reads what is in a file, and closes the file.
type opened struct {
	io.Reader
	io.Closer
}

// Stat looks at a claimed file again.
func (w *Watcher) Stat(ctx context.Context, place string) (pipeline.File, error) {
	p, err := parsePlace(place)
	if err != nil {
		return pipeline.File{}, err
	}
	e, err := w.fs.Stat(ctx, p)
	if err != nil {
		return pipeline.File{}, err
	}
	w.worked.Store(place, e)
	return pipeline.File{Name: e.Name, Size: e.Size, ModTime: e.ModTime}, nil
}
