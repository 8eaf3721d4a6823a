package drop

import (
	"context"
	"io"
)

// grown deals with a file that its writer went on with after it was worked: on
// most media a writer that holds a file open does not notice that it was claimed.
// What was worked comes to where it belongs as a copy, and the file itself back to
// the inbox, where it is looked at again when its writer has stopped.
func (w *Watcher) grown(ctx context.Context, src, dst Path) (bool, error) {
	known, looked := w.worked.Load(placeOf(src))
	if !looked {
		return false, nil
	}
	was, _ := known.(Entry)
	now, err := w.fs.Stat(ctx, src)
	if err != nil || now.Size == was.Size && now.ModTime.Equal(was.ModTime) {
		return false, err
	}

	w.opts.Log.Warn("file was written to after it had been worked; it will be looked at again",
		"file", src.Base(), "size", was.Size, "now", now.Size)
	if err := w.keepCopy(ctx, src, dst, was.Size); err != nil {
		return false, err
	}
	w.opts.Reached("grown:kept")
	return true, w.putBack(ctx, src, Path{Inbox, src.Base()})
}

// keepCopy copies as much of a file as was worked.
func (w *Watcher) keepCopy(ctx context.Context, src, dst Path, size int64) error {
	in, err := w.fs.Open(ctx, src)
	if err != nil {
		return err
	}
	defer letGo(in)
	return w.fs.WriteFile(ctx, dst, func(out io.Writer) error {
		_, err := io.Copy(out, io.LimitReader(until{ctx, in}, size))
		return err
	})
}
