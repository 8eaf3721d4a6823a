package rental

import (
	"fmt"
	"time"
)

// planned is the word by which a mapping shows the due date as the end of a
// rental.
const planned = "planned"

// Planned is when an open item is planned to end, where its due date is shown as
// its end; false for every other item.
func (r *Record) Planned() (Value, bool) {
	if r.Kind != Item || r.Ended() || r.Text(OffRent) != planned {
		return Value{}, false
	}
	due, _ := r.Get(DueDate)
	if moved, known := r.Get(PlannedEnd); known && earlier(due, moved) {
		return moved, true
	}
	return due, due.Type == Instant
}

// MoveOn lets the planned end of an item lie after the business date while its
// asset is still on rent: no rental ends because a plan said so. It moves by
// whole days and keeps its time of day.
func MoveOn(item *Record, status, date, delivery string) (Record, bool) {
	end, has := item.Planned()
	if !has || status != "ON_RENT" || end.Day() > date {
		return Record{}, false
	}
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return Record{}, false
	}
	moved := Value{Type: Instant, Text: day.AddDate(0, 0, 1).Format(time.DateOnly) + end.Text[len(time.DateOnly):]}
	return item.With(PlannedEnd, moved, Source{
		Delivery: delivery, Rule: fmt.Sprintf("inferred: planned to end on %s and still ON_RENT on %s", end.Day(), date),
	}), true
}
