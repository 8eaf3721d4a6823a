package journal

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

var (
	_ pipeline.ReplayJournal = (*Journal)(nil)
	_ pipeline.AgainJournal  = (*Journal)(nil)
)

// ErrReplaying says that rows of a delivery are being worked again already.
var ErrReplaying = errors.New("its rows are being worked again already")

// ErrNotAside says that a delivery does not lie in the quarantine any more.
var ErrNotAside = errors.New("it does not lie in the quarantine any more")

const addReworked = `
	INSERT INTO reworked (delivery, sheet, line, stage, how)
	VALUES @rows
	ON CONFLICT (delivery, sheet, line, stage) DO UPDATE SET how = excluded.how`

// stageReworked keeps which rows of earlier deliveries a batch settles, each once:
// a file may hold a row several times.
func stageReworked(ctx context.Context, s session, stage int64, list []pipeline.Reworked) error {
	var rows [][]any
	known := map[pipeline.RowID]bool{}
	for _, r := range list {
		if !known[r.Row] {
			known[r.Row] = true
			rows = append(rows, args(r.Row.Delivery, r.Row.Sheet, r.Row.Line, stage, string(r.How)))
		}
	}
	return named(s.insert(ctx, addReworked, rows, nil), "keep which rows are settled")
}

const (
	// stagesOf are the closed stages of the run of a delivery.
	stagesOf = ` (SELECT g.id FROM delivery d JOIN stage g ON g.run = d.run WHERE d.id = $1 AND g.state = 1) `

	// settledBy is how a row x of a delivery was settled last; NULL where it is open.
	settledBy = `
		(SELECT w.how FROM reworked w JOIN stage g ON g.id = w.stage
		WHERE w.delivery = x.delivery AND w.sheet = x.sheet AND w.line = x.line AND g.state = 1
		ORDER BY w.stage DESC LIMIT 1)`

	openRows = `
		SELECT x.sheet, x.line FROM (
			SELECT delivery, sheet, line FROM reject WHERE delivery = $1 AND stage IN ` + stagesOf + `
			UNION
			SELECT delivery, sheet, line FROM parked WHERE delivery = $1 AND stage IN ` + stagesOf + `) x
		WHERE ` + settledBy + ` IS NULL`

	rejectedRows = `
		SELECT delivery, file, sheet, line, header, cells, faults, root, types, COALESCE(` + settledBy + `, '')
		FROM reject x
		WHERE delivery = $1 AND stage IN ` + stagesOf
	inOrder = ` ORDER BY line, id`
	thisOne = ` AND line = $2 AND sheet = $3 ORDER BY id DESC LIMIT 1`
)

// OpenRows are the rows of a delivery that were rejected or mapped without a field,
// and that nothing has settled since.
func (j *Journal) OpenRows(ctx context.Context, delivery string) (map[pipeline.RowID]bool, error) {
	open := map[pipeline.RowID]bool{}
	err := j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, openRows, args(delivery), func(scan func(...any) error) error {
			var at pipeline.RowID
			err := scan(&at.Sheet, &at.Line)
			open[at] = true
			return err
		})
	})
	return open, named(err, "look for open rows of delivery %q", delivery)
}

// RejectedRows yields the rejected rows of one delivery, with what has become of
// them since. What is settled is told of the row that was rejected first.
func (j *Journal) RejectedRows(ctx context.Context, delivery string) iter.Seq2[pipeline.OpenReject, error] {
	return stream(ctx, j, fmt.Sprintf("read the rejects of delivery %q", delivery), rejectedRows+inOrder, args(delivery), scanOpenReject)
}

// RejectedRow is the rejected row with a number; nil where none was rejected.
func (j *Journal) RejectedRow(ctx context.Context, id pipeline.RowID) (row *pipeline.OpenReject, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, rejectedRows+thisOne, args(id.Delivery, id.Line, id.Sheet), func(scan func(...any) error) error {
			r, _, err := scanOpenReject(scan)
			row = &r
			return err
		})
	})
	return row, named(err, "look for rejected row %s", id)
}

func scanOpenReject(scan func(...any) error) (r pipeline.OpenReject, ok bool, err error) {
	r.Reject, ok, err = scanReject(func(into ...any) error { return scan(append(into, &r.Settled)...) })
	return r, ok, err
}

// typesText is what cells are, a figure each; empty where all are text.
func typesText(types []pipeline.CellType) string {
	text := make([]byte, len(types))
	for i, t := range types {
		text[i] = '0' + byte(t)
	}
	if strings.Trim(string(text), "0") == "" {
		return ""
	}
	return string(text)
}

func typesOf(text string) []pipeline.CellType {
	if text == "" {
		return nil
	}
	types := make([]pipeline.CellType, len(text))
	for i := range text {
		types[i] = pipeline.CellType(text[i] - '0')
	}
	return types
}

const since = `
	SELECT ` + deliveryColumns + `
	WHERE d.flow = $1 AND d.mapping = $2 AND d.id <> $3 AND d.replays = '' AND d.state IN ('closed', 'archived', 'acked')
		AND (d.business_date > $4 OR (d.business_date = $4 AND d.sequence > $5)
			OR (d.business_date = $4 AND d.sequence = $5 AND d.id > $3))
		AND ($6 = 0 OR EXISTS (SELECT 1 FROM spoken k WHERE k.delivery = d.id AND k.scope = $7))
	ORDER BY d.business_date DESC, d.sequence DESC, d.id DESC`

// Since are the deliveries of d's mapping that reached the register and came after
// it, by what they speak of or by when they came, newest first.
func (j *Journal) Since(ctx context.Context, d pipeline.Delivery, scoped bool, scope string) ([]pipeline.Delivery, error) {
	list, err := j.deliveries(ctx, since, d.Flow, d.Mapping, d.ID, d.BusinessDate, d.Sequence, flag(scoped), scope)
	return list, named(err, "find what came after delivery %q", d.ID)
}

const (
	isReplaying = `SELECT COUNT(*) FROM delivery WHERE replays = $1 AND flow = $2 AND state IN ('claimed', 'staged')`
	isInHand    = `SELECT COUNT(*) FROM delivery WHERE place = $1 AND flow = $2 AND state IN ('claimed', 'staged')`
)

// WorkAgain opens a run with a delivery whose file lies in the archive, and wakes
// whoever works the flow. Nothing is opened while a run is held, or while the same
// is being worked already.
func (j *Journal) WorkAgain(ctx context.Context, r pipeline.Run, d pipeline.Delivery) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		var held, replaying, inHand int
		if err := s.one(ctx, countHeld, args(r.Flow), &held); err != nil {
			return err
		}
		if err := s.one(ctx, isReplaying, args(d.Replays, r.Flow), &replaying); err != nil {
			return err
		}
		if err := s.one(ctx, isInHand, args(d.Place, r.Flow), &inHand); err != nil {
			return err
		}
		switch {
		case held > 0:
			return pipeline.ErrHeldBefore
		case d.Replays != "" && replaying > 0, inHand > 0:
			return ErrReplaying
		}
		if err := writeRun(ctx, s, r); err != nil {
			return err
		}
		if err := writeDelivery(ctx, s, &d); err != nil {
			return err
		}
		return j.jobs.insert(ctx, s, r.Flow)
	})
	if err == nil {
		j.jobs.wake(ctx)
	}
	return named(err, "work %s again", d.Name)
}

// A file that was worked out of the archive lies there for an earlier delivery, and
// stays there.
const putBack = `
	UPDATE delivery SET state = 'released', file_done = 0, reason = $2
	WHERE id = $1 AND state = 'quarantined' AND file_done = 1 AND replays = ''
		AND NOT EXISTS (
			SELECT 1 FROM delivery o
			WHERE o.flow = delivery.flow AND o.name = delivery.name AND o.place = delivery.place AND o.id < delivery.id
				AND o.state NOT IN ('quarantined', 'released'))`

// PutBack lets the file of a delivery in the quarantine be put back into the inbox
// by whoever works the flow.
func (j *Journal) PutBack(ctx context.Context, d pipeline.Delivery, why string) error {
	n, err := j.decide(ctx, d.Flow, func(ctx context.Context, s session) (int, error) { return s.exec(ctx, putBack, d.ID, why) })
	if err == nil && n == 0 {
		err = ErrNotAside
	}
	return named(err, "put %s back", d.Name)
}

const (
	deliveriesNamed = `SELECT ` + deliveryColumns + ` WHERE d.flow = $1 AND (d.name = $2 OR d.id = $2) ORDER BY d.id DESC LIMIT 100`
	deliveryNames   = `SELECT DISTINCT name FROM delivery WHERE flow = $1 ORDER BY name`
)

// DeliveriesNamed are those of a flow that have a name, or an id, newest first.
func (j *Journal) DeliveriesNamed(ctx context.Context, flow, name string) ([]pipeline.Delivery, error) {
	list, err := j.deliveries(ctx, deliveriesNamed, flow, name)
	return list, named(err, "look for deliveries named %q", name)
}

const someDepots = `SELECT key FROM entity WHERE flow = $1 AND kind = 1 AND record IS NOT NULL ORDER BY key LIMIT $2`

// Depots are the keys of the first n depots that the register of a flow holds.
func (j *Journal) Depots(ctx context.Context, flow string, n int) (keys []string, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		keys, err = s.texts(ctx, someDepots, flow, n)
		return err
	})
	return keys, named(err, "list the depots of flow %q", flow)
}

// DeliveryNames are the names under which files of a flow were delivered.
func (j *Journal) DeliveryNames(ctx context.Context, flow string) (names []string, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		names, err = s.texts(ctx, deliveryNames, flow)
		return err
	})
	return names, named(err, "list what was delivered in flow %q", flow)
}

// Retry opens a run in which the documents of assets are sent however little has
// changed, and wakes whoever works the flow.
func (j *Journal) Retry(ctx context.Context, r pipeline.Run, assets []string) error {
	rules := []rule{{"the run", insertClosed, args(r.ID, r.Flow, r.BusinessDate, nanos(r.OpenedAt))}}
	for _, key := range assets {
		rules = append(rules, rule{rental.Ref{Kind: rental.Asset, Key: key}.String(), offerOne, args(r.Flow, key)})
	}
	_, err := j.offer(ctx, r, rules, rule{"what is sent in any case", markOffered, nil}, rule{"custom values that were not set", offeredCustom, nil})
	return named(err, "send %d assets again", len(assets))
}

const insertClosed = `
	INSERT INTO run (id, flow, business_date, state, opened_at, closed_at, done_at, reason)
	VALUES ($1, $2, $3, 'closed', $4, @now_ms * 1000000, 0, '')`

const deliveriesAt = `SELECT ` + deliveryColumns + ` WHERE d.flow = $1 AND d.place LIKE $2 ESCAPE '!' ORDER BY d.id DESC LIMIT 100`

// DeliveriesAt are those of a flow whose file lies under a name, newest first.
func (j *Journal) DeliveriesAt(ctx context.Context, flow, name string) ([]pipeline.Delivery, error) {
	plain := strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(name)
	list, err := j.deliveries(ctx, deliveriesAt, flow, "%/"+plain)
	return list, named(err, "look for files named %q", name)
}

// mendedCodes sums up the parked codes of earlier runs whose rows a run has mended.
const mendedCodes = `
	SELECT MIN(p.id), COUNT(DISTINCT p.delivery || '/' || p.sheet || '/' || p.line), 1
	FROM stage o JOIN reworked w ON w.stage = o.id JOIN delivery d ON d.id = w.delivery JOIN stage g ON g.run = d.run
	JOIN parked p ON p.stage = g.id AND p.delivery = w.delivery AND p.sheet = w.sheet AND p.line = w.line
	WHERE o.run = $1 AND o.state <> 2 AND w.how = 'mended' AND g.state = 1
	GROUP BY p.field, p.column_is, p.code, p.code_table, p.yaml`
