package pipeline

import (
	"context"
	"time"
)

// How outcomes reach the journal: many at once, none late.
const (
	settleCount = 250
	settleEvery = 200 * time.Millisecond
)

// book collects settlements and writes them together.
type book struct {
	ctx     context.Context
	write   func(context.Context, []Settlement) error
	lines   chan Settlement
	written chan error
}

// openBook starts a writer of settlements. It outlives the end of ctx: what was
// sent must be recorded.
func (d *Dispatcher) openBook(ctx context.Context) *book {
	b := &book{
		ctx:   context.WithoutCancel(ctx),
		lines: make(chan Settlement, settleCount), written: make(chan error, 1),
		write: func(ctx context.Context, s []Settlement) error {
			return d.Journal.Settle(ctx, d.Owner, d.Sink.Account(), d.Sink.Profile(), s)
		},
	}
	go b.run()
	return b
}

func (b *book) settle(s Settlement) { b.lines <- s }

// close writes what is left and returns the first error of all writing.
func (b *book) close() error {
	close(b.lines)
	return <-b.written
}

func (b *book) run() {
	var failed error
	page := make([]Settlement, 0, settleCount)
	flush := func() {
		if len(page) > 0 && failed == nil {
			failed = b.write(b.ctx, page)
		}
		page = page[:0]
	}

	tick := time.NewTicker(settleEvery)
	defer tick.Stop()
	for {
		select {
		case s, open := <-b.lines:
			if !open {
				flush()
				b.written <- failed
				return
			}
			if page = append(page, s); len(page) == settleCount {
				flush()
			}
		case <-tick.C:
			flush()
		}
	}
}
