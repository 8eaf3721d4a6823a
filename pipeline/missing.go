package pipeline

import (
	"context"
	"fmt"

	"rentalsync/pipeline/rental"
)

// tellMissing warns of files that did not come, and of such as came and name
// nothing of what they claim to name.
func (n *night) tellMissing(ctx context.Context) error {
	if len(n.heard) == 0 {
		return nil
	}
	batch := Batch{Flow: n.run.Flow, Run: n.run.ID}
	for _, name := range n.lacks {
		batch.Warnings = append(batch.Warnings, Warning{Fault: Fault{
			What: fmt.Sprintf("the night is not whole: no file of %s that could be read has come for %s", name, n.run.BusinessDate),
			Hint: "find out why the ERP did not write it; it is worked when it comes, and until then nothing ends that it may still name",
		}})
	}
	for _, c := range n.heard {
		for _, kind := range c.mapping.Kinds() {
			if fault, empty := c.empty(kind); empty {
				batch.Warnings = append(batch.Warnings, Warning{Delivery: c.last, Fault: fault})
			}
		}
	}
	if len(batch.Warnings) == 0 {
		return nil
	}
	return n.Stage.Stage(ctx, &batch)
}

// empty tells of files that claim to name every one of a kind and name none. That
// none is open is an everyday thing, unless some were before.
func (c *claims) empty(kind rental.Kind) (Fault, bool) {
	claim := c.mapping.Claim(kind)
	if claim == Changes || c.unsure[kind] || c.anyKeyless(kind) {
		return Fault{}, false
	}
	before, every := false, "every one"
	for _, m := range c.mentions {
		if m.kind == kind && m.seen {
			return Fault{}, false
		}
		before = before || m.kind == kind
	}
	if claim == Open {
		every = "every open one"
	}
	return Fault{
		What: fmt.Sprintf("the file names no %s at all, although the files of mapping %s name %s", kind, c.mapping.Name(), every),
		Hint: "if the ERP only failed to export, take the night back with rentalsync revert; limits under gates in the config hold such a night before it becomes true",
	}, before || claim == All
}
