package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

// trapAnswer is what the traps read of once --json.
type trapAnswer struct {
	Runs []struct {
		State, Reason, BusinessDate string
		Deliveries                  []struct{ Name, State, Reason string }
		Lacks                       []string
		Rows                        pipeline.RowTotals
		Reports                     []string
	}
	Pending []struct{ Name, Why string }
	Exit    int
}

// tell writes an answer and its reports as traps have them.
func (a trapAnswer) tell(t *testing.T) (told []string) {
	t.Helper()
	for _, r := range a.Runs {
		for _, d := range r.Deliveries {
			line := fmt.Sprintf("%s %s: %s %s", r.BusinessDate, r.State, d.Name, d.State)
			if why := strings.TrimSpace(d.Reason); why != "" {
				line += ": " + why
			}
			told = append(told, line)
		}
		if r.State == "held" {
			told = append(told, "held: "+r.Reason)
		}
		for _, mapping := range r.Lacks {
			told = append(told, "missing: "+mapping)
		}
		if err := r.Rows.Check(); err != nil {
			t.Error(err)
		}
		if r.Rows.Read > 0 {
			told = append(told, fmt.Sprintf("%d read = %d mapped + %d skipped + %d rejected", r.Rows.Read, r.Rows.Mapped, r.Rows.Skipped, r.Rows.Rejected))
		}
		for _, path := range r.Reports {
			if filepath.Ext(path) == ".csv" {
				told = append(told, tellReport(t, path)...)
			}
		}
	}
	for _, p := range a.Pending {
		told = append(told, fmt.Sprintf("left alone: %s: %s", p.Name, p.Why))
	}
	return told
}

// tellReport tells what a report says of rows, codes and things that need a look.
func tellReport(t *testing.T, path string) (told []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records[1:] {
		kind, key, outcome, line, column, value, why, hint := r[2], r[3], r[5], r[8], r[9], r[10], r[11], r[12]
		said := strings.TrimSuffix(why+"; "+hint, "; ")
		if column != "" {
			said = fmt.Sprintf("%s \"%s\": %s", column, value, said) // bytes as they are shown
		}
		switch kind {
		case "row":
			told = append(told, fmt.Sprintf("line %s, %s", line, said))
		case "code":
			told = append(told, "code "+said)
		case "exception":
			told = append(told, fmt.Sprintf("%s: %s", strings.TrimSpace(key+" "+outcome), said))
		}
	}
	return told
}

// holds tells what IRIS holds of each machine.
func (h trapHouse) holds(t *testing.T) []string {
	t.Helper()
	documents := h.simulator.State().Documents
	if len(documents) == 0 {
		return []string{"IRIS: nothing"}
	}
	var told []string
	for _, serial := range slices.Sorted(maps.Keys(documents)) {
		var held modelHeld
		if err := json.Unmarshal(documents[serial], &held); err != nil {
			t.Fatal(err)
		}
		line := strings.TrimSpace("IRIS: " + serial + " " + held.RentalStatus)
		for _, i := range held.ContractItems {
			line += ", " + i.ExternalReference
			if i.OffRentDate != "" {
				line += " until " + i.OffRentDate
			}
			if i.RentalRate.UnitPrice != 0 {
				line += fmt.Sprintf(" at %v", i.RentalRate.UnitPrice)
			}
			if i.Contract.Customer.Name != "" {
				line += " for " + i.Contract.Customer.Name
			}
		}
		told = append(told, line)
	}
	return told
}

// compareTold holds what was told to what is wanted, line by line.
func compareTold(t *testing.T, want string, told []string) {
	t.Helper()
	var wanted []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			wanted = append(wanted, line)
		}
	}
	if fitsLines(wanted, told) {
		return
	}
	for i := range min(len(wanted), len(told)) {
		if fitsEllipsis(wanted[i], told[i]) {
			wanted[i] = told[i] // so that the difference shows only what differs
		}
	}
	t.Errorf("it ended otherwise (-want +got):\n%s", cmp.Diff(wanted, told))
}

// anyLines is a line of want that stands for any lines, or none.
const anyLines = "⋮"

func fitsLines(wanted, told []string) bool {
	switch {
	case len(wanted) == 0:
		return len(told) == 0
	case wanted[0] == anyLines:
		return fitsLines(wanted[1:], told) || len(told) > 0 && fitsLines(wanted, told[1:])
	}
	return len(told) > 0 && fitsEllipsis(wanted[0], told[0]) && fitsLines(wanted[1:], told[1:])
}

// fitsEllipsis tells whether a text is as wanted, where … is any text.
func fitsEllipsis(want, text string) bool {
	parts := strings.Split(want, "…")
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(`(?s)\A` + strings.Join(parts, ".*") + `\z`).MatchString(text)
}
