package journal

import (
	"context"
	"encoding/json"
	"fmt"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
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
		INSERT INTO stage (run, flow, business_date, state, swept)
		VALUES ($1, $2, COALESCE((SELECT business_date FROM run WHERE id = $1), ''), 0, 0)
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
	addRecord = `
		INSERT INTO record (entity, kind, ended, given, ahead, ident, asset, contract, customer, depot, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		RETURNING id`
	dateOfStage = `SELECT business_date FROM stage WHERE id = $1`

	dropRecord = `DELETE FROM record WHERE id = $1`
	addStaged  = `
		INSERT INTO staged (stage, kind, entity, record, prior, class)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (stage, kind, entity) DO UPDATE SET
			record = excluded.record, prior = excluded.prior, class = excluded.class`
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
	}

	known, err := intern(ctx, s, b.Flow, stage, refs)
	if err != nil {
		return err
	}
	st := stager{session: s, stage: stage, known: known}
	if err := s.one(ctx, sourceOf, args(b.Flow, b.Mapping), &st.source); err != nil {
		return fmt.Errorf("number mapping %q: %w", b.Mapping, err)
	}
	if err := s.one(ctx, dateOfStage, args(stage), &st.date); err != nil {
		return fmt.Errorf("find the business date: %w", err)
	}
	for i := range b.Entities {
		if err := st.put(ctx, &b.Entities[i]); err != nil {
			return fmt.Errorf("stage %s: %w", b.Entities[i].Record.Ref, err)
		}
	}
	return nil
}

// put stages one entity, in place of what the stage held of it.
func (st *stager) put(ctx context.Context, e *pipeline.Staged) error {
	self, kind := st.known[e.Record.Ref], int(e.Record.Kind)

	if self.staged != 0 {
		if _, err := st.exec(ctx, dropRecord, self.staged); err != nil {
			return err
		}
	}
	var record int64
	if e.Changed || self.record == 0 {
		if err := st.one(ctx, addRecord, st.columns(self, &e.Record), &record); err != nil {
			return err
		}
	}
	self.staged = record
	st.known[e.Record.Ref] = self // a batch may name it twice

	if _, err := st.exec(ctx, addStaged, st.stage, kind, self.id, orNull(record), orNull(self.record), int(e.Class)); err != nil {
		return err
	}
	_, err := st.exec(ctx, addSaid, st.source, self.id, kind, int64(e.Said.Hash), st.stage, int64(e.Said.Digest))
	return err
}

// columns are what the register can be searched by, and the record itself.
func (st *stager) columns(self name, r *rental.Record) []any {
	return args(self.id, int(r.Kind), r.Kind == rental.Item && r.Ended(),
		r.Kind == rental.Contract && r.Text(rental.ContractStatus) != "",
		st.ahead(r), identity(r),
		st.edge(r, rental.Item, rental.AssetRef, rental.Asset),
		st.edge(r, rental.Item, rental.ContractRef, rental.Contract),
		st.edge(r, rental.Contract, rental.CustomerRef, rental.Customer),
		st.depot(r),
		r.Encode())
}

func (st *stager) edge(r *rental.Record, of rental.Kind, by rental.Field, to rental.Kind) any {
	key := r.Text(by)
	if r.Kind != of || key == "" {
		return nil
	}
	return st.known[rental.Ref{Kind: to, Key: key}].id
}

func (st *stager) depot(r *rental.Record) any {
	key := depotOf(r)
	if key == "" {
		return nil
	}
	return st.known[rental.Ref{Kind: rental.Depot, Key: key}].id
}

// appendRefs adds a record's own name and what it refers to.
func appendRefs(refs []rental.Ref, r *rental.Record) []rental.Ref {
	refs = append(refs, r.Ref)
	add := func(kind rental.Kind, key string) {
		if key != "" {
			refs = append(refs, rental.Ref{Kind: kind, Key: key})
		}
	}
	switch r.Kind {
	case rental.Item:
		add(rental.Asset, r.Text(rental.AssetRef))
		add(rental.Contract, r.Text(rental.ContractRef))
	case rental.Contract:
		add(rental.Customer, r.Text(rental.CustomerRef))
	}
	add(rental.Depot, depotOf(r))
	return refs
}

// depotOf is the depot that a document names: where an asset stands is not sent.
func depotOf(r *rental.Record) string {
	switch r.Kind {
	case rental.Asset:
		return r.Text(rental.OwningDepot)
	case rental.Item, rental.Contract:
		return r.Text(rental.HiringDepot)
	default:
		return ""
	}
}

// ahead reports whether an item's rental begins after the business date that
// speaks of it. That is decided once, when it is said: the time that passes makes
// no document another.
func (st *stager) ahead(r *rental.Record) bool {
	begins, said := r.Get(rental.OnRentDate)
	return r.Kind == rental.Item && said && begins.Day() > st.date
}

// identity is what must be one asset's alone.
func identity(r *rental.Record) any {
	if r.Kind != rental.Asset || r.Text(rental.Identifier) == "" {
		return nil
	}
	return r.Text(rental.IdentifierType) + " " + transforms.NormalizeSerial(r.Text(rental.Identifier))
}

// orNull is a value, or NULL for its zero.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

const (
	addReject = `
		INSERT INTO reject (stage, delivery, file, sheet, line, header, cells, faults)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`
	addParked = `
		INSERT INTO parked (stage, delivery, file, sheet, line, kind, key, field, column_is, code, code_table, yaml)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`
	addWarning = `
		INSERT INTO warning (stage, delivery, file, sheet, line, column_is, value, what, hint)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
)

// stageRows keeps what is to be said of single rows.
func stageRows(ctx context.Context, s session, stage int64, b *pipeline.Batch) error {
	for _, r := range b.Rejects {
		header, cells, faults, err := rejectTexts(r)
		if err != nil {
			return fmt.Errorf("keep rejected line %d: %w", r.Origin.Line, err)
		}
		if _, err := s.exec(ctx, addReject, stage, r.Delivery, r.Origin.File, r.Origin.Sheet, r.Origin.Line, header, cells, faults); err != nil {
			return fmt.Errorf("keep rejected line %d: %w", r.Origin.Line, err)
		}
	}
	for _, p := range b.Parked {
		if _, err := s.exec(ctx, addParked, stage, p.Delivery, p.Origin.File, p.Origin.Sheet, p.Origin.Line,
			int(p.Ref.Kind), p.Ref.Key, string(p.Field), p.Column, p.Code, p.Table, p.Parked.Line); err != nil {
			return fmt.Errorf("keep parked code %q: %w", p.Code, err)
		}
	}
	for _, w := range b.Warnings {
		if _, err := s.exec(ctx, addWarning, stage, w.Delivery, w.Origin.File, w.Origin.Sheet, w.Origin.Line,
			w.Column, w.Value, w.What, w.Hint); err != nil {
			return fmt.Errorf("keep a warning of line %d: %w", w.Origin.Line, err)
		}
	}
	return nil
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

// count replaces what is known of a delivery's rows.
func count(ctx context.Context, s session, stage int64, b *pipeline.Batch) error {
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
