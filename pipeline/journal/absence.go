package journal

import (
	"context"
	"fmt"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// What a mapping claims to name and did not is found by what it said before.

const (
	// Of items only those can be missed whose rental has not ended.
	unnamed = `
		SELECT e.id, e.key, said.hash, r.body,
			COALESCE(CASE WHEN g.state = 1 THEN said.next_absent ELSE said.absent END, '')
		FROM source c
		JOIN said ON said.source = c.id
		LEFT JOIN stage g ON g.id = said.stage
		JOIN entity e ON e.id = said.entity
		JOIN record r ON r.id = e.record
		WHERE c.flow = $1 AND c.mapping = $2 AND said.kind = $3 AND (said.kind <> 4 OR r.ended = 0)
			AND CASE WHEN g.state = 1 THEN said.next_digest ELSE said.digest END IS NOT NULL`

	// A night is counted once, however often it was revised.
	nightsMissed = `
		SELECT COUNT(DISTINCT g.business_date)
		FROM missed m JOIN stage g ON g.id = m.stage
		WHERE m.entity = $1 AND m.mapping = $2 AND m.since = $3 AND g.state = 1
			AND g.business_date <> (SELECT business_date FROM run WHERE id = $4)`
)

// Unnamed finds what a mapping said before of entities of a kind, by hash, as
// the register has them. All that it ever said is looked over once: an index of
// hashes would cost every night what few nights need.
func (j *Journal) Unnamed(ctx context.Context, flow, run, mapping string, kind rental.Kind, hashes []uint64) ([]pipeline.Absent, error) {
	wanted := make(map[int64]struct{}, len(hashes))
	for _, hash := range hashes {
		wanted[int64(hash)] = struct{}{}
	}

	var list []pipeline.Absent
	err := j.read(ctx, func(ctx context.Context, s session) error {
		var ids []int64
		err := s.each(ctx, unnamed, args(flow, mapping, int(kind)), func(scan func(...any) error) error {
			var a pipeline.Absent
			var id, hash int64
			var body []byte
			ref := rental.Ref{Kind: kind}
			if err := scan(&id, &ref.Key, &hash, &body, &a.Since); err != nil {
				return err
			}
			if _, want := wanted[hash]; !want {
				return nil
			}
			record, err := rental.DecodeRecord(ref, body)
			a.Record = record
			list, ids = append(list, a), append(ids, id)
			return named(err, "%s", ref)
		})
		if err != nil {
			return err
		}
		for i := range list {
			if list[i].Since == "" {
				continue
			}
			if err := s.one(ctx, nightsMissed, args(ids[i], mapping, list[i].Since, run), &list[i].Nights); err != nil {
				return err
			}
		}
		return nil
	})
	return list, named(err, "find what mapping %q did not name", mapping)
}

const (
	repeatSaid = `
			next_digest = CASE WHEN ` + nextCounts + ` THEN said.next_digest ELSE said.digest END,
			next_scope = CASE WHEN ` + nextCounts + ` THEN said.next_scope ELSE said.scope END,
			stage = $3, `
	missSaid = `UPDATE said SET ` + settleSaid + repeatSaid + `next_absent = $4 WHERE source = $1 AND entity = $2`

	// What was inferred while it was missed has to go with the next word on it.
	findSaid = `UPDATE said SET ` + keepSaid + repeatSaid + `next_absent = NULL, next_stale = 1 WHERE source = $1 AND entity = $2`

	addMissed = `
		INSERT INTO missed (stage, kind, entity, mapping, since) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (stage, kind, entity, mapping) DO UPDATE SET since = excluded.since`

	dateOfStage = `SELECT business_date FROM stage WHERE id = $1`
)

// Miss adds what the files of a mapping did not name. It stays missed since it
// was missed first, until it is found.
func (j *Journal) Miss(ctx context.Context, flow, run, mapping string, absent []pipeline.Absent) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		stage, err := openStageOf(ctx, s, flow, run)
		if err != nil {
			return err
		}
		return miss(ctx, s, stage, flow, mapping, absent)
	})
	return named(err, "keep what mapping %q did not name", mapping)
}

// openStageOf is the stage of a run that has not closed.
func openStageOf(ctx context.Context, s session, flow, run string) (int64, error) {
	stage, state, err := stageFor(ctx, s, flow, run)
	if err == nil && state != stageOpen {
		err = fmt.Errorf("run %q is closed", run)
	}
	return stage, err
}

func miss(ctx context.Context, s session, stage int64, flow, mapping string, absent []pipeline.Absent) error {
	var source int64
	var day string
	if err := s.one(ctx, sourceOf, args(flow, mapping), &source); err != nil {
		return err
	}
	if err := s.one(ctx, dateOfStage, args(stage), &day); err != nil {
		return err
	}
	refs := make([]rental.Ref, len(absent))
	for i := range absent {
		refs[i] = absent[i].Record.Ref
	}
	known, err := names(ctx, s, flow, stage, refs)
	if err != nil {
		return err
	}

	for i, ref := range refs {
		if absent[i].Found {
			if err := find(ctx, s, stage, source, known[ref].id); err != nil {
				return err
			}
			continue
		}
		since := absent[i].Since
		if since == "" {
			since = day
		}
		if _, err := s.exec(ctx, missSaid, source, known[ref].id, stage, since); err != nil {
			return err
		}
		if _, err := s.exec(ctx, addMissed, stage, int(ref.Kind), known[ref].id, mapping, since); err != nil {
			return err
		}
	}
	return nil
}

const addFound = `INSERT INTO found (stage, entity) VALUES ($1, $2) ON CONFLICT (stage, entity) DO UPDATE SET entity = excluded.entity`

// find takes back that an entity is missed.
func find(ctx context.Context, s session, stage, source, entity int64) error {
	if _, err := s.exec(ctx, findSaid, source, entity, stage); err != nil {
		return err
	}
	_, err := s.exec(ctx, addFound, stage, entity)
	return err
}
