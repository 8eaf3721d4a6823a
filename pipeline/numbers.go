package pipeline

import (
	"context"
	"fmt"
)

// followNumbers tells of files that are missing between others, and of such as
// came late, where a mapping's files are numbered.
func (n *night) followNumbers(ctx context.Context) error {
	newest := map[string]*Delivery{}
	batch := Batch{Flow: n.run.Flow, Run: n.run.ID}
	for i := range n.files {
		d := &n.files[i]
		if d.Number == 0 || d.Again || d.Replays != "" {
			continue
		}
		last, known := newest[d.Mapping]
		if !known {
			var err error
			if last, err = n.Deliveries.NewestNumbered(ctx, d.Flow, d.Mapping); err != nil {
				return err
			}
		}
		if fault, odd := follow(last, d); odd {
			batch.Warnings = append(batch.Warnings, Warning{Delivery: d.ID, Fault: fault})
		}
		if last == nil || !d.before(last) {
			last = d
		}
		newest[d.Mapping] = last
	}
	if len(batch.Warnings) == 0 {
		return nil
	}
	return n.Stage.Stage(ctx, &batch)
}

// before reports whether a numbered file speaks of an earlier time than another of
// its mapping.
func (d *Delivery) before(other *Delivery) bool {
	if d.BusinessDate != other.BusinessDate {
		return d.BusinessDate < other.BusinessDate
	}
	return d.Number < other.Number
}

// follow tells what is odd about the number of a file that comes after another:
// numbers go up one by one, and may begin again with every business date.
func follow(last, d *Delivery) (Fault, bool) {
	if last == nil {
		return Fault{}, false
	}
	now, before := fmt.Sprint(d.Number), fmt.Sprint(last.Number)
	if d.BusinessDate != last.BusinessDate {
		now, before = now+" of "+d.BusinessDate, before+" of "+last.BusinessDate
	}

	from := last.Number + 1
	switch {
	case d.before(last):
		return Fault{
			What: fmt.Sprintf("number %s came late, after %s: it applied only to fields not set since", now, before),
		}, true
	case d.BusinessDate != last.BusinessDate && d.Number <= last.Number:
		from = 1 // they began again
	}
	if d.Number <= from { // the next one, or the same once more
		return Fault{}, false
	}
	return Fault{
		What: fmt.Sprintf("number %s came after %s: %s missing", now, before, span(from, d.Number-1)),
		Hint: "have the ERP send it; it is worked when it comes, and applies only to fields not set since",
	}, true
}

// span names the numbers that are missing.
func span(from, to int64) string {
	if from == to {
		return fmt.Sprintf("%d is", from)
	}
	return fmt.Sprintf("%d to %d are", from, to)
}
