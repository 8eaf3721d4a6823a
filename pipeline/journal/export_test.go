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

// Blank empties the columns that records are searched by, as a database of an
// older version has them, and Refresh fills them.
func (j *Journal) Blank(ctx context.Context) error {
	return j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, `UPDATE record SET off_rent = '', planned = NULL, ahead = NULL, status = ''`)
		return err
	})
}

// Refresh fills the columns that records are searched by.
func (j *Journal) Refresh(ctx context.Context) error { return j.write(ctx, refresh) }

// Searched tells, of every record, what it is searched by.
func (j *Journal) Searched(ctx context.Context) (all []string, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, `
			SELECT e.key || ' ' || r.ended || ' ' || r.off_rent || ' ' || COALESCE(r.planned, '') || ' ' || r.status
			FROM record r JOIN entity e ON e.id = r.entity ORDER BY r.id`, nil, func(scan func(...any) error) error {
			var line string
			err := scan(&line)
			all = append(all, line)
			return err
		})
	})
	return all, err
}

// BlankCustom forgets which records have custom values, as a database of an older
// version does, and RefreshCustom finds out.
func (j *Journal) BlankCustom(ctx context.Context) error {
	return j.write(ctx, func(ctx context.Context, s session) error {
		if _, err := s.exec(ctx, `UPDATE record SET custom = NULL`); err != nil {
			return err
		}
		_, err := s.exec(ctx, `DELETE FROM custom_due`)
		return err
	})
}

// RefreshCustom finds the custom values of records, and makes them due.
func (j *Journal) RefreshCustom(ctx context.Context) error { return j.write(ctx, refreshCustom) }

// Unlisted counts what was listed and does not count any more.
func (j *Journal) Unlisted(ctx context.Context) (n int, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, `
			SELECT COUNT(*) FROM listed d
			WHERE NOT EXISTS (SELECT 1 FROM listing g WHERE g.account = d.account AND g.kind = d.kind AND g.number = d.number)`, nil, &n)
	})
	return n, err
}
