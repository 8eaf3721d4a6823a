package pipeline

import (
	"math"
	"time"
)

// lookBack is how many days are looked back on.
const lookBack = 30

// calendar is the days that are looked back on, in the zone in which people read
// them.
type calendar struct {
	zone  *time.Location
	first time.Time // the beginning of the first day
	days  []FleetDay
}

// newCalendar ends with the day of a snapshot.
func newCalendar(last time.Time, zone *time.Location) *calendar {
	y, m, d := last.In(zone).Date()
	c := &calendar{zone: zone, first: time.Date(y, m, d-lookBack+1, 0, 0, 0, 0, zone), days: make([]FleetDay, lookBack)}
	for i := range c.days {
		c.days[i].Day = time.Date(y, m, d-lookBack+1+i, 0, 0, 0, 0, zone)
	}
	return c
}

// day is which of the days a time lies in; below zero is before them.
func (c *calendar) day(t time.Time) int {
	y, m, d := t.In(c.zone).Date()
	fy, fm, fd := c.first.Date()
	between := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(time.Date(fy, fm, fd, 0, 0, 0, 0, time.UTC))
	return int(math.Floor(between.Hours() / 24))
}

// told are the days from the first on of which anything is known.
func (c *calendar) told() []FleetDay {
	days := c.days
	for len(days) > 1 && days[0].Machines == 0 {
		days = days[1:]
	}
	return days
}

// spread adds what was gained between two readings to the days between them: as
// if it had come evenly, since nobody knows better.
func (c *calendar) spread(u *Usage, from, to time.Time, hours, idle float64) {
	if !to.After(from) || hours <= 0 {
		return
	}
	for i := max(c.day(from), 0); i <= min(c.day(to), len(c.days)-1); i++ {
		begins, ends := c.days[i].Day, c.days[i].Day.AddDate(0, 0, 1)
		share := float64(earliest(ends, to).Sub(latest(begins, from))) / float64(to.Sub(from))
		c.days[i].Hours += hours * share
		c.days[i].Idle += idle * share
		if i >= u.counted { // a day lies in several stretches, and counts once
			c.days[i].Machines++
			u.counted = i + 1
		}
	}
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// step takes the next readings of a machine, which may be the ones before once
// more.
func (u *Usage) step(c *calendar, word erpWord, hours, idle, fuel Meter) {
	from := u.To
	gained, moved := u.stepHours(c, word, hours)
	idled := rise(&u.idle, idle)
	u.Idle += idled
	u.Fuel += rise(&u.fuel, fuel)
	if moved {
		c.spread(u, from.At, hours.At, gained, idled)
	}
}

// stepHours takes the next reading of the hours, and tells what was gained since
// the one before.
func (u *Usage) stepHours(c *calendar, word erpWord, h Meter) (gained float64, moved bool) {
	if !h.Known() || !h.At.After(u.To.At) {
		return 0, false
	}
	if word.meterDay != "" && h.At.In(c.zone).Format(time.DateOnly) == word.meterDay {
		u.AtWord = h
	}
	last := u.To
	if last.Known() && !h.At.After(word.said) {
		u.Ran = Stretch{From: last, To: h}
	}
	u.To = h
	if !last.Known() {
		u.From, u.same, u.Same = h, h.Value, h.At
		return 0, false
	}

	gained = h.Value - last.Value
	if math.Abs(h.Value-u.same) > meterSlack {
		u.same, u.Same = h.Value, h.At
	}
	if gained < -meterSlack {
		u.Back = &Backwards{From: last, To: h}
		return 0, false
	}
	gained = max(gained, 0)
	u.Hours += gained
	if day := c.day(h.At) + 1; gained > meterSlack && day != u.workedOn {
		u.Worked += max(1, int(math.Ceil(gained/24)))
		u.workedOn = day
	}
	return gained, true
}

// erpWord is what the ERP has said, and when.
type erpWord struct {
	said     time.Time // its last word
	meterDay string    // for which it has the machine's meter
}

// rise moves a meter on, and tells by how much it rose.
func rise(meter *Meter, next Meter) float64 {
	if !next.Known() || !next.At.After(meter.At) {
		return 0
	}
	last := *meter
	*meter = next
	if !last.Known() {
		return 0
	}
	return max(next.Value-last.Value, 0)
}

// rentedDays counts the days between the first and the last reading, and those
// of them on which a rental of the asset was open.
func (u *Usage) rentedDays(c *calendar, asset *FleetAsset) {
	if !u.From.Known() {
		return
	}
	first, last := max(c.day(u.From.At), 0), min(c.day(u.To.At), len(c.days)-1)
	for i := first; i <= last; i++ {
		u.Days++
		begins, ends := c.days[i].Day, c.days[i].Day.AddDate(0, 0, 1)
		if asset != nil && asset.rentedWithin(begins, ends) {
			u.OnRent++
		}
	}
}

// rentedWithin reports whether any rental has to do with a span of time.
func (a *FleetAsset) rentedWithin(from, to time.Time) bool {
	for i := range a.Items {
		item := &a.Items[i]
		if item.On.Before(to) && (item.Open() || item.Off.After(from)) {
			return true
		}
	}
	return false
}
