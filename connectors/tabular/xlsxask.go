package tabular

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"rentalsync/pipeline"
)

// asked are the cells that say something of the whole file, by the part on whose
// sheet they stand.
type asked struct {
	cells [][]askedCell // of each part
	first []sheet       // of each part
	known map[string]map[string]string
}

type askedCell struct {
	name, cell string
	col, row   int
}

func newAsked(plans []pipeline.Table, chosen [][]sheet, asks []pipeline.Ask) (*asked, error) {
	a := &asked{cells: make([][]askedCell, len(plans)), known: map[string]map[string]string{}}
	for _, sheets := range chosen {
		a.first = append(a.first, sheets[0])
	}
	for _, ask := range asks {
		if ask.Cell == "" {
			continue
		}
		col, row, ok := cellPlace([]byte(ask.Cell))
		if !ok || ask.Part < 0 || ask.Part >= len(plans) {
			return nil, &pipeline.Unreadable{Why: fmt.Sprintf("%q is no cell of a sheet", ask.Cell), Hint: "write it as B3 in the mapping"}
		}
		a.cells[ask.Part] = append(a.cells[ask.Part], askedCell{name: ask.Name, cell: ask.Cell, col: col, row: row})
	}
	return a, nil
}

// of is what the workbook says to the rows of a sheet: each part by its first
// sheet, but the part that is read by the sheet that is read.
func (a *asked) of(ctx context.Context, b *book, part int, s sheet) (map[string]string, error) {
	said := map[string]string{}
	for i := range a.cells {
		from := a.first[i]
		if i == part {
			from = s
		}
		heard, err := a.hear(ctx, b, i, from)
		if err != nil {
			return nil, err
		}
		for name, text := range heard {
			said[name] = text
		}
	}
	if len(said) == 0 {
		return nil, nil
	}
	return said, nil
}

// hear reads the cells of a part on a sheet, once.
func (a *asked) hear(ctx context.Context, b *book, part int, s sheet) (map[string]string, error) {
	if len(a.cells[part]) == 0 {
		return nil, nil
	}
	key := fmt.Sprint(part, s.part)
	if said, heard := a.known[key]; heard {
		return said, nil
	}
	said, err := b.readCells(ctx, s, a.cells[part])
	a.known[key] = said
	return said, err
}

// readCells reads single cells of a sheet. One that is blank says nothing.
func (b *book) readCells(ctx context.Context, s sheet, cells []askedCell) (map[string]string, error) {
	rows, err := b.openSheet(ctx, s)
	if err != nil {
		return nil, err
	}
	defer rows.close()

	said, last := map[string]string{}, 0
	for _, c := range cells {
		said[c.name] = ""
		last = max(last, c.row)
	}
	for {
		row, err := rows.next()
		if errors.Is(err, io.EOF) || err == nil && row.number > last {
			return said, nil
		}
		if err != nil {
			return nil, err
		}
		for _, c := range cells {
			if c.row != row.number {
				continue
			}
			if said[c.name], err = row.say(c, s); err != nil {
				return nil, err
			}
		}
	}
}

// say is the text of a cell that was asked for.
func (row *sheetRow) say(asked askedCell, s sheet) (string, error) {
	for _, f := range row.faults {
		if f.col == asked.col {
			return "", &pipeline.Unreadable{Why: fmt.Sprintf("the cell %s of the sheet %q: %s", asked.cell, s.name, f.fault.What), Hint: f.fault.Hint}
		}
	}
	for i := range row.cells {
		if c := &row.cells[i]; c.col == asked.col {
			return strings.TrimSpace(string(c.in(row))), nil
		}
	}
	return "", nil
}
