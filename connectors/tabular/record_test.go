package tabular

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

func recordOf(from, to int, is ...string) pipeline.RecordType {
	return pipeline.RecordType{At: pipeline.Slice{From: from, To: to}, Is: is}
}

// master is an equipment master with contract lines between, a header record and
// a trailer with a count and a hash total.
var master = pipeline.Dialect{
	Format: "fixed", Length: 40,
	Parts: []pipeline.Table{
		{Record: recordOf(1, 3, "HDR"), Use: pipeline.TableHeader},
		{Record: recordOf(1, 3, "EQP"), Columns: []pipeline.Slice{{Name: "number", From: 5, To: 12}, {Name: "rate", From: 14, To: 23}}},
		{Record: recordOf(1, 3, "CTL", "CTM"), Columns: []pipeline.Slice{{Name: "contract", From: 5, To: 12}}},
		{
			Record: recordOf(1, 3, "TRL"), Use: pipeline.TableTrailer,
			Totals: pipeline.Totals{
				Count: &pipeline.Total{At: pipeline.Slice{From: 13, To: 22}},
				Sum:   &pipeline.Total{At: pipeline.Slice{From: 24, To: 34}, Of: "number"},
			},
		},
	},
	Asks: []pipeline.Ask{{Name: "date", Part: 0, At: pipeline.Slice{From: 21, To: 28}}, {Name: "number", Part: 0, At: pipeline.Slice{From: 30, To: 35}}},
}

const (
	masterHeader  = "HDR EQMAST  RNTL01  20261121 000001     "
	masterFirst   = "EQP 00041178 0000128500                 "
	masterSecond  = "EQP 00041179 000000000}                 "
	masterLine    = "CTL C0000815                            "
	masterTrailer = "TRL EQMAST  0000000003 00000082357      "
)

// lines joins records to a file.
func lines(records ...string) string { return strings.Join(records, "\r\n") + "\r\n" }

func TestRecordsAreToldByTheirType(t *testing.T) {
	t.Parallel()

	rows := []string{"1 2: 00041178|0000128500", "1 3: 00041179|000000000}", "2 4: C0000815"}
	whole := lines(masterHeader, masterFirst, masterSecond, masterLine, masterTrailer)
	also := func(more ...string) []string { return append(append([]string(nil), rows...), more...) }
	trailer := func(text string) string {
		return lines(masterHeader, masterFirst, masterSecond, masterLine, text)
	}

	tests := []struct {
		name string
		text string
		want []string
	}{
		{"in lines", whole, rows},
		{"without line ends", strings.ReplaceAll(whole, "\r\n", ""), rows},
		{"without line ends, and the last one without its filling", strings.TrimRight(strings.ReplaceAll(whole, "\r\n", ""), " "), rows},
		{"with an end mark", whole + "\x1a", rows},
		{"with blank lines at the end", whole + "\r\n   \r\n", rows},
		{"by any of its words", strings.Replace(whole, "CTL", "CTM", 1), []string{rows[0], rows[1], "2 4: C0000815"}},
		{
			"and one that is not known is a row error, and counted", lines(masterHeader, masterFirst, masterSecond, "XYZ "+masterLine[4:], masterTrailer),
			[]string{
				rows[0], rows[1],
				`4! no part knows records of the type "XYZ"; add a part with record: {at: 1-3, is: "XYZ"}, or have the ERP leave them out`,
				"2 empty",
			},
		},
		{"and a part without rows is told", lines(masterHeader, masterTrailer[:12]+"0000000000 00000000000"), []string{"1 empty", "2 empty"}},
		{
			"and the trailer must be there", lines(masterHeader, masterFirst, masterSecond, masterLine),
			also("not whole: incomplete: the trailer is missing: no record has TRL at 1-3"),
		},
		{
			"and nothing stands behind the trailer", whole + masterFirst,
			also("unreadable: line 6 has text after the trailer in line 5; two exports may have been joined: have the ERP write one"),
		},
		{
			"and there is one trailer", whole + masterTrailer,
			also("unreadable: line 6 has text after the trailer in line 5; two exports may have been joined: have the ERP write one"),
		},
		{
			"and the trailer counts right", trailer("TRL EQMAST  0000000004 00000082357"),
			also("not whole: incomplete: the trailer in line 5 counts 4 rows, the file has 3 rows"),
		},
		{
			"and the trailer adds right", trailer("TRL EQMAST  0000000003 00000082358"),
			also("not whole: incomplete: the trailer in line 5 has 82358 as the sum of number, the file has 82357"),
		},
		{
			"and a count that is none is refused", trailer("TRL EQMAST  CTRL       00000082357"),
			also(`unreadable: the trailer in line 5 has "CTRL" at 13-22, which is no count; correct the place in totals:`),
		},
		{
			"and a sum that is none is refused", trailer("TRL EQMAST  0000000003"),
			also(`unreadable: the trailer in line 5 has "" at 24-34, which is no sum; correct the place in totals:`),
		},
		{"and totals may be filled up with blanks", trailer("TRL EQMAST  3                82357"), rows},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, toldOf(t, tt.text, master)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// separated is the same in separated text: places are the numbers of cells.
var separated = pipeline.Dialect{
	Delimiter: ";",
	Parts: []pipeline.Table{
		{Record: recordOf(1, 0, "H"), Use: pipeline.TableHeader},
		{Record: recordOf(1, 0, "E"), Columns: []pipeline.Slice{{Name: "number", From: 2}, {Name: "name", From: 3}}},
		{Record: recordOf(1, 0, "C")},
		{
			Record: recordOf(1, 0, "T"), Use: pipeline.TableTrailer,
			Totals: pipeline.Totals{Count: &pipeline.Total{At: pipeline.Slice{From: 2}, Plus: 2}, Sum: &pipeline.Total{At: pipeline.Slice{From: 3}, Of: "number"}},
		},
	},
	Asks: []pipeline.Ask{{Name: "date", Part: 0, At: pipeline.Slice{From: 3}}},
}

func TestRecordsOfSeparatedText(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name, text string
		want       []string
	}{
		{
			"are told by a cell", "H;x;20261121\nE;4711;\"Bühne; lang\";more\nC;1;2\n E ;4712;\nT;5;9423\n",
			[]string{"1 2: 4711|Bühne; lang", "2 3: C|1|2", "1 4: 4712|"},
		},
		{
			"must have the cells of their columns", "E;4711\nE;4712;x\nT;4;9423\n",
			[]string{"1! 2 cells where records of this type have 3; a record must not be cut short, and a delimiter inside a value must be quoted", "1 2: 4712|x"},
		},
		{
			"without columns are as wide as their first", "C;1;2\nC;1\nT;4;0\n",
			[]string{"2 1: C|1|2", "2! 2 cells where records of this type have 3; a record must not be cut short, and a delimiter inside a value must be quoted", "1 empty"},
		},
		{
			"with a broken quote cost one row", "E;4711;\"x\"y\nE;4712;z\nT;4;9423\n",
			[]string{`1! 3 "\"x\"y": text after the closing quote; a quote inside a quoted value must be doubled`, "1 2: 4712|z"},
		},
		{
			"with a quote that is open at the end cost one row, since the trailer counts", "E;4711;\"x\nE;4712;z\nT;4;9423\n",
			[]string{`1! 3 "\"x": the quote is never closed; close the quote, or say quote: none where quotes mean inches`, "1 2: 4712|z"},
		},
		{
			"that no part knows are row errors", "E;4711;x\nZ;1\nT;4;4711\n",
			[]string{"1 1: 4711|x", `2! no part knows records of the type "Z"; add a part with record: {at: 1, is: "Z"}, or have the ERP leave them out`},
		},
		{
			"have a sum that is not cut to a field", "E;99999;x\nT;3;9999\n",
			[]string{"1 1: 99999|x", "not whole: incomplete: the trailer in line 2 has 9999 as the sum of number, the file has 99999"},
		},
		{
			"with what is no text are row errors", "E;\x004711;x\nT;3;4711\n",
			[]string{`1! number "␀4711": a NUL byte; remove it in the ERP: it is no text`},
		},
		{
			"end with their trailer", "E;4711;x\nT;3;4711\nE;4712;y\n",
			[]string{"1 1: 4711|x", "unreadable: line 3 has text after the trailer in line 2; two exports may have been joined: have the ERP write one"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, toldOf(t, tt.text, separated)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestHeaderRecordsTellTheTablesBelow(t *testing.T) {
	t.Parallel()

	text := lines(masterHeader, masterFirst, masterFirst, strings.Replace(masterHeader, "20261121", "20261122", 1), masterSecond, masterLine)
	d := master
	d.Parts = d.Parts[:3]

	var got []string
	var headers []*pipeline.Header
	for row, err := range New().Rows(t.Context(), strings.NewReader(text), "f", d) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("%d: %s %s", row.Origin.Line, row.Header.Said["date"], row.Header.Said["number"]))
		headers = append(headers, row.Header)
	}
	want := []string{"2: 20261121 000001", "3: 20261121 000001", "5: 20261122 000001", "6: 20261122 000001"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("said (-want +got):\n%s", diff)
	}
	if headers[0] != headers[1] || headers[1] == headers[2] {
		t.Error("rows share a header until another header record says otherwise")
	}
}

func TestAHeaderRecordThatIsNoTextIsRefused(t *testing.T) {
	t.Parallel()

	got := toldOf(t, "H;x;2026\x001121\nE;1;2\nT;3;1\n", separated)
	want := []string{`unreadable: the header record in line 1: date "2026␀1121": a NUL byte; remove it in the ERP: it is no text`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAFileCutAtAnyByteIsNeverWhole(t *testing.T) {
	t.Parallel()

	ende := pipeline.Dialect{Delimiter: ";", End: "*** ENDE {count} ***"}
	find := ende
	find.Find = [][]string{{"Nr"}, {"Name"}}
	files := map[string]struct {
		text    string
		dialect pipeline.Dialect
	}{
		"separated text":       {"\ufeffNr;Name\r\n1;Müller\r\n2;\"Söhne\r\nund Töchter\"\r\n*** ENDE 2 ***", ende},
		"with a header search": {"Liste\r\n\r\nNr;Name\r\n1;Müller\r\n*** ENDE 1 ***", find},
		"windows-1252":         {"Nr;Name\r\n1;M\xfcller\r\n*** ENDE 1 ***", ende},
		"UTF-16":               {string(bomUTF16LE) + encode(t, utf16LE, "Nr;Name\r\n1;Müller\r\n*** ENDE 1 ***"), ende},
		"records in lines":     {strings.TrimRight(lines(masterHeader, masterFirst, masterSecond, masterLine, masterTrailer), " \r\n"), master},
		"records of a host":    {encode(t, page(t, "cp037"), strings.TrimRight(masterHeader+masterFirst+masterSecond+masterLine+masterTrailer, " ")), with(master, func(d *pipeline.Dialect) { d.Encoding, d.Length = "cp037", 40 })},
		"records of cells":     {"H;x;20261121\nE;4711;x\nE;4712;\"y\nz\"\nT;4;9423", separated},
	}
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for size := range len(file.text) {
				err := endOf(t, file.text[:size], file.dialect)
				var incomplete *pipeline.Incomplete
				if !errors.As(err, &incomplete) {
					t.Errorf("cut to %d of %d bytes (%q): %v", size, len(file.text), file.text[max(0, size-20):size], err)
				}
			}
			if err := endOf(t, file.text, file.dialect); err != nil {
				t.Errorf("the whole file: %v", err)
			}
		})
	}
}

// endOf is how the reading of a file ends, whatever its rows.
func endOf(t *testing.T, text string, d pipeline.Dialect) (end error) {
	t.Helper()
	for _, err := range New().Rows(t.Context(), strings.NewReader(text), "f", d) {
		var bad *pipeline.RowError
		var empty *pipeline.NoRows
		if !errors.As(err, &bad) && !errors.As(err, &empty) {
			end = err
		}
	}
	return end
}
