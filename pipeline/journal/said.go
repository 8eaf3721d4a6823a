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

	// addSaid settles the version that is true so far before it writes the next.
	addSaid = `
		INSERT INTO said (source, entity, kind, hash, stage, next_digest)
		VALUES @rows
		ON CONFLICT (source, entity) DO UPDATE SET
			digest = CASE WHEN said.stage <> excluded.stage AND ` + nextCounts + ` THEN said.next_digest ELSE said.digest END,
			absent = CASE WHEN said.stage <> excluded.stage AND ` + nextCounts + ` THEN said.next_absent ELSE said.absent END,
			stage = excluded.stage, hash = excluded.hash,
			next_digest = excluded.next_digest, next_absent = NULL`

	// saidNow is what is true of a row of said now.
	saidNow = `
		CASE WHEN g.state = 1 THEN said.next_digest ELSE said.digest END,
		CASE WHEN g.state = 1 THEN said.next_absent ELSE said.absent END
		FROM source c
		JOIN said ON said.source = c.id
		LEFT JOIN stage g ON g.id = said.stage
		WHERE c.flow = $1 AND c.mapping = $2`

	allSaid = `SELECT said.kind, said.hash, ` + saidNow
)

// Said yields what a mapping last said, of every entity it ever named.
func (j *Journal) Said(ctx context.Context, flow, mapping string) iter.Seq2[pipeline.Said, error] {
	scan := func(scan func(...any) error) (said pipeline.Said, ok bool, err error) {
		var hash int64
		var digest *int64
		var absent *string
		if err := scan(&said.Kind, &hash, &digest, &absent); err != nil || digest == nil {
			return said, false, err
		}
		said.Hash, said.Digest, said.Absent = uint64(hash), uint64(*digest), absent != nil
		return said, true, nil
	}
	return stream(ctx, j, fmt.Sprintf("read what mapping %q said", mapping), allSaid, args(flow, mapping), scan)
}

const (
	// Of items only those can be missed whose rental has not ended.
	saidHashes = `SELECT said.entity, said.hash, ` + saidNow + ` AND said.kind = $3 AND ($3 <> 4 OR EXISTS (
		SELECT 1 FROM entity e JOIN record r ON r.id = e.record WHERE e.id = said.entity AND r.ended = 0))`

	dateOfStage = `SELECT business_date FROM stage WHERE id = $1`

	missSaid = `
		UPDATE said SET
			digest = CASE WHEN said.stage <> $3 AND ` + nextCounts + ` THEN said.next_digest ELSE said.digest END,
			absent = CASE WHEN said.stage <> $3 AND ` + nextCounts + ` THEN said.next_absent ELSE said.absent END,
			stage = $3, next_digest = $4, next_absent = $5
		WHERE source = $1 AND entity = $2`

	addMissed = `
		INSERT INTO missed (stage, kind, entity, mapping, since) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (stage, kind, entity, mapping) DO UPDATE SET since = excluded.since`
)

// missing is one entity that a file did not name, with what was said of it.
type missing struct {
	entity int64
	digest int64
	since  string
}

// Miss adds what a file did not name. Whoever was missed before stays missed
// since then.
func (j *Journal) Miss(ctx context.Context, flow, run string, m pipeline.Missed) error {
	list, err := j.missing(ctx, flow, m)
	if err != nil {
		return named(err, "find what mapping %q missed", m.Mapping)
	}
	err = j.write(ctx, func(ctx context.Context, s session) error {
		stage, state, err := stageFor(ctx, s, flow, run)
		if err != nil {
			return err
		}
		if state != stageOpen {
			return fmt.Errorf("run %q is closed", run)
		}
		return miss(ctx, s, stage, flow, m, list)
	})
	return named(err, "keep what mapping %q missed", m.Mapping)
}

// missing resolves hashes by one look over all the mapping ever said: an index
// for them would cost every night what few nights need.
func (j *Journal) missing(ctx context.Context, flow string, m pipeline.Missed) (list []missing, err error) {
	wanted := make(map[int64]struct{}, len(m.Hashes))
	for _, hash := range m.Hashes {
		wanted[int64(hash)] = struct{}{}
	}

	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, saidHashes, args(flow, m.Mapping, int(m.Kind)), func(scan func(...any) error) error {
			var one missing
			var hash int64
			var digest *int64
			var absent *string
			if err := scan(&one.entity, &hash, &digest, &absent); err != nil {
				return err
			}
			if _, want := wanted[hash]; !want || digest == nil {
				return nil
			}
			one.digest = *digest
			if absent != nil {
				one.since = *absent
			}
			list = append(list, one)
			return nil
		})
	})
	return list, err
}

func miss(ctx context.Context, s session, stage int64, flow string, m pipeline.Missed, list []missing) error {
	var source int64
	var day string
	if err := s.one(ctx, sourceOf, args(flow, m.Mapping), &source); err != nil {
		return err
	}
	if err := s.one(ctx, dateOfStage, args(stage), &day); err != nil {
		return err
	}

	for _, one := range list {
		if one.since == "" {
			one.since = day
		}
		if _, err := s.exec(ctx, missSaid, source, one.entity, stage, one.digest, one.since); err != nil {
			return err
		}
		if _, err := s.exec(ctx, addMissed, stage, int(m.Kind), one.entity, m.Mapping, one.since); err != nil {
			return err
		}
	}
	return nil
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

	err = j.read(ctx, func(ctx context.Context, s session) error {
		var stage int64
		var state int
		if _, err := found(s.one(ctx, stageOfRun, args(run), &stage, &state)); err != nil {
			return err
		}
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
