package drop

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"path"

	"rentalsync/pipeline"
)

// claimMember unpacks a file of an archive to its claim place.
func (w *Watcher) claimMember(ctx context.Context, from, to Path, member string) error {
	e, err := w.fs.Stat(ctx, from)
	if err != nil {
		return err
	}
	a, err := w.openZip(ctx, from)
	if err == nil {
		defer a.close()
		err = w.unpack(ctx, a, member, to)
	}
	if unfit(err) {
		return fmt.Errorf("%w: the archive is not the one that was looked at: %w", pipeline.ErrFileGone, err)
	}
	if err != nil {
		return err
	}

	names := make([]string, len(a.files))
	for i, z := range a.files {
		names[i] = z.name
	}
	w.packs.follow(e, "", names)
	w.packs.mark(from.Base(), member, true)
	return nil
}

func (w *Watcher) unpack(ctx context.Context, a *archive, member string, to Path) error {
	z := a.find(member)
	if z == nil {
		return fmt.Errorf("%w: %q is not in the archive", pipeline.ErrFileGone, member)
	}
	return w.fs.WriteFile(ctx, to, func(out io.Writer) error { return a.copy(out, z) })
}

// unfit tells whether an error is a verdict on an archive.
func unfit(err error) bool {
	var unreadable *pipeline.Unreadable
	var short *pipeline.Incomplete
	return errors.As(err, &unreadable) || errors.As(err, &short)
}

// finishPack moves an archive to where worked files end, once all of its files are
// ours.
func (w *Watcher) finishPack(ctx context.Context, at Path) error {
	e, date, done := w.packs.empty(at.Base())
	if !done {
		return nil
	}
	now, err := w.fs.Stat(ctx, at)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at %s, which is unpacked: %w", at, err)
	}
	if err != nil || now.Size != e.Size || !now.ModTime.Equal(e.ModTime) {
		w.packs.forget(at.Base()) // another one has come, or it is gone
		return nil
	}
	if err := w.noteTaken(ctx, at.Base()); err != nil {
		return err
	}
	d := &pipeline.Delivery{ID: "archive " + at.Base(), Name: at.Base(), BusinessDate: date}
	place, err := w.promise(ctx, d, Path{Archive, path.Join(w.archive.folder(w.dateOf(d)), at.Base())})
	if err != nil {
		return err
	}
	to, err := parsePlace(place)
	if err != nil {
		return err
	}
	w.opts.Reached("pack:before")
	if err := w.fs.Rename(ctx, at, to); err != nil {
		return fmt.Errorf("archive %s, which is unpacked: %w", at, err)
	}
	w.opts.Reached("pack:archived")
	w.settlePromise(place)
	w.packs.forget(at.Base())
	w.spools.clear(at)
	w.removeMarkers(ctx, at)
	return nil
}

// packHolds tells whether an archive in the inbox holds the very file that was
// unpacked from it.
func (w *Watcher) packHolds(ctx context.Context, at Path, member string, unpacked Path) (bool, error) {
	if there, err := w.exists(ctx, at); err != nil || !there {
		return false, err
	}
	a, err := w.openZip(ctx, at)
	if unfit(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer a.close()
	z := a.find(member)
	if z == nil {
		return false, nil
	}
	if here, err := w.exists(ctx, unpacked); err != nil || !here {
		return err == nil, err // it was removed before
	}
	sum, size, err := w.checksum(ctx, unpacked)
	return err == nil && sum == z.CRC32 && size == int64(z.UncompressedSize64), err
}

// checksum is a file's as archives keep it.
func (w *Watcher) checksum(ctx context.Context, p Path) (uint32, int64, error) {
	src, err := w.fs.Open(ctx, p)
	if err != nil {
		return 0, 0, err
	}
	defer letGo(src)
	sum := crc32.NewIEEE()
	size, err := io.Copy(sum, until{ctx, src})
	return sum.Sum32(), size, err
}

// repack gives back what is still in its archive.
func (w *Watcher) repack(ctx context.Context, unpacked, at Path, member string) error {
	w.opts.Reached("unclaim:before")
	if here, err := w.exists(ctx, unpacked); err != nil {
		return err
	} else if here {
		if err := w.fs.Remove(ctx, unpacked); err != nil {
			return err
		}
	}
	w.packs.mark(at.Base(), member, false)
	w.opts.Reached("unclaim:after")
	w.tidy(ctx, unpacked)
	return nil
}
