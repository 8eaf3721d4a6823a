package mappings

import (
	"cmp"
	"slices"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// testRegister is the register that the nights of a test make, by the rules of
// the real one: for one mapping alone, in a flow that keeps the defaults of
// absent:.
type testRegister struct {
	m       *Mapping
	records map[rental.Ref]rental.Record
	said    map[rental.Ref]saying
}

// saying is what the mapping last said of an entity.
type saying struct {
	digest rental.Digest
	scope  string
	absent bool // a later night missed it
}

func newTestRegister(m *Mapping) *testRegister {
	return &testRegister{m: m, records: map[rental.Ref]rental.Record{}, said: map[rental.Ref]saying{}}
}

// testedNight is what the rows of one night tell.
type testedNight struct {
	*testRegister
	date    string
	named   map[rental.Ref]bool // by rows that were not taken, too
	taken   map[rental.Ref]bool
	covered map[pipeline.Covered]bool
	keyless []pipeline.Unnamed
	twice   []rental.Ref // that two rows tell of, and not the same
}

// pass lets a night happen: its rows, and what follows from what they do not
// name. It lists what two rows contradict each other about.
func (r *testRegister) pass(date string, outs []pipeline.Mapped) (twice []rental.Ref) {
	n := &testedNight{
		testRegister: r, date: date,
		named: map[rental.Ref]bool{}, taken: map[rental.Ref]bool{}, covered: map[pipeline.Covered]bool{},
	}
	for i := range outs {
		n.hear(&outs[i])
	}
	if r.m.Claim(rental.Item) != pipeline.Changes {
		n.endUnnamed()
	}
	n.moveOn()
	return n.twice
}

// hear takes what one row tells.
func (n *testedNight) hear(out *pipeline.Mapped) {
	for _, at := range out.Covers {
		n.covered[at] = true
	}
	for _, named := range out.Present {
		n.named[named.Ref] = true
	}
	n.keyless = append(n.keyless, out.Keyless...)
	if out.Skip != "" || len(out.Faults) > 0 {
		return
	}
	for i := range out.Entities {
		n.take(&out.Entities[i])
	}
}

// take lets one word into the register, unless an earlier row of the night stands
// against it.
func (n *testedNight) take(e *rental.Entity) {
	if n.taken[e.Ref] && !n.settled(e) {
		return
	}
	n.named[e.Ref], n.taken[e.Ref] = true, true
	digest := e.Digest()
	last, known := n.said[e.Ref]
	n.said[e.Ref] = saying{digest: digest, scope: e.Scope}
	if known && last.digest == digest && !last.absent {
		return
	}

	var have *rental.Record
	if record, found := n.records[e.Ref]; found {
		have = &record
	}
	hearing := rental.Hearing{Delivery: n.date, Date: n.date, Claims: n.m.Claim(rental.Item) != pipeline.Changes, End: n.m.End}
	former, from := hearing.Part(have, e)
	if former != nil {
		n.records[former.Ref] = *former
	}
	n.records[e.Ref] = hearing.Hear(from, e)
}

// settled reports whether a later row on an entity is used. Rows about customers,
// contracts and depots follow one another; of an asset the preferred status is
// true, and of an item only one row can be.
func (n *testedNight) settled(e *rental.Entity) bool {
	have := n.records[e.Ref]
	if e.Kind != rental.Asset && e.Kind != rental.Item || len(rental.Differences(&have, e)) == 0 {
		return true
	}
	status, _ := e.Get(rental.RentalStatus)
	mine, theirs := slices.Index(n.m.prefer, status.Text), slices.Index(n.m.prefer, have.Text(rental.RentalStatus))
	if e.Kind == rental.Item || mine == theirs {
		n.twice = append(n.twice, e.Ref)
		return false
	}
	return mine >= 0 && (theirs < 0 || mine < theirs)
}

// endUnnamed ends the open items that the mapping claims to name and did not.
func (n *testedNight) endUnnamed() {
	gone := map[rental.Ref]bool{}
	for ref, said := range n.said {
		record := n.records[ref]
		if ref.Kind == rental.Item && !record.Ended() && n.misses(&record, said.scope) {
			gone[ref] = true
		}
	}

	var ended []rental.Record
	for ref := range gone {
		record := n.records[ref]
		ended = append(ended, rental.EndUnnamed(&record, n.date, n.date, n.others(&record, gone), n.m.End))
	}
	for _, record := range ended {
		n.records[record.Ref] = record
		said := n.said[record.Ref]
		said.absent = true
		n.said[record.Ref] = said
	}
}

// misses reports whether the night's rows should have named an item.
func (n *testedNight) misses(item *rental.Record, scope string) bool {
	doubts := func(who pipeline.Unnamed) bool {
		return who.Kind == rental.Item && (who.Anywhere || who.Scope == scope)
	}
	asset := rental.Ref{Kind: rental.Asset, Key: item.Text(rental.AssetRef)}
	return !n.named[item.Ref] &&
		(!n.m.scopedByRows(rental.Item) || n.covered[pipeline.Covered{Kind: rental.Item, Scope: scope}]) &&
		!slices.ContainsFunc(n.keyless, doubts) &&
		(!slices.Contains(n.m.Kinds(), rental.Asset) || n.taken[asset])
}

// others are the open items that an asset stands on instead.
func (n *testedNight) others(item *rental.Record, gone map[rental.Ref]bool) []rental.Record {
	var others []rental.Record
	for ref, record := range n.records {
		if ref.Kind == rental.Item && !gone[ref] && !record.Ended() && record.Text(rental.AssetRef) == item.Text(rental.AssetRef) {
			others = append(others, record)
		}
	}
	slices.SortFunc(others, func(a, b rental.Record) int { return cmp.Compare(a.Key, b.Key) })
	return others
}

// moveOn lets planned ends lie ahead while the assets are still on rent.
func (n *testedNight) moveOn() {
	for ref, record := range n.records {
		asset := n.records[rental.Ref{Kind: rental.Asset, Key: record.Text(rental.AssetRef)}]
		if moved, late := rental.MoveOn(&record, asset.Text(rental.RentalStatus), n.date, n.date); late {
			n.records[ref] = moved
		}
	}
}
