package journal

import (
	"context"
	"encoding/json"
	"fmt"

	"rentalsync/pipeline"
)

const (
	addReject = `
		INSERT INTO reject (stage, delivery, file, sheet, line, header, cells, faults, root, types)
		VALUES @rows`
	addParked = `
		INSERT INTO parked (stage, delivery, file, sheet, line, kind, key, field, column_is, code, code_table, yaml)
		VALUES @rows`
	addWarning = `
		INSERT INTO warning (stage, delivery, file, sheet, line, unjudged, column_is, value, what, hint)
		VALUES @rows`
)

// stageRows keeps what is to be said of single rows.
func stageRows(ctx context.Context, s session, stage int64, b *pipeline.Batch) error {
	rejects := make([][]any, len(b.Rejects))
	parked := make([][]any, len(b.Parked))
	warnings := make([][]any, len(b.Warnings))
	for i, r := range b.Rejects {
		header, cells, faults, err := rejectTexts(r)
		if err != nil {
			return fmt.Errorf("keep rejected line %d: %w", r.Origin.Line, err)
		}
		rejects[i] = args(stage, r.Delivery, r.Origin.File, r.Origin.Sheet, r.Origin.Line, header, cells, faults, r.Root.String(), typesText(r.Types))
	}
	for i, p := range b.Parked {
		parked[i] = args(stage, p.Delivery, p.Origin.File, p.Origin.Sheet, p.Origin.Line,
			int(p.Ref.Kind), p.Ref.Key, string(p.Field), p.Column, p.Code, p.Table, p.Parked.Line)
	}
	for i, w := range b.Warnings {
		warnings[i] = args(stage, w.Delivery, w.Origin.File, w.Origin.Sheet, w.Origin.Line, int(w.Unjudged), w.Column, w.Value, w.What, w.Hint)
	}

	if err := s.insert(ctx, addReject, rejects, nil); err != nil {
		return fmt.Errorf("keep rejected lines: %w", err)
	}
	if err := s.insert(ctx, addParked, parked, nil); err != nil {
		return fmt.Errorf("keep parked codes: %w", err)
	}
	if err := s.insert(ctx, addWarning, warnings, nil); err != nil {
		return fmt.Errorf("keep warnings: %w", err)
	}
	return stageReworked(ctx, s, stage, b.Reworked)
}

func rejectTexts(r pipeline.Reject) (header, cells, faults string, err error) {
	texts := make([]string, 3)
	for i, v := range []any{r.Header, r.Cells, r.Faults} {
		b, err := json.Marshal(v)
		if err != nil {
			return "", "", "", err
		}
		texts[i] = string(b)
	}
	return texts[0], texts[1], texts[2], nil
}

const (
	setCounted = `
		INSERT INTO counted (delivery, stage, read, mapped, skipped, rejected)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (delivery) DO UPDATE SET
			stage = excluded.stage, read = excluded.read, mapped = excluded.mapped,
			skipped = excluded.skipped, rejected = excluded.rejected`
	setSkipped = `
		INSERT INTO skipped (delivery, reason, stage, count)
		VALUES ($1, $2, $3, $4)
		ON CONFLICT (delivery, reason) DO UPDATE SET stage = excluded.stage, count = excluded.count`
)

// count replaces what is known of a delivery's rows. What a rule adds is no row
// of any delivery.
func count(ctx context.Context, s session, stage int64, b *pipeline.Batch) error {
	if b.Delivery == "" {
		return nil
	}
	if _, err := s.exec(ctx, setCounted, b.Delivery, stage, b.Rows.Read, b.Rows.Mapped, b.Rows.Skipped, b.Rows.Rejected); err != nil {
		return fmt.Errorf("count rows: %w", err)
	}
	for reason, n := range b.Skips {
		if _, err := s.exec(ctx, setSkipped, b.Delivery, reason, stage, n); err != nil {
			return fmt.Errorf("count rows skipped by %q: %w", reason, err)
		}
	}
	return nil
}
