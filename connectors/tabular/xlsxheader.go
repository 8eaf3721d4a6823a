package tabular

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rentalsync/pipeline"
)

// sheetLook is what has to be known of a sheet before its first row is read.
type sheetLook struct {
	merges []merge // in the upper lines of the header
	width  int     // of a sheet without a header: the columns that say anything
}

// look reads the sheet once ahead, where that is needed: what is merged stands
// behind the rows, and without a header the widest row says how wide the table is.
func (t *sheetTable) look(ctx context.Context) (look sheetLook, err error) {
	lines := t.plan.Header
	if !t.plan.NoHeader && (len(lines) < 2 || len(t.plan.Find) > 0) {
		return look, nil
	}
	rows, err := t.book.openSheet(ctx, t.sheet)
	if err != nil {
		return look, err
	}
	defer rows.close()
	if !t.plan.NoHeader {
		rows.tops = lines[:len(lines)-1]
	}

	for ended := false; ; {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			look.merges = rows.merges
			return look, nil
		}
		if err != nil {
			return look, err
		}
		if _, is := t.isTrailer(row); is {
			ended = true
		}
		if !ended {
			look.width = max(look.width, row.width())
		}
	}
}

// width is how many columns a row needs.
func (row *sheetRow) width() int {
	for i := len(row.cells) - 1; i >= 0; i-- {
		if c := &row.cells[i]; strings.TrimSpace(string(c.in(row))) != "" {
			return c.col + 1
		}
	}
	return 0
}

// names are the cells of a row as names of columns.
func (row *sheetRow) names() []string {
	names := make([]string, row.width())
	for i := range row.cells {
		if c := &row.cells[i]; c.col < len(names) {
			names[c.col] = string(c.in(row))
		}
	}
	return names
}

// readHeader takes the rows of the header, and leaves out what is above it.
func (t *sheetTable) readHeader(rows *sheetReader, merges []merge) error {
	if len(t.plan.Find) > 0 {
		return t.findHeader(rows)
	}
	var kept [][]string
	var at []int
	last := 0
	if n := len(t.plan.Header); n > 0 {
		last = t.plan.Header[n-1]
	}

	for last == 0 || rows.row.number < last {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			return t.noHeader(last)
		}
		if err != nil {
			return err
		}
		if last == 0 && !row.blank() {
			last = row.number
		} else if last > 0 && row.number > last {
			rows.hold()
			break
		} else if !slices.Contains(t.plan.Header, row.number) {
			continue
		}
		if row.width() == 0 && len(row.faults) > 0 {
			return t.faultyHeader(row)
		}
		kept, at = append(kept, row.names()), append(at, row.number)
	}
	return t.joinHeader(kept, at, merges)
}

// joinHeader makes one header of its rows.
func (t *sheetTable) joinHeader(kept [][]string, at []int, merges []merge) error {
	width := 0
	for _, names := range kept {
		width = max(width, len(names))
	}
	if width == 0 {
		return t.blankHeader()
	}

	var lines headerLines
	for i, names := range kept {
		names = append(names, make([]string, width-len(names))...)
		for _, m := range merges {
			if m.top == at[i] && m.left < width {
				spread(names, m)
			}
		}
		if !cleanText([]byte(strings.Join(names, " "))) {
			return t.foreignHeader(names, at[i])
		}
		lines.add(names, at[i])
	}
	t.setHeader(lines.header())
	return nil
}

// spread writes what stands in cells that are shown as one into each of them.
func spread(names []string, m merge) {
	for col := m.left + 1; col <= m.right && col < len(names); col++ {
		if names[col] == "" {
			names[col] = names[m.left]
		}
	}
}

// findHeader takes the first row that has one name of each list.
func (t *sheetTable) findHeader(rows *sheetReader) error {
	search := newHeaderSearch(t.plan.Find)
	for {
		row, err := rows.next()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err != nil || row.number > farthestHeader {
			return t.notFound(search)
		}
		if names := row.names(); search.is(names, row.number) {
			return t.joinHeader([][]string{names}, []int{row.number}, nil)
		}
	}
}

// notFound says what is missing, and where it was missed.
func (t *sheetTable) notFound(search *headerSearch) error {
	why := fmt.Sprintf("no header was found in the first %d rows of the sheet %q", farthestHeader, t.sheet.name)
	if search.nearest > 0 {
		why += fmt.Sprintf(": row %d comes nearest, and lacks %s", search.nearest, strings.Join(search.lacks, ", "))
	} else {
		why += ": none has any of " + joinedLists(search.lists)
	}
	return &pipeline.Unreadable{Why: why, Hint: "check the names of the columns in the mapping, or say header: with the row's number"}
}

func (t *sheetTable) noHeader(last int) error {
	why := fmt.Sprintf("the sheet %q is empty: it has no header", t.sheet.name)
	if last > 0 {
		why = fmt.Sprintf("the sheet %q ends before row %d, where its header should be", t.sheet.name, last)
	}
	return &pipeline.Unreadable{Why: why, Hint: "check sheet: and header: in the mapping, or the ERP's export"}
}

func (t *sheetTable) blankHeader() error {
	return &pipeline.Unreadable{
		Why:  fmt.Sprintf("the header of the sheet %q is blank in row %s", t.sheet.name, joinedLines(t.plan.Header)),
		Hint: "say header: with the row that names the columns, or header: none",
	}
}

func (t *sheetTable) faultyHeader(row *sheetRow) error {
	return &pipeline.Unreadable{
		Why:  fmt.Sprintf("the header of the sheet %q cannot be read in row %d: %s", t.sheet.name, row.number, row.faults[0].fault.What),
		Hint: row.faults[0].fault.Hint,
	}
}

func joinedLines(lines []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(lines)), " and "), "[]")
}

func (t *sheetTable) foreignHeader(names []string, row int) error {
	bad := &pipeline.Unreadable{Why: fmt.Sprintf("the header of the sheet %q is no text in row %d", t.sheet.name, row)}
	for _, name := range names {
		if fault, found := textFault("", name, "utf-8"); found {
			bad.Why += fmt.Sprintf(": %q: %s", shortened(name), fault.What)
			bad.Hint = fault.Hint
			break
		}
	}
	return bad
}
