package pipeline

import (
	"context"
	"fmt"
	"slices"

	"rentalsync/pipeline/rental"
)

// batchRows bounds what is staged in one transaction.
const batchRows = 1000

// stager collects what the rows of one delivery say and stages it in batches.
// Rows are judged in the order of the file; the register is only asked about
// entities of which a row says something new.
type stager struct {
	journal  StageJournal
	delivery *Delivery
	claims   *claims
	later    lateness        // whose word stands against this one's
	since    saidSince       // what later files have said of the same
	peers    map[string]peer // what this run staged before, by delivery
	again    *again          // whose rows are worked once more; nil where they are new

	scopes  map[string]bool // for which it claims to speak
	judged  []judgement     // of the row in hand
	batch   Batch
	words   []word                // accepted, not staged yet
	waiting map[rental.Ref][]int  // words by entity
	digests map[rental.Ref]uint64 // the last word on each, for the claim
}

// peer is a delivery that the run staged before the one in hand.
type peer struct {
	name    string
	mapping Mapping
}

// word is what an accepted row says about one entity.
type word struct {
	rental.Entity
	news bool // the mapping did not say it before
	cut  bool // a later file has said some of it
}

func newStager(journal StageJournal, d *Delivery, c *claims, later lateness, peers map[string]peer) *stager {
	return &stager{
		journal: journal, delivery: d, claims: c, later: later, peers: peers,
		scopes: map[string]bool{},
		batch: Batch{
			Flow: d.Flow, Run: d.Run, Delivery: d.ID, Mapping: d.Mapping, Skips: map[string]int{},
		},
		waiting: map[rental.Ref][]int{}, digests: map[rental.Ref]uint64{},
	}
}

// reject counts a row that cannot be taken, with everything that is wrong.
func (s *stager) reject(origin rental.Origin, h *Header, cells []string, types []CellType, faults []Fault) {
	s.batch.Rows.Read++
	s.batch.Rows.Rejected++
	reject := Reject{
		Delivery: s.delivery.ID, Origin: origin, Root: s.again.root(),
		Cells: slices.Clone(cells), Types: slices.Clone(types), Faults: slices.Clone(faults),
	}
	if h != nil {
		reject.Header = h.Names
	}
	s.batch.Rejects = append(s.batch.Rejects, reject)
}

// skip counts a row that is left out for a reason that has a name.
func (s *stager) skip(reason string) {
	s.batch.Rows.Read++
	s.batch.Rows.Skipped++
	s.batch.Skips[reason]++
}

// add takes what the mapping made of a row.
func (s *stager) add(ctx context.Context, row *Row, m *Mapped) error {
	s.claims.heard(m)
	s.speakFor(m.Covers)

	switch {
	case len(m.Faults) > 0:
		s.reject(row.Origin, row.Header, row.Cells, row.Types, m.Faults)
	case m.Skip != "":
		s.skip(m.Skip)
	default:
		if err := s.take(ctx, row, m); err != nil {
			return err
		}
	}

	if len(s.words) < batchRows && len(s.batch.Rejects)+len(s.batch.Warnings)+len(s.batch.Parked) < batchRows {
		return nil
	}
	return s.flush(ctx)
}

// take accepts a row unless one of its entities contradicts an earlier row in a
// way that nobody said how to settle; then nothing of the row is taken.
func (s *stager) take(ctx context.Context, row *Row, m *Mapped) error {
	s.judged = s.judged[:0]
	var faults, warnings []Fault

	for i := range m.Entities {
		judged := judgement{digest: m.Entities[i].Digest().Short()}
		var last mention
		judged.verdict, last = s.claims.judge(m.Entities[i].Ref, judged.digest)
		if judged.verdict == conflict {
			ending, err := s.settle(ctx, &m.Entities[i], last)
			if err != nil {
				return err
			}
			judged.dropped = ending.drop
			faults = append(faults, ending.faults...)
			warnings = append(warnings, ending.warnings...)
		}
		s.judged = append(s.judged, judged)
	}
	if len(faults) > 0 {
		for i := range m.Entities { // a rejected row still proves presence
			s.claims.present(m.Entities[i].Hash(), m.Entities[i].Kind)
		}
		s.reject(row.Origin, row.Header, row.Cells, row.Types, faults)
		return nil
	}

	s.batch.Rows.Read++
	s.batch.Rows.Mapped++
	for i, judged := range s.judged {
		if judged.dropped {
			continue
		}
		s.claims.take(&m.Entities[i], judged.digest)
		if judged.verdict != same {
			s.word(&m.Entities[i], judged)
		}
	}
	s.remark(row, m, warnings)
	return nil
}

// judgement is what becomes of one entity of a row.
type judgement struct {
	digest  uint64
	verdict verdict
	dropped bool // an earlier row's word stands
}

// remark keeps what is worth knowing about a row that was taken.
func (s *stager) remark(row *Row, m *Mapped, warnings []Fault) {
	for _, p := range m.Parked {
		s.batch.Parked = append(s.batch.Parked, ParkedCode{Delivery: s.delivery.ID, Origin: row.Origin, Parked: p})
	}
	s.warn(row.Origin, m.Warnings)
	s.warn(row.Origin, warnings)
}

// warn keeps what a person may want to know of a place in the file.
func (s *stager) warn(at rental.Origin, faults []Fault) {
	for _, f := range faults {
		s.batch.Warnings = append(s.batch.Warnings, Warning{Delivery: s.delivery.ID, Origin: at, Fault: f})
	}
}

// word keeps a copy of an entity until its batch is staged; the mapper uses the
// memory of the original again.
func (s *stager) word(e *rental.Entity, judged judgement) {
	kept := word{Entity: *e, news: judged.verdict != repeated}
	kept.Fields, kept.cut = s.since.left(e)
	s.waiting[e.Ref] = append(s.waiting[e.Ref], len(s.words))
	s.digests[e.Ref] = judged.digest
	s.words = append(s.words, kept)
}

// current is an entity as this run has it so far.
func (s *stager) current(ctx context.Context, ref rental.Ref) (rental.Record, error) {
	now, _, err := s.journal.Records(ctx, s.delivery.Flow, s.delivery.Run, []rental.Ref{ref})
	if err != nil {
		return rental.Record{}, fmt.Errorf("look up %s: %w", ref, err)
	}
	record := now[ref]
	record.Ref = ref
	for _, i := range s.waiting[ref] {
		record = rental.MergeLate(&record, &s.words[i].Entity, s.delivery.ID, s.later[ref.Kind])
	}
	return record, nil
}

// flush merges the words with the register's state and stages them.
func (s *stager) flush(ctx context.Context) error {
	if err := s.merge(ctx); err != nil {
		return err
	}
	if err := s.journal.Stage(ctx, &s.batch); err != nil {
		return fmt.Errorf("stage %s: %w", s.delivery.Name, err)
	}

	s.batch.Entities = s.batch.Entities[:0]
	s.batch.Rejects, s.batch.Parked, s.batch.Warnings, s.batch.Reworked = nil, nil, nil, nil
	s.words = s.words[:0]
	clear(s.waiting)
	clear(s.digests)
	return nil
}

func (s *stager) merge(ctx context.Context) error {
	if len(s.words) == 0 {
		return nil
	}
	refs := make([]rental.Ref, 0, len(s.waiting))
	for i := range s.words {
		if s.waiting[s.words[i].Ref][0] == i {
			refs = append(refs, s.words[i].Ref)
		}
	}
	now, prior, err := s.journal.Records(ctx, s.delivery.Flow, s.delivery.Run, refs)
	if err != nil {
		return fmt.Errorf("look up what is known: %w", err)
	}
	if err := s.formers(ctx, now, prior); err != nil {
		return fmt.Errorf("look up former rentals: %w", err)
	}

	for _, ref := range refs {
		s.stageOne(ref, now, prior)
	}
	return nil
}

// stageOne lets the words on one entity follow one another, and stages what the
// register will hold of it.
func (s *stager) stageOne(ref rental.Ref, now, prior map[rental.Ref]rental.Record) {
	var have *rental.Record
	if record, known := now[ref]; known {
		have = &record
	}
	before := priorOf(ref, prior)

	var last *word
	for _, i := range s.waiting[ref] {
		last = &s.words[i]
		if !s.endFormer(have, last, now, prior) {
			have = s.next(have, last, before)
		}
	}
	s.doubt(have, last)

	class, changed := rental.Compare(before, have)
	s.batch.Entities = append(s.batch.Entities, Staged{
		Record: *have, Changed: changed, Class: class,
		Said: Said{Kind: ref.Kind, Hash: ref.Hash(), Digest: s.heard(have, last), Scope: last.Scope},
	})
}

// heard is the digest of the last word on an entity, by which it is known when it
// comes again. A word that came late, and that a later one stands against, is not
// known: said once more in time it is news.
func (s *stager) heard(have *rental.Record, last *word) uint64 {
	if last.cut || len(s.later[last.Kind]) > 0 && len(rental.Differences(have, &last.Entity)) > 0 {
		return 0
	}
	return s.digests[last.Ref]
}

func priorOf(ref rental.Ref, prior map[rental.Ref]rental.Record) *rental.Record {
	if record, known := prior[ref]; known {
		return &record
	}
	return nil
}
