package pipeline

import (
	"context"
	"fmt"

	"rentalsync/pipeline/rental"
)

// mention is what a run knows of one entity that a mapping has named, now or on
// an earlier night. It is small because a full file may name a million.
type mention struct {
	digest uint64
	line   int32
	scope  uint32 // number of the scope it was named in
	file   uint16 // of this run, counted from 1
	kind   rental.Kind
	seen   bool // named in this run, if only by a row that was not taken
	taken  bool // named by a row that was taken
	absent bool // an earlier night missed it
	stale  bool // another mapping has changed it since
}

// claims compares what one mapping says in a run with what it said last, so
// that only differences are staged, and answers what was not named at all.
type claims struct {
	mapping  Mapping
	mentions map[uint64]mention
	scopes   map[string]uint32
	covered  map[covered]bool
	keyless  map[covered]bool     // somebody exists there whose key cannot be read
	unsure   map[rental.Kind]bool // the same, and where is not known

	file uint16 // the one that is being read
	last string // the id of the last delivery that was read
}

// covered is a kind in a scope, by the scope's number.
type covered struct {
	kind  rental.Kind
	scope uint32
}

func loadClaims(ctx context.Context, journal StageJournal, flow string, m Mapping) (*claims, error) {
	c := &claims{
		mapping: m, mentions: map[uint64]mention{}, scopes: map[string]uint32{},
		covered: map[covered]bool{}, keyless: map[covered]bool{}, unsure: map[rental.Kind]bool{},
	}
	for said, err := range journal.Said(ctx, flow, m.Name()) {
		if err != nil {
			return nil, fmt.Errorf("load what mapping %s said last: %w", m.Name(), err)
		}
		c.mentions[said.Hash] = mention{
			digest: said.Digest, kind: said.Kind, scope: c.number(said.Scope), absent: said.Absent, stale: said.Stale,
		}
	}
	return c, nil
}

// number is a scope's number.
func (c *claims) number(scope string) uint32 {
	n, known := c.scopes[scope]
	if !known {
		n = uint32(len(c.scopes))
		c.scopes[scope] = n
	}
	return n
}

// verdict is how a row's word on an entity relates to what is known.
type verdict uint8

const (
	same     verdict = iota // nothing to stage
	fresh                   // the first word in this run, and another than last time
	repeated                // the same as last time, but the register has moved on since
	conflict                // another word than an earlier row of this run
)

// judge compares. Files of changes follow one another, so only rows of one file
// can contradict each other there; files that claim to be complete are parts of
// one night.
func (c *claims) judge(ref rental.Ref, digest uint64) (verdict, mention) {
	last, known := c.mentions[ref.Hash()]
	switch {
	case known && last.taken && last.digest != digest && (last.file == c.file || c.mapping.Claim(ref.Kind) != Changes):
		return conflict, last
	case known && last.digest == digest && !last.absent && !last.stale:
		return same, last
	case known && last.digest == digest && !last.absent:
		return repeated, last
	default:
		return fresh, last
	}
}

// take records the word of an accepted row. The first line that named an entity
// is kept, since later rows are compared with it.
func (c *claims) take(e *rental.Entity, digest uint64) {
	hash := e.Hash()
	next := mention{digest: digest, line: int32(e.Origin.Line), scope: c.number(e.Scope), file: c.file, kind: e.Kind, seen: true, taken: true}
	if last := c.mentions[hash]; last.taken && last.digest == digest && last.file == c.file {
		next.line = last.line
	}
	c.mentions[hash] = next
}

// cover records whom a file speaks for.
func (c *claims) cover(all []Covered) {
	for _, at := range all {
		c.covered[covered{at.Kind, c.number(at.Scope)}] = true
	}
}

// heard records who exists although the row that shows it was not taken.
func (c *claims) heard(m *Mapped) {
	for _, named := range m.Present {
		c.present(named.Hash(), named.Kind)
	}
	for _, who := range m.Keyless {
		if who.Anywhere {
			c.unsure[who.Kind] = true
		} else {
			c.keyless[covered{who.Kind, c.number(who.Scope)}] = true
		}
	}
}

// present records that an entity exists, although nothing of its row was taken.
func (c *claims) present(hash uint64, kind rental.Kind) {
	last := c.mentions[hash]
	last.seen, last.kind = true, kind
	c.mentions[hash] = last
}

// allKeyless records a row or a file that could not be read at all: whatever it
// named may exist.
func (c *claims) allKeyless() {
	for _, kind := range c.mapping.Kinds() {
		c.unsure[kind] = true
	}
}

// delivered closes a file of the run.
func (c *claims) delivered(d *Delivery) {
	c.file++
	c.last = d.ID
}

// seen reports whether a row of this run named an entity, taken or not.
func (c *claims) seen(hash uint64) bool { return c.mentions[hash].seen }

// lists reports whether a row that was taken named an entity.
func (c *claims) lists(ref rental.Ref) bool { return c.mentions[ref.Hash()].taken }

// covers reports whether the files of this run speak for a kind in a scope.
func (c *claims) covers(kind rental.Kind, scope uint32) bool {
	return !c.mapping.Scoped(kind) || c.covered[covered{kind, scope}]
}

// doubts reports whether somebody of a kind exists whose key could not be read, and
// who may be one that a mapping missed in a scope. Where one of the two mappings
// knows no scopes he may be anybody.
func (c *claims) doubts(missing *claims, kind rental.Kind, scope string) bool {
	if c.unsure[kind] {
		return true
	}
	if !c.mapping.Scoped(kind) || !missing.mapping.Scoped(kind) {
		return c.anyKeyless(kind)
	}
	n, known := c.scopes[scope]
	return known && c.keyless[covered{kind, n}]
}

func (c *claims) anyKeyless(kind rental.Kind) bool {
	for at := range c.keyless {
		if at.kind == kind {
			return true
		}
	}
	return false
}

// found lists what an earlier night missed of a kind and a row of this run
// proves to exist, although the mapping took no word on it.
func (c *claims) found(kind rental.Kind, named func(uint64) bool) []uint64 {
	var hashes []uint64
	for hash, m := range c.mentions {
		if m.kind == kind && m.absent && !m.taken && named(hash) {
			hashes = append(hashes, hash)
		}
	}
	return hashes
}

// missed lists what the mapping's claim on a kind covers and this run did not
// name, by scope.
func (c *claims) missed(kind rental.Kind) map[string][]uint64 {
	names := make(map[uint32]string, len(c.scopes))
	for scope, n := range c.scopes {
		names[n] = scope
	}
	byScope := map[string][]uint64{}
	for hash, m := range c.mentions {
		if m.kind == kind && !m.seen && c.covers(kind, m.scope) {
			byScope[names[m.scope]] = append(byScope[names[m.scope]], hash)
		}
	}
	return byScope
}
