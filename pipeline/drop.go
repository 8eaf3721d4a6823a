package pipeline

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"
)

// File is a dropped file as a look at the drop saw it.
type File struct {
	Name    string
	Size    int64
	ModTime time.Time
	Digest  string    // sha256 of its content, once it was read whole
	Stamp   Stamp     // what its content says about when it was made, once it was read
	Since   time.Time // when it was first seen as it is, by whichever process
}

// Look is what one look at a drop found.
type Look struct {
	Ready   []File    // settled and whole by content, sorted by name
	Pending []Pending // not ready, and why
}

// PendingKind says why a file is left alone.
type PendingKind uint8

const (
	Changing   PendingKind = iota + 1 // it has not settled yet
	NotWhole                          // settled, but its content stops too early
	NoMapping                         // no mapping knows its name
	OutOfReach                        // it cannot be read, or its name cannot be used
	Queued                            // it waits behind a held run
	Alone                             // other files of its set are missing
)

// Pending is a file that is left alone for now.
type Pending struct {
	File
	Kind  PendingKind
	Why   string
	Since time.Time // since when it is left alone for this
	Late  bool      // NotWhole for longer than the flow allows
}

// workable lists the files that a run may claim.
func (l Look) workable() []File {
	files := append([]File(nil), l.Ready...)
	for _, p := range l.Pending {
		if p.Late {
			files = append(files, p.File)
		}
	}
	return files
}

// waiting lists the files that no run may claim yet.
func (l Look) waiting() []Pending {
	return slices.DeleteFunc(slices.Clone(l.Pending), func(p Pending) bool { return p.Late })
}

// changing reports whether one of the named files has yet to settle.
func (l Look) changing(names map[string]bool) bool {
	for _, p := range l.Pending {
		if names[p.Name] && p.Kind == Changing {
			return true
		}
	}
	return false
}

// only keeps the named files.
func (l Look) only(names map[string]bool) Look {
	var kept Look
	for _, f := range l.Ready {
		if names[f.Name] {
			kept.Ready = append(kept.Ready, f)
		}
	}
	for _, p := range l.Pending {
		if names[p.Name] {
			kept.Pending = append(kept.Pending, p)
		}
	}
	return kept
}

// ErrUnreachable says that the server of a drop does not answer. What was begun
// is gone on with once it does.
var ErrUnreachable = errors.New("the drop cannot be reached")

// Drop is a place where an ERP leaves files. Places are paths inside the drop
// that only the drop itself interprets; the journal keeps them, so that every
// move can be made again after a crash. A move that was already made succeeds.
type Drop interface {
	// Scan looks once. It never waits and never changes anything.
	Scan(ctx context.Context) (Look, error)

	// Wake tells that a scan is worth while. It may fire for nothing and may
	// miss things: the scan is the truth.
	Wake() <-chan struct{}

	// ClaimPlace, ArchivePlace and QuarantinePlace say where a delivery's file
	// goes, without moving it. A name that is taken gets another.
	ClaimPlace(d *Delivery) string
	ArchivePlace(ctx context.Context, d *Delivery) (string, error)
	QuarantinePlace(ctx context.Context, d *Delivery) (string, error)

	// Claim moves a file out of the inbox to its claim place. It fails with
	// ErrFileGone when the file is neither here nor there.
	Claim(ctx context.Context, name, place string) error

	// Unclaim puts a claimed file back under its name.
	Unclaim(ctx context.Context, place, name string) error

	// Open reads a claimed file.
	Open(ctx context.Context, place string) (io.ReadCloser, error)

	// Stat looks at a claimed file again.
	Stat(ctx context.Context, place string) (File, error)

	// Move brings a claimed file to its last place; reason, when there is one,
	// is written beside it for people.
	Move(ctx context.Context, from, to, reason string) error

	// Acknowledge shows the ERP what became of a delivery whose file has come to
	// its last place, where the drop is told to. Doing it twice is doing it once.
	Acknowledge(ctx context.Context, d *Delivery) error

	// Tend clears away what has been kept for long enough, and what others left
	// behind. It may be called at any time and does not look more often than is
	// worth while.
	Tend(ctx context.Context) error
}

// InspectFunc reads a file that has settled and tells whether it is whole: nil, or
// an *Incomplete, or ErrNoMapping when nobody knows the file. Any other verdict
// on content (an *Unreadable) does not keep a file from being claimed.
type InspectFunc func(ctx context.Context, name string, src io.Reader) (Inspected, error)

// Inspected is what was learned of a file when it was read to its end.
type Inspected struct {
	Stamp     // what the content says about when it was made
	Rows  int // how many rows it holds, bad ones too, blank ones not
}

// Outbox takes written files.
type Outbox interface {
	// Put writes a file whole or not at all: nobody ever sees half of it.
	// Writing the same name again replaces the file.
	Put(ctx context.Context, name string, write func(io.Writer) error) (path string, err error)
}
