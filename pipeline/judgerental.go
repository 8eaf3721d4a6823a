package pipeline

import (
	"fmt"
	"time"
)

// twoItems finds rentals of one asset that are open at the same time. One that
// is reserved for when another is planned to have ended is no second one.
func (l *Tolerances) twoItems(c *Case) (string, time.Time, bool) {
	if c.Asset == nil {
		return "", time.Time{}, false
	}
	items := c.Asset.Items
	for i := range items {
		for j := range items[:i] {
			a, b := &items[j], &items[i]
			if b.On.Before(a.On) {
				a, b = b, a
			}
			if a.Open() && b.Open() && (a.Due.IsZero() || b.On.Before(a.Due) && c.on(b.On) != c.on(a.Due)) {
				return fmt.Sprintf("%s and %s are both open", a.Key, b.Key), b.On, true
			}
		}
	}
	return "", time.Time{}, false
}

// rentedWithoutItem finds an asset on rent that nobody rents.
func (l *Tolerances) rentedWithoutItem(c *Case) (string, time.Time, bool) {
	if c.Asset == nil || c.Asset.Gone != "" || c.Asset.Status != "ON_RENT" || c.Asset.Rented(c.ahead(l)) != nil {
		return "", time.Time{}, false
	}
	if last := c.Asset.Last(); last != nil {
		return fmt.Sprintf("the last rental %s ended on %s", last.Key, c.on(last.Off)), last.Off, true
	}
	return "no open rental names the machine", time.Time{}, true
}

// itemOnAvailable finds an asset that is free and that somebody rents. A rental
// that begins after the ERP's last word is still ahead.
func (l *Tolerances) itemOnAvailable(c *Case) (string, time.Time, bool) {
	if c.Asset == nil || c.Asset.Gone != "" || c.Asset.Status != "AVAILABLE" {
		return "", time.Time{}, false
	}
	item := c.Asset.Rented(c.said())
	if item == nil {
		return "", time.Time{}, false
	}
	return fmt.Sprintf("%s is open since %s", item.Key, c.on(item.On)), item.On, true
}

// offBeforeOn finds a rental that ended before it began.
func (l *Tolerances) offBeforeOn(c *Case) (string, time.Time, bool) {
	if c.Asset == nil {
		return "", time.Time{}, false
	}
	for i := range c.Asset.Items {
		item := &c.Asset.Items[i]
		if !item.Open() && !item.On.IsZero() && item.Off.Before(item.On) {
			return fmt.Sprintf("%s begins on %s and ended on %s", item.Key, c.on(item.On), c.on(item.Off)), item.Off, true
		}
	}
	return "", time.Time{}, false
}

// overdue finds a rental that is open although its planned end has passed. It is
// the normal state of rental, and good to know.
func (l *Tolerances) overdue(c *Case) (string, time.Time, bool) {
	if c.Asset == nil || c.Asset.Gone != "" {
		return "", time.Time{}, false
	}
	for i := range c.Asset.Items {
		item := &c.Asset.Items[i]
		if item.Open() && !item.Due.IsZero() && item.Due.Before(c.At) {
			return fmt.Sprintf("%s was due on %s, %d days ago", item.Key, c.on(item.Due), fullDays(c.At.Sub(item.Due))), item.Due, true
		}
	}
	return "", time.Time{}, false
}

// said is the time of the ERP's last word, or of the snapshot where it is not
// known.
func (c *Case) said() time.Time {
	if c.Said.IsZero() {
		return c.At
	}
	return c.Said
}

// ahead is until when a rental that begins counts as begun.
func (c *Case) ahead(l *Tolerances) time.Time { return c.said().Add(l.Around) }
