package tabular

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

func TestTheHeaderIsFoundByItsNames(t *testing.T) {
	t.Parallel()

	find := pipeline.Dialect{Delimiter: ";", Find: [][]string{{"Gerätenr", "Geräte-Nr."}, {"Status"}}}
	ended := with(find, func(d *pipeline.Dialect) { d.End = "ENDE" })
	tests := []struct {
		name    string
		text    string
		dialect pipeline.Dialect
		rows    []string
		end     string
	}{
		{
			name: "below a preamble, whatever its quotes", dialect: find,
			text: "Liste \"Geräte\nGedruckt;\"21.11.2026\n\n\"GERAETENR\";x\nGERÄTENR;Name; status \n1;Bühne;V\n",
			rows: []string{"6: 1|Bühne|V"},
		},
		{name: "in the first line", dialect: find, text: "Status;Geräte-Nr.\nV;1\n", rows: []string{"2: V|1"}},
		{name: "in quotes", dialect: find, text: "x\n\"Status\";\"Gerätenr\"\nV;1\n", rows: []string{"3: V|1"}},
		{name: "below sep=", dialect: with(find, func(d *pipeline.Dialect) { d.Delimiter = "" }), text: "sep=;\nx\nStatus;Gerätenr\nV;1\n", rows: []string{"4: V|1"}},
		{
			name: "or the file is refused, and the nearest line named", dialect: find, text: "Liste\nGerätenr;Name\n1;Bühne\n",
			end: "none of the first 100 lines is a header with the columns Gerätenr or Geräte-Nr., Status; line 2 comes nearest and lacks Status; check the delimiter, or add the names that the file has to the columns",
		},
		{
			name: "or the file is refused", dialect: find, text: "Liste\n1;Bühne\n",
			end: "none of the first 100 lines is a header with the columns Gerätenr or Geräte-Nr., Status; check the delimiter, or add the names that the file has to the columns",
		},
		{
			name: "but not beyond a hundred lines", dialect: find, text: strings.Repeat("x\n", 100) + "Gerätenr;Status\n1;V\n",
			end: "none of the first 100 lines is a header with the columns Gerätenr or Geräte-Nr., Status; check the delimiter, or add the names that the file has to the columns",
		},
		{name: "or is yet to come where the file is not whole", dialect: find, text: "Liste\nGerätenr;Na", end: "incomplete: the header is missing: the file ends before line 3"},
		{name: "or is yet to come where the trailer is missing", dialect: ended, text: "Liste\n", end: "incomplete: the header is missing: the file ends before line 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readAll(t, tt.text, tt.dialect)
			if diff := cmp.Diff(tt.rows, got.rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if tt.end == "" && got.end != nil || tt.end != "" && (got.end == nil || got.end.Error() != tt.end) {
				t.Errorf("ended with %v\nwant %s", got.end, tt.end)
			}
		})
	}
}

func TestCellsAboveTheRowsAreSaid(t *testing.T) {
	t.Parallel()

	asks := []pipeline.Ask{{Name: "date", Cell: "B2"}, {Name: "depot", Cell: "a1"}, {Name: "none", Cell: "Z9"}}
	tests := []struct {
		name    string
		text    string
		dialect pipeline.Dialect
		want    map[string]string
	}{
		{
			name: "in a preamble", text: "\"Depot \"\"Nord\"\"\"\nStand; 21.11.2026 \nNr;Ort\n1;x\n", dialect: pipeline.Dialect{Delimiter: ";", Header: []int{3}},
			want: map[string]string{"date": "21.11.2026", "depot": `Depot "Nord"`},
		},
		{
			name: "above a header that is searched", text: "Nord\nStand;21.11.2026\nNr;Ort\n1;x\n", dialect: pipeline.Dialect{Delimiter: ";", Find: [][]string{{"Nr"}}},
			want: map[string]string{"date": "21.11.2026", "depot": "Nord"},
		},
		{
			name: "above rows without a header", text: "#Nord\n#Stand;21.11.2026\n1;x\n", dialect: pipeline.Dialect{Delimiter: ";", NoHeader: true, Comment: "#"},
			want: map[string]string{"date": "21.11.2026", "depot": "#Nord"},
		},
		{
			name: "also where there are no rows", text: "Nord\nStand;21.11.2026\nNr;Ort\n", dialect: pipeline.Dialect{Delimiter: ";", Header: []int{3}},
			want: map[string]string{"date": "21.11.2026", "depot": "Nord"},
		},
		{
			name: "but not what is no text", text: "N\x00rd\nStand;21.11.2026\nNr;Ort\n1;x\n", dialect: pipeline.Dialect{Delimiter: ";", Header: []int{3}},
			want: map[string]string{"date": "21.11.2026"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.dialect.Asks = asks
			var header *pipeline.Header
			for row, err := range New().Rows(t.Context(), strings.NewReader(tt.text), "f", tt.dialect) {
				var empty *pipeline.NoRows
				switch {
				case errors.As(err, &empty):
					header = empty.Header
				case err != nil:
					t.Fatal(err)
				default:
					header = row.Header
				}
			}
			if diff := cmp.Diff(tt.want, header.Said); diff != "" {
				t.Errorf("said (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnAskForNoCellIsRefused(t *testing.T) {
	t.Parallel()

	got := readAll(t, "a\n1\n", pipeline.Dialect{Asks: []pipeline.Ask{{Name: "x", Cell: "2B"}}})
	if got.end == nil || got.end.Error() != `"2B" is no cell; name it as a spreadsheet does: B2 is the second cell of line 2` {
		t.Errorf("ended with %v", got.end)
	}
}
