package tabular

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

// workbook is a workbook written by hand, part by part.
type workbook map[string]string

const (
	openXML  = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n"
	mainNS   = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relsNS   = ` xmlns="http://schemas.openxmlformats.org/package/2006/relationships"`
	relKind  = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	rootRels = openXML + `<Relationships` + relsNS + `><Relationship Id="rId1" Type="` + relKind + `officeDocument" Target="xl/workbook.xml"/></Relationships>`
)

// bookWith is a workbook whose sheets hold the given rows, under the names
// Sheet1, Sheet2 and so on.
func bookWith(sheets ...string) workbook {
	w := workbook{"_rels/.rels": rootRels}
	var tabs, links strings.Builder
	for i, rows := range sheets {
		fmt.Fprintf(&tabs, `<sheet name="Sheet%d" sheetId="%d" r:id="rId%d"/>`, i+1, i+1, i+1)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="%sworksheet" Target="worksheets/sheet%d.xml"/>`, i+1, relKind, i+1)
		w[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)] = openXML + `<worksheet` + mainNS + `><sheetData>` + rows + `</sheetData></worksheet>`
	}
	links.WriteString(`<Relationship Id="s1" Type="` + relKind + `styles" Target="styles.xml"/>`)
	links.WriteString(`<Relationship Id="s2" Type="` + relKind + `sharedStrings" Target="sharedStrings.xml"/>`)
	w["xl/workbook.xml"] = openXML + `<workbook` + mainNS + `><sheets>` + tabs.String() + `</sheets></workbook>`
	w["xl/_rels/workbook.xml.rels"] = openXML + `<Relationships` + relsNS + `>` + links.String() + `</Relationships>`
	return w
}

// styled gives the workbook formats: the cells of style 1 have the first one.
func (w workbook) styled(codes ...string) workbook {
	var formats, cells strings.Builder
	for i, code := range codes {
		fmt.Fprintf(&formats, `<numFmt numFmtId="%d" formatCode="%s"/>`, 164+i, strings.ReplaceAll(code, `"`, "&quot;"))
		fmt.Fprintf(&cells, `<xf numFmtId="%d" xfId="0"/>`, 164+i)
	}
	w["xl/styles.xml"] = openXML + `<styleSheet` + mainNS + `><numFmts>` + formats.String() + `</numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/>` + cells.String() + `</cellXfs></styleSheet>`
	return w
}

// sharing gives the workbook shared texts.
func (w workbook) sharing(items string) workbook {
	w["xl/sharedStrings.xml"] = openXML + `<sst` + mainNS + `>` + items + `</sst>`
	return w
}

// but is the workbook with a part that is another.
func (w workbook) but(part, content string) workbook {
	other := maps.Clone(w)
	other[part] = content
	return other
}

// without is the workbook without some of its parts.
func (w workbook) without(parts ...string) workbook {
	other := maps.Clone(w)
	for _, part := range parts {
		delete(other, part)
	}
	return other
}

// with is the workbook in which a part says something else.
func (w workbook) with(part, old, now string) workbook {
	return w.but(part, strings.ReplaceAll(w[part], old, now))
}

func (w workbook) bytes(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range slices.Sorted(maps.Keys(w)) {
		part, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(w[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// read reads the workbook in small pieces.
func (w workbook) read(t testing.TB, d pipeline.Dialect) seen {
	t.Helper()
	return readBytes(t, w.bytes(t), d)
}

func readBytes(t testing.TB, book []byte, d pipeline.Dialect) seen {
	t.Helper()
	return collectBook(t.Context(), book, d)
}

// collectBook writes what is read of a workbook as "Sheet1!17: a|b", with the
// faults behind an exclamation mark.
func collectBook(ctx context.Context, book []byte, d pipeline.Dialect) (s seen) {
	d.Format = "xlsx"
	for row, err := range New().Rows(ctx, iotest.HalfReader(bytes.NewReader(book)), "file.xlsx", d) {
		var bad *pipeline.RowError
		var empty *pipeline.NoRows
		switch {
		case errors.As(err, &empty):
			s.header = empty.Header.Names
			s.rows = append(s.rows, empty.Header.Sheet+": no rows")
		case errors.As(err, &bad):
			for _, f := range bad.Faults {
				s.rows = append(s.rows, fmt.Sprintf("%s!%d! %s", bad.Origin.Sheet, bad.Origin.Line, f))
			}
		case err != nil:
			s.end = err
		default:
			s.header = row.Header.Names
			s.rows = append(s.rows, fmt.Sprintf("%s!%d: %s", row.Origin.Sheet, row.Origin.Line, shownRow(row)))
		}
	}
	return s
}

// shownRow writes the cells of a row, each number behind #, each date behind @
// and each truth value behind ?.
func shownRow(row *pipeline.Row) string {
	marks := map[pipeline.CellType]string{pipeline.NumberCell: "#", pipeline.DateCell: "@", pipeline.BoolCell: "?"}
	cells := make([]string, len(row.Cells))
	for i, cell := range row.Cells {
		cells[i] = marks[row.Types[i]] + cell
	}
	shown := strings.Join(cells, "|")
	if row.Hidden {
		shown += " (hidden)"
	}
	return shown
}

// text is a row of inline texts, without the places that may be left out.
func text(cells ...string) string {
	var b strings.Builder
	b.WriteString("<row>")
	for _, cell := range cells {
		if cell == "" {
			b.WriteString("<c/>")
			continue
		}
		b.WriteString(`<c t="inlineStr"><is><t>` + cell + `</t></is></c>`)
	}
	b.WriteString("</row>")
	return b.String()
}

func TestCellsOfWorkbooks(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name  string
		cell  string
		style string // of s="1"
		want  string
	}{
		{name: "a whole number", cell: `<c><v>4711</v></c>`, want: "#4711"},
		{name: "a whole number that was calculated", cell: `<c><v>4711.0</v></c>`, want: "#4711"},
		{name: "a number as Excel stores large ones", cell: `<c><v>1.2E+16</v></c>`, want: "#12000000000000000"},
		{name: "a number of sixteen digits is shown with fifteen", cell: `<c><v>1234567890123456</v></c>`, want: "#1234567890123460"},
		{name: "a number with the noise of binary fractions", cell: `<c><v>0.30000000000000004</v></c>`, want: "#0.3"},
		{name: "a number that ends in zeros", cell: `<c><v>1250.50</v></c>`, want: "#1250.5"},
		{name: "a negative number", cell: `<c><v>-0.5</v></c>`, want: "#-0.5"},
		{name: "a negative zero", cell: `<c><v>-0</v></c>`, want: "#0"},
		{name: "a small number", cell: `<c><v>0.000001</v></c>`, want: "#0.000001"},
		{name: "a tiny number", cell: `<c><v>1E-07</v></c>`, want: "#1e-7"},
		{name: "a huge number", cell: `<c><v>1.5E+300</v></c>`, want: "#1.5e300"},
		{name: "a number with blanks around it", cell: "<c><v>\n 12 </v></c>", want: "#12"},
		{name: "a number that is no number", cell: `<c><v>1,5</v></c>`, want: `! h "1,5": is no number; correct it in the ERP, or open the workbook in Excel and save it`},
		{name: "a number as only Go knows it", cell: `<c><v>0x1p4</v></c>`, want: `! h "0x1p4": is no number; correct it in the ERP, or open the workbook in Excel and save it`},

		{name: "a number that is padded with zeros", cell: `<c s="1"><v>123</v></c>`, style: "00000", want: "#00123"},
		{name: "a negative number that is padded", cell: `<c s="1"><v>-12</v></c>`, style: "00000;-00000", want: "#-00012"},
		{name: "a number too long to be padded", cell: `<c s="1"><v>1234567</v></c>`, style: "00000", want: "#1234567"},
		{name: "a broken number is not padded", cell: `<c s="1"><v>1.5</v></c>`, style: "00000", want: "#1.5"},
		{name: "decimals are not padded", cell: `<c s="1"><v>1.5</v></c>`, style: "000.00", want: "#1.5"},
		{name: "a percentage stays what it is", cell: `<c s="1"><v>0.5</v></c>`, style: "0%", want: "#0.5"},

		{name: "a date", cell: `<c s="1"><v>46347</v></c>`, style: "dd.mm.yyyy", want: "@2026-11-21"},
		{name: "a date with a time that the format hides", cell: `<c s="1"><v>46347.3125</v></c>`, style: "dd.mm.yyyy", want: "@2026-11-21T07:30:00"},
		{name: "a date and time", cell: `<c s="1"><v>46347.3125</v></c>`, style: "dd.mm.yyyy hh:mm", want: "@2026-11-21T07:30:00"},
		{name: "midnight where the format shows a time", cell: `<c s="1"><v>46347</v></c>`, style: "dd.mm.yyyy hh:mm", want: "@2026-11-21T00:00:00"},
		{name: "a time that is a hair short of the minute", cell: `<c s="1"><v>46347.312499999</v></c>`, style: "yyyy-mm-dd hh:mm", want: "@2026-11-21T07:30:00"},
		{name: "a time that is a hair short of midnight", cell: `<c s="1"><v>46347.999999999</v></c>`, style: "yyyy-mm-dd", want: "@2026-11-22"},
		{name: "a time", cell: `<c s="1"><v>0.3125</v></c>`, style: "h:mm", want: "@07:30:00"},
		{name: "a time of half a day", cell: `<c s="1"><v>0.75</v></c>`, style: "h:mm AM/PM", want: "@18:00:00"},
		{name: "hours beyond a day", cell: `<c s="1"><v>1.3125</v></c>`, style: "[h]:mm", want: "31:30:00"},
		{name: "hours below zero", cell: `<c s="1"><v>-0.5</v></c>`, style: "[hh]:mm:ss", want: "-12:00:00"},
		{name: "the first day", cell: `<c s="1"><v>1</v></c>`, style: "yyyy-mm-dd", want: "@1900-01-01"},
		{name: "the day before the one that never was", cell: `<c s="1"><v>59</v></c>`, style: "yyyy-mm-dd", want: "@1900-02-28"},
		{name: "the day that never was", cell: `<c s="1"><v>60</v></c>`, style: "yyyy-mm-dd", want: "@1900-02-29"},
		{name: "the day after it", cell: `<c s="1"><v>61</v></c>`, style: "yyyy-mm-dd", want: "@1900-03-01"},
		{name: "the zero date", cell: `<c s="1"><v>0</v></c>`, style: "yyyy-mm-dd", want: "@1900-01-00"},
		{name: "the last day", cell: `<c s="1"><v>2958465</v></c>`, style: "yyyy-mm-dd", want: "@9999-12-31"},
		{
			name: "a day beyond the last", cell: `<c s="1"><v>2958466</v></c>`, style: "yyyy-mm-dd",
			want: `! h "2958466": is shown as a date, and is no day that a workbook knows; correct it in the ERP, or open the workbook in Excel and save it`,
		},
		{
			name: "a day below zero", cell: `<c s="1"><v>-1</v></c>`, style: "yyyy-mm-dd",
			want: `! h "-1": is shown as a date, and is no day that a workbook knows; correct it in the ERP, or open the workbook in Excel and save it`,
		},
		{name: "a date as text by its type", cell: `<c t="d"><v>2026-11-21</v></c>`, want: "@2026-11-21"},
		{name: "a date and time by its type", cell: `<c t="d"><v>2026-11-21T07:30:00.4Z</v></c>`, want: "@2026-11-21T07:30:00"},
		{name: "a day by its format, with midnight", cell: `<c t="d" s="1"><v>2026-11-21T00:00:00.000</v></c>`, style: "dd.mm.yyyy", want: "@2026-11-21"},
		{name: "a time by its type", cell: `<c t="d"><v>T07:30:00</v></c>`, want: "@07:30:00"},
		{name: "a date by its type that is none", cell: `<c t="d"><v>21.11.2026</v></c>`, want: `! h "21.11.2026": is no date; correct it in the ERP, or open the workbook in Excel and save it`},

		{name: "true", cell: `<c t="b"><v>1</v></c>`, want: "?TRUE"},
		{name: "false", cell: `<c t="b"><v>0</v></c>`, want: "?FALSE"},
		{name: "neither", cell: `<c t="b"><v>2</v></c>`, want: `! h "2": is neither true nor false; correct it in the ERP, or open the workbook in Excel and save it`},

		{name: "inline text", cell: `<c t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>`, want: " a "},
		{name: "inline text in runs, and how it is spoken", cell: `<c t="inlineStr"><is><r><t>Mül</t></r><r><rPr><b/></rPr><t>ler</t></r><rPh sb="0" eb="1"><t>XX</t></rPh></is></c>`, want: "Müller"},
		{name: "inline text at the place of a value", cell: `<c t="inlineStr"><v>abc</v></c>`, want: "abc"},
		{name: "text with entities", cell: `<c t="str"><v>M&#252;ller &amp; S&#xF6;hne &lt;GmbH&gt; &quot;x&apos;</v></c>`, want: `Müller & Söhne <GmbH> "x'`},
		{name: "text in a CDATA section", cell: `<c t="str"><v><![CDATA[a<b&c]]></v></c>`, want: "a<b&c"},
		{name: "text around a comment", cell: `<c t="str"><v>a<!-- > -->b</v></c>`, want: "ab"},
		{name: "characters that XML cannot hold", cell: `<c t="str"><v>a_x000D_
b_x005F_x000D_c_xyz_ _x00E4_ _xD83D__xDE00_</v></c>`, want: "a\r\nb_x000D_c_xyz_ ä 😀"},
		{name: "a number as text", cell: `<c t="str"><v>004711</v></c>`, want: "004711"},
		{name: "a zero byte", cell: `<c t="str"><v>a_x0000_b</v></c>`, want: `! h "a␀b": a NUL byte; remove it in the ERP: it is no text`},
		{name: "half a character", cell: `<c t="str"><v>a_xD83D_b</v></c>`, want: `! h "a�b": a character was lost before the file was written; correct the text in the ERP, or the encoding of its export`},
		{name: "bytes that are no text", cell: "<c t=\"str\"><v>M\xfcller</v></c>", want: `! h "M\\xfcller": bytes that are not utf-8; say the encoding that the ERP writes, such as windows-1252`},

		{name: "a formula with a number", cell: `<c><f>A1*2</f><v>84</v></c>`, want: "#84"},
		{name: "a formula with a text", cell: `<c t="str"><f>A1&amp;"x"</f><v>42x</v></c>`, want: "42x"},
		{name: "a formula with an empty text", cell: `<c t="str"><f>""</f><v></v></c><c><v>1</v></c>`, want: "|#1"},
		{name: "a shared formula", cell: `<c><f t="shared" si="0"/><v>7</v></c>`, want: "#7"},
		{name: "a formula that nobody calculated", cell: `<c><f>A1*2</f></c>`, want: `! h "": the cell has a formula without a result; open the workbook in Excel, let it calculate, and save it`},
		{name: "a formula with an empty result", cell: `<c><f>A1*2</f><v/></c>`, want: `! h "": the cell has a formula without a result; open the workbook in Excel, let it calculate, and save it`},
		{name: "a lookup that found nothing", cell: `<c t="e"><f>VLOOKUP(1,A:B,2)</f><v>#N/A</v></c>`, want: `! h "#N/A": a formula looked for something and did not find it; correct what the formula looks for, or let it give "" instead: IFERROR(…, "")`},
		{name: "a division by zero", cell: `<c t="e"><v>#DIV/0!</v></c>`, want: `! h "#DIV/0!": a formula divides by zero; correct the formula or what it divides by`},
		{name: "an error that came later", cell: `<c t="e"><v>#BUSY!</v></c>`, want: `! h "#BUSY!": a formula went wrong; correct it in Excel`},

		{name: "a kind of cell that is none", cell: `<c t="z"><v>1</v></c>`, want: `! h "1": is of a kind that workbooks do not have; correct it in the ERP, or open the workbook in Excel and save it`},
		{name: "a style that is not there", cell: `<c s="99"><v>46347</v></c>`, want: "#46347"},
		{name: "a shared text that is not there", cell: `<c t="s"><v>3</v></c>`, want: `! h "3": the cell refers to a text that is not in the workbook; open it in Excel and save it, or have the ERP write it again`},
		{
			name: "two cells in one place", cell: `<c r="A2"><v>1</v></c><c r="A2"><v>2</v></c>`,
			want: `! h "2": the cell A2 is in the sheet twice; have the ERP write the workbook again`,
		},
		{name: "cells from right to left", cell: `<c r="B2"><v>2</v></c><c r="A2"><v>1</v></c>`, want: "#1|#2"},
		{name: "a cell beside the table", cell: `<c><v>1</v></c><c/><c><v>3</v></c>`, want: `! 3 "3": the cell C2 stands beside the table: the header has 2 columns; give the column a name in row 1, or clear the cell`},
		{name: "blanks beside the table", cell: `<c><v>1</v></c><c/><c t="str"><v>  </v></c>`, want: "#1|"},
		{name: "prefixes and other things in a cell", cell: `<x:c><x:v>1</x:v><extLst><ext><v>2</v></ext></extLst></x:c>`, want: "#1"},
	}

	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			got := bookWith(text("h", "i")+"<row>"+tt.cell+"</row>").styled(tt.style).read(t, pipeline.Dialect{})
			want := "Sheet1!2: " + tt.want
			if fault, is := strings.CutPrefix(tt.want, "! "); is {
				want = "Sheet1!2! " + fault
			} else if !strings.Contains(tt.want, "|") {
				want += "|"
			}
			if got.end != nil || len(got.rows) != 1 || got.rows[0] != want {
				t.Errorf("end %v\ngot  %q\nwant %q", got.end, got.rows, want)
			}
		})
	}
}

func TestDaysThatAreCountedFrom1904(t *testing.T) {
	t.Parallel()

	book := bookWith(text("h")+`<row><c s="1"><v>44885</v></c></row><row><c s="1"><v>0</v></c></row>`).styled("yyyy-mm-dd").
		with("xl/workbook.xml", "<sheets>", `<workbookPr date1904="1"/><sheets>`)
	for row, err := range New().Rows(t.Context(), bytes.NewReader(book.bytes(t)), "f", pipeline.Dialect{Format: "xlsx"}) {
		if err != nil || !row.Header.Since1904 {
			t.Fatalf("header %+v, %v", row, err)
		}
	}
	want := []string{"Sheet1!2: @2026-11-21", "Sheet1!3: @1904-01-01"}
	if diff := cmp.Diff(want, book.read(t, pipeline.Dialect{}).rows); diff != "" {
		t.Error(diff)
	}
}
