package main

import (
	"strings"
	"testing"

	"rentalsync/connectors/iris/iristest"
)

func TestTheHelpOfSimulateShowsFaultsThatWork(t *testing.T) {
	t.Parallel()

	var file strings.Builder
	long, _, _ := strings.Cut(newSimulateCmd(&app{}).Long, "--definitions")
	for line := range strings.Lines(long) {
		if rule := strings.TrimPrefix(line, "  "); strings.HasPrefix(rule, "- {") || strings.HasPrefix(rule, "# ") {
			file.WriteString(rule)
		}
	}
	faults, err := iristest.ParseFaults([]byte(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	if len(faults) != 4 || !faults[1].CutAfter || faults[2].Every != 10 || faults[3].Percent != 5 {
		t.Errorf("got %+v", faults)
	}
}

func TestTheHelpOfSimulateShowsCustomFieldsThatWork(t *testing.T) {
	t.Parallel()

	var file strings.Builder
	_, long, _ := strings.Cut(newSimulateCmd(&app{}).Long, "--definitions")
	for line := range strings.Lines(long) {
		if one := strings.TrimPrefix(line, "  "); strings.HasPrefix(one, "- {") {
			file.WriteString(one)
		}
	}
	definitions, err := iristest.ParseDefinitions([]byte(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := iristest.New(iristest.Options{Definitions: definitions}); err != nil || len(definitions) != 2 {
		t.Errorf("got %v for %+v", err, definitions)
	}
}
