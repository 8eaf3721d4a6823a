package pipeline

import (
	"context"
	"maps"

	"rentalsync/pipeline/rental"
)

// A word on an item may begin another rental under its key, or still speak of a
// former one; see rental.Hearing.

// next is an entity after one more word. Where the word begins another rental
// under an item's key, the former one is staged beside it.
func (s *stager) next(have *rental.Record, w *word, before *rental.Record) *rental.Record {
	hearing := rental.Hearing{
		Delivery: s.delivery.ID, Date: s.delivery.BusinessDate, Later: s.later[w.Kind], Again: !w.news,
		Claims: s.claims.mapping.Claim(rental.Item) != Changes, End: s.claims.mapping.End,
	}
	former, from := hearing.Part(have, &w.Entity)
	if former != nil {
		class, _ := rental.Compare(before, former)
		s.batch.Entities = append(s.batch.Entities, Staged{Record: *former, Changed: true, Class: class, Former: have.Key})
	}
	if from != nil {
		s.contradict(from, w)
	}
	next := hearing.Hear(from, &w.Entity)
	return &next
}

// formers adds the rentals whose keys have been used again since: a file of
// returns may still speak of them.
func (s *stager) formers(ctx context.Context, now, prior map[rental.Ref]rental.Record) error {
	var refs []rental.Ref
	for _, have := range now {
		if former, used := have.Former(); used && s.claims.mapping.Claim(rental.Item) == Changes {
			refs = append(refs, former)
		}
	}
	if len(refs) == 0 {
		return nil
	}
	formerNow, formerPrior, err := s.journal.Records(ctx, s.delivery.Flow, s.delivery.Run, refs)
	maps.Copy(now, formerNow)
	maps.Copy(prior, formerPrior)
	return err
}

// endFormer lets a return that comes late end the rental that it speaks of, and
// not the one that has taken over its key.
func (s *stager) endFormer(have *rental.Record, w *word, now, prior map[rental.Ref]rental.Record) bool {
	if have == nil {
		return false
	}
	ref, _ := have.Former()
	former, known := now[ref]
	if !known || !have.EndsFormer(&w.Entity, &former) {
		return false
	}

	of := w.Entity
	of.Ref = ref
	now[ref] = rental.MergeLate(&former, &of, s.delivery.ID, s.later[ref.Kind])
	former = now[ref]
	class, changed := rental.Compare(priorOf(ref, prior), &former)
	s.batch.Entities = append(s.batch.Entities, Staged{Record: former, Changed: changed, Class: class})
	return true
}
