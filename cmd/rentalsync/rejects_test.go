package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/report"
)

// faultyNight is a night of the yard of which two rows cannot be read.
var faultyNight = map[string]string{"FLEET_20261120.csv": yardHeader +
	"1,S-1,ON_RENT,L1,2026-11-01,Elbe Bau\n2,S-2,ON_RENT,L2,01.11.2026,Elbe Bau\n3,S-3,ON_RENT,L3,bald,Elbe Bau\n4,S-4,AVAILABLE,,,\n"}

// mend writes a workbook for mending the rejected rows of the yard's last run in
// which somebody has changed cells, found by row and column.
func (y *yard) mend(t *testing.T, name, run string, cells map[[2]int]string) {
	t.Helper()
	j, err := journal.OpenReadOnly(t.Context(), journal.Options{Path: filepath.Join(y.dir, "state", "rentalsync.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	facts, err := j.Facts(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	list, err := report.Mendings(t.Context(), j, facts, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range list {
		rows, n := list[i].Rows, 0
		list[i].Rows = func(yield func(report.Mendable, error) bool) {
			for r, err := range rows {
				r.Cells = slices.Clone(r.Cells)
				for at, text := range cells {
					if at[0] == n {
						r.Cells[at[1]] = text
					}
				}
				n++
				if !yield(r, err) {
					return
				}
			}
		}
	}
	file, err := os.Create(filepath.Join(y.dir, "inbox", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := tabular.WriteRejectsXLSX(file, list); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestAWorkbookOfRejectedRowsComesBackMended(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.drop(t, faultyNight)
	first := y.once(t, exitAttention).Runs[0]
	if diff := cmp.Diff(pipeline.RowTotals{Read: 4, Mapped: 2, Rejected: 2}, first.Rows); diff != "" {
		t.Fatalf("rows of the night (-want +got):\n%s", diff)
	}

	// The file has a name that says nothing; its hidden columns tell what it is.
	y.mend(t, "Mappe1.xlsx", first.Run, map[[2]int]string{{0, 4}: "2026-11-02", {1, 4}: "morgen"})
	second := y.once(t, exitAttention).Runs[0]
	if diff := cmp.Diff(pipeline.RowTotals{Read: 2, Mapped: 1, Rejected: 1}, second.Rows); diff != "" {
		t.Fatalf("rows of the workbook (-want +got):\n%s", diff)
	}
	if second.BusinessDate != "2026-11-20" || second.Documents["matched"] != 1 {
		t.Errorf("the workbook was worked for %s: %v", second.BusinessDate, second.Documents)
	}

	// What is still wrong is mended in the workbook of that run.
	y.mend(t, "again.rejects.xlsx", second.Run, map[[2]int]string{{0, 4}: "2026-11-03"})
	third := y.once(t, 0).Runs[0]
	if diff := cmp.Diff(pipeline.RowTotals{Read: 1, Mapped: 1}, third.Rows); diff != "" {
		t.Errorf("rows of the second workbook (-want +got):\n%s", diff)
	}
	out, _ := y.says(t, 0, "rejects", "FLEET_20261120.csv")
	if !strings.Contains(out, "0 rows rejected and not mended, 2 mended") {
		t.Errorf("what is left: %s", out)
	}

	// The night after, the ERP says the same: nothing has changed, and nobody is gone.
	y.drop(t, map[string]string{"FLEET_20261121.csv": strings.NewReplacer("01.11.2026", "2026-11-02", "bald", "2026-11-03").Replace(faultyNight["FLEET_20261120.csv"])})
	next := y.once(t, 0).Runs[0]
	if next.Documents["assembled"] != 0 || next.Rows.Mapped != 4 {
		t.Errorf("the night after: %v, %v", next.Rows, next.Documents)
	}
}

func TestAWorkbookUnderTheNameOfANightIsNoNight(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.write(t, "mappings", map[string]string{"book.yaml": strings.NewReplacer("mapping: fleet", "mapping: book", `"FLEET_{date:YYYYMMDD}.csv"`, `"FLEET_{date:YYYYMMDD}.xlsx", format: xlsx`).Replace(yardFleet)})
	y.drop(t, faultyNight)
	first := y.once(t, exitAttention).Runs[0]

	y.mend(t, "FLEET_20261121.xlsx", first.Run, map[[2]int]string{{0, 4}: "2026-11-02"})
	run := y.once(t, 0).Runs[0]
	if diff := cmp.Diff(pipeline.RowTotals{Read: 2, Mapped: 1, Skipped: 1}, run.Rows); diff != "" || run.BusinessDate != "2026-11-20" {
		t.Errorf("%s %s (-want +got):\n%s", run.BusinessDate, run.State, diff)
	}
}

func TestAFileIsWorkedAgainOnPurpose(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.drop(t, wholeNight)
	y.once(t, 0)
	y.drop(t, wholeNight)
	if run := y.once(t, 0).Runs[0]; run.State != "duplicate" {
		t.Fatalf("the same file again is %s", run.State)
	}

	out, _ := y.says(t, 0, "once", "--again", "FLEET_20261120.csv")
	if !strings.Contains(out, "4 read = 4 mapped") {
		t.Errorf("out of the archive: %s", out)
	}
	y.drop(t, wholeNight)
	out, _ = y.says(t, 0, "once", "--again", filepath.Join(y.dir, "inbox", "FLEET_20261120.csv"))
	if !strings.Contains(out, "4 read = 4 mapped") {
		t.Errorf("out of the inbox: %s", out)
	}

	y.drop(t, newerNight)
	y.once(t, 0)
	out, _ = y.says(t, exitAttention, "once", "--again", "FLEET_20261120.csv")
	if !strings.Contains(out, "superseded") || !strings.Contains(out, "2026-11-22 was worked already; rentalsync revert --set 2026-11-22 takes that back first") {
		t.Errorf("an older file: %s", out)
	}
	_, talk := y.says(t, exitFault, "once", "--again", "FLEET_20261119.csv")
	if !strings.Contains(talk, "did you mean FLEET_20261120.csv?") {
		t.Errorf("a file that never came: %s", talk)
	}
}

func TestWhatIsMendedUndoesNothingThatLaterFilesOfChangesSaid(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.write(t, "mappings", map[string]string{"moves.yaml": strings.Replace(yardMoves, "name: NAME,", "name: NAME, meterHours: {from: HOURS, number: true},", 1)})
	y.drop(t, wholeNight)
	y.once(t, 0)
	y.drop(t, map[string]string{"MOVES_20261121_1.csv": "NO,NAME,STATUS,HOURS\n3,Lift,IN_REPAIR,bad\n4,Crane,IN_REPAIR,bad\n"})
	first := y.once(t, exitAttention).Runs[0]
	y.drop(t, map[string]string{"MOVES_20261122_1.csv": "NO,NAME,STATUS,HOURS\n3,Lift,AVAILABLE,7\n"})
	y.once(t, 0)

	y.mend(t, "mended.rejects.xlsx", first.Run, map[[2]int]string{{0, 3}: "5", {1, 3}: "6"})
	run := y.once(t, exitAttention).Runs[0]
	if diff := cmp.Diff(pipeline.RowTotals{Read: 2, Mapped: 1, Rejected: 1}, run.Rows); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	out, _ := y.says(t, 0, "explain", "3")
	if !strings.Contains(out, "rentalStatus    AVAILABLE") {
		t.Errorf("what a later file said was undone: %s", out)
	}
	out, _ = y.says(t, 0, "rejects", "mended.rejects.xlsx")
	if !strings.Contains(out, "overtaken: MOVES_20261122_1.csv of 2026-11-22 has said something newer about asset 3") {
		t.Errorf("nobody is told why: %s", out)
	}
	out, _ = y.says(t, 0, "explain", "4")
	if !strings.Contains(out, "IN_REPAIR") {
		t.Errorf("what nobody spoke of since was not mended: %s", out)
	}
}
