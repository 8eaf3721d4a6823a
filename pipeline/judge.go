package pipeline

import (
	"fmt"
	"time"
)

// FindingKind is what a finding is about.
type FindingKind uint8

// The kinds of findings: what register and telematics tell together, then what
// the register tells alone.
const (
	RanUnrented FindingKind = iota
	StoodRented
	AtOtherDepot
	NotReturned
	MetersApart
	MeterBackwards
	UnknownToERP
	NoTelematics
	Stale

	TwoItems
	RentedWithoutItem
	ItemOnAvailable
	OffBeforeOn
	Overdue

	findingKinds
)

// FindingKinds are all kinds, in the order in which people read them.
func FindingKinds() []FindingKind {
	all := make([]FindingKind, findingKinds)
	for i := range all {
		all[i] = FindingKind(i)
	}
	return all
}

// OfRegister reports whether a kind is about the register alone.
func (k FindingKind) OfRegister() bool { return k >= TwoItems }

// String is what people call it.
func (k FindingKind) String() string { return findingNames[k].title }

// Means explains it to someone who reads it for the first time.
func (k FindingKind) Means() string { return findingNames[k].means }

var findingNames = [findingKinds]struct{ title, means string }{
	RanUnrented:       {"Ran while not on rent", "the meter went on while the ERP says that nobody rents the machine"},
	StoodRented:       {"On rent without hours", "on rent, in contact, and the meter has stood still"},
	AtOtherDepot:      {"At another depot", "stands at a depot that is not the one the ERP names"},
	NotReturned:       {"Off rent, not returned", "the rental has ended, and the machine is at no depot"},
	MetersApart:       {"Meters apart", "the ERP's meter and the machine's do not agree"},
	MeterBackwards:    {"Meter ran backwards", "the meter shows less than it did before: exchanged, or set anew"},
	UnknownToERP:      {"Not in the ERP", "telematics know a machine that the ERP does not name"},
	NoTelematics:      {"No telematics", "the ERP names a machine that telematics do not know"},
	Stale:             {"No contact", "nothing was heard of the machine for a while"},
	TwoItems:          {"Two open rentals", "two rentals of one machine are open at the same time"},
	RentedWithoutItem: {"ON_RENT without a rental", "the ERP says on rent and has no open rental of the machine"},
	ItemOnAvailable:   {"Open rental on AVAILABLE", "the ERP says available and has an open rental of the machine"},
	OffBeforeOn:       {"Ends before it begins", "the rental's end lies before its beginning"},
	Overdue:           {"Overdue", "the planned end has passed and the rental is open"},
}

// Tolerances say from where on something is worth a person's look.
type Tolerances struct {
	StaleAfter  time.Duration // without contact
	IdleAfter   time.Duration // on rent without hours
	ReturnAfter time.Duration // off rent and at no depot
	Around      time.Duration // a rental's beginning and end, within which readings prove nothing
	Meter       float64       // hours by which two meters may differ
	Ran         float64       // hours that count as running
	Near        float64       // metres around a depot whose area is not known
}

// Case is what is judged: an asset, its machine, or both.
type Case struct {
	Asset   *FleetAsset   // nil where the register does not know the machine
	Machine *MachineFacts // nil where telematics do not know the asset
	At      time.Time     // of the snapshot
	Said    time.Time     // the ERP's last word
	Sites   *Places
	Zone    *time.Location // in which people read times
}

// Judge tells everything that is to be found in a case.
func (l *Tolerances) Judge(c *Case) []Finding {
	var all []Finding
	for kind, rule := range rules {
		if rule == nil {
			continue
		}
		what, since, found := rule(l, c)
		if !found {
			continue
		}
		all = append(all, Finding{Kind: FindingKind(kind), Asset: c.Asset, Machine: c.Machine, What: what, Since: since})
	}
	return all
}

// rules are the judges of single machines and assets.
var rules = [findingKinds]func(*Tolerances, *Case) (what string, since time.Time, found bool){
	RanUnrented:       (*Tolerances).ranUnrented,
	StoodRented:       (*Tolerances).stoodRented,
	AtOtherDepot:      (*Tolerances).atOtherDepot,
	NotReturned:       (*Tolerances).notReturned,
	MetersApart:       (*Tolerances).metersApart,
	MeterBackwards:    (*Tolerances).meterBackwards,
	UnknownToERP:      (*Tolerances).unknownToERP,
	NoTelematics:      (*Tolerances).noTelematics,
	Stale:             (*Tolerances).stale,
	TwoItems:          (*Tolerances).twoItems,
	RentedWithoutItem: (*Tolerances).rentedWithoutItem,
	ItemOnAvailable:   (*Tolerances).itemOnAvailable,
	OffBeforeOn:       (*Tolerances).offBeforeOn,
	Overdue:           (*Tolerances).overdue,
}

// hours writes a number of hours as people say it.
func hours(n float64) string { return fmt.Sprintf("%.1f h", n) }

// on writes the day of a time.
func (c *Case) on(t time.Time) string { return c.local(t).Format(time.DateOnly) }

// fullDays is a span of time in whole days.
func fullDays(d time.Duration) int { return int(d / (24 * time.Hour)) }
