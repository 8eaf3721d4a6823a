package iristest_test

import (
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
		"percent 101":   {Faults: []iristest.Fault{{On: "*", Percent: 101, Status: 500}}},
		`field "hours"`: {Definitions: []iristest.Definition{{Key: "hours", Type: "NUMBER", EntityType: "MACHINE"}}},
	} {
		if _, err := iristest.New(options); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one that names %s", err, want)
		}
	}
}
