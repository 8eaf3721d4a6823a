package journal

import (
	"context"
	"fmt"
	"iter"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// What a mapping says of an entity becomes true when its run closes, together
// with the register. Instead of copying it then, a row of said holds two
// versions: the next one counts as soon as its stage is closed.

const (
	sourceOf = `
		INSERT INTO source (flow, mapping) VALUES ($1, $2)
		ON CONFLICT (flow, mapping) DO UPDATE SET mapping = excluded.mapping
		RETURNING id`

	// nextCounts is whether the next version of a row is the true one.
	nextCounts = `EXISTS (SELECT 1 FROM stage WHERE id = said.stage AND state = 1)`

	// keepSaid keeps the version that is true so far, before another becomes the
	// next one; settleSaid does so for words that are heard now.
	keepSaid = `
			digest = CASE WHEN ` + nextCounts + ` THEN said.next_digest ELSE said.digest END,
			absent = CASE WHEN ` + nextCounts + ` THEN said.next_absent ELSE said.absent END,
			scope = CASE WHEN ` + nextCounts + ` THEN said.next_scope ELSE said.scope END,
			stale = CASE WHEN ` + nextCounts + ` THEN said.next_stale ELSE said.stale END, `
	settleSaid = keepSaid + `next_stale = 0, `

	addSaid = `
		INSERT INTO said (source, entity, kind, hash, stage, next_digest, next_scope)
		VALUES @rows
		ON CONFLICT (source, entity) DO UPDATE SET ` + settleSaid + `
			stage = excluded.stage, hash = excluded.hash,
			next_digest = excluded.next_digest, next_scope = excluded.next_scope, next_absent = NULL`

	// saidNow is what is true of a row of said now.
	saidNow = `
		CASE WHEN g.state = 1 THEN said.next_digest ELSE said.digest END,
		CASE WHEN g.state = 1 THEN said.next_absent ELSE said.absent END,
		CASE WHEN g.state = 1 THEN said.next_scope ELSE said.scope END,
		CASE WHEN g.state = 1 THEN said.next_stale ELSE said.stale END`

	saidBy = `
		FROM source c
		JOIN said ON said.source = c.id
		LEFT JOIN stage g ON g.id = said.stage
		WHERE c.flow = $1 AND c.mapping = $2`

	allSaid = `SELECT said.kind, said.hash, ` + saidNow + saidBy
)

// Said yields what a mapping last said, of every entity it ever named.
func (j *Journal) Said(ctx context.Context, flow, mapping string) iter.Seq2[pipeline.Said, error] {
	scan := func(scan func(...any) error) (said pipeline.Said, ok bool, err error) {
		var hash int64
		var digest *int64
		var absent *string
		if err := scan(&said.Kind, &hash, &digest, &absent, &said.Scope, &said.Stale); err != nil || digest == nil {
			return said, false, err
		}
		said.Hash, said.Digest, said.Absent = uint64(hash), uint64(*digest), absent != nil
		return said, true, nil
	}
	return stream(ctx, j, fmt.Sprintf("read what mapping %q said", mapping), allSaid, args(flow, mapping), scan)
}

// stagedRecords is what a run has staged of entities, and the register's own.
const stagedRecords = `
	SELECT e.key, sr.body, rr.body
	FROM entity e
	LEFT JOIN staged st ON st.stage = $3 AND st.kind = e.kind AND st.entity = e.id
	LEFT JOIN record sr ON sr.id = st.record
	LEFT JOIN record rr ON rr.id = e.record
	WHERE e.flow = $1 AND e.kind = $2 AND e.key IN `

// Records returns what a run has staged of the entities, else what the register
// holds; and what the register holds in any case.
func (j *Journal) Records(ctx context.Context, flow, run string, refs []rental.Ref) (now, prior map[rental.Ref]rental.Record, err error) {
	now, prior = map[rental.Ref]rental.Record{}, map[rental.Ref]rental.Record{}

	err = j.onStage(ctx, run, func(ctx context.Context, s session, stage int64) error {
		for _, kind := range rental.Kinds() {
			for keys := range chunks(keysOf(kind, refs)) {
				with := append(args(flow, int(kind), stage), keys...)
				err := s.each(ctx, stagedRecords+placeholders(4, len(keys)), with, func(scan func(...any) error) error {
					return scanStaged(kind, scan, now, prior)
				})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	return now, prior, named(err, "load records of flow %q", flow)
}

func scanStaged(kind rental.Kind, scan func(...any) error, now, prior map[rental.Ref]rental.Record) error {
	ref := rental.Ref{Kind: kind}
	var staged, register []byte
	if err := scan(&ref.Key, &staged, &register); err != nil {
		return err
	}

	if register != nil {
		r, err := rental.DecodeRecord(ref, register)
		if err != nil {
			return fmt.Errorf("%s: %w", ref, err)
		}
		now[ref], prior[ref] = r, r
	}
	if staged != nil {
		r, err := rental.DecodeRecord(ref, staged)
		if err != nil {
			return fmt.Errorf("%s: %w", ref, err)
		}
		now[ref] = r
	}
	return nil
}
