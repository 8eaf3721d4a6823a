package drop

import (
	"context"
	"fmt"
)

// fetched is the ledger of what was copied.
var fetched = Path{Inbox, claims + ".fetched"}

// fresh keeps the files that were not worked yet, and forgets those that are gone.
func (f *ReadOnlyFS) fresh(ctx context.Context, entries []Entry) ([]Entry, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(ctx); err != nil {
		return nil, err
	}
	kept, listed := []Entry{}, map[string]bool{}
	for _, e := range entries {
		listed[e.Name] = true
		if line, copied := f.copied[e.Name]; copied && line.is(e) {
			continue
		}
		known, err := f.known(ctx, e)
		if err != nil {
			return nil, fmt.Errorf("ask whether %s was worked: %w", e.Name, err)
		}
		if !known {
			kept = append(kept, e)
		}
	}
	for name := range f.copied {
		if !listed[name] {
			delete(f.copied, name) // the next file that is copied writes it down
		}
	}
	return kept, nil
}

func (f *ReadOnlyFS) load(ctx context.Context) (err error) {
	if f.copied == nil {
		f.copied, err = loadLedger(ctx, f.local, fetched)
	}
	return err
}

// note changes the ledger and writes it down.
func (f *ReadOnlyFS) note(ctx context.Context, change func(ledger)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.load(ctx); err != nil {
		return err
	}
	change(f.copied)
	return writeText(ctx, f.local, fetched, f.copied.String())
}
