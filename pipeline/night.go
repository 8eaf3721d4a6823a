package pipeline

import (
	"context"
	"fmt"
	"slices"

	"rentalsync/pipeline/rental"
)

// AbsentPolicy says what becomes of things that a file which claims to name them
// no longer names.
type AbsentPolicy struct {
	Asset  string // report, or the rental status that an absent asset is given; default report
	Item   string // end, or report; default end
	Nights int    // how many nights must miss something before that; default 1
}

func (p AbsentPolicy) endsItems() bool { return p.Item != "report" }

func (p AbsentPolicy) status() string {
	if p.Asset == "report" {
		return ""
	}
	return p.Asset
}

func (p AbsentPolicy) nights() int { return max(p.Nights, 1) }

// night is all that the deliveries of one run said, once they are staged: what
// no single row can tell is judged now, and staged beside the rows' own words.
type night struct {
	*Intake
	run    Run
	heard  []*claims
	silent []Mapping // one of whose files was not read

	gone map[rental.Ref]bool // items that this night no longer names
}

// judge ends what is no longer named, moves planned ends on, and tells of assets
// that stand on several items.
func (n *night) judge(ctx context.Context) error {
	for _, step := range []struct {
		doing string
		do    func(context.Context) error
	}{
		{"judge what is no longer named", n.judgeAbsence},
		{"move planned ends on", n.moveOn},
		{"look for overlaps", n.overlaps},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.doing, err)
		}
	}
	return nil
}

// judgeAbsence goes through everything that a mapping claims to name and did not.
func (n *night) judgeAbsence(ctx context.Context) error {
	n.gone = map[rental.Ref]bool{}
	for _, c := range n.heard {
		for _, kind := range c.mapping.Kinds() {
			if c.mapping.Claim(kind) == Changes {
				continue
			}
			if err := n.find(ctx, c, kind); err != nil {
				return err
			}
			if err := n.judgeKind(ctx, c, kind); err != nil {
				return err
			}
		}
	}
	return nil
}

// find takes back that something is missed which a row proves to exist: its
// nights are counted anew.
func (n *night) find(ctx context.Context, c *claims, kind rental.Kind) error {
	hashes := c.found(kind, n.named)
	if len(hashes) == 0 {
		return nil
	}
	found, err := n.Stage.Unnamed(ctx, n.run.Flow, n.run.ID, c.mapping.Name(), kind, hashes)
	if err != nil || len(found) == 0 {
		return err
	}
	for i := range found {
		found[i].Found = true
	}
	return n.miss(ctx, c, found)
}

// miss keeps what is missed, or found again, in small transactions.
func (n *night) miss(ctx context.Context, c *claims, absent []Absent) error {
	for some := range slices.Chunk(absent, batchRows) {
		if err := n.Stage.Miss(ctx, n.run.Flow, n.run.ID, c.mapping.Name(), some); err != nil {
			return err
		}
	}
	return nil
}

func (n *night) judgeKind(ctx context.Context, c *claims, kind rental.Kind) error {
	var hashes []uint64
	var doubted []string
	for scope, list := range c.missed(kind) {
		list = slices.DeleteFunc(list, n.named)
		switch {
		case len(list) == 0:
		case n.doubted(c, kind, scope):
			doubted = append(doubted, scope)
		default:
			hashes = append(hashes, list...)
		}
	}
	if err := n.tellDoubts(ctx, c, kind, doubted); err != nil || len(hashes) == 0 {
		return err
	}

	absent, err := n.Stage.Unnamed(ctx, n.run.Flow, n.run.ID, c.mapping.Name(), kind, hashes)
	if err != nil {
		return err
	}
	if kind == rental.Item && slices.Contains(c.mapping.Kinds(), rental.Asset) {
		absent = slices.DeleteFunc(absent, func(a Absent) bool { // an asset that is not listed says nothing about its items
			return !c.lists(rental.Ref{Kind: rental.Asset, Key: a.Record.Text(rental.AssetRef)})
		})
	}
	if len(absent) == 0 {
		return nil
	}
	if err := n.miss(ctx, c, absent); err != nil {
		return err
	}
	return n.infer(ctx, c, kind, absent)
}

// named reports whether any mapping of the run named an entity: gone from one
// file and present in another is a transfer.
func (n *night) named(hash uint64) bool {
	return slices.ContainsFunc(n.heard, func(c *claims) bool { return c.seen(hash) })
}

// doubted reports whether somebody of a kind exists in a scope whom no row could
// name: then absence proves nothing there.
func (n *night) doubted(missing *claims, kind rental.Kind, scope string) bool {
	return slices.ContainsFunc(n.silent, func(m Mapping) bool { return slices.Contains(m.Kinds(), kind) }) ||
		slices.ContainsFunc(n.heard, func(c *claims) bool { return c.doubts(missing, kind, scope) })
}

// tellDoubts warns of a kind whose absence was not judged.
func (n *night) tellDoubts(ctx context.Context, c *claims, kind rental.Kind, scopes []string) error {
	if len(scopes) == 0 {
		return nil
	}
	where := ""
	if slices.Sort(scopes); c.mapping.Scoped(kind) {
		where = fmt.Sprintf(" in %q", scopes)
	}
	return n.warn(ctx, c, kind, Fault{
		What: fmt.Sprintf("which %ss are no longer named%s was not judged: a row has no key that could be read, or a file could not be read", kind, where),
	})
}

// warn keeps what a person may want to know of the night: that absence of a kind
// was not judged, or, where that is 0, anything else.
func (n *night) warn(ctx context.Context, c *claims, unjudged rental.Kind, faults ...Fault) error {
	batch := Batch{Flow: n.run.Flow, Run: n.run.ID}
	for _, f := range faults {
		batch.Warnings = append(batch.Warnings, Warning{Delivery: c.last, Unjudged: unjudged, Fault: f})
	}
	return n.Stage.Stage(ctx, &batch)
}

// infer stages what follows from absence.
func (n *night) infer(ctx context.Context, c *claims, kind rental.Kind, absent []Absent) error {
	switch {
	case kind == rental.Asset && n.Absent.status() != "":
		return n.stage(ctx, absent, func(a *Absent) (rental.Record, bool) {
			return rental.GoneStatus(&a.Record, n.Absent.status(), n.since(a), c.last), n.longEnough(a)
		})
	case kind == rental.Item && n.Absent.endsItems():
		return n.endItems(ctx, c, absent)
	default:
		return nil
	}
}

// endItems ends rentals that are no longer named: at once where the asset stands
// on another open item, else after so many nights. Nothing stands on a reservation.
func (n *night) endItems(ctx context.Context, c *claims, absent []Absent) error {
	assets := make([]string, 0, len(absent))
	for i := range absent {
		n.gone[absent[i].Record.Ref] = true
		assets = append(assets, absent[i].Record.Text(rental.AssetRef))
	}
	open, err := n.Stage.OpenItems(ctx, n.run.Flow, n.run.ID, assets)
	if err != nil {
		return err
	}

	for asset, items := range open {
		open[asset] = slices.DeleteFunc(items, func(r rental.Record) bool {
			begins, _ := r.Get(rental.OnRentDate)
			return n.gone[r.Ref] || begins.Day() > n.run.BusinessDate
		})
	}
	return n.stage(ctx, absent, func(a *Absent) (rental.Record, bool) {
		others := open[a.Record.Text(rental.AssetRef)]
		if len(others) == 0 && !n.longEnough(a) {
			return rental.Record{}, false
		}
		return rental.EndUnnamed(&a.Record, n.since(a), c.last, others, c.mapping.End), true
	})
}

// since is the first business date that missed something.
func (n *night) since(a *Absent) string {
	if a.Since != "" {
		return a.Since
	}
	return n.run.BusinessDate
}

func (n *night) longEnough(a *Absent) bool { return a.Nights+1 >= n.Absent.nights() }

// stage keeps what a rule makes of absent things.
func (n *night) stage(ctx context.Context, absent []Absent, rule func(*Absent) (rental.Record, bool)) error {
	var inferred []Staged
	for i := range absent {
		next, holds := rule(&absent[i])
		if !holds {
			continue
		}
		if class, changed := rental.Compare(&absent[i].Record, &next); changed {
			inferred = append(inferred, Staged{Record: next, Changed: true, Class: class})
		}
	}
	return n.stageAll(ctx, inferred)
}

func (n *night) stageAll(ctx context.Context, inferred []Staged) error {
	for some := range slices.Chunk(inferred, batchRows) {
		if err := n.Stage.Stage(ctx, &Batch{Flow: n.run.Flow, Run: n.run.ID, Entities: some}); err != nil {
			return err
		}
	}
	return nil
}

// moveOn lets planned ends lie ahead while the assets are still on rent.
func (n *night) moveOn(ctx context.Context) error {
	overdue, err := n.Stage.Overdue(ctx, n.run.Flow, n.run.ID, n.run.BusinessDate)
	if err != nil || len(overdue) == 0 || len(n.heard) == 0 {
		return err
	}
	refs := make([]rental.Ref, 0, 2*len(overdue))
	for i := range overdue {
		refs = append(refs, overdue[i].Ref, rental.Ref{Kind: rental.Asset, Key: overdue[i].Text(rental.AssetRef)})
	}
	now, prior, err := n.Stage.Records(ctx, n.run.Flow, n.run.ID, refs)
	if err != nil {
		return err
	}

	var moved []Staged
	for i := range overdue {
		asset := now[rental.Ref{Kind: rental.Asset, Key: overdue[i].Text(rental.AssetRef)}]
		next, late := rental.MoveOn(&overdue[i], asset.Text(rental.RentalStatus), n.run.BusinessDate, n.heard[len(n.heard)-1].last)
		if late {
			class, _ := rental.Compare(priorOf(next.Ref, prior), &next)
			moved = append(moved, Staged{Record: next, Changed: true, Class: class})
		}
	}
	return n.stageAll(ctx, moved)
}

// overlaps warns of assets that stand on several items at a time: all are sent.
func (n *night) overlaps(ctx context.Context) error {
	crowded, err := n.Stage.Crowded(ctx, n.run.Flow, n.run.ID)
	if err != nil || len(crowded) == 0 || len(n.heard) == 0 {
		return err
	}
	open, err := n.Stage.OpenItems(ctx, n.run.Flow, n.run.ID, crowded)
	if err != nil {
		return err
	}

	var faults []Fault
	for _, asset := range crowded {
		if keys := rental.Overlaps(open[asset]); len(keys) > 1 {
			faults = append(faults, Fault{
				What: fmt.Sprintf("asset %s stands on %d open items at the same time: %s", asset, len(keys), listed(keys)),
				Hint: "all are sent; end the wrong one in the ERP",
			})
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return n.warn(ctx, n.heard[len(n.heard)-1], 0, faults...)
}

// listed names a few of many.
func listed(keys []string) string {
	const few = 5
	text := ""
	for i, key := range keys {
		if i == few {
			return text + fmt.Sprintf(" and %d more", len(keys)-few)
		}
		if i > 0 {
			text += ", "
		}
		text += key
	}
	return text
}
