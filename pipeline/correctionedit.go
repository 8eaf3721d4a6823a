package pipeline

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// edit is a rejected row as somebody has left it.
type edit struct {
	changed bool
	cells   []string
	types   []CellType
}

// edited compares a row with the one that was rejected. Columns that somebody took
// away are as they were. What a program makes of a value by opening and saving it is
// no edit.
func edited(row *Row, rejected *OpenReject) edit {
	e := edit{cells: slices.Clone(rejected.Cells)}
	for len(e.cells) < len(rejected.Header) {
		e.cells = append(e.cells, "")
	}
	e.types = make([]CellType, len(e.cells))
	copy(e.types, rejected.Types)

	for i := range e.cells {
		at := columnOfCell(row.Header, rejected.Header, i)
		if at < 0 || at >= len(row.Cells) {
			continue
		}
		now, was := row.Cells[at], e.cells[i]
		if alikeCells(now, was) || spoiled(now, was) && !faulty(rejected, i) {
			continue
		}
		e.changed = true
		e.cells[i], e.types[i] = unguarded(now), typeNow(row, at, e.types[i])
	}
	for len(e.cells) > len(rejected.Header) && strings.TrimSpace(e.cells[len(e.cells)-1]) == "" {
		e.cells, e.types = e.cells[:len(e.cells)-1], e.types[:len(e.types)-1]
	}
	return e
}

// columnOfCell is where a file of corrections has the cells of a column; -1 where
// somebody took it away.
func columnOfCell(in *Header, of []string, i int) int {
	name := "cell " + strconv.Itoa(i+1) // beyond the header
	if i < len(of) {
		name = of[i]
	}
	return slices.IndexFunc(in.Names, func(n string) bool { return alikeCells(n, name) })
}

// alikeCells reports whether a cell holds what was written of a value: no file can
// hold all characters, and some programs change line ends.
func alikeCells(now, was string) bool {
	now, was = shownAs(now), shownAs(was)
	return now == was || unguarded(now) == was
}

func shownAs(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return '?'
		case r == '\r' || r < ' ' && r != '\n' && r != '\t' || r == 0x7f:
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}

// unguarded takes the apostrophe away by which a value that looks like a formula is
// kept from being one.
func unguarded(text string) string {
	rest, guarded := strings.CutPrefix(text, "'")
	if !guarded || rest == "" {
		return text
	}
	first, _ := utf8.DecodeRuneInString(rest)
	if strings.ContainsRune("=+-@＝＋－＠", first) || first < ' ' {
		return rest
	}
	return text
}

// spoiled reports whether a cell holds what a spreadsheet makes of a value that it
// takes for a number: without the zeros in front, or rounded.
func spoiled(now, was string) bool {
	now, was = strings.TrimSpace(now), strings.TrimSpace(was)
	if strings.TrimLeft(was, "0") == now && strings.HasPrefix(was, "0") {
		return true
	}
	x, err1 := strconv.ParseFloat(strings.ReplaceAll(now, ",", "."), 64)
	y, err2 := strconv.ParseFloat(was, 64)
	return err1 == nil && err2 == nil && strings.ContainsAny(now, "eE") && !strings.ContainsAny(was, "eE") && math.Abs(x-y) <= math.Abs(y)*1e-5
}

// faulty reports whether something is wrong with a cell of a rejected row.
func faulty(rejected *OpenReject, i int) bool {
	return i < len(rejected.Header) && slices.ContainsFunc(rejected.Faults, func(f Fault) bool { return f.Column == rejected.Header[i] })
}

// typeNow is what a cell is that somebody has typed: what the program took it for,
// or what stood there before, where it is written like that.
func typeNow(row *Row, at int, was CellType) CellType {
	if at < len(row.Types) && row.Types[at] != TextCell {
		return row.Types[at]
	}
	text := strings.TrimSpace(row.Cells[at])
	switch was {
	case DateCell:
		for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", time.TimeOnly} {
			if _, err := time.Parse(layout, text); err == nil {
				return DateCell
			}
		}
	case NumberCell:
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return NumberCell
		}
	}
	return TextCell
}

// ownColumns are the cells of a row besides ours, with their titles.
func ownColumns(row *Row) (names, cells []string) {
	if row.Header == nil {
		return nil, row.Cells
	}
	ours := []string{WhatTitle, HintTitle, RowTitle, SourceTitle}
	for _, name := range row.Header.Names {
		if !slices.Contains(ours, name) {
			names = append(names, name)
			cells = append(cells, cellNamed(row, name))
		}
	}
	return names, cells
}
