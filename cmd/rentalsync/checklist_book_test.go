package main

import (
	"fmt"
	"strings"
)

// A cell of a trap's workbook is its XML, but for where it stands.
type bookCell string

// cellText is a cell with its text in it.
func cellText(s string) bookCell {
	return bookCell(` t="inlineStr"><is><t xml:space="preserve">` + escaped(s) + `</t></is></c>`)
}

// cellNumber is a cell as a workbook keeps numbers.
func cellNumber(digits string) bookCell { return bookCell("><v>" + digits + "</v></c>") }

// cellDay is a date in the form 14, which shows as the reader's own.
func cellDay(serial string) bookCell { return bookCell(` s="1"><v>` + serial + "</v></c>") }

// cellFormula is a cell with what it came to when the workbook was saved.
func cellFormula(of, came string) bookCell {
	return bookCell(` t="str"><f>` + escaped(of) + "</f><v>" + escaped(came) + "</v></c>")
}

// cellFault is a cell that shows an error.
func cellFault(what string) bookCell { return bookCell(` t="e"><v>` + what + "</v></c>") }

func escaped(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// sheet is a sheet by its name, and its rows from the first one on.
type sheet struct {
	name string
	rows [][]bookCell
}

// textRow is a row of text.
func textRow(cells ...string) []bookCell {
	row := make([]bookCell, len(cells))
	for i, c := range cells {
		if row[i] = ""; c != "" {
			row[i] = cellText(c)
		}
	}
	return row
}

// textRows makes rows of text of lines with semicolons.
func textRows(all ...string) [][]bookCell {
	var rows [][]bookCell
	for _, line := range all {
		rows = append(rows, textRow(strings.Split(line, ";")...))
	}
	return rows
}

// book packs a workbook; properties are those of workbookPr, such as date1904="1".
func book(properties string, sheets ...sheet) string {
	const (
		head     = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
		main     = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`
		relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
		kind     = "application/vnd.openxmlformats-officedocument.spreadsheetml."
	)
	var members []member
	add := func(name, body string) { members = append(members, member{name, head + body}) }

	types, list, relations := "", "", ""
	for i, s := range sheets {
		n := i + 1
		types += fmt.Sprintf(`<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, n, kind)
		list += fmt.Sprintf(`<sheet name="%s" sheetId="%d" r:id="rId%[2]d"/>`, s.name, n)
		relations += fmt.Sprintf(`<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%[1]d.xml"/>`, n, relation)
	}
	add("[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">`+
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>`+
		`<Override PartName="/xl/workbook.xml" ContentType="`+kind+`sheet.main+xml"/>`+
		`<Override PartName="/xl/styles.xml" ContentType="`+kind+`styles+xml"/>`+types+`</Types>`)
	add("_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+
		`<Relationship Id="rId1" Type="`+relation+`/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	add("xl/workbook.xml", `<workbook`+main+` xmlns:r="`+relation+`"><workbookPr `+properties+`/><sheets>`+list+`</sheets></workbook>`)
	add("xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`+relations+
		`<Relationship Id="rId999" Type="`+relation+`/styles" Target="styles.xml"/></Relationships>`)
	add("xl/styles.xml", `<styleSheet`+main+`><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders>`+
		`<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`)
	for i, s := range sheets {
		add(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1), `<worksheet`+main+`><sheetData>`+s.data()+`</sheetData></worksheet>`)
	}
	return zipped(members...)
}

// data writes the rows. A cell without XML is left out, as spreadsheets do.
func (s sheet) data() string {
	var out strings.Builder
	for i, row := range s.rows {
		fmt.Fprintf(&out, `<row r="%d">`, i+1)
		for j, cell := range row {
			if cell != "" {
				fmt.Fprintf(&out, `<c r="%c%d"%s`, 'A'+rune(j), i+1, cell)
			}
		}
		out.WriteString("</row>")
	}
	return out.String()
}
