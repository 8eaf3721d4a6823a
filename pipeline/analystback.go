package pipeline

import (
	"context"
	"slices"
	"time"
)

// mostSnapshots is how many earlier snapshots are looked through for one a day.
const mostSnapshots = 5000

// lookBack goes through the stored snapshots of the last days, one a day and the
// last one whatever its day, the oldest first.
func (a *Analyst) lookBack(ctx context.Context, out *Analysis) error {
	days := newCalendar(out.Snapshot.TakenAt, a.Zone)
	earlier, err := a.Snapshots.Snapshots(ctx, a.Account, out.Snapshot.TakenAt, mostSnapshots)
	if err != nil {
		return err
	}
	if len(earlier) > 0 {
		out.Before = &earlier[0]
	}

	where := make(map[string]*MachineFacts, len(out.Machines))
	for i := range out.Machines {
		where[out.Machines[i].ID] = &out.Machines[i]
	}
	for _, snap := range oneADay(days, earlier) {
		last := snap.ID == out.Before.ID
		for m, err := range a.Snapshots.Machines(ctx, snap.ID) {
			if err != nil {
				return err
			}
			facts := where[machineID(&m)]
			if facts == nil {
				continue
			}
			facts.Usage.step(days, facts.word(out.Said), meterOf(m.OperatingHours), meterOf(m.IdleHours), meterOf(m.FuelUsed))
			if last {
				facts.Was = Earlier{Known: true, Point: pointOf(&m), Hours: meterOf(m.OperatingHours), Fuel: meterOf(m.FuelUsed)}
				facts.Was.Site = out.Sites.At(facts.Was.Point)
			}
		}
	}

	for i := range out.Machines {
		m := &out.Machines[i]
		m.Usage.step(days, m.word(out.Said), m.Hours, m.Idle, m.Fuel)
		m.Usage.rentedDays(days, m.Asset)
	}
	out.Days = days.told()
	return nil
}

// oneADay keeps of earlier snapshots, the newest first, the last of every day that
// is looked back on, and the newest of all, and turns them round.
func oneADay(days *calendar, earlier []Snapshot) []Snapshot {
	var list []Snapshot
	last := -1
	for i := range earlier {
		day := days.day(earlier[i].TakenAt)
		if i == 0 || day >= 0 && day != last {
			list = append(list, earlier[i])
		}
		last = day
	}
	slices.Reverse(list)
	return list
}

// word is what the ERP has said of the machine.
func (m *MachineFacts) word(said time.Time) erpWord {
	if m.Asset == nil {
		return erpWord{said: said}
	}
	return erpWord{said: said, meterDay: m.Asset.MeterDay}
}

// Moved is how far a machine is from where it was, in kilometres.
func (m *MachineFacts) Moved() float64 {
	if !m.Was.Point.Known() || !m.Point.Known() {
		return 0
	}
	return m.Was.Point.Kilometres(m.Point)
}

// Gained is what a meter shows more than before; false where that cannot be told.
func Gained(from, to Meter) (float64, bool) {
	if !from.Known() || !to.Known() || to.At.Before(from.At) {
		return 0, false
	}
	return to.Value - from.Value, true
}
