package journal

import "context"

// Nest calls fn from inside a transaction of the journal.
func (j *Journal) Nest(ctx context.Context, fn func(ctx context.Context) error) error {
	return j.write(ctx, func(ctx context.Context, _ session) error { return fn(ctx) })
}

// ErrNested is what a nested call fails with.
var ErrNested = errNested
