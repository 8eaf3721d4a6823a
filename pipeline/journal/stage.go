package journal

import (
	"context"
	"fmt"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// States of a stage.
const (
	stageOpen = iota
	stageClosed
	stageDropped
)

const (
	stageOfRun = `SELECT id, state FROM stage WHERE run = $1 AND state <> 2`
	openStage  = `
		INSERT INTO stage (run, flow, business_date, state, records, swept)
		VALUES ($1, $2, COALESCE((SELECT business_date FROM run WHERE id = $1), ''), 0, 0, 0)
		RETURNING id`
)

// stageFor finds the stage of a run, and opens one where there is none.
func stageFor(ctx context.Context, s session, flow, run string) (id int64, state int, err error) {
	have, err := found(s.one(ctx, stageOfRun, args(run), &id, &state))
	if err != nil || have {
		return id, state, named(err, "find the stage of run %q", run)
	}
	err = s.one(ctx, openStage, args(run, flow), &id)
	return id, stageOpen, named(err, "open a stage for run %q", run)
}

// Stage adds a batch. An entity staged again replaces itself.
func (j *Journal) Stage(ctx context.Context, b *pipeline.Batch) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		stage, state, err := stageFor(ctx, s, b.Flow, b.Run)
		if err != nil {
			return err
		}
		if state != stageOpen {
			return fmt.Errorf("run %q is closed", b.Run)
		}

		if err := stageEntities(ctx, s, stage, b); err != nil {
			return err
		}
		if err := stageRows(ctx, s, stage, b); err != nil {
			return err
		}
		return count(ctx, s, stage, b)
	})
	return named(err, "stage a batch of delivery %q", b.Delivery)
}

const (
	addRecords = `
		INSERT INTO record (id, entity, kind, ended, given, on_rent, ident, asset, contract, customer, depot, off_rent, planned, ahead, status, custom, body)
		VALUES @rows`
	numberRecords = `UPDATE stage SET records = records + $2 WHERE id = $1 RETURNING records - $2`

	dropRecords = `DELETE FROM record WHERE id IN `
	addStaged   = `
		INSERT INTO staged (stage, kind, entity, record, prior, class, former)
		VALUES @rows
		ON CONFLICT (stage, kind, entity) DO UPDATE SET
			record = excluded.record, prior = excluded.prior, class = excluded.class, former = excluded.former`
)

// stager holds what every entity of a batch needs.
type stager struct {
	session
	stage, source int64
	date          string // the business date of the run
	known         map[rental.Ref]name
}

func stageEntities(ctx context.Context, s session, stage int64, b *pipeline.Batch) error {
	if len(b.Entities) == 0 {
		return nil
	}
	refs := make([]rental.Ref, 0, 3*len(b.Entities))
	for i := range b.Entities {
		refs = appendRefs(refs, &b.Entities[i].Record)
		if former := b.Entities[i].Former; former != "" {
			refs = append(refs, rental.Ref{Kind: rental.Item, Key: former})
		}
	}

	known, err := intern(ctx, s, b.Flow, stage, refs)
	if err != nil {
		return err
	}
	st := stager{session: s, stage: stage, known: known}
	if err := s.one(ctx, dateOfStage, args(stage), &st.date); err != nil {
		return fmt.Errorf("find the business date: %w", err)
	}
	if b.Mapping != "" {
		if err := s.one(ctx, sourceOf, args(b.Flow, b.Mapping), &st.source); err != nil {
			return fmt.Errorf("number mapping %q: %w", b.Mapping, err)
		}
	}
	return named(st.put(ctx, lastOfEach(b.Entities)), "stage %d entities", len(b.Entities))
}

// lastOfEach leaves out what a batch itself replaces: a statement writes no row
// twice.
func lastOfEach(list []pipeline.Staged) []*pipeline.Staged {
	last := make([]*pipeline.Staged, 0, len(list))
	at := make(map[rental.Ref]int, len(list))
	for i := range list {
		ref := list[i].Record.Ref
		if n, again := at[ref]; again {
			last[n] = &list[i]
			continue
		}
		at[ref] = len(last)
		last = append(last, &list[i])
	}
	return last
}

// put stages entities, in place of what the stage held of them.
func (st *stager) put(ctx context.Context, list []*pipeline.Staged) error {
	if err := st.drop(ctx, list); err != nil {
		return err
	}
	records, err := st.addRecords(ctx, list)
	if err != nil {
		return err
	}

	staged, said := make([][]any, len(list)), make([][]any, 0, len(list))
	for i, e := range list {
		self, kind := st.known[e.Record.Ref], int(e.Record.Kind)
		former := st.known[rental.Ref{Kind: rental.Item, Key: e.Former}].id
		staged[i] = args(st.stage, kind, self.id, orNull(records[i]), orNull(self.record), int(e.Class), orNull(former))
		if e.Said.Hash != 0 {
			said = append(said, args(st.source, self.id, kind, int64(e.Said.Hash), st.stage, int64(e.Said.Digest), e.Said.Scope))
		}
	}
	if err := st.insert(ctx, addStaged, staged, nil); err != nil {
		return err
	}
	return st.insert(ctx, addSaid, said, nil)
}

// drop forgets the records that the stage holds of entities.
func (st *stager) drop(ctx context.Context, list []*pipeline.Staged) error {
	var records []int64
	for _, e := range list {
		if self := st.known[e.Record.Ref]; self.staged != 0 {
			records = append(records, self.staged)
		}
	}
	for with := range chunks(records) {
		if _, err := st.exec(ctx, dropRecords+placeholders(1, len(with)), with...); err != nil {
			return err
		}
	}
	return nil
}

// addRecords writes what the register does not hold already, and tells the
// numbers of the records beside their entities; 0 where there is none.
func (st *stager) addRecords(ctx context.Context, list []*pipeline.Staged) ([]int64, error) {
	var last int64
	if err := st.one(ctx, numberRecords, args(st.stage, len(list)), &last); err != nil {
		return nil, fmt.Errorf("number %d records: %w", len(list), err)
	}
	last += st.stage << 32 // no stage comes to that many

	numbers, rows := make([]int64, len(list)), make([][]any, 0, len(list))
	for i, e := range list {
		if self := st.known[e.Record.Ref]; e.Changed || self.record == 0 {
			last++
			numbers[i] = last
			rows = append(rows, st.columns(last, self, &e.Record))
		}
	}
	return numbers, st.insert(ctx, addRecords, rows, nil)
}

// orNull is a value, or NULL for its zero.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}
