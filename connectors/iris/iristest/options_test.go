package iristest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/iris/iristest"
)

func TestOptionsThatMakeNoSenseAreNamed(t *testing.T) {
	t.Parallel()
	for want, options := range map[string]iristest.Options{
		"fleet -1":      {Fleet: -1},
		"fleet 1000000": {Fleet: 1_000_000},
		"rate -1":       {Rate: -1},
		"latency -1s":   {Latency: -time.Second},
		`nulls "keep"`:  {Nulls: "keep"},
		"fault 1":       {Faults: []iristest.Fault{{}}},
	} {
		if _, err := iristest.New(options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one that names %s", err, want)
		}
	}
}

func TestSerialNumbersAreReadOneALine(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "serials.txt")
	if err := os.WriteFile(file, []byte("\ufeffWJX00213\r\n\nB 4/2 \nlast"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := iristest.LoadSerials(file)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, got, []string{"WJX00213", "B 4/2", "last"})
	if _, err := iristest.LoadSerials(file + "x"); err == nil {
		t.Error("got no error for a file that is not there")
	}
}
