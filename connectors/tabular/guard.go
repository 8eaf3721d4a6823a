package tabular

import (
	"strings"
	"unicode/utf8"
)

// guard returns text that no spreadsheet takes for a formula. A CSV file cannot
// say that a cell is text, so what could start one gets an apostrophe, by which
// every spreadsheet means text. Numbers are not guarded: they are written from
// number columns, where a minus is a minus. Workbooks need no guard: there a
// cell of text is text (see xlsxStyles).
func guard(text string) string {
	if startsFormula(text) {
		return "'" + text
	}
	return text
}

// startsFormula tells text that Excel, LibreOffice or Google Sheets might
// calculate: by its first character, wide forms and control characters included.
func startsFormula(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	switch first {
	case '=', '+', '-', '@', '＝', '＋', '－', '＠':
		return true
	}
	return text != "" && first < ' '
}

// legible is text without what no file may hold: control characters, which XML
// forbids, and bytes that are no UTF-8.
func legible(text string) string {
	if strings.IndexFunc(text, illegible) < 0 && utf8.ValidString(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if illegible(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
}

func illegible(r rune) bool {
	switch r {
	case '\t', '\n', '\r':
		return false
	case 0x7f, 0xFFFE, 0xFFFF:
		return true
	}
	return r < ' '
}
