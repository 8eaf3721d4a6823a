package journal

import (
	"context"
	"fmt"
	"iter"
	"time"

	"rentalsync/pipeline"
)

const (
	listingNumber = `SELECT number, at FROM listing WHERE account = $1 AND kind = $2`
	nextListing   = `
		SELECT CASE WHEN COALESCE(MAX(l.number), 0) < @now_ms THEN @now_ms ELSE MAX(l.number) + 1 END
		FROM (SELECT number FROM listing WHERE account = $1 AND kind = $2
			UNION ALL SELECT MAX(number) FROM listed WHERE account = $1 AND kind = $2) l`
	addListed = `
		INSERT INTO listed (account, kind, number, id, reference, serial, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account, kind, number, id) DO UPDATE SET reference = excluded.reference, serial = excluded.serial, body = excluded.body`
	nowListed = `
		INSERT INTO listing (account, kind, number, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account, kind) DO UPDATE SET number = excluded.number, at = excluded.at
			WHERE listing.number < excluded.number`
	countListed = `
		SELECT COUNT(*) FROM listing g JOIN listed d ON d.account = g.account AND d.kind = g.kind AND d.number = g.number
		WHERE g.account = $1 AND g.kind = $2`
	clearListing = `
		DELETE FROM listed WHERE account = $1 AND kind = $2 AND (number, id) IN (
			SELECT number, id FROM listed WHERE account = $1 AND kind = $2 AND number BETWEEN $3 AND $4 LIMIT 1000)`

	listedNow   = ` FROM listing g JOIN listed d ON d.account = g.account AND d.kind = g.kind AND d.number = g.number WHERE g.account = $1 AND g.kind = $2`
	allListed   = `SELECT d.id, d.reference, d.serial, d.body` + listedNow + ` ORDER BY d.id`
	oneListedBy = `SELECT d.id, d.reference, d.serial, d.body` + listedNow + ` AND d.reference = $3 ORDER BY d.id LIMIT 1`
)

// listedAtOnce is how much of a listing one transaction adds, or clears away.
const listedAtOnce = 1000

// SaveListing takes the place of the last listing of a kind once the list has
// come to its end. Until then the last one counts. Of several that grow at once
// the one that was begun last stays.
func (j *Journal) SaveListing(ctx context.Context, account string, kind pipeline.ListingKind, at time.Time, list iter.Seq2[pipeline.Listed, error]) (n int, err error) {
	number, err := j.beginListing(ctx, account, kind)
	if err != nil {
		return 0, err
	}
	if err := j.growListing(ctx, account, kind, number, list); err != nil {
		j.clearListing(context.WithoutCancel(ctx), account, kind, number, number)
		return 0, err
	}
	if n, err = j.endListing(ctx, account, kind, number, at); err == nil {
		j.clearListing(ctx, account, kind, 0, number-1)
	}
	return n, err
}

// beginListing gives the number of a new listing. Numbers are times, so that two
// processes that list at once do not have the same.
func (j *Journal) beginListing(ctx context.Context, account string, kind pipeline.ListingKind) (number int64, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, nextListing, args(account, string(kind)), &number)
	})
	return number, named(err, "begin to list every %s of account %q", kind, account)
}

func (j *Journal) growListing(ctx context.Context, account string, kind pipeline.ListingKind, number int64, list iter.Seq2[pipeline.Listed, error]) error {
	batch := make([]pipeline.Listed, 0, listedAtOnce)
	for entry, err := range list {
		if err != nil {
			return err
		}
		if batch = append(batch, entry); len(batch) < listedAtOnce {
			continue
		}
		if err := j.addListed(ctx, account, kind, number, batch); err != nil {
			return err
		}
		batch = batch[:0]
	}
	return j.addListed(ctx, account, kind, number, batch)
}

// clearListing clears away the listings of some numbers, in steps, so that the
// writer is never held for long. Nobody looks at them: what stays goes with the
// next listing.
func (j *Journal) clearListing(ctx context.Context, account string, kind pipeline.ListingKind, from, to int64) {
	for n := listedAtOnce; n == listedAtOnce; {
		err := j.write(ctx, func(ctx context.Context, s session) (err error) {
			n, err = s.exec(ctx, clearListing, account, string(kind), from, to)
			return err
		})
		if err != nil {
			j.log.Warn("an old listing is not cleared away yet", "account", account, "kind", string(kind), "err", err)
			return
		}
	}
}

func (j *Journal) addListed(ctx context.Context, account string, kind pipeline.ListingKind, number int64, batch []pipeline.Listed) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		for _, d := range batch {
			if _, err := s.exec(ctx, addListed, account, string(kind), number, d.ID, d.Reference, d.Serial, string(d.Body)); err != nil {
				return fmt.Errorf("%s %s: %w", kind, d.ID, err)
			}
		}
		return nil
	})
	return named(err, "list every %s of account %q", kind, account)
}

// endListing lets a listing count, unless one that was begun later does already,
// and tells how much is in the one that counts.
func (j *Journal) endListing(ctx context.Context, account string, kind pipeline.ListingKind, number int64, at time.Time) (n int, err error) {
	err = j.write(ctx, func(ctx context.Context, s session) error {
		counts, err := s.exec(ctx, nowListed, account, string(kind), number, nanos(at))
		if err != nil {
			return err
		}
		if kind == pipeline.ListedAssets && counts > 0 {
			if _, err := s.exec(ctx, nowListsUnmatched, account, number); err != nil {
				return err
			}
		}
		return s.one(ctx, countListed, args(account, string(kind)), &n)
	})
	return n, named(err, "end the list of every %s of account %q", kind, account)
}

// ListedAt tells when a kind was last listed; zero is never.
func (j *Journal) ListedAt(ctx context.Context, account string, kind pipeline.ListingKind) (at time.Time, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		var number, nanos int64
		_, err := found(s.one(ctx, listingNumber, args(account, string(kind)), &number, &nanos))
		at = instant(nanos)
		return err
	})
	return at, named(err, "ask when every %s of account %q was listed", kind, account)
}

// Listing yields the last listing of a kind in the order of ids.
func (j *Journal) Listing(ctx context.Context, account string, kind pipeline.ListingKind) iter.Seq2[pipeline.Listed, error] {
	return stream(ctx, j, fmt.Sprintf("read every %s of account %q", kind, account), allListed, args(account, string(kind)),
		func(scan func(...any) error) (entry pipeline.Listed, ok bool, err error) {
			entry, err = scanListed(scan)
			return entry, true, err
		})
}

// ListedBy finds what bears an external reference; nil when nothing does.
func (j *Journal) ListedBy(ctx context.Context, account string, kind pipeline.ListingKind, reference string) (entry *pipeline.Listed, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		one, err := scanListed(func(into ...any) error {
			return s.one(ctx, oneListedBy, args(account, string(kind), reference), into...)
		})
		if known, err := found(err); err != nil || !known {
			return err
		}
		entry = &one
		return nil
	})
	return entry, named(err, "find the %s with reference %q of account %q", kind, reference, account)
}

func scanListed(scan func(...any) error) (entry pipeline.Listed, err error) {
	err = scan(&entry.ID, &entry.Reference, &entry.Serial, &entry.Body)
	return entry, err
}
