package tabular

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline/report"
)

// tableStyle is how Excel draws a table: with bands, to read along.
const tableStyle = "TableStyleLight9"

// asTable makes what was written a table of Excel, which other programs find by
// its name, or else gives it a filter: two columns of one title make no table.
func (p *xlsxPage) asTable(last string) error {
	name := p.book.tableName(p.sheet)
	if name == "" {
		return p.book.file.AutoFilter(p.name, "A1:"+last, nil)
	}
	// The filter is the table's own. A second one on the same cells would be a
	// fault that Excel repairs.
	return p.stream.AddTable(&excelize.Table{Range: "A1:" + last, Name: name, StyleName: tableStyle})
}

// tableName is the table's name, with a number from the second page on; "" where
// there is to be none.
func (b *xlsxBook) tableName(s report.Sheet) string {
	if s.Table == "" || !uniqueTitles(s.Columns) {
		return ""
	}
	name := s.Table
	for i := 2; b.tables[strings.ToLower(name)]; i++ {
		name = fmt.Sprintf("%s_%d", s.Table, i)
	}
	b.tables[strings.ToLower(name)] = true
	return name
}

// uniqueTitles reports whether columns can be told apart by their titles, as those
// of a table must be.
func uniqueTitles(columns []report.Column) bool {
	seen := map[string]bool{}
	for _, c := range columns {
		title := strings.ToLower(legible(c.Title))
		if title == "" || seen[title] || strings.ContainsAny(title, "\r\n\t") {
			return false
		}
		seen[title] = true
	}
	return true
}
