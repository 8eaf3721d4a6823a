package local

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"rentalsync/pipeline"
)

// Outbox is a folder that written files are put into.
type Outbox struct {
	dir     string
	shown   string
	writing sync.Mutex // a file's hidden name is written by one at a time
}

var _ pipeline.Outbox = (*Outbox)(nil)

// OpenOutbox opens a folder for written files and makes it if it is missing.
// shown is how the user wrote the folder, for the paths that people read; ""
// is dir.
func OpenOutbox(dir, shown string) (*Outbox, error) {
	if shown == "" {
		shown = dir
	}
	at, err := makeFolder(dir, ".")
	if err != nil {
		return nil, fmt.Errorf("open outbox: %w; check that the folder may be made and entered", err)
	}
	at.close()
	return &Outbox{dir: dir, shown: shown}, nil
}

// Put writes a file whole or not at all. Its name may have folders, with
// forward slashes; they are made.
func (o *Outbox) Put(ctx context.Context, name string, write func(io.Writer) error) (string, error) {
	if err := checkName(name); err != nil {
		return "", fmt.Errorf("put %q: %w", name, err)
	}
	shown := strings.TrimSuffix(o.shown, "/") + "/" + name

	o.writing.Lock()
	defer o.writing.Unlock()
	if err := writeFile(ctx, o.dir, name, write); err != nil {
		return "", fmt.Errorf("put %s: %w", shown, err)
	}
	return shown, nil
}
