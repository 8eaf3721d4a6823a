package journal

import (
	"context"
	"fmt"
	"iter"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

var _ pipeline.ExplainJournal = (*Journal)(nil)

const (
	namesakes = `SELECT kind, record IS NOT NULL FROM entity WHERE key = $2 AND flow = $1 ORDER BY kind DESC`
	allKeys   = `SELECT kind, key FROM entity WHERE flow = $1 ORDER BY key, kind DESC`
)

// Namesakes are the kinds under which a flow knows a key, assets first.
func (j *Journal) Namesakes(ctx context.Context, flow, key string) (list []pipeline.Namesake, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, namesakes, args(flow, key), func(scan func(...any) error) error {
			var n pipeline.Namesake
			err := scan(&n.Kind, &n.Named)
			list = append(list, n)
			return err
		})
	})
	return list, named(err, "look for key %q", key)
}

// Keys yields every key of a flow.
func (j *Journal) Keys(ctx context.Context, flow string) iter.Seq2[rental.Ref, error] {
	scan := func(scan func(...any) error) (ref rental.Ref, ok bool, err error) {
		err = scan(&ref.Kind, &ref.Key)
		return ref, true, err
	}
	return stream(ctx, j, fmt.Sprintf("read the keys of flow %q", flow), allKeys, args(flow), scan)
}

const deliveryByID = `SELECT ` + deliveryColumns + ` WHERE d.id IN `

// DeliveriesByID finds deliveries; those that are forgotten are left out.
func (j *Journal) DeliveriesByID(ctx context.Context, ids []string) (map[string]pipeline.Delivery, error) {
	byID := make(map[string]pipeline.Delivery, len(ids))
	err := j.read(ctx, func(ctx context.Context, s session) error {
		for with := range chunks(unique(ids)) {
			list, err := deliveriesBy(ctx, s, deliveryByID+placeholders(1, len(with)), with...)
			if err != nil {
				return err
			}
			for _, d := range list {
				byID[d.ID] = d
			}
		}
		return nil
	})
	return byID, named(err, "find %d deliveries", len(ids))
}

// edge is the column by which a record of one kind refers to an entity of another;
// "" where none does.
func edge(to, from rental.Kind) string {
	switch {
	case from == rental.Item && to == rental.Asset:
		return "asset"
	case from == rental.Item && to == rental.Contract:
		return "contract"
	case to == rental.Customer && (from == rental.Contract || from == rental.Customer):
		return "customer"
	case to == rental.Depot && from != rental.Customer && from != rental.Depot:
		return "depot"
	default:
		return ""
	}
}

const referring = ` FROM record r CROSS JOIN entity e WHERE r.%s = $1 AND r.kind = $2 AND e.id = r.entity AND e.record = r.id`

// Referring lists up to n records of a kind that refer to an entity, by key, and
// how many there are.
func (j *Journal) Referring(ctx context.Context, flow string, to rental.Ref, kind rental.Kind, n int) (list []rental.Record, all int, err error) {
	column := edge(to.Kind, kind)
	if column == "" {
		return nil, 0, fmt.Errorf("no %s refers to a %s", kind, to.Kind)
	}
	by := fmt.Sprintf(referring, column)

	err = j.read(ctx, func(ctx context.Context, s session) error {
		known, err := names(ctx, s, flow, 0, []rental.Ref{to})
		if err != nil {
			return err
		}
		id := known[to].id
		if err := s.one(ctx, `SELECT COUNT(*)`+by, args(id, int(kind)), &all); err != nil {
			return err
		}
		return s.each(ctx, `SELECT e.key, r.body`+by+` ORDER BY e.key LIMIT $3`, args(id, int(kind), n), func(scan func(...any) error) error {
			var body []byte
			ref := rental.Ref{Kind: kind}
			if err := scan(&ref.Key, &body); err != nil {
				return err
			}
			record, err := rental.DecodeRecord(ref, body)
			list = append(list, record)
			return named(err, "%s", ref)
		})
	})
	return list, all, named(err, "find each %s of %s", kind, to)
}

// lookBack is how many runs of a flow are gone through for what they say about
// one entity.
const lookBack = 30

// recall collects what became of one entity.
type recall struct {
	session
	flow string
	ref  rental.Ref
	id   int64
	past pipeline.Past
	told []pipeline.Remark
}

// Past is what became of one entity so far.
func (j *Journal) Past(ctx context.Context, flow string, ref rental.Ref) (pipeline.Past, error) {
	r := recall{flow: flow, ref: ref}
	err := j.read(ctx, func(ctx context.Context, s session) error {
		r.session = s
		return r.all(ctx)
	})
	return r.past, named(err, "recall what became of %s", ref)
}

const entityNumber = `SELECT id, COALESCE(gone, '') FROM entity WHERE key = $3 AND kind = $2 AND flow = $1`

// find tells whether the flow knows the entity.
func (r *recall) find(ctx context.Context) (bool, error) {
	return found(r.one(ctx, entityNumber, args(r.flow, int(r.ref.Kind), r.ref.Key), &r.id, &r.past.Gone))
}

func (r *recall) all(ctx context.Context) error {
	if err := r.one(ctx, today, args(r.flow), &r.past.Date); err != nil {
		return err
	}
	if known, err := r.find(ctx); err != nil || !known {
		return err
	}
	for _, step := range []struct {
		finds string
		do    func(context.Context) error
	}{
		{"what mappings say", r.sayings},
		{"when it was missed", r.missed},
		{"what is due", r.due},
		{"answers", r.answers},
		{"outcomes", r.outcomes},
		{"runs that have not closed", r.pending},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("find %s: %w", step.finds, err)
		}
	}
	return nil
}

const sayingsOf = `
	SELECT c.mapping, said.stage, g.state = 1, CASE WHEN g.state = 1 THEN g.business_date ELSE '' END,
		said.digest IS NOT NULL, said.scope, ` + saidNow + `
	FROM source c
	CROSS JOIN said
	LEFT JOIN stage g ON g.id = said.stage
	WHERE c.flow = $1 AND said.source = c.id AND said.entity = $2
	ORDER BY c.mapping`

// sayings are what each mapping says of it now.
func (r *recall) sayings(ctx context.Context) error {
	err := r.each(ctx, sayingsOf, args(r.flow, r.id), func(scan func(...any) error) error {
		var s pipeline.Saying
		var closed, before, stale bool
		var was string
		var digest *int64
		var absent *string
		if err := scan(&s.Mapping, &s.Stage, &closed, &s.Since, &before, &was, &digest, &absent, &s.Scope, &stale); err != nil {
			return err
		}
		if digest == nil { // only a run that has not closed names it
			return nil
		}
		if closed && before && was != s.Scope {
			s.Before = was
		}
		if absent != nil {
			s.Missed = *absent
		}
		r.past.Sayings = append(r.past.Sayings, s)
		return nil
	})
	if err != nil {
		return err
	}
	for i := range r.past.Sayings {
		s := &r.past.Sayings[i]
		if err := r.one(ctx, newestDate, args(r.flow, s.Mapping), &s.Newest); err != nil {
			return err
		}
		if s.Missed == "" {
			continue
		}
		if err := r.one(ctx, nightsMissing, args(r.id, s.Mapping, s.Missed), &s.Nights); err != nil {
			return err
		}
	}
	return nil
}

const missedLast = `
	SELECT COALESCE(MAX(m.since), '')
	FROM missed m JOIN stage g ON g.id = m.stage
	WHERE m.entity = $1 AND g.state = 1`

// missed is when it was missed last, also where it is named again.
func (r *recall) missed(ctx context.Context) error {
	return r.one(ctx, missedLast, args(r.id), &r.past.MissedSince)
}

const dueOf = `SELECT run, held, owner IS NOT NULL, attempts, due_ms FROM dispatch WHERE asset = $1`

func (r *recall) due(ctx context.Context) error {
	var d pipeline.PastDue
	var held int
	var ms int64
	due, err := found(r.one(ctx, dueOf, args(r.id), &d.Run, &held, &d.Working, &d.Attempts, &ms))
	if due {
		d.Held, d.Fleet = held != notHeld, held == heldAll
		d.At = time.UnixMilli(ms).UTC()
		r.past.Due = &d
	}
	return err
}

const answersOfOne = `
	SELECT c.account, c.profile, a.outcome, a.status, a.code, a.message, a.at, a.reference, a.identifier, a.accepted IS NOT NULL
	FROM receiver c CROSS JOIN answer a
	WHERE a.receiver = c.id AND a.asset = $1 AND a.outcome <> ''
	ORDER BY a.at DESC`

// answers are those of every account that was ever asked.
func (r *recall) answers(ctx context.Context) error {
	return r.each(ctx, answersOfOne, args(r.id), func(scan func(...any) error) error {
		var a pipeline.PastAnswer
		var at int64
		err := scan(&a.Account, &a.Profile, &a.Outcome, &a.Status, &a.Code, &a.Message, &at, &a.Reference, &a.Identifier, &a.Accepted)
		a.At = instant(at)
		r.past.Answers = append(r.past.Answers, a)
		return err
	})
}

// The outcomes are looked up run by run: an index by asset would cost every
// night what few questions need.
const outcomesOf = `
	SELECT r.business_date, r.id, o.outcome, o.status, o.code, o.why, o.carried_from, o.at
	FROM (SELECT id, business_date FROM run WHERE flow = $1 ORDER BY id DESC LIMIT $3) r
	CROSS JOIN outcome o
	WHERE o.run = r.id AND o.asset = $2
	ORDER BY r.id DESC`

func (r *recall) outcomes(ctx context.Context) error {
	return r.each(ctx, outcomesOf, args(r.flow, r.id, lookBack), func(scan func(...any) error) error {
		var o pipeline.PastOutcome
		var at int64
		err := scan(&o.Date, &o.Run, &o.Outcome, &o.Status, &o.Code, &o.Why, &o.CarriedFrom, &at)
		o.At = instant(at)
		r.past.Outcomes = append(r.past.Outcomes, o)
		return err
	})
}

const pendingOf = `
	SELECT r.id, r.business_date, r.state, n.body
	FROM stage g CROSS JOIN run r CROSS JOIN staged s CROSS JOIN record n
	WHERE g.flow = $1 AND g.state = 0 AND r.id = g.run AND s.stage = g.id AND s.kind = $2 AND s.entity = $3 AND n.id = s.record
	ORDER BY r.id DESC`

// pending is what runs that have not closed would change.
func (r *recall) pending(ctx context.Context) error {
	return r.each(ctx, pendingOf, args(r.flow, int(r.ref.Kind), r.id), func(scan func(...any) error) (err error) {
		var p pipeline.PendingChange
		var state string
		var body []byte
		if err := scan(&p.Run, &p.Date, &state, &body); err != nil {
			return err
		}
		if p.State, err = pipeline.ParseRunState(state); err != nil {
			return err
		}
		p.Record, err = rental.DecodeRecord(r.ref, body)
		r.past.Pending = append(r.past.Pending, p)
		return err
	})
}
