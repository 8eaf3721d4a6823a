package mappings

import (
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// The cells of a workbook know whether they are numbers or dates, and then no
// declared form matters. Columns of digits with a form of their own become
// numbers, too.

// typeOf is what a workbook says a cell is.
func (r *mapper) typeOf(at int) pipeline.CellType {
	if r.parted && at == r.table.each.column {
		return pipeline.TextCell
	}
	if index := r.columns[at].index; index >= 0 && index < len(r.row.Types) {
		return r.row.Types[index]
	}
	return pipeline.TextCell
}

// reckon makes a number of a column's digits. Blanks are nothing.
func (c *cell) reckon(figure *transforms.Figure) error {
	c.nothing = c.nothing || c.text == ""
	c.broken = false
	if c.nothing || c.kind == pipeline.NumberCell {
		return nil
	}
	canonical, err := figure.Parse(c.text)
	if err != nil {
		c.broken = true
		return err
	}
	c.text, c.exact, c.kind = canonical, canonical, pipeline.NumberCell
	return nil
}

// isDayOf reports whether a cell that is a date is one of those that mean
// "nothing".
func (c *cell) isDayOf(days []transforms.Civil) bool {
	day, err := transforms.ISOTime(c.text)
	return err == nil && containsDay(days, day)
}

func containsDay(days []transforms.Civil, day transforms.Civil) bool {
	return slices.ContainsFunc(days, func(d transforms.Civil) bool {
		return d.Year == day.Year && d.Month == day.Month && d.Day == day.Day
	})
}

// readDay reads a date. A number is a day as workbooks count them, unless dates
// are declared as digits alone: then it is those digits.
func readDay(form transforms.DateForm, kind pipeline.CellType, text string, since1904 bool) (transforms.Civil, error) {
	switch kind {
	case pipeline.DateCell:
		return transforms.ISOTime(text)
	case pipeline.NumberCell:
		if form.Digits() > 0 {
			return form.Parse(padDigits(form, text))
		}
		return transforms.ExcelDate(text, since1904)
	case pipeline.TextCell, pipeline.BoolCell:
	}
	return form.Parse(text)
}

// padDigits gives a number the zeros back that a workbook does not keep.
func padDigits(form transforms.DateForm, text string) string {
	return strings.Repeat("0", max(0, form.Digits()-len(text))) + text
}

// numberNothing reports whether a number, read as a date, is one of the values
// that mean "nothing".
func (r *mapper) numberNothing(p *fieldPlan, text string) bool {
	column := r.columns[p.column].plan
	if slices.Contains(column.none, padDigits(p.date, text)) {
		return true
	}
	day, err := readDay(p.date, pipeline.NumberCell, text, r.header.Since1904)
	return err == nil && containsDay(column.noDays, day)
}

// written is a cell as the ERP would have written it in the declared form: what a
// formula sees of a number or a date.
func (r *mapper) written(c *cell) string {
	switch c.kind {
	case pipeline.NumberCell:
		if canonical, err := transforms.PlainNumber(c.text); err == nil {
			return r.m.number.Write(canonical)
		}
	case pipeline.DateCell:
		day, err := transforms.ISOTime(c.text)
		if err != nil {
			return c.text
		}
		if text, says := r.m.dates.Write(day); says {
			return text
		}
	case pipeline.TextCell, pipeline.BoolCell:
	}
	return c.text
}

// mostKept is how many digits of a number spreadsheets keep.
const mostKept = 15

// changed reports whether a spreadsheet has turned a name that looks like a
// number into one, and lost digits of it.
func (c *cell) changed() bool {
	if c.kind == pipeline.NumberCell && len(strings.TrimLeft(c.text, "-0")) > mostKept {
		return true
	}
	return strings.IndexByte(c.plain, '+') > 0 && transforms.Rescaled(c.plain)
}

// changedCell finds the cell of a name that a spreadsheet has changed; -1 where
// there is none.
func (r *mapper) changedCell(f *boundField) int {
	if r.stoodIn {
		return -1
	}
	if f.plan.column >= 0 {
		if r.cells[f.plan.column].changed() { // it was just read
			return f.plan.column
		}
		return -1
	}
	return firstIndex(f.reads, func(at int) bool { return r.cell(at).changed() })
}

func firstIndex(all []int, is func(int) bool) int {
	if at := slices.IndexFunc(all, is); at >= 0 {
		return all[at]
	}
	return -1
}

// spoilt tells that a spreadsheet has changed a name.
func (r *mapper) spoilt(at int) (rental.Value, bool) {
	r.fault(r.columns[at].header, r.raw(at), "Excel has changed this number, and digits of it are lost",
		"format the column as text in the workbook before the number is written, and export it again")
	return rental.Value{}, false
}
