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
	file   uint16 // of this run, counted from 1
	kind   rental.Kind
	seen   bool // named in this run
	absent bool // an earlier night missed it
}

// claims compares what one mapping says in a run with what it said last, so
// that only differences are staged, and answers what was not named at all.
type claims struct {
	mapping  Mapping
	mentions map[uint64]mention
	keyless  map[rental.Kind]bool // a row without a readable key: absence proves nothing

	file  uint16 // the one that is being read
	last  string // the id of the last delivery that was read, and what it counted
	rows  RowTotals
	skips map[string]int
}

func loadClaims(ctx context.Context, journal StageJournal, flow string, m Mapping) (*claims, error) {
	c := &claims{mapping: m, mentions: map[uint64]mention{}, keyless: map[rental.Kind]bool{}}
	for said, err := range journal.Said(ctx, flow, m.Name()) {
		if err != nil {
			return nil, fmt.Errorf("load what mapping %s said last: %w", m.Name(), err)
		}
		c.mentions[said.Hash] = mention{digest: said.Digest, kind: said.Kind, absent: said.Absent}
	}
	return c, nil
}

// verdict is how a row's word on an entity relates to what is known.
type verdict uint8

const (
	same     verdict = iota // nothing to stage
	fresh                   // the first word in this run, and another than last time
	conflict                // another word than an earlier row of this run
)

// judge compares. Files of changes follow one another, so only rows of one file
// can contradict each other there; files that claim to be complete are parts of
// one night.
func (c *claims) judge(ref rental.Ref, digest uint64) (verdict, mention) {
	last, known := c.mentions[ref.Hash()]
	switch {
	case known && last.seen && last.digest != digest && (last.file == c.file || c.mapping.Claim(ref.Kind) != Changes):
		return conflict, last
	case known && last.digest == digest && !last.absent:
		return same, last
	default:
		return fresh, last
	}
}

// take records the word of an accepted row. The first line that named an entity
// is kept, since later rows are compared with it.
func (c *claims) take(ref rental.Ref, digest uint64, line int) {
	hash := ref.Hash()
	next := mention{digest: digest, line: int32(line), file: c.file, kind: ref.Kind, seen: true}
	if last := c.mentions[hash]; last.seen && last.digest == digest && last.file == c.file {
		next.line = last.line
	}
	c.mentions[hash] = next
}

// present records that an entity exists although its row was not taken.
func (c *claims) present(ref rental.Ref) {
	hash := ref.Hash()
	if last, known := c.mentions[hash]; known {
		last.seen = true
		c.mentions[hash] = last
	}
}

// allKeyless records a row that could not be read at all: whatever it named may
// exist.
func (c *claims) allKeyless() {
	for _, kind := range c.mapping.Kinds() {
		c.keyless[kind] = true
	}
}

// delivered closes a file of the run.
func (c *claims) delivered(d *Delivery, b *Batch) {
	c.file++
	c.last, c.rows, c.skips = d.ID, b.Rows, b.Skips
}

// missed lists what the mapping's claim covers and this run did not name.
func (c *claims) missed() []Missed {
	byKind := map[rental.Kind][]uint64{}
	for hash, m := range c.mentions {
		if !m.seen {
			byKind[m.kind] = append(byKind[m.kind], hash)
		}
	}

	var all []Missed
	for _, kind := range rental.Kinds() {
		if c.mapping.Claim(kind) != Changes && !c.keyless[kind] && len(byKind[kind]) > 0 {
			all = append(all, Missed{Mapping: c.mapping.Name(), Kind: kind, Hashes: byKind[kind]})
		}
	}
	return all
}
