package journal

import (
	"context"

	"rentalsync/pipeline/rental"
)

const (
	recordsToRefresh = `
		SELECT r.id, r.kind, e.key, r.body FROM record r JOIN entity e ON e.id = r.entity
		WHERE r.id > $1 AND r.kind IN (4, 5)
		ORDER BY r.id LIMIT 1000`

	refreshRecord = `UPDATE record SET ended = $2, off_rent = $3, planned = $4, status = $5, ahead = $6 WHERE id = $1`
)

// refresh fills the columns that records are searched by from the records
// themselves: a database that was made before a column was has it empty.
func refresh(ctx context.Context, s session) error {
	for last := int64(0); ; {
		var page [][]any
		err := s.each(ctx, recordsToRefresh, args(last), func(scan func(...any) error) error {
			var body []byte
			var ref rental.Ref
			if err := scan(&last, &ref.Kind, &ref.Key, &body); err != nil {
				return err
			}
			r, err := rental.DecodeRecord(ref, body)
			page = append(page, args(last, ended(&r), day(&r, rental.OffRentDate), planned(&r), status(&r), ahead(&r, "")))
			return named(err, "%s", ref)
		})
		if err != nil || len(page) == 0 {
			return err
		}
		for _, record := range page {
			if _, err := s.exec(ctx, refreshRecord, record...); err != nil {
				return err
			}
		}
	}
}

const (
	recordsWithCustom = `
		SELECT r.id, r.kind, e.key, r.body FROM record r JOIN entity e ON e.id = r.entity
		WHERE r.id > $1 AND r.kind <> 4
		ORDER BY r.id LIMIT 1000`
	refreshCustomOf = `UPDATE record SET custom = $2 WHERE id = $1`
	everyCustomDue  = makeCustomDue + `
		SELECT e.id, e.flow, e.kind, 0, @now_ms, 0
		FROM entity e JOIN record r ON r.id = e.record
		WHERE r.custom IS NOT NULL` + dueAnew
)

// refreshCustom lets records know their custom values, which were kept before they
// were sent, and makes those of the register due.
func refreshCustom(ctx context.Context, s session) error {
	for last := int64(0); ; {
		var page [][]any
		read := 0
		err := s.each(ctx, recordsWithCustom, args(last), func(scan func(...any) error) error {
			read++
			var body []byte
			var ref rental.Ref
			if err := scan(&last, &ref.Kind, &ref.Key, &body); err != nil {
				return err
			}
			r, err := rental.DecodeRecord(ref, body)
			if digest := r.CustomDigest(); digest != 0 {
				page = append(page, args(last, digest))
			}
			return named(err, "%s", ref)
		})
		if err != nil {
			return err
		}
		for _, record := range page {
			if _, err := s.exec(ctx, refreshCustomOf, record...); err != nil {
				return err
			}
		}
		if read == 0 {
			_, err := s.exec(ctx, everyCustomDue)
			return err
		}
	}
}
