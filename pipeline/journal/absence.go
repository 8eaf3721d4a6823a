package journal

import (
	"context"
	"fmt"
	"iter"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// What a mapping claims to name and did not is found by what it said before.

const (
	// Of items only those can be missed whose rental has not ended.
	saidBefore = `
		SELECT e.id, e.key, said.hash, COALESCE(CASE WHEN g.state = 1 THEN said.next_absent ELSE said.absent END, '')
		FROM source c
		JOIN said ON said.source = c.id
		LEFT JOIN stage g ON g.id = said.stage
		JOIN entity e ON e.id = said.entity
		JOIN record r ON r.id = e.record
		WHERE c.flow = $1 AND c.mapping = $2 AND said.kind = $3 AND said.entity > $4 AND (said.kind <> 4 OR r.ended = 0)
			AND CASE WHEN g.state = 1 THEN said.next_digest ELSE said.digest END IS NOT NULL
		ORDER BY said.entity
		LIMIT $5`

	bodiesOf = `SELECT e.id, r.body FROM entity e JOIN record r ON r.id = e.record WHERE e.id IN `

	// Whoever misses it, too, does not say anything of it.
	saidElsewhere = `
		SELECT said.entity, c.mapping, g.business_date
		FROM source c
		JOIN said ON said.source = c.id
		JOIN stage g ON g.id = said.stage
		WHERE c.flow = $1 AND c.mapping <> $2 AND g.state = 1
			AND said.next_digest IS NOT NULL AND said.next_absent IS NULL AND said.entity IN `

	// A night is counted once, however often it was revised.
	nightsMissing = `
		SELECT COUNT(DISTINCT g.business_date)
		FROM missed m JOIN stage g ON g.id = m.stage
		WHERE m.entity = $1 AND m.mapping = $2 AND m.since = $3 AND g.state = 1`
	nightsMissed = nightsMissing + ` AND g.business_date <> (SELECT business_date FROM run WHERE id = $4)`
)

// unnamedSize is how many entities that a mapping said before are looked at
// together.
const unnamedSize = 5000

// unnamed looks for what a mapping did not name, page by page.
type unnamed struct {
	flow, run, mapping string
	kind               rental.Kind
	hashes             map[int64]struct{}
	nights             bool // whether nights are counted: years of them may lie behind

	last int64             // the number of the last entity that was looked at
	list []pipeline.Absent // of the page
	ids  []int64           // their numbers
}

// Unnamed yields what a mapping said before of entities of a kind, by hash, as the
// register has them. All that it ever said is looked over once: an index of hashes
// would cost every night what few nights need. A file that breaks off misses a
// whole fleet, of which a page is in memory at a time.
func (j *Journal) Unnamed(ctx context.Context, flow, run, mapping string, kind rental.Kind, hashes []uint64, nights bool) iter.Seq2[pipeline.Absent, error] {
	wanted := make(map[int64]struct{}, len(hashes))
	for _, hash := range hashes {
		wanted[int64(hash)] = struct{}{}
	}
	return func(yield func(pipeline.Absent, error) bool) {
		u := unnamed{flow: flow, run: run, mapping: mapping, kind: kind, hashes: wanted, nights: nights}
		for more := true; more; {
			err := j.read(ctx, func(ctx context.Context, s session) (err error) {
				more, err = u.page(ctx, s)
				return err
			})
			if err != nil {
				yield(pipeline.Absent{}, named(err, "find what mapping %q did not name", mapping))
				return
			}
			for i := range u.list {
				if !yield(u.list[i], nil) {
					return
				}
			}
		}
	}
}

// page reads the next page; more says whether another one may follow.
func (u *unnamed) page(ctx context.Context, s session) (more bool, err error) {
	u.list, u.ids = u.list[:0], u.ids[:0]
	n := 0
	err = s.each(ctx, saidBefore, args(u.flow, u.mapping, int(u.kind), u.last, unnamedSize), func(scan func(...any) error) error {
		n++
		var a pipeline.Absent
		var hash int64
		a.Record.Kind = u.kind
		if err := scan(&u.last, &a.Record.Key, &hash, &a.Since); err != nil {
			return err
		}
		if _, want := u.hashes[hash]; want {
			u.list, u.ids = append(u.list, a), append(u.ids, u.last)
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	if err := u.load(ctx, s); err != nil {
		return false, err
	}
	if err := u.elsewhere(ctx, s); err != nil {
		return false, err
	}
	return n == unnamedSize, u.count(ctx, s)
}

// load reads what the register holds of those on the page.
func (u *unnamed) load(ctx context.Context, s session) error {
	at := make(map[int64]*pipeline.Absent, len(u.ids))
	for i, id := range u.ids {
		at[id] = &u.list[i]
	}
	for with := range chunks(u.ids) {
		err := s.each(ctx, bodiesOf+placeholders(1, len(with)), with, func(scan func(...any) error) error {
			var id int64
			var body []byte
			if err := scan(&id, &body); err != nil {
				return err
			}
			ref := at[id].Record.Ref
			record, err := rental.DecodeRecord(ref, body)
			at[id].Record = record
			return named(err, "%s", ref)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// elsewhere tells since when other mappings say what they say of those on the page.
func (u *unnamed) elsewhere(ctx context.Context, s session) error {
	at := make(map[int64]*pipeline.Absent, len(u.ids))
	for i, id := range u.ids {
		at[id] = &u.list[i]
	}
	for ids := range chunks(u.ids) {
		with := append(args(u.flow, u.mapping), ids...)
		err := s.each(ctx, saidElsewhere+placeholders(3, len(ids)), with, func(scan func(...any) error) error {
			var id int64
			var mapping, date string
			if err := scan(&id, &mapping, &date); err != nil {
				return err
			}
			if at[id].Elsewhere == nil {
				at[id].Elsewhere = map[string]string{}
			}
			at[id].Elsewhere[mapping] = date
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// count tells how many nights have missed those on the page that were missed
// before.
func (u *unnamed) count(ctx context.Context, s session) error {
	if !u.nights {
		return nil
	}
	for i := range u.list {
		a := &u.list[i]
		if a.Since == "" {
			continue
		}
		if err := s.one(ctx, nightsMissed, args(u.ids[i], u.mapping, a.Since, u.run), &a.Nights); err != nil {
			return err
		}
	}
	return nil
}

const (
	repeatSaid = `
			next_digest = CASE WHEN ` + nextCounts + ` THEN said.next_digest ELSE said.digest END,
			next_scope = CASE WHEN ` + nextCounts + ` THEN said.next_scope ELSE said.scope END,
			stage = $3, `
	missSaid = `UPDATE said SET ` + settleSaid + repeatSaid + `next_absent = $4 WHERE source = $1 AND entity = $2`

	// What was inferred while it was missed has to go with the next word on it.
	findSaid = `UPDATE said SET ` + keepSaid + repeatSaid + `next_absent = NULL, next_stale = 1 WHERE source = $1 AND entity = $2`

	forgetSaid = `UPDATE said SET ` + settleSaid + `next_digest = NULL, next_absent = NULL, stage = $3 WHERE source = $1 AND entity = $2`

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

	m := missing{s, stage, source, mapping, day}
	for i := range absent {
		if err := m.keep(ctx, &absent[i], known[refs[i]].id); err != nil {
			return err
		}
	}
	return nil
}

// missing is what a mapping does not name on the day of a stage.
type missing struct {
	session
	stage, source int64
	mapping, day  string
}

// keep notes that one entity is missed, or why it is not any more.
func (m *missing) keep(ctx context.Context, a *pipeline.Absent, entity int64) error {
	switch {
	case a.Moved:
		_, err := m.exec(ctx, forgetSaid, m.source, entity, m.stage)
		return err
	case a.Found:
		return find(ctx, m.session, m.stage, m.source, entity)
	}
	since := a.Since
	if since == "" {
		since = m.day
	}
	if _, err := m.exec(ctx, missSaid, m.source, entity, m.stage, since); err != nil {
		return err
	}
	_, err := m.exec(ctx, addMissed, m.stage, int(a.Record.Kind), entity, m.mapping, since)
	return err
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
