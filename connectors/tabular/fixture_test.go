package tabular

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

var updateFixtures = flag.Bool("update-text", false, "write what the fixtures of text give")

// eqmast is an equipment master of an IBM host. The files of testdata/fixed hold
// it in the pages of several hosts and systems, written by another program than
// this one.
var eqmast = pipeline.Dialect{
	Format: "fixed", Length: 120,
	Parts: []pipeline.Table{
		{Record: recordOf(1, 3, "HDR"), Use: pipeline.TableHeader},
		{Record: recordOf(1, 3, "EQP"), Columns: []pipeline.Slice{
			{Name: "number", From: 5, To: 12}, {Name: "make", From: 28, To: 37}, {Name: "model", From: 39, To: 52}, {Name: "serial", From: 54, To: 70},
			{Name: "status", From: 72}, {Name: "branch", From: 74, To: 76}, {Name: "acquired", From: 78, To: 85}, {Name: "rate", From: 98, To: 107},
		}},
		{Record: recordOf(1, 3, "CTL"), Columns: []pipeline.Slice{{Name: "contract", From: 5, To: 12}, {Name: "off", From: 27, To: 34}}},
		{Record: recordOf(1, 3, "TRL"), Use: pipeline.TableTrailer, Totals: pipeline.Totals{
			Count: &pipeline.Total{At: pipeline.Slice{From: 13, To: 22}},
			Sum:   &pipeline.Total{At: pipeline.Slice{From: 24, To: 34}, Of: "number"},
		}},
	},
}

func TestFixturesGiveWhatTheySay(t *testing.T) {
	t.Parallel()

	host := func(encoding string) pipeline.Dialect {
		d := eqmast
		d.Encoding = encoding
		return d
	}
	continental := func(encoding string) pipeline.Dialect {
		return pipeline.Dialect{Delimiter: ";", Encoding: encoding, End: "*** ENDE {count}"}
	}
	tests := []struct {
		file, want string
		dialect    pipeline.Dialect
	}{
		{"fixed/eqmast.cp037.dat", "fixed/eqmast.want", host("cp037")},
		{"fixed/eqmast.cp500.dat", "fixed/eqmast.want", host("cp500")},
		{"fixed/eqmast.cp273.dat", "fixed/eqmast.want", host("cp273")},
		{"fixed/eqmast.cp1140.dat", "fixed/eqmast.want", host("cp1140")},
		{"fixed/eqmast.cp850.txt", "fixed/eqmast.want", host("cp850")},
		{"fixed/eqmast.cp437.txt", "fixed/eqmast.want", host("cp437")},
		{"fixed/eqmast.utf8.txt", "fixed/eqmast.want", host("")},
		{"csv/continental.cp1252.csv", "csv/continental.want", continental("")},
		{"csv/continental.latin9.csv", "csv/continental.want", continental("latin9")},
		{"csv/continental.cp858.csv", "csv/continental.want", continental("cp858")},
		{"csv/continental.utf16be.csv", "csv/continental.want", continental("")},
		{"csv/continental.cp1140.csv", "csv/continental.want", continental("cp1140")},
		{"csv/unicode-text.txt", "csv/unicode-text.want", pipeline.Dialect{Delimiter: "tab"}},
		{"csv/memo.csv", "csv/memo.want", pipeline.Dialect{Encoding: "iso-8859-1"}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()

			text, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(tt.file)))
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(toldOf(t, string(text), tt.dialect), "\n") + "\n"

			golden := filepath.Join("testdata", filepath.FromSlash(tt.want))
			if *updateFixtures {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
