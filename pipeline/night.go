package pipeline

import (
	"context"
	"fmt"
	"slices"

	"rentalsync/pipeline/rental"
)

// night is all that the deliveries of one run said, once they are staged: what
// no single row can tell is judged now, and staged beside the rows' own words.
type night struct {
	*Intake
	run    Run
	heard  []*claims
	silent []Mapping  // one of whose files was not read
	files  []Delivery // that speak in it, in the order they were read
	lacks  []string   // mappings of the set of which nothing came

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
		{"tell what is missing", n.tellMissing},
		{"follow the numbers of files", n.followNumbers},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.doing, err)
		}
	}
	return nil
}

// stageAll keeps what rules inferred.
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
	if err != nil || len(n.heard) == 0 {
		return err
	}
	for some := range slices.Chunk(overdue, batchRows) {
		if err := n.moveSome(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

func (n *night) moveSome(ctx context.Context, overdue []rental.Record) error {
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

// warn keeps what a person may want to know of the night: that absence of a kind
// was not judged, or, where that is 0, anything else.
func (n *night) warn(ctx context.Context, c *claims, unjudged rental.Kind, faults ...Fault) error {
	batch := Batch{Flow: n.run.Flow, Run: n.run.ID}
	for _, f := range faults {
		batch.Warnings = append(batch.Warnings, Warning{Delivery: c.last, Unjudged: unjudged, Fault: f})
	}
	return n.Stage.Stage(ctx, &batch)
}
