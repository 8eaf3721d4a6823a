package tabular

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

func TestNumbersOfHosts(t *testing.T) {
	t.Parallel()

	tests := []struct {
		text, want string
		is         bool
	}{
		{"00041178", "41178", true},
		{"  128500 ", "128500", true},
		{"00125-", "-125", true},
		{"-125", "-125", true},
		{"+125", "125", true},
		{"000000000}", "0", true},
		{"0001234A", "12341", true},
		{"0001234J", "-12341", true},
		{"000123{", "1230", true},
		{"1.250,50", "125050", true},
		{"99999999999999999999999999", "99999999999999999999999999", true},
		{"", "", false},
		{"-", "", false},
		{"ABC", "", false},
		{"12X4", "", false},
		{"2026/11", "", false},
	}
	for _, tt := range tests {
		n, is := readSigned(tt.text)
		if is != tt.is {
			t.Errorf("%q: a number is %v", tt.text, is)
		} else if is {
			var h hashTotal
			if got := n.into(&h.number).String(); got != tt.want {
				t.Errorf("%q: %s, want %s", tt.text, got, tt.want)
			}
		}
	}
}

func TestAHashTotalOfNoColumnIsRefused(t *testing.T) {
	t.Parallel()

	d := master
	d.Parts = append([]pipeline.Table(nil), master.Parts...)
	d.Parts[3].Totals.Sum = &pipeline.Total{At: pipeline.Slice{From: 24, To: 34}, Of: "nummer"}
	want := []string{`unreadable: the trailer is to sum "nummer", and no part has a column of that name; say sum: {of: with the name of a column, at: …}`}
	if diff := cmp.Diff(want, toldOf(t, masterHeader, d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAHashTotalIsCutToItsField(t *testing.T) {
	t.Parallel()

	d := pipeline.Dialect{Format: "fixed", Parts: []pipeline.Table{
		{Record: recordOf(1, 1, "E"), Columns: []pipeline.Slice{{Name: "n", From: 2, To: 25}}},
		{Record: recordOf(1, 1, "T"), Use: pipeline.TableTrailer, Totals: pipeline.Totals{Sum: &pipeline.Total{At: pipeline.Slice{From: 2, To: 5}, Of: "n"}}},
	}}
	tests := []struct {
		name    string
		rows    []string
		trailer string
		whole   bool
	}{
		{"to four digits", []string{"E9999", "E0005"}, "T0004", true},
		{"of numbers as long as a record", []string{"E999999999999999999999999", "E000000000000000000000002"}, "T0001", true},
		{"with what is no number left out", []string{"E0001", "E12X4", "E0002"}, "T0003", true},
		{"with negative ones taken off", []string{"E0005-", "E0007"}, "T0002", true},
		{"which may be negative", []string{"E0005-", "E0002"}, "T003-", true},
		{"and must fit", []string{"E9999", "E0005"}, "T0005", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if err := endOf(t, lines(append(tt.rows, tt.trailer)...), d); (err == nil) != tt.whole {
				t.Errorf("ended with %v", err)
			}
		})
	}
}
