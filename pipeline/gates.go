package pipeline

import (
	"context"
	"fmt"
	"strings"
)

// Limits are what a flow allows one night to change. A limit that is not set lets
// everything pass.
//
// On a flow's first night the register is empty, so that no asset can be gone, no
// rental end and no depot lose its assets, and all that is on rent is new: only
// the limits on customers make sense then, and are judged.
type Limits struct {
	AssetsGone    Limit    // assets that are newly missed by files which name all of them, of those present
	OnRentSwing   Limit    // assets more or fewer on rent, of those on rent before
	OffRents      Limit    // rentals that end, of the open ones
	DepotsGone    Limit    // depots that lose their last asset, of those that own one
	NewCustomers  Limit    // customers that would be created, beside those that are known
	NearCustomers Limit    // new customers named nearly as another one, of the new ones
	Placeholders  []string // names and keys of customers that are none: CASH, WALK-IN
}

// asked is what has to be counted to judge.
func (l *Limits) asked() Asked {
	return Asked{
		AssetsGone: l.AssetsGone.IsSet(), OnRent: l.OnRentSwing.IsSet(), OffRents: l.OffRents.IsSet(), DepotsGone: l.DepotsGone.IsSet(),
		NewCustomers: l.NewCustomers.IsSet(), NearCustomers: l.NearCustomers.IsSet(), Placeholders: l.Placeholders,
	}
}

// anything reports whether there is something to be counted.
func (a Asked) anything() bool {
	return a.AssetsGone || a.OnRent || a.OffRents || a.DepotsGone || a.NewCustomers || a.NearCustomers || len(a.Placeholders) > 0
}

// Gates hold back nights that would change too much: a file that breaks off, an
// export with a filter, a branch whose file is missing.
type Gates struct {
	Limits  Limits
	Set     Set // nights that are not whole are held where it says so
	Journal GateJournal
}

var _ Gate = (*Gates)(nil)

// Judge lists the limits that a staged run goes over, in the order in which the
// limits are declared, after what it lacks.
func (g *Gates) Judge(ctx context.Context, run Run) ([]Breach, error) {
	var breaches []Breach
	if breach := g.Set.breach(run); breach != nil {
		breaches = append(breaches, *breach)
	}
	ask := g.Limits.asked()
	if !ask.anything() {
		return breaches, nil
	}
	extent, err := g.Journal.Extent(ctx, run, ask)
	if err != nil {
		return nil, fmt.Errorf("count what run %s would change: %w", run.ID, err)
	}
	breaches = append(breaches, g.Limits.Breaches(extent)...)
	for i := range breaches {
		if run.Reverts { // no file says any of it
			breaches[i].Hint = takenBack
		}
	}
	return breaches, nil
}

// takenBack is what is behind all that a run changes which takes nights back.
const takenBack = "this is what those nights brought, and would be undone; look at rentalsync plan before you approve"

// Breaches lists the limits that a night goes over, each in words for somebody
// who was woken by it.
func (l *Limits) Breaches(c Extent) []Breach {
	var all []Breach
	for _, breach := range []*Breach{
		l.assetsGone(c), l.onRentSwing(c), l.offRents(c), l.depotsGone(c),
		l.newCustomers(c), l.nearCustomers(c), l.placeholders(c),
	} {
		if breach != nil {
			all = append(all, *breach)
		}
	}
	return all
}

// cutShort is what is mostly behind things that are missing all at once.
const cutShort = "a truncated file, a filter in the export, or a branch whose file is missing: compare the rows read with those of the night before"

func (l *Limits) assetsGone(c Extent) *Breach {
	part := c.AssetsGone
	if !l.AssetsGone.Exceeded(part.Count, part.Of) {
		return nil
	}
	return &Breach{
		Gate:     "assetsGone",
		What:     over(l.AssetsGone, part, "asset", either(part.Count, "is", "are")+" no longer named"),
		Hint:     "probably " + cutShort + c.missedBy(),
		Examples: part.Examples,
	}
}

// missedBy names the mappings whose files to look at.
func (c *Extent) missedBy() string {
	if len(c.Missed) == 0 {
		return ""
	}
	return "; look at the files of mapping " + strings.Join(c.Missed, ", ")
}

func (l *Limits) onRentSwing(c Extent) *Breach {
	rent := c.OnRent
	if rent.Fleet == 0 || !l.OnRentSwing.Exceeded(rent.Swing(), rent.Before) {
		return nil // a fleet that is new is all change
	}
	direction := "more"
	hint := "probably the column of the rental status, or its code table, reads differently from last night; else many machines were booked at once"
	if rent.After < rent.Before {
		direction = "fewer"
		hint = "probably the column of the rental status, or its code table, reads differently from last night, or the file holds only a part of the fleet; else many machines came back at once"
	}
	return &Breach{
		Gate: "onRentSwing",
		What: fmt.Sprintf("%s would be on rent where %d %s so far: %d %s (%s); the limit is %s",
			counted(rent.After, "asset"), rent.Before, either(rent.Before, "was", "were"), rent.Swing(), direction, l.OnRentSwing.shareInWords(rent.Swing(), rent.Before), l.OnRentSwing.words()),
		Hint:     hint,
		Examples: rent.Examples,
	}
}

func (l *Limits) offRents(c Extent) *Breach {
	part := c.OffRents
	if !l.OffRents.Exceeded(part.Count, part.Of) {
		return nil
	}
	hint := "the ERP gives an off-rent date for all of them: probably a default date in the export, or many returns booked at once"
	if c.Inferred > 0 {
		hint = fmt.Sprintf("%d of them end only because no file names them any more: probably %s%s", c.Inferred, cutShort, c.missedBy())
	}
	return &Breach{
		Gate: "offRents", What: over(l.OffRents, part, "open rental", "would end"),
		Hint: hint, Examples: part.Examples,
	}
}

func (l *Limits) depotsGone(c Extent) *Breach {
	part := c.DepotsGone
	if !l.DepotsGone.Exceeded(part.Count, part.Of) {
		return nil
	}
	return &Breach{
		Gate:     "depotsGone",
		What:     over(l.DepotsGone, part, "depot", "that own assets would own none any more"),
		Hint:     "probably the file of a branch is missing or empty, or the export names depots differently from last night",
		Examples: part.Examples,
	}
}

func (l *Limits) newCustomers(c Extent) *Breach {
	part := c.NewCustomers
	if !l.NewCustomers.Exceeded(part.Count, part.Of) {
		return nil
	}
	what := fmt.Sprintf("%s would be created where %d %s known (%s); the limit is %s",
		counted(part.Count, "customer"), part.Of, either(part.Of, "was", "were"), l.NewCustomers.shareInWords(part.Count, part.Of), l.NewCustomers.words())
	hint := "probably customer numbers are written differently from last night, such as without leading zeros, or another company's customers are in the file; what is created in IRIS cannot be unmade"
	if part.Of == 0 {
		hint = "these are the first customers of this flow; what is created in IRIS cannot be unmade, so look at rentalsync plan before you approve"
	}
	return &Breach{Gate: "newCustomers", What: what, Hint: hint, Examples: part.Examples}
}

func (l *Limits) nearCustomers(c Extent) *Breach {
	part := c.NearCustomers
	if !l.NearCustomers.Exceeded(part.Count, part.Of) {
		return nil
	}
	return &Breach{
		Gate:     "nearCustomers",
		What:     over(l.NearCustomers, part, "new customer", either(part.Count, "is", "are")+" named nearly as a customer with another number"),
		Hint:     "probably customers were entered twice in the ERP: merge them there, or say by a crosswalk who is who",
		Examples: part.Examples,
	}
}

func (l *Limits) placeholders(c Extent) *Breach {
	part := c.Placeholders
	if part.Count == 0 {
		return nil
	}
	return &Breach{
		Gate:     "placeholders",
		What:     fmt.Sprintf("%s for nobody in particular; no placeholder may become a customer", either(part.Count, "1 new customer stands", fmt.Sprintf("%d new customers stand", part.Count))),
		Hint:     "their rentals would all share one portal: skip their rows by a rule in the mapping, or give them no customer there",
		Examples: part.Examples,
	}
}

// over tells how much of what goes over which limit, by what happens to it.
func over(l Limit, part Part, thing, sentence string) string {
	return fmt.Sprintf("%d of %s %s (%s); the limit is %s",
		part.Count, counted(part.Of, thing), sentence, l.shareInWords(part.Count, part.Of), l.words())
}

// either is the word that fits a number of things.
func either(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
