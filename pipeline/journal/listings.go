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
	clearListing  = `DELETE FROM listed WHERE account = $1 AND kind = $2 AND number <> $3`
	addListed     = `
		INSERT INTO listed (account, kind, number, id, reference, serial, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (account, kind, number, id) DO UPDATE SET reference = excluded.reference, serial = excluded.serial, body = excluded.body`
	countListed = `SELECT COUNT(*) FROM listed WHERE account = $1 AND kind = $2 AND number = $3`
	nowListed   = `
		INSERT INTO listing (account, kind, number, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account, kind) DO UPDATE SET number = excluded.number, at = excluded.at`

	listedNow   = ` FROM listing g JOIN listed d ON d.account = g.account AND d.kind = g.kind AND d.number = g.number WHERE g.account = $1 AND g.kind = $2`
	allListed   = `SELECT d.id, d.reference, d.serial, d.body` + listedNow + ` ORDER BY d.id`
	oneListedBy = `SELECT d.id, d.reference, d.serial, d.body` + listedNow + ` AND d.reference = $3 ORDER BY d.id LIMIT 1`
)

// listedAtOnce is how much of a listing one transaction adds.
const listedAtOnce = 1000

// SaveListing takes the place of the last listing of a kind once the list has
// come to its end. Until then the last one counts.
func (j *Journal) SaveListing(ctx context.Context, account string, kind pipeline.ListingKind, at time.Time, list iter.Seq2[pipeline.Listed, error]) (n int, err error) {
	number, err := j.beginListing(ctx, account, kind)
	if err != nil {
		return 0, err
	}

	batch := make([]pipeline.Listed, 0, listedAtOnce)
	for entry, err := range list {
		if err != nil {
			return 0, err
		}
		if batch = append(batch, entry); len(batch) < listedAtOnce {
			continue
		}
		if err := j.addListed(ctx, account, kind, number, batch); err != nil {
			return 0, err
		}
		batch = batch[:0]
	}
	if err := j.addListed(ctx, account, kind, number, batch); err != nil {
		return 0, err
	}
	return j.endListing(ctx, account, kind, number, at)
}

// beginListing clears what a listing that broke off has left, and gives the next
// number.
func (j *Journal) beginListing(ctx context.Context, account string, kind pipeline.ListingKind) (number int64, err error) {
	err = j.write(ctx, func(ctx context.Context, s session) error {
		var at int64
		if _, err := found(s.one(ctx, listingNumber, args(account, string(kind)), &number, &at)); err != nil {
			return err
		}
		_, err := s.exec(ctx, clearListing, account, string(kind), number)
		return err
	})
	return number + 1, named(err, "begin to list every %s of account %q", kind, account)
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

func (j *Journal) endListing(ctx context.Context, account string, kind pipeline.ListingKind, number int64, at time.Time) (n int, err error) {
	err = j.write(ctx, func(ctx context.Context, s session) error {
		if err := s.one(ctx, countListed, args(account, string(kind), number), &n); err != nil {
			return err
		}
		if _, err := s.exec(ctx, nowListed, account, string(kind), number, nanos(at)); err != nil {
			return err
		}
		if kind == pipeline.ListedAssets {
			if _, err := s.exec(ctx, nowListsUnmatched, account, number); err != nil {
				return err
			}
		}
		_, err := s.exec(ctx, clearListing, account, string(kind), number)
		return err
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
