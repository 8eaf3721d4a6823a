package journal

import (
	"context"
	"fmt"
	"iter"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// What an account does not know is written down with its answers, so that it can
// be told since when; it ends with the first answer that says otherwise.

var (
	_ pipeline.UnmatchedJournal = (*Journal)(nil)
	_ pipeline.CrosswalkJournal = (*Journal)(nil)
)

const (
	stillUnmatched = `
		UPDATE unmatched SET at = $3, status = $4, code = $5, message = $6, reference = $7, identifier = $8
		WHERE account = $1 AND asset = $2 AND ended_at = 0`
	newUnmatched = `
		INSERT INTO unmatched (account, asset, since, at, ended_at, how, status, code, message, reference, identifier, listed)
		VALUES ($1, $2, $3, $3, 0, '', $4, $5, $6, $7, $8, 0)
		ON CONFLICT (account, asset, since) DO UPDATE SET ended_at = 0, how = ''`
	unmatchedEnds = `UPDATE unmatched SET ended_at = $3, how = $4, listed = 0 WHERE account = $1 AND asset = $2 AND ended_at = 0`
)

// register keeps up to date what the account does not know.
func (st *settling) register(ctx context.Context, asset int64, done *pipeline.Settlement) error {
	if done.Outcome != pipeline.Unmatched {
		_, err := st.exec(ctx, unmatchedEnds, st.account, asset, nanos(done.At), done.Outcome.String())
		return err
	}
	a := &done.Answer
	what := args(st.account, asset, nanos(done.At), a.Status, a.Code, a.Message, done.Reference, done.FoundBy)
	if known, err := st.exec(ctx, stillUnmatched, what...); err != nil || known > 0 {
		return err
	}
	_, err := st.exec(ctx, newUnmatched, what...)
	return err
}

const (
	unmatchedColumns = `SELECT e.key, u.reference, u.identifier, u.status, u.code, u.message, u.since, u.at, u.ended_at, u.how `
	unmatchedNow     = ` FROM unmatched u CROSS JOIN entity e WHERE u.account = $2 AND u.ended_at = 0 AND e.id = u.asset AND e.flow = $1`
	allUnmatched     = unmatchedColumns + unmatchedNow + ` ORDER BY u.since, e.key`
	oneUnmatched     = unmatchedColumns + ` FROM entity e CROSS JOIN unmatched u
		WHERE e.flow = $1 AND e.kind = 5 AND e.key = $3 AND u.account = $2 AND u.asset = e.id AND u.ended_at = 0`
	countUnmatchedNow = `SELECT COUNT(*), COALESCE(MIN(u.since), 0)` + unmatchedNow
	endedUnmatched    = unmatchedColumns + `
		FROM unmatched u CROSS JOIN entity e
		WHERE u.account = $2 AND u.ended_at > $3 AND e.id = u.asset AND e.flow = $1 ORDER BY u.ended_at DESC, e.key`
	identities = `
		SELECT e.key, COALESCE(r.ident, ''), e.gone IS NOT NULL FROM entity e CROSS JOIN record r
		WHERE e.flow = $1 AND e.kind = 5 AND r.id = e.record
			AND NOT EXISTS (SELECT 1 FROM unmatched u WHERE u.account = $2 AND u.asset = e.id AND u.ended_at = 0)`
	oneListed = `SELECT d.id, d.reference, d.serial, d.body` + listedNow + ` AND d.id = $3`
	depotUses = `
		SELECT e.key, r.body,
			(SELECT COUNT(*) FROM record a CROSS JOIN entity ae WHERE a.depot = e.id AND a.kind = 5 AND ae.id = a.entity AND ae.record = a.id)
		FROM entity e LEFT JOIN record r ON r.id = e.record
		WHERE e.flow = $1 AND e.kind = 1 ORDER BY e.key`
)

// UnmatchedAssets yields what an account does not know of a flow, longest first.
func (j *Journal) UnmatchedAssets(ctx context.Context, flow, account string) iter.Seq2[pipeline.UnmatchedAsset, error] {
	return stream(ctx, j, fmt.Sprintf("read what account %q does not know", account), allUnmatched, args(flow, account), everyUnmatched)
}

// UnmatchedAsset is the one of an asset; nil when the account knows it.
func (j *Journal) UnmatchedAsset(ctx context.Context, flow, account, asset string) (one *pipeline.UnmatchedAsset, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		u, err := scanUnmatched(func(into ...any) error { return s.one(ctx, oneUnmatched, args(flow, account, asset), into...) })
		if known, err := found(err); err != nil || !known {
			return err
		}
		one = &u
		return nil
	})
	return one, named(err, "ask whether account %q knows asset %s", account, asset)
}

// UnmatchedCount tells how many there are, and since when the oldest.
func (j *Journal) UnmatchedCount(ctx context.Context, flow, account string) (n int, oldest time.Time, err error) {
	var since int64
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, countUnmatchedNow, args(flow, account), &n, &since)
	})
	return n, instant(since), named(err, "count what account %q does not know", account)
}

// EndedUnmatched yields what the account came to know after a time, the last first.
func (j *Journal) EndedUnmatched(ctx context.Context, flow, account string, after time.Time) iter.Seq2[pipeline.UnmatchedAsset, error] {
	return stream(ctx, j, fmt.Sprintf("read what account %q came to know", account), endedUnmatched, args(flow, account, nanos(after)), everyUnmatched)
}

// Identities yields what the account finds the other assets of a flow by.
func (j *Journal) Identities(ctx context.Context, flow, account string) iter.Seq2[pipeline.AssetIdentity, error] {
	return stream(ctx, j, fmt.Sprintf("read what assets of flow %q are found by", flow), identities, args(flow, account),
		func(scan func(...any) error) (a pipeline.AssetIdentity, ok bool, err error) {
			err = scan(&a.Key, &a.Identity, &a.Gone)
			return a, true, err
		})
}

// DepotUses yields the depots of a flow, and how many assets each owns.
func (j *Journal) DepotUses(ctx context.Context, flow string) iter.Seq2[pipeline.DepotUse, error] {
	return stream(ctx, j, fmt.Sprintf("read the depots of flow %q", flow), depotUses, args(flow),
		func(scan func(...any) error) (d pipeline.DepotUse, ok bool, err error) {
			ref := rental.Ref{Kind: rental.Depot}
			var body []byte
			if err := scan(&ref.Key, &body, &d.Owns); err != nil {
				return d, false, err
			}
			d.Record = rental.Record{Ref: ref}
			if body != nil {
				d.Record, err = rental.DecodeRecord(ref, body)
			}
			return d, true, err
		})
}

// ListedWithID finds what was listed under an id; nil when nothing was.
func (j *Journal) ListedWithID(ctx context.Context, account string, kind pipeline.ListingKind, id string) (entry *pipeline.Listed, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		one, err := scanListed(func(into ...any) error { return s.one(ctx, oneListed, args(account, string(kind), id), into...) })
		if known, err := found(err); err != nil || !known {
			return err
		}
		entry = &one
		return nil
	})
	return entry, named(err, "find the %s %s of account %q", kind, id, account)
}

func everyUnmatched(scan func(...any) error) (u pipeline.UnmatchedAsset, ok bool, err error) {
	u, err = scanUnmatched(scan)
	return u, true, err
}

func scanUnmatched(scan func(...any) error) (u pipeline.UnmatchedAsset, err error) {
	var since, at, ended int64
	err = scan(&u.Asset, &u.Reference, &u.Identifier, &u.Status, &u.Code, &u.Message, &since, &at, &ended, &u.How)
	u.Since, u.At, u.Ended = instant(since), instant(at), instant(ended)
	return u, err
}
