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
			if err := n.handOver(ctx, c, kind); err != nil {
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
	return n.unnamed(ctx, c, kind, hashes, func(found []Absent) error {
		for i := range found {
			found[i].Found = true
		}
		return n.miss(ctx, c, found)
	})
}

// handOver lets a mapping forget what another one names now that claims to name
// all of its kind: from now on it is the other's to miss.
func (n *night) handOver(ctx context.Context, c *claims, kind rental.Kind) error {
	var hashes []uint64
	for _, list := range c.missed(kind) {
		hashes = append(hashes, list...)
	}
	if len(hashes) == 0 || len(n.Mappings) < 2 {
		return nil
	}
	return n.unnamed(ctx, c, kind, hashes, func(some []Absent) error {
		moved := slices.DeleteFunc(n.listing(c, kind, some), func(a Absent) bool {
			return !n.takenElsewhere(c, &a.Record) && !n.saidElsewhere(kind, &a)
		})
		for i := range moved {
			moved[i].Moved = true
		}
		if len(moved) == 0 {
			return nil
		}
		return n.miss(ctx, c, moved)
	})
}

// takenElsewhere reports whether another mapping of the run that claims to name
// all of a kind named one of it.
func (n *night) takenElsewhere(c *claims, r *rental.Record) bool {
	return slices.ContainsFunc(n.heard, func(other *claims) bool {
		return other != c && other.mapping.Claim(r.Kind) != Changes && other.lists(r.Ref)
	})
}

// saidElsewhere reports whether such a mapping has said something new of it since
// it was missed, in another run.
func (n *night) saidElsewhere(kind rental.Kind, a *Absent) bool {
	return slices.ContainsFunc(n.Mappings, func(m Mapping) bool {
		date, says := a.Elsewhere[m.Name()]
		return says && m.Claim(kind) != Changes && date >= n.since(a)
	})
}

// unnamed hands over what the register holds of those that a mapping did not name,
// by their hashes, some at a time: a file that breaks off misses a whole fleet.
func (n *night) unnamed(ctx context.Context, c *claims, kind rental.Kind, hashes []uint64, take func([]Absent) error) error {
	some := make([]Absent, 0, min(len(hashes), batchRows))
	for a, err := range n.Stage.Unnamed(ctx, n.run.Flow, n.run.ID, c.mapping.Name(), kind, hashes, n.Absent.nights() > 1) {
		if err != nil {
			return err
		}
		if some = append(some, a); len(some) == batchRows {
			if err := take(some); err != nil {
				return err
			}
			some = some[:0]
		}
	}
	if len(some) == 0 {
		return nil
	}
	return take(some)
}

// miss keeps what is missed, or found again.
func (n *night) miss(ctx context.Context, c *claims, absent []Absent) error {
	return n.Stage.Miss(ctx, n.run.Flow, n.run.ID, c.mapping.Name(), absent)
}

// judgeKind judges those of one kind whom a mapping claims to name.
func (n *night) judgeKind(ctx context.Context, c *claims, kind rental.Kind) error {
	hashes, err := n.missed(ctx, c, kind)
	if err != nil || len(hashes) == 0 {
		return err
	}

	if kind == rental.Item && n.Absent.endsItems() { // nobody who is gone stands in for another
		err := n.unnamed(ctx, c, kind, hashes, func(some []Absent) error {
			for _, a := range n.covered(c, kind, some) {
				n.gone[a.Record.Ref] = true
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return n.unnamed(ctx, c, kind, hashes, func(some []Absent) error {
		absent := n.covered(c, kind, some)
		if len(absent) == 0 {
			return nil
		}
		if err := n.miss(ctx, c, absent); err != nil {
			return err
		}
		return n.infer(ctx, c, kind, absent)
	})
}

// missed lists, by their hashes, those of a kind whom a mapping claims to name and
// nobody named. Where somebody exists whom no row could name, none of them is
// judged.
func (n *night) missed(ctx context.Context, c *claims, kind rental.Kind) ([]uint64, error) {
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
	return hashes, n.tellDoubts(ctx, c, kind, doubted)
}

// covered leaves out what the mapping does not speak for: items of assets that it
// does not list, and what another mapping names by now.
func (n *night) covered(c *claims, kind rental.Kind, some []Absent) []Absent {
	return slices.DeleteFunc(n.listing(c, kind, some), func(a Absent) bool { return n.saidElsewhere(kind, &a) })
}

// listing leaves out the items of assets that are not listed where a file lists
// assets: it says nothing about them.
func (n *night) listing(c *claims, kind rental.Kind, some []Absent) []Absent {
	if kind != rental.Item || !slices.Contains(c.mapping.Kinds(), rental.Asset) {
		return some
	}
	return slices.DeleteFunc(some, func(a Absent) bool {
		return !c.lists(rental.Ref{Kind: rental.Asset, Key: a.Record.Text(rental.AssetRef)})
	})
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
