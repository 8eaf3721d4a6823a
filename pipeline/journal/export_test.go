package journal

import "context"

// Nest calls fn from inside a transaction of the journal.
func (j *Journal) Nest(ctx context.Context, fn func(ctx context.Context) error) error {
	return j.write(ctx, func(ctx context.Context, _ session) error { return fn(ctx) })
}

// ErrNested is what a nested call fails with.
var ErrNested = errNested

// EndLeases lets every lease run out.
func (j *Journal) EndLeases(ctx context.Context) error {
	return j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `UPDATE dispatch SET lease_ms = 0`)
		return err
	})
}

// SetVersion makes the journal look as if a version had written it.
func (j *Journal) SetVersion(ctx context.Context, version int) error {
	return j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, addMigrated, version)
		return err
	})
}

// Litter counts what nobody needs any more: records that the register does not
// point to, and what was staged.
func (j *Journal) Litter(ctx context.Context) (n int, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, `
			SELECT (SELECT COUNT(*) FROM staged) + (SELECT COUNT(*) FROM record r
				WHERE NOT EXISTS (SELECT 1 FROM entity e WHERE e.id = r.entity AND e.record = r.id))`, nil, &n)
	})
	return n, err
}
