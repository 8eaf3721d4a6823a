package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestTheDemoDoesWhatTheREADMEShows runs the demo as a newcomer does, and holds
// the README to its table.
func TestTheDemoDoesWhatTheREADMEShows(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := run([]string{"demo", "--dir", t.TempDir()}, nil, &stdout, &stderr, func(string) (string, bool) { return "", false })
	if code != 0 || stderr.Len() > 0 {
		t.Fatalf("the demo ended with %d and said:\n%s", code, stderr.String())
	}

	table, _, _ := strings.Cut(stdout.String(), "\n\n")
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), strings.TrimSpace(table)) {
		t.Errorf("README.md shows another table than the demo prints:\n%s", table)
	}
}

func TestTheDemoReplacesOnlyWhatADemoMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/mine.txt", []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := run([]string{"demo", "--dir", dir}, nil, &stdout, &stderr, func(string) (string, bool) { return "", false })
	if code != exitFailed || !strings.Contains(stderr.String(), "no demo made") {
		t.Errorf("it ended with %d and said %q", code, stderr.String())
	}
	if _, err := os.Stat(dir + "/mine.txt"); err != nil {
		t.Error(err)
	}
}
