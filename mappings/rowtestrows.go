package mappings

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"

	"go.yaml.in/yaml/v4"
)

// rows maps the rows of the night.
func (t *testRun) rows() bool {
	rows := t.test.Rows
	if len(t.test.Row) > 0 {
		rows = append([]Named[Text]{t.test.Row}, rows...)
	}
	if len(rows)+len(t.test.Line) == 0 && !(t.later && t.test.Rows != nil) {
		cure := "add row: with its cells by header"
		if t.later {
			cure += ", or rows: [] for a file without any"
		}
		t.fault(t.test.Place, "there is no row", cure)
	}
	for _, cells := range rows {
		if !t.mapCells(cells) {
			return false
		}
	}
	for _, line := range t.test.Line {
		if !t.mapLine(line) {
			return false
		}
	}
	return true
}

// mapCells maps a row that is written as cells by their names.
func (t *testRun) mapCells(cells Named[Text]) bool {
	cells, part, found := t.partOf(cells)
	if !found {
		return false
	}
	row := t.row(part)
	table := t.m.tables[part]
	for _, e := range cells {
		row.Header.Names = append(row.Header.Names, t.header(table, e.Name))
		row.Cells = append(row.Cells, e.Value.Value)
		row.Types = append(row.Types, t.cellType(e.Value))
	}
	for _, missing := range table.missing(row.Header.Names) {
		row.Header.Names = append(row.Header.Names, missing)
		row.Cells = append(row.Cells, "")
		row.Types = append(row.Types, pipeline.TextCell)
	}
	return t.mapRow(row)
}

// row begins a row of a part.
func (t *testRun) row(part int) *pipeline.Row {
	return &pipeline.Row{
		Header: &pipeline.Header{Line: 1, Part: part},
		Origin: rental.Origin{File: t.doc.File, Line: t.test.Place.Line},
	}
}

// mapRow maps one row of the test.
func (t *testRun) mapRow(row *pipeline.Row) bool {
	mapper, err := t.m.Bind(row.Header)
	if err != nil {
		t.fault(t.test.Place, err.Error(), "")
		return false
	}
	var out pipeline.Mapped
	mapper.Map(row, &out)
	t.outs = append(t.outs, out)
	return true
}

// partOf finds the part that a row belongs to, and takes its name out of the
// cells.
func (t *testRun) partOf(cells Named[Text]) (Named[Text], int, bool) {
	of := t.test.Of
	for i, e := range cells {
		if e.Name.Value == "of" && len(t.m.tables) > 1 {
			of, cells = e.Value, slices.Delete(slices.Clone(cells), i, i+1)
			break
		}
	}

	var known []string
	only := -1
	for i, table := range t.m.tables {
		if table.use != pipeline.TableRows {
			continue
		}
		if of.Said() && slices.Contains(table.words, of.Value) {
			return cells, i, true
		}
		known, only = append(known, table.words...), i
	}
	switch {
	case of.Said():
		t.fault(of.Place, fmt.Sprintf("no part of the file is %q", of.Value), suggest(of.Value, known))
	case len(known) > 1:
		t.fault(t.test.Place, "it is not said which part of the file the row belongs to", "add of: "+strings.Join(known, ", or of: "))
	default:
		return cells, max(0, only), true
	}
	return nil, 0, false
}

// header gives the header that a test's name of a column stands for.
func (t *testRun) header(table *tablePlan, said Text) string {
	if at, found := table.short[said.Value]; found {
		return table.columns[at].headers[0]
	}
	if _, found := table.headers[transforms.Fold(said.Value)]; !found {
		t.fault(said.Place, fmt.Sprintf("%q is no column of the mapping", said.Value), suggest(said.Value, table.allHeaders()))
	}
	return said.Value
}

var (
	plainNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
	plainDate   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2})?$`)
)

// cellType is what a workbook would say of a test's cell: what stands in quotes is
// text.
func (t *testRun) cellType(said Text) pipeline.CellType {
	switch {
	case t.m.dialect.Format != "xlsx" || said.style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return pipeline.TextCell
	case plainNumber.MatchString(said.Value):
		return pipeline.NumberCell
	case plainDate.MatchString(said.Value):
		return pipeline.DateCell
	default:
		return pipeline.TextCell
	}
}

func (t *tablePlan) allHeaders() []string {
	var headers []string
	for i := range t.columns {
		headers = append(headers, t.columns[i].headers...)
	}
	return headers
}

// missing lists the headers that no file may lack and a test's row does; they
// are blank there.
func (t *tablePlan) missing(names []string) []string {
	places := map[string]int{}
	for i, name := range names {
		places[transforms.Fold(name)] = i
	}
	var missing []string
	for i := range t.columns {
		if p := &t.columns[i]; p.needed && len(p.among(places)) == 0 {
			missing = append(missing, p.headers[0])
		}
	}
	return missing
}

// mapLine maps a record of a fixed-width file as it stands there.
func (t *testRun) mapLine(said Text) bool {
	if t.m.dialect.Format != "fixed" {
		t.fault(said.Place, "only the records of a fixed-width file are lines", "write row: with its cells by header")
		return false
	}
	line := []rune(said.Value)
	part := slices.IndexFunc(t.m.tables, func(table *tablePlan) bool { return table.has(line) })
	if part < 0 {
		t.fault(said.Place, fmt.Sprintf("%q is a record of no part", said.Value), "check its first characters against record: of the parts")
		return false
	}
	if t.m.tables[part].use != pipeline.TableRows {
		t.fault(said.Place, fmt.Sprintf("%q is no row", said.Value), "records that head a file or end it are not mapped")
		return false
	}

	row := t.row(part)
	for _, at := range t.m.tables[part].slices() {
		row.Header.Names = append(row.Header.Names, at.Name)
		row.Cells = append(row.Cells, strings.TrimSpace(cut(line, at)))
	}
	return t.mapRow(row)
}

// has reports whether a record is of the table.
func (t *tablePlan) has(line []rune) bool {
	return t.record.From == 0 || slices.Contains(t.words, strings.TrimSpace(cut(line, t.record)))
}

// cut gives the characters of a place, as far as the record has them.
func cut(line []rune, at pipeline.Slice) string {
	from := min(at.From-1, len(line))
	return string(line[from:max(from, min(at.To, len(line)))])
}
