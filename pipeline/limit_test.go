package pipeline_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"rentalsync/pipeline"
)

func TestALimitIsACountOrAShare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, reads string
		n, of       int
		exceeded    bool
	}{
		{"5%", "5%", 5, 100, false},
		{"5%", "5%", 6, 100, true},
		{" 5 % ", "5%", 51, 1000, true},
		{"0.5%", "0.5%", 1, 200, false},
		{"0,5 %", "0.5%", 2, 200, true},
		{"100%", "100%", 7, 7, false},
		{"0%", "0%", 0, 7, false},
		{"0%", "0%", 1, 7, true},
		{"200", "200", 200, 0, false},
		{"200", "200", 201, 1_000_000, true},
		{"0", "0", 0, 10, false},
		{"0", "0", 1, 10, true},
		{"10%", "10%", 1, 0, true}, // a part of nothing is all of it
		{"100%", "100%", 1, 0, false},
		{"10%", "10%", 0, 0, false},
	} {
		limit, err := pipeline.ParseLimit(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := limit.String(); got != c.reads {
			t.Errorf("%q is written as %q, want %q", c.text, got, c.reads)
		}
		if got := limit.Exceeded(c.n, c.of); got != c.exceeded {
			t.Errorf("%d of %d go over %s: %v, want %v", c.n, c.of, c.text, got, c.exceeded)
		}
	}
}

func TestWhatIsNoLimitIsRefusedWithACure(t *testing.T) {
	t.Parallel()
	for text, what := range map[string]string{
		"":         `limit "" is no number`,
		"many":     `limit "many" is no number`,
		"-1":       `limit "-1" is negative`,
		"-5%":      `limit "-5%" is negative`,
		"101%":     `limit "101%" is more than everything`,
		"0.05":     `limit "0.05" is neither a whole number nor a share`,
		"1.000":    `limit "1.000" is neither a whole number nor a share`,
		"%":        `limit "%" is no share`,
		"five %":   `limit "five %" is no share`,
		"NaN%":     `limit "NaN%" is no share`,
		"1e1%":     `limit "1e1%" is no share`,
		"5%%":      `limit "5%%" is no share`,
		"0.00001%": `limit "0.00001%" is finer than any fleet`,
	} {
		_, err := pipeline.ParseLimit(text)
		if err == nil {
			t.Errorf("%q is taken", text)
			continue
		}
		got, cure, _ := strings.Cut(err.Error(), "; ")
		if got != what || cure == "" {
			t.Errorf("%q is refused by %q, want %q and a cure", text, err, what)
		}
	}
}

func TestALimitThatIsNotSetLetsEverythingPass(t *testing.T) {
	t.Parallel()
	var none pipeline.Limit
	if none.IsSet() || none.Exceeded(1_000_000, 1) || none.String() != "" {
		t.Errorf("no limit is %q, set %v", none, none.IsSet())
	}
}

func TestALimitReadsTheWayItIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[0-9]{1,6}|[1-9]?[0-9](\.[0-9]{0,3}[1-9])?%|100%`).Draw(rt, "text")
		limit, err := pipeline.ParseLimit(text)
		if err != nil {
			rt.Fatal(err)
		}
		again, err := pipeline.ParseLimit(limit.String())
		if err != nil || again != limit {
			rt.Fatalf("%q is written as %q, which reads as %q, %v", text, limit, again, err)
		}
	})
}
