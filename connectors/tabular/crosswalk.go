package tabular

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// offer lets the cells of a column be chosen from others of the same row: one rule
// for the whole column, which every row reads from its own place. Anything else may
// be typed all the same.
func (p *xlsxPage) offer() error {
	if p.rows < 2 {
		return nil
	}
	for i, c := range p.sheet.Columns {
		if c.Choice[0] == 0 {
			continue
		}
		at, err1 := excelize.ColumnNumberToName(i + 1)
		from, err2 := excelize.ColumnNumberToName(c.Choice[0])
		to, err3 := excelize.ColumnNumberToName(c.Choice[1])
		for _, err := range []error{err1, err2, err3} {
			if err != nil {
				return err
			}
		}
		rule := excelize.NewDataValidation(true)
		rule.SetSqref(fmt.Sprintf("%s2:%[1]s%d", at, p.rows))
		rule.SetSqrefDropList(fmt.Sprintf("$%s2:$%s2", from, to))
		rule.ShowErrorMessage = false
		if err := p.book.file.AddDataValidation(p.name, rule); err != nil {
			return err
		}
	}
	return nil
}
