package main

import (
	"strings"
	"testing"

	"rentalsync/connectors/iris/iristest"
)

func TestTheHelpOfSimulateShowsFaultsThatWork(t *testing.T) {
	t.Parallel()

	var file strings.Builder
	for line := range strings.Lines(newSimulateCmd(&app{}).Long) {
		if rule := strings.TrimPrefix(line, "  "); strings.HasPrefix(rule, "- {") || strings.HasPrefix(rule, "# ") {
			file.WriteString(rule)
		}
	}
	faults, err := iristest.ParseFaults([]byte(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	if len(faults) != 3 || !faults[1].CutAfter || faults[2].Every != 10 {
		t.Errorf("got %+v", faults)
	}
}
