package journal

import (
	"context"
	"fmt"

	"rentalsync/pipeline"
)

const (
	makeCustomDue = `INSERT INTO custom_due (entity, flow, kind, state, due_ms, attempts) `
	dueAnew       = ` ON CONFLICT (entity) DO UPDATE SET state = 0, due_ms = excluded.due_ms, attempts = 0`

	// A run makes due what it changes, and the values of a depot or customer that
	// may be known otherwise now.
	changedCustom = makeCustomDue + `
		SELECT s.entity, $2, s.kind, 0, @now_ms, 0
		FROM staged s CROSS JOIN record n LEFT JOIN record o ON o.id = s.prior
		WHERE s.stage = $1 AND s.kind <> 4 AND n.id = s.record
			AND (COALESCE(n.custom, 0) <> COALESCE(o.custom, 0)
				OR n.custom IS NOT NULL AND (s.kind = 1 OR s.kind = 2 AND COALESCE(n.customer, 0) <> COALESCE(o.customer, 0)))` + dueAnew

	// Another account knows nothing of what the last one was told.
	everyCustom = makeCustomDue + `
		SELECT e.id, e.flow, e.kind, 0, @now_ms, 0
		FROM entity e CROSS JOIN record r
		WHERE e.flow = $1 AND r.id = e.record AND r.custom IS NOT NULL` + dueAnew

	// What somebody asks for again is not only the asset's own.
	offeredCustom = `
		UPDATE custom_due SET state = 0, due_ms = @now_ms, attempts = 0
		WHERE state > 0 AND (entity IN (SELECT asset FROM touched)
			OR entity IN (SELECT i.contract FROM touched t CROSS JOIN record i WHERE i.asset = t.asset)
			OR entity IN (SELECT k.customer FROM touched t CROSS JOIN record i CROSS JOIN entity ke CROSS JOIN record k
				WHERE i.asset = t.asset AND ke.id = i.contract AND k.id = ke.record))`
)

// customs makes due what the run changes of custom values.
func (c *closing) customs(ctx context.Context) error {
	_, err := c.exec(ctx, changedCustom, c.stage, c.run.Flow)
	return err
}

const sendingCustom = `
	INSERT INTO custom_value (account, entity, field, target, accepted, attempt, at) VALUES ($1, $2, $3, $4, NULL, 1, 0)
	ON CONFLICT (entity, account, field) DO UPDATE SET
		accepted = CASE WHEN custom_value.target = excluded.target THEN custom_value.accepted END,
		target = excluded.target, attempt = 1`

// CustomSending records durably that values are about to be set.
func (j *Journal) CustomSending(ctx context.Context, account string, sent []pipeline.CustomSending) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		for _, one := range sent {
			for _, field := range one.Fields {
				if _, err := s.exec(ctx, sendingCustom, account, one.Entity, field, one.Target); err != nil {
					return fmt.Errorf("custom field %s: %w", field, err)
				}
			}
		}
		return nil
	})
	return named(err, "record that values of %d entities are set", len(sent))
}

const (
	heldNow = `
		INSERT INTO custom_value (account, entity, field, target, accepted, attempt, at) VALUES ($1, $2, $3, $4, $5, 0, $6)
		ON CONFLICT (entity, account, field) DO UPDATE SET
			target = excluded.target, accepted = excluded.accepted, attempt = 0, at = excluded.at`
	neverHeld = `UPDATE custom_value SET attempt = 0 WHERE account = $1 AND entity = $2 AND field = $3`

	customCame = `
		INSERT INTO custom_outcome (run, entity, field, value, outcome, why, cure, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (run, entity, field) DO UPDATE SET
			value = excluded.value, why = excluded.why, cure = excluded.cure, at = excluded.at,
			outcome = CASE WHEN custom_outcome.outcome = 'set' AND excluded.outcome = 'unchanged' THEN 'set' ELSE excluded.outcome END`

	// Of what is pending for many nights only the last one is told.
	pendingBefore = `DELETE FROM custom_outcome WHERE entity = $1 AND run <> $2 AND outcome = 'pending'`

	customDone  = `DELETE FROM custom_due WHERE entity = $1`
	customLater = `UPDATE custom_due SET state = $2, due_ms = CASE WHEN CAST($3 AS BIGINT) = 0 THEN due_ms ELSE $3 END, attempts = attempts + $4 WHERE entity = $1`
)

// CustomSettle records what became of the values of entities, and what is due
// again.
func (j *Journal) CustomSettle(ctx context.Context, run, account string, settled []pipeline.CustomSettlement) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		for i := range settled {
			if err := settleCustom(ctx, s, run, account, &settled[i]); err != nil {
				return fmt.Errorf("entity %d: %w", settled[i].Entity, err)
			}
		}
		return nil
	})
	return named(err, "settle the custom values of %d entities", len(settled))
}

func settleCustom(ctx context.Context, s session, run, account string, done *pipeline.CustomSettlement) error {
	came := map[pipeline.CustomOutcome]bool{}
	for i := range done.Fields {
		f := &done.Fields[i]
		came[f.Outcome] = true
		if err := holdCustom(ctx, s, account, done, f); err != nil {
			return err
		}
		if _, err := s.exec(ctx, customCame, run, done.Entity, f.Field, f.Value, f.Outcome.String(), f.Why, f.Cure, nanos(f.At)); err != nil {
			return err
		}
	}
	if _, err := s.exec(ctx, pendingBefore, done.Entity, run); err != nil {
		return err
	}

	var err error
	switch {
	case came[pipeline.CustomDeferred]:
		_, err = s.exec(ctx, customLater, done.Entity, customDeferred, done.Next.UnixMilli(), 1)
	case came[pipeline.CustomPending] || done.Open:
		_, err = s.exec(ctx, customLater, done.Entity, customDue, 0, 0)
	case came[pipeline.CustomRefused]:
		_, err = s.exec(ctx, customLater, done.Entity, customRefused, 0, 0)
	default:
		_, err = s.exec(ctx, customDone, done.Entity)
	}
	return err
}

// holdCustom keeps what the account holds of one field by now.
func holdCustom(ctx context.Context, s session, account string, done *pipeline.CustomSettlement, f *pipeline.CustomFieldOutcome) (err error) {
	switch f.Outcome {
	case pipeline.CustomSet:
		_, err = s.exec(ctx, heldNow, account, done.Entity, f.Field, done.Target, f.Value, nanos(f.At))
	case pipeline.CustomRefused:
		_, err = s.exec(ctx, neverHeld, account, done.Entity, f.Field)
	case pipeline.CustomUnchanged, pipeline.CustomPending, pipeline.CustomDeferred: // it holds what it held
	}
	return err
}

const (
	anyRefused  = `SELECT EXISTS (SELECT 1 FROM custom_due WHERE flow = $1 AND state > 0 AND state = 2)`
	anyDeferred = `
		SELECT EXISTS (
			SELECT 1 FROM custom_due v LEFT JOIN answer a ON a.receiver = $2 AND a.asset = v.entity
			WHERE v.flow = $1 AND v.state > 0 AND v.state = 1 AND v.due_ms <= @now_ms AND ` + isTold + `)`
	seenCustom = `SELECT account, fields FROM custom_seen WHERE flow = $1`
	seeCustom  = `
		INSERT INTO custom_seen (flow, account, fields) VALUES ($1, $2, $3)
		ON CONFLICT (flow) DO UPDATE SET account = excluded.account, fields = excluded.fields`
	againCustom = `UPDATE custom_due SET state = 0, due_ms = @now_ms, attempts = 0 WHERE flow = $1 AND state > 0 AND state = 2`
)

// CustomRefused reports whether any custom values of a flow are refused.
func (j *Journal) CustomRefused(ctx context.Context, flow string) (yes bool, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error { return s.one(ctx, anyRefused, args(flow), &yes) })
	return yes, named(err, "look for refused custom values of flow %q", flow)
}

// CustomDeferred reports whether any custom values of a flow failed for a while and
// are to be tried again now.
func (j *Journal) CustomDeferred(ctx context.Context, flow, account, profile string) (yes bool, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		var receiver int64
		if _, err := found(s.one(ctx, receiverNumber, args(account, profile), &receiver)); err != nil {
			return err
		}
		return s.one(ctx, anyDeferred, args(flow, receiver), &yes)
	})
	return yes, named(err, "look for deferred custom values of flow %q", flow)
}

// CustomAgain makes due what was refused by other custom fields than the account
// has now.
func (j *Journal) CustomAgain(ctx context.Context, flow, account, fields string) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		var who, which string
		if _, err := found(s.one(ctx, seenCustom, args(flow), &who, &which)); err != nil {
			return err
		}
		if who == account && which == fields {
			return nil
		}
		if _, err := s.exec(ctx, seeCustom, flow, account, fields); err != nil {
			return err
		}
		_, err := s.exec(ctx, againCustom, flow)
		return err
	})
	return named(err, "look again at refused custom values of flow %q", flow)
}
