package drop

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// text reads a short file.
func (w *Watcher) text(ctx context.Context, p Path) (string, error) {
	return readText(ctx, w.fs, p, mostControl)
}

// errLong says that a file is longer than any of its kind.
var errLong = errors.New("it is longer than any file of its kind")

// readText reads a file that is no longer than most. Of a longer one nothing is
// read: what is behind the end of a part would be missed without a word.
func readText(ctx context.Context, medium FS, p Path, most int64) (string, error) {
	src, err := medium.Open(ctx, p)
	if err != nil {
		return "", err
	}
	defer letGo(src)
	text, err := io.ReadAll(io.LimitReader(until{ctx, src}, most+1))
	if err == nil && int64(len(text)) > most {
		return "", fmt.Errorf("read %s: %w: %d bytes are the most", p, errLong, most)
	}
	return string(text), err
}

// write writes a short file.
func (w *Watcher) write(ctx context.Context, p Path, text string) error {
	return writeText(ctx, w.fs, p, text)
}

func writeText(ctx context.Context, medium FS, p Path, text string) error {
	return medium.WriteFile(ctx, p, func(out io.Writer) error {
		_, err := io.WriteString(out, text)
		return err
	})
}
