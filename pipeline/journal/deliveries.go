package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"rentalsync/pipeline"
)

const saveRun = `
	INSERT INTO run (id, flow, business_date, state, opened_at, closed_at, done_at, reason, reverts, lacks)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
	ON CONFLICT (id) DO UPDATE SET
		flow = excluded.flow, business_date = excluded.business_date, state = excluded.state, reverts = excluded.reverts, lacks = excluded.lacks,
		opened_at = excluded.opened_at, done_at = excluded.done_at, reason = excluded.reason,
		closed_at = CASE WHEN excluded.closed_at = 0 THEN run.closed_at ELSE excluded.closed_at END`

// SaveRun inserts a run, or replaces what is known of it. When it closed is kept
// where r does not know it: the database's clock says that.
func (j *Journal) SaveRun(ctx context.Context, r pipeline.Run) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		if r.State == pipeline.RunDiscarded {
			if _, err := s.exec(ctx, dropStage, r.ID); err != nil { // its rows stay counted
				return err
			}
		}
		return writeRun(ctx, s, r)
	})
	return named(err, "save run %q", r.ID)
}

func writeRun(ctx context.Context, s session, r pipeline.Run) error {
	_, err := s.exec(ctx, saveRun, r.ID, r.Flow, r.BusinessDate, r.State.String(),
		nanos(r.OpenedAt), nanos(r.ClosedAt), nanos(r.DoneAt), r.Reason, flag(r.Reverts), strings.Join(r.Lacks, "\n"))
	return err
}

const saveDelivery = `
	INSERT INTO delivery (id, flow, run, name, mapping, mapping_version, business_date, sequence, digest, size,
		mod_time_at, claimed_at, state, place, file_done, reason, again, replays, number)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
	ON CONFLICT (id) DO UPDATE SET
		flow = excluded.flow, run = excluded.run, name = excluded.name, mapping = excluded.mapping,
		mapping_version = excluded.mapping_version, business_date = excluded.business_date,
		sequence = excluded.sequence, digest = excluded.digest, size = excluded.size,
		mod_time_at = excluded.mod_time_at, claimed_at = excluded.claimed_at, state = excluded.state,
		place = excluded.place, file_done = excluded.file_done, reason = excluded.reason,
		again = excluded.again, replays = excluded.replays, number = excluded.number`

// SaveDelivery inserts a delivery, or replaces what is known of it. Its rows are
// counted by Stage alone.
func (j *Journal) SaveDelivery(ctx context.Context, d pipeline.Delivery) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		return writeDelivery(ctx, s, &d)
	})
	return named(err, "save delivery %q", d.ID)
}

func writeDelivery(ctx context.Context, s session, d *pipeline.Delivery) error {
	_, err := s.exec(ctx, saveDelivery, d.ID, d.Flow, d.Run, d.Name, d.Mapping, d.MappingVersion, d.BusinessDate,
		d.Sequence, d.Digest, d.Size, nanos(d.ModTime), nanos(d.ClaimedAt), d.State.String(), d.Place, flag(d.FileDone), d.Reason,
		flag(d.Again), d.Replays, d.Number)
	return err
}

const (
	runColumns = `id, flow, business_date, state, opened_at, closed_at, done_at, reason, reverts, lacks`

	unfinishedRuns = `
		SELECT ` + runColumns + ` FROM run
		WHERE flow = $1 AND state IN ('staging', 'closed')
		ORDER BY id`
	recentRuns = `SELECT ` + runColumns + ` FROM run WHERE flow = $1 ORDER BY id DESC LIMIT $2`
	runByID    = `SELECT ` + runColumns + ` FROM run WHERE id = $1`
)

// UnfinishedRuns are those in state staging or closed, oldest first.
func (j *Journal) UnfinishedRuns(ctx context.Context, flow string) ([]pipeline.Run, error) {
	runs, err := j.runs(ctx, unfinishedRuns, flow)
	return runs, named(err, "list unfinished runs of flow %q", flow)
}

// RecentRuns are a flow's last n runs, newest first.
func (j *Journal) RecentRuns(ctx context.Context, flow string, n int) ([]pipeline.Run, error) {
	runs, err := j.runs(ctx, recentRuns, flow, n)
	return runs, named(err, "list the last runs of flow %q", flow)
}

func (j *Journal) runs(ctx context.Context, query string, with ...any) (runs []pipeline.Run, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, query, with, func(scan func(...any) error) error {
			r, err := scanRun(scan)
			runs = append(runs, r)
			return err
		})
	})
	return runs, err
}

func scanRun(scan func(...any) error) (r pipeline.Run, err error) {
	var state, lacks string
	var opened, closed, done int64
	if err := scan(&r.ID, &r.Flow, &r.BusinessDate, &state, &opened, &closed, &done, &r.Reason, &r.Reverts, &lacks); err != nil {
		return r, err
	}
	if lacks != "" {
		r.Lacks = strings.Split(lacks, "\n")
	}
	r.OpenedAt, r.ClosedAt, r.DoneAt = instant(opened), instant(closed), instant(done)
	r.State, err = pipeline.ParseRunState(state)
	return r, err
}

const (
	deliveryColumns = `
		d.id, d.flow, d.run, d.name, d.mapping, d.mapping_version, d.business_date, d.sequence, d.digest, d.size,
		d.mod_time_at, d.claimed_at, d.state, d.place, d.file_done, d.reason, d.again, d.replays, d.number,
		COALESCE(c.read, 0), COALESCE(c.mapped, 0), COALESCE(c.skipped, 0), COALESCE(c.rejected, 0)
		FROM delivery d LEFT JOIN counted c ON c.delivery = d.id`

	// Two looks by index: one OR over both would read every delivery ever made.
	unfinishedDeliveries = `
		SELECT ` + deliveryColumns + `
		WHERE d.id IN (
			SELECT id FROM delivery WHERE flow = $1 AND file_done = 0
			UNION
			SELECT x.id FROM run r JOIN delivery x ON x.run = r.id
			WHERE r.flow = $1 AND r.state IN ('staging', 'closed'))
		ORDER BY d.id`

	deliveriesOfRun = `SELECT ` + deliveryColumns + ` WHERE d.run = $1 ORDER BY d.id`

	// Of two that are on their way, the later one is the duplicate.
	sameDelivery = `
		SELECT ` + deliveryColumns + `
		WHERE d.flow = $1 AND d.mapping = $2 AND d.business_date = $3 AND d.sequence = $4 AND d.id <> $5
			AND ($6 = '' OR d.name = $6) AND d.replays = ''
			AND (d.state IN ('closed', 'archived', 'acked')
				OR (d.state IN ('claimed', 'staged') AND ($5 = '' OR d.id < $5)))
		ORDER BY d.id DESC
		LIMIT 1`

	laterDeliveries = `
		SELECT id FROM delivery
		WHERE flow = $1 AND state IN ('closed', 'archived', 'acked')
			AND (business_date > $2 OR (business_date = $2 AND mapping = $3 AND sequence > $4))`

	workedDeliveries = `
		SELECT id FROM delivery
		WHERE flow = $1 AND mapping = $2 AND state IN ('closed', 'archived', 'acked')
		ORDER BY id`

	newestDate = `
		SELECT COALESCE(MAX(business_date), '') FROM delivery
		WHERE flow = $1 AND mapping = $2 AND state IN ('closed', 'archived', 'acked')`
)

// UnfinishedDeliveries are those whose file is not at its last place, and those
// of unfinished runs, oldest first.
func (j *Journal) UnfinishedDeliveries(ctx context.Context, flow string) ([]pipeline.Delivery, error) {
	list, err := j.deliveries(ctx, unfinishedDeliveries, flow)
	return list, named(err, "list unfinished deliveries of flow %q", flow)
}

// Deliveries are those of one run, oldest first.
func (j *Journal) Deliveries(ctx context.Context, run string) ([]pipeline.Delivery, error) {
	list, err := j.deliveries(ctx, deliveriesOfRun, run)
	return list, named(err, "list deliveries of run %q", run)
}

// SameDelivery finds the newest delivery of the same business date, sequence and
// mapping, where it has the same content and mapping version; nil otherwise.
func (j *Journal) SameDelivery(ctx context.Context, d pipeline.Delivery, byName bool) (*pipeline.Delivery, error) {
	name := ""
	if byName {
		name = d.Name
	}
	list, err := j.deliveries(ctx, sameDelivery, d.Flow, d.Mapping, d.BusinessDate, d.Sequence, d.ID, name)
	if err != nil || len(list) == 0 || list[0].Digest != d.Digest || list[0].MappingVersion != d.MappingVersion {
		return nil, named(err, "look for the like of delivery %q", d.ID)
	}
	return &list[0], nil
}

// LaterDeliveries are the ids of those that reached the register and speak of a
// later time than d.
func (j *Journal) LaterDeliveries(ctx context.Context, d pipeline.Delivery) (later map[string]bool, err error) {
	later = map[string]bool{}
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, laterDeliveries, args(d.Flow, d.BusinessDate, d.Mapping, d.Sequence), func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			later[id] = true
			return err
		})
	})
	return later, named(err, "find what is later than delivery %q", d.ID)
}

const (
	forgetScopes = `DELETE FROM spoken WHERE delivery = $1`
	addScope     = `INSERT INTO spoken (delivery, scope) VALUES ($1, $2)`

	newestOfScope = `
		SELECT COALESCE(MAX(d.business_date), '')
		FROM spoken s JOIN delivery d ON d.id = s.delivery
		WHERE s.scope = $3 AND d.flow = $1 AND d.mapping = $2 AND d.state IN ('closed', 'archived', 'acked')`
)

// SaveScopes keeps for which scopes a delivery claims to speak.
func (j *Journal) SaveScopes(ctx context.Context, delivery string, scopes []string) error {
	if len(scopes) == 0 {
		return nil
	}
	err := j.write(ctx, func(ctx context.Context, s session) error {
		if _, err := s.exec(ctx, forgetScopes, delivery); err != nil {
			return err
		}
		for _, scope := range scopes {
			if _, err := s.exec(ctx, addScope, delivery, scope); err != nil {
				return err
			}
		}
		return nil
	})
	return named(err, "keep for whom delivery %q speaks", delivery)
}

// NewestOfScope is the newest business date of the mapping's deliveries that
// reached the register and spoke for a scope; "" when none did.
func (j *Journal) NewestOfScope(ctx context.Context, flow, mapping, scope string) (date string, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, newestOfScope, args(flow, mapping, scope), &date)
	})
	return date, named(err, "find the newest date of mapping %q for %q", mapping, scope)
}

// WorkedDeliveries are the ids of the mapping's deliveries that reached the
// register.
func (j *Journal) WorkedDeliveries(ctx context.Context, flow, mapping string) (ids []string, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, workedDeliveries, args(flow, mapping), func(scan func(...any) error) error {
			var id string
			err := scan(&id)
			ids = append(ids, id)
			return err
		})
	})
	return ids, named(err, "list the worked deliveries of mapping %q", mapping)
}

// NewestDate is the newest business date of the mapping's deliveries that
// reached the register; "" when none did.
func (j *Journal) NewestDate(ctx context.Context, flow, mapping string) (date string, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, newestDate, args(flow, mapping), &date)
	})
	return date, named(err, "find the newest date of mapping %q", mapping)
}

func (j *Journal) deliveries(ctx context.Context, query string, with ...any) (list []pipeline.Delivery, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		list, err = deliveriesBy(ctx, s, query, with...)
		return err
	})
	return list, err
}

func deliveriesBy(ctx context.Context, s session, query string, with ...any) (list []pipeline.Delivery, err error) {
	err = s.each(ctx, query, with, func(scan func(...any) error) error {
		d, err := scanDelivery(scan)
		list = append(list, d)
		return err
	})
	return list, err
}

func scanDelivery(scan func(...any) error) (d pipeline.Delivery, err error) {
	var state string
	var modified, claimed int64
	err = scan(&d.ID, &d.Flow, &d.Run, &d.Name, &d.Mapping, &d.MappingVersion, &d.BusinessDate, &d.Sequence, &d.Digest, &d.Size,
		&modified, &claimed, &state, &d.Place, &d.FileDone, &d.Reason, &d.Again, &d.Replays, &d.Number,
		&d.Rows.Read, &d.Rows.Mapped, &d.Rows.Skipped, &d.Rows.Rejected)
	if err != nil {
		return d, err
	}
	d.ModTime, d.ClaimedAt = instant(modified), instant(claimed)
	d.State, err = pipeline.ParseDeliveryState(state)
	return d, err
}

// flag is how yes and no are kept: not every database takes them for numbers.
func flag(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// nanos is how an instant is kept; 0 is never.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func instant(nanos int64) time.Time {
	if nanos == 0 {
		return time.Time{}
	}
	return time.Unix(0, nanos).UTC()
}

// named says what was being done when err happened; nil stays nil.
func named(err error, doing string, with ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf(doing+": %w", append(with, err)...)
}

// found turns "no rows" into false.
func found(err error) (bool, error) {
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
