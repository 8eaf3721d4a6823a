package pipeline

import (
	"context"
	"fmt"
	"slices"
)

// While a run is held, files that come behind it wait in the inbox, unless they
// are a newer complete night, which takes the held one's place, or nothing but
// the same files again.

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
		m, stamp, _ := in.stampOf(f)
		if slices.ContainsFunc(deliveries, func(d Delivery) bool {
			return d.State == DeliveryStaged && d.Replays == "" && !in.Again[f.Name] && d.Mapping == m.Name() && d.MappingVersion == m.Version() &&
				d.Sequence == stamp.Sequence && d.Digest == f.Digest
		}) {
			repeated.Files = append(repeated.Files, f)
		}
	}
	return repeated
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
	if g.Date < hold.Run.BusinessDate || hold.Run.Reverts {
		return false
	}
	come := map[string]int{}
	for _, f := range g.Files {
		if m, _, _ := in.mappingOf(f.Name); !g.Late[f.Name] {
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

// replace opens a run for a group in place of the held one. What the held run
// had from files of changes moves into the new run, since no newer file says it
// again; its other files are superseded. All of it is journalled in one step,
// before any file moves.
func (in *Intake) replace(ctx context.Context, hold *Hold, g Group, deliveries []Delivery) (Run, error) {
	run := in.newRun(g.Date)
	var moved, ended []Delivery
	for _, d := range deliveries {
		switch {
		case d.State != DeliveryStaged:
		case in.claimsBy(d):
			d.State, d.Reason = DeliverySuperseded, fmt.Sprintf("run %s was held, and run %s with a newer complete night took its place", d.Run, run.ID)
			ended = append(ended, d)
		default:
			d.State, d.Run = DeliveryClaimed, run.ID
			moved = append(moved, d)
		}
	}
	come := make([]Delivery, len(g.Files))
	for i, f := range g.Files {
		come[i] = in.newDelivery(&run, f)
	}

	held := hold.Run
	held.State, held.DoneAt, held.Reason = RunSuperseded, in.Now(), tookItsPlace(&run)
	if err := in.Holds.Replace(ctx, held, run, slices.Concat(ended, moved, come)); err != nil {
		return run, fmt.Errorf("replace held run %s: %w", held.ID, err)
	}
	in.Log.Info("held run replaced", "flow", in.Flow, "run", held.ID, "by", run.ID)
	return run, nil
}

// tookItsPlace is why a held run ended that another was opened in place of.
func tookItsPlace(run *Run) string {
	return fmt.Sprintf("run %s with a newer complete night took its place", run.ID)
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
