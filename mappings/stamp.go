package mappings

import (
	"fmt"
	"slices"
	"strconv"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// Dated reports whether every file says which day it is of, by its name or its
// content.
func (m *Mapping) Dated() bool {
	byName := !slices.ContainsFunc(m.patterns, func(p *pattern) bool { return p.date == 0 })
	return byName || slices.ContainsFunc(m.stamps, func(p stampPlan) bool { return !p.number })
}

// Stamped reports whether the content says when the file was made.
func (m *Mapping) Stamped() bool { return len(m.stamps) > 0 }

// Stamp is what the content says about when the file was made. A row that is left
// out, as one of totals, does not say it; nor does a blank cell of a column.
func (r *mapper) Stamp(row *pipeline.Row) (pipeline.Stamp, error) {
	var stamp pipeline.Stamp
	for i := range r.m.stamps {
		plan := &r.m.stamps[i]
		text, kind, err := r.stampText(plan, row)
		if err != nil {
			return pipeline.Stamp{}, err
		}
		if text == "" {
			continue
		}
		if err := r.stamp(plan, kind, text, &stamp); err != nil {
			return pipeline.Stamp{}, err
		}
	}
	return stamp, nil
}

// stampText finds the text that says one thing about the file; "" where nothing
// here does.
func (r *mapper) stampText(plan *stampPlan, row *pipeline.Row) (string, pipeline.CellType, error) {
	if plan.ask == "" {
		text, kind := r.stampCell(plan, row)
		return text, kind, nil
	}
	text := trim(r.header.Said[plan.ask])
	if text == "" {
		return "", pipeline.TextCell, &pipeline.Unreadable{
			Why:  fmt.Sprintf("%s does not say the %s", plan.where, plan.word()),
			Hint: "the export is cut off at its top, or the mapping names the wrong place",
		}
	}
	return text, pipeline.TextCell, nil
}

// word is what a stamp says, for people.
func (p *stampPlan) word() string {
	if p.number {
		return "sequence"
	}
	return "business date"
}

// stampCell reads the column of a row.
func (r *mapper) stampCell(plan *stampPlan, row *pipeline.Row) (string, pipeline.CellType) {
	at := -1
	if r.header.Part < len(plan.columns) {
		at = plan.columns[r.header.Part]
	}
	if row == nil || at < 0 || r.hides(row) {
		return "", pipeline.TextCell
	}
	r.row, r.out, r.quiet = row, &r.unheard, true
	r.whole()
	if _, skipped := r.skip(); skipped {
		return "", pipeline.TextCell
	}
	c := r.cell(at)
	if c.nothing {
		return "", pipeline.TextCell
	}
	return c.text, c.kind
}

// stamp reads what a text says about the file.
func (r *mapper) stamp(plan *stampPlan, kind pipeline.CellType, text string, into *pipeline.Stamp) error {
	if plan.number {
		number, err := strconv.ParseUint(text, 10, 63)
		if err != nil || number >= 1e18 {
			return plan.unreadable(text, "no number of a file", "a sequence is made of digits, at most 18")
		}
		into.Sequence += sequenceOf(number)
		into.Number = int64(number) //nolint:gosec // below 1e18
		return nil
	}

	day, err := readDay(plan.form, kind, text, r.header.Since1904)
	if err != nil && plan.ask != "" && r.m.dialect.Format == "xlsx" {
		if iso, isoErr := transforms.ISOTime(text); isoErr == nil {
			day, err = iso, nil // the cell is a date to the workbook
		}
	}
	if err != nil {
		return plan.unreadable(text, fmt.Sprintf("no date (%v)", err), "check where the mapping looks for it, and how the date is written")
	}
	into.Date, into.Sequence = stampDate(day), stampTime(day)+into.Sequence
	return nil
}

func (p *stampPlan) unreadable(text, what, hint string) error {
	return &pipeline.Unreadable{Why: fmt.Sprintf("%s says %q, which is %s", p.where, text, what), Hint: hint}
}

// stampDate is a business date as the journal keeps it.
func stampDate(day transforms.Civil) string {
	return fmt.Sprintf("%04d-%02d-%02d", day.Year, int(day.Month), day.Day)
}

// stampTime orders the files of one date by their time of day.
func stampTime(day transforms.Civil) string {
	if !day.HasTime {
		return ""
	}
	return fmt.Sprintf("%02d%02d%02d", day.Hour, day.Minute, day.Second)
}

// sequenceOf writes a number so that sequences can be compared as text.
func sequenceOf(number uint64) string { return fmt.Sprintf("%012d", number) }
