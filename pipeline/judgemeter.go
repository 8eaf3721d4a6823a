package pipeline

import (
	"fmt"
	"math"
	"time"
)

// rented are the statuses in which a machine may well run: it is with a customer,
// or nobody can tell.
var rented = map[string]bool{"ON_RENT": true, "OTHER": true, "": true}

// meterSlack is by how many hours a meter that is read twice may differ for no
// reason at all: some devices round.
const meterSlack = 0.1

// ranUnrented finds a machine whose meter went on between two readings while the
// ERP says that nobody rents it. Both must lie between the day on which the ERP set
// the status and its last word, which else may not know of the rental yet; and
// outside every rental: one that begins a little later or ended a little before
// explains the hours.
func (l *Tolerances) ranUnrented(c *Case) (string, time.Time, bool) {
	if c.Asset == nil || c.Machine == nil || rented[c.Asset.Status] || c.Asset.Gone != "" {
		return "", time.Time{}, false
	}
	was, is := c.Machine.Usage.Ran.From, c.Machine.Usage.Ran.To
	if !was.Known() || is.At.After(c.Said) || c.on(was.At) <= c.Asset.StatusDay || is.Value-was.Value < l.Ran {
		return "", time.Time{}, false
	}
	if l.within(c.Asset.Items, was.At, is.At) {
		return "", time.Time{}, false
	}
	return fmt.Sprintf("%s between %s and %s while %s", hours(is.Value-was.Value), c.minute(was.At), c.minute(is.At), c.Asset.Status), is.At, true
}

// within reports whether any rental, with the tolerance before and after it, has
// to do with a span of time.
func (l *Tolerances) within(items []FleetItem, from, to time.Time) bool {
	for i := range items {
		begins, ends := items[i].On.Add(-l.Around), items[i].Off.Add(l.Around)
		if !begins.After(to) && (items[i].Open() || !ends.Before(from)) {
			return true
		}
	}
	return false
}

// stoodRented finds a machine on rent whose meter showed the same for days. Both
// readings must be of this rental: an older one proves nothing of it.
func (l *Tolerances) stoodRented(c *Case) (string, time.Time, bool) {
	if c.Asset == nil || c.Machine == nil || c.Asset.Status != "ON_RENT" {
		return "", time.Time{}, false
	}
	item, is := c.Asset.Rented(c.At), c.Machine.Hours
	since := c.Machine.Usage.Same
	if item == nil || !is.Known() || since.IsZero() {
		return "", time.Time{}, false
	}
	since = latest(since, item.On)
	if is.At.Sub(since) < l.IdleAfter {
		return "", time.Time{}, false
	}
	return fmt.Sprintf("%s on the meter since %s, for %d days", hours(is.Value), c.on(since), fullDays(is.At.Sub(since))), since, true
}

// metersApart compares the ERP's meter with the machine's of the same day. Where
// there is no reading of that day, only a machine that shows less than the ERP
// already had proves anything.
func (l *Tolerances) metersApart(c *Case) (string, time.Time, bool) {
	if c.Asset == nil || c.Machine == nil || c.Asset.MeterDay == "" {
		return "", time.Time{}, false
	}
	erp, is := c.Asset.Meter, c.Machine.Usage.AtWord
	if !is.Known() {
		is = c.Machine.Hours
		if !is.Known() || c.on(is.At) < c.Asset.MeterDay || is.Value >= erp {
			return "", time.Time{}, false
		}
	}
	apart := is.Value - erp
	if math.Abs(apart) <= l.Meter {
		return "", time.Time{}, false
	}
	more := "more"
	if apart < 0 {
		more = "less"
	}
	return fmt.Sprintf("the ERP had %s on %s, the machine %s on %s: %s %s", hours(erp), c.Asset.MeterDay,
		hours(is.Value), c.on(is.At), hours(math.Abs(apart)), more), is.At, true
}

// meterBackwards finds a meter that showed less than before.
func (l *Tolerances) meterBackwards(c *Case) (string, time.Time, bool) {
	if c.Machine == nil || c.Machine.Usage.Back == nil {
		return "", time.Time{}, false
	}
	back := c.Machine.Usage.Back
	return fmt.Sprintf("%s on %s, then %s on %s", hours(back.From.Value), c.on(back.From.At), hours(back.To.Value), c.on(back.To.At)), back.To.At, true
}

// stale finds a machine of which nothing was heard for a while, or never.
func (l *Tolerances) stale(c *Case) (string, time.Time, bool) {
	if c.Machine == nil || c.At.Sub(c.Machine.Contact) < l.StaleAfter {
		return "", time.Time{}, false
	}
	if c.Machine.Contact.IsZero() {
		return "it has reported nothing at all", time.Time{}, true
	}
	return fmt.Sprintf("no contact for %d days", fullDays(c.At.Sub(c.Machine.Contact))), c.Machine.Contact, true
}

// minute writes a time to the minute.
func (c *Case) minute(t time.Time) string { return c.local(t).Format("2006-01-02 15:04") }

// local is a time where people read it.
func (c *Case) local(t time.Time) time.Time {
	if c.Zone == nil {
		return t.UTC()
	}
	return t.In(c.Zone)
}
