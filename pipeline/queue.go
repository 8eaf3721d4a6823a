package pipeline

import (
	"context"
	"fmt"
	"slices"
)

// While a run is held, files that come behind it wait in the inbox, unless they
// are a newer complete night, which takes the held one's place, what the held
// one lacks, or nothing but the same files again.

// next takes the first group that may be worked out of a list of them; ok is
// false when all have to wait for the held run.
func (in *Intake) next(groups []Group, hold *Hold, deliveries []Delivery) (g Group, replaces, ok bool) {
	if len(groups) == 0 {
		return Group{}, false, false
	}
	if hold == nil {
		return groups[0], false, true
	}
	for _, g := range groups {
		if again := in.again(g, hold, deliveries); len(again.Files) > 0 {
			return again, false, true
		}
		if in.replaces(g, hold, deliveries) {
			return g, true, true
		}
		if joins := in.joining(g, hold); joins.joins {
			return joins, true, true
		}
	}
	return Group{}, false, false
}

// again keeps of a group the files of the held run that came once more: they are
// duplicates, and change nothing.
func (in *Intake) again(g Group, hold *Hold, deliveries []Delivery) Group {
	if g.Date != hold.Run.BusinessDate {
		return Group{}
	}
	repeated := Group{Date: g.Date, Late: g.Late}
	for _, f := range g.Files {
		m, stamp, known := in.stampOf(f)
		if known && slices.ContainsFunc(deliveries, func(d Delivery) bool {
			return d.State == DeliveryStaged && d.Replays == "" && !in.Again[f.Name] && d.Mapping == m.Name() && d.MappingVersion == m.Version() &&
				d.Sequence == stamp.Sequence && d.Digest == f.Digest
		}) {
			repeated.Files = append(repeated.Files, f)
		}
	}
	return repeated
}

// joining keeps of a group the files that the held run of its date lacks.
func (in *Intake) joining(g Group, hold *Hold) Group {
	if g.Date != hold.Run.BusinessDate {
		return Group{}
	}
	come := Group{Date: g.Date, Late: g.Late}
	for _, f := range g.Files {
		if m, _, known := in.mappingOf(f.Name); known && !g.Late[f.Name] && slices.Contains(hold.Run.Lacks, m.Name()) {
			come.Files = append(come.Files, f)
		}
	}
	come.joins = len(come.Files) > 0
	return come
}

// rest is what groups hold beside one that was worked.
func rest(groups []Group, worked Group) []Group {
	var left []Group
	for _, g := range groups {
		if g.Date == worked.Date {
			g.Files = slices.DeleteFunc(slices.Clone(g.Files), func(f File) bool {
				return slices.ContainsFunc(worked.Files, func(w File) bool { return w.Name == f.Name })
			})
		}
		if len(g.Files) > 0 {
			left = append(left, g)
		}
	}
	return left
}

// replaces reports whether a group is a newer complete night: of the held date
// or a later one, with as many files as the held run has of every mapping that
// claims to name every one of something.
func (in *Intake) replaces(g Group, hold *Hold, deliveries []Delivery) bool {
	if g.Date < hold.Run.BusinessDate || hold.Run.Reverts || in.ahead(g.Date) {
		return false
	}
	come := map[string]int{}
	for _, f := range g.Files {
		if m, _, known := in.mappingOf(f.Name); known && !g.Late[f.Name] {
			come[m.Name()]++
		}
	}

	complete := false
	for _, d := range deliveries {
		if d.State != DeliveryStaged || !in.claimsBy(d) {
			continue
		}
		if complete = true; come[d.Mapping] == 0 {
			return false
		}
		come[d.Mapping]--
	}
	return complete
}

// claimsBy reports whether absence from a delivery means something.
func (in *Intake) claimsBy(d Delivery) bool {
	m, known := in.mappingNamed(d.Mapping)
	return known && d.Replays == "" && claimsAnything(m)
}

// replace opens a run for a group in place of the held one. Of a night that only
// lacked the group, all files move into the new run. Else what the held run had
// from files of changes moves, since no newer file says it again; its other files
// are superseded. All of it is journalled in one step, before any file moves.
func (in *Intake) replace(ctx context.Context, hold *Hold, g Group, deliveries []Delivery) (Run, error) {
	run := in.newRun(g.Date)
	if g.joins {
		run.OpenedAt = hold.Run.OpenedAt // it is the same night
	}
	var all []Delivery
	for _, d := range deliveries {
		if in.handOver(&d, &run, g.joins) {
			all = append(all, d)
		}
	}
	for _, f := range g.Files {
		all = append(all, in.newDelivery(&run, f))
	}

	held := hold.Run
	held.State, held.DoneAt, held.Reason = RunSuperseded, in.Now(), placeTaken(&run, g.joins)
	if err := in.Holds.Replace(ctx, held, run, all); err != nil {
		return run, fmt.Errorf("replace held run %s: %w", held.ID, err)
	}
	in.Log.Info("held run replaced", "flow", in.Flow, "run", held.ID, "by", run.ID)
	return run, nil
}

// handOver says what becomes of a delivery of a held run whose place another
// takes; false is that it stays as it is. A file in quarantine goes with its
// night, which must not be taken for whole without it.
func (in *Intake) handOver(d *Delivery, run *Run, joins bool) bool {
	switch {
	case joins && d.State == DeliveryQuarantined:
		d.Run = run.ID
	case d.State != DeliveryStaged:
		return false
	case !joins && in.claimsBy(*d):
		d.State, d.Reason = DeliverySuperseded, fmt.Sprintf("run %s was held, and %s", d.Run, placeTaken(run, false))
	default:
		d.State, d.Run = DeliveryClaimed, run.ID
	}
	return true
}

// joinedNight ends the reason of a run whose night went on with what it lacked.
const joinedNight = " with the missing file took its place"

// placeTaken is why a held run ended that another was opened in place of.
func placeTaken(run *Run, joins bool) string {
	if joins {
		return "run " + run.ID + joinedNight
	}
	return fmt.Sprintf("run %s with a newer complete night took its place", run.ID)
}

// tookItsPlace reports whether a run was opened in place of a held one.
func tookItsPlace(run *Run, hold *Hold) bool {
	return hold.Run.Reason == placeTaken(run, false) || hold.Run.Reason == placeTaken(run, true)
}

// queue makes groups that wait known as files that are left alone.
func queue(groups []Group, hold *Hold) []Pending {
	var waiting []Pending
	for _, g := range groups {
		for _, f := range g.Files {
			waiting = append(waiting, Pending{File: f, Kind: Queued, Why: hold.Waits(), Since: hold.HeldAt})
		}
	}
	return waiting
}
