package local

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"rentalsync/pipeline"
)

var _ pipeline.GrowingOutbox = (*Outbox)(nil)

// lockLook is how often somebody looks whether a file has become free.
const lockLook = 50 * time.Millisecond

// Append adds to the end of a file, from the place that from names for the size it
// has; what lies behind is cut off. Other processes that append wait meanwhile. What
// could not be added whole is taken back. A file that another program holds open
// is a *pipeline.InUse.
func (o *Outbox) Append(ctx context.Context, name string, from func(size int64) (int64, bool, error), write func(io.Writer) error) (string, int64, error) {
	if err := checkName(name); err != nil {
		return "", 0, fmt.Errorf("append to %q: %w", name, err)
	}
	shown := o.show(name)
	o.writing.Lock()
	defer o.writing.Unlock()

	at, err := makeFolder(o.dir, path.Dir(name))
	if err != nil {
		return "", 0, fmt.Errorf("append to %s: %w", shown, err)
	}
	defer at.close()
	free, err := at.alone(ctx, path.Base(name))
	if err != nil {
		return "", 0, fmt.Errorf("append to %s: %w", shown, err)
	}
	defer free()

	size, err := at.append(ctx, path.Base(name), from, write)
	if inUse(err) {
		return "", 0, &pipeline.InUse{Name: shown, Cause: err}
	}
	if err != nil {
		return "", 0, fmt.Errorf("append to %s: %w", shown, err)
	}
	return shown, size, nil
}

// alone keeps other processes from a file that grows, by a hidden file beside it.
func (f folder) alone(ctx context.Context, name string) (free func(), err error) {
	lock := flock.New(filepath.Join(f.path, "."+name+".lock"), flock.SetPermissions(fileMode))
	if _, err := lock.TryLockContext(ctx, lockLook); err != nil {
		return nil, fmt.Errorf("wait for whoever else adds to it: %w", err)
	}
	return func() { letGo(lock) }, nil
}

// append opens a file and adds to it.
func (f folder) append(ctx context.Context, name string, from func(int64) (int64, bool, error), fill func(io.Writer) error) (int64, error) {
	file, err := f.OpenFile(name, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return 0, err
	}
	size, err := f.grow(ctx, file, from, fill)
	return size, errors.Join(err, file.Close())
}

func (f folder) grow(ctx context.Context, file *os.File, from func(int64) (int64, bool, error), fill func(io.Writer) error) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	begin, wanted, err := from(info.Size())
	if err != nil || !wanted {
		return info.Size(), err
	}
	if err := cut(file, begin); err != nil {
		return 0, err
	}

	out := bufio.NewWriter(writer{ctx, file})
	err = fill(out)
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = f.share(file)
	}
	if err != nil {
		return 0, errors.Join(err, cut(file, begin))
	}
	if err := file.Sync(); err != nil {
		return 0, err
	}
	size, err := file.Seek(0, io.SeekCurrent)
	return size, errors.Join(err, f.sync())
}

// cut ends a file, and goes on there.
func cut(file *os.File, at int64) error {
	if err := file.Truncate(at); err != nil {
		return err
	}
	_, err := file.Seek(at, io.SeekStart)
	return err
}
