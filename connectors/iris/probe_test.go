package iris_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
	"rentalsync/pipeline/rental"
)

// rented is a machine on a contract that has an end.
func rented(serial, depot string) rental.Document {
	d := document(serial)
	at := func(f rental.Field, text string) rental.FieldValue {
		v := rental.Of(text)
		if spec, _ := rental.SpecOf(rental.Contract, f); spec.Type == rental.Instant {
			v.Type = rental.Instant
		}
		return rental.FieldValue{Field: f, Value: v}
	}
	d.Items = []rental.ItemPart{{
		Part:     rental.Part{Key: "I1", Reference: "I1", Fields: []rental.FieldValue{{Field: rental.OnRentDate, Value: rental.Value{Type: rental.Instant, Text: "2026-11-01T00:00:00Z"}}}},
		Contract: rental.Part{Key: "C1", Reference: "C1", Fields: []rental.FieldValue{at(rental.EndDate, "2026-12-24T22:59:59Z"), at(rental.HiringDepot, depot)}},
		Customer: &rental.Part{Key: "K1", Reference: "K1", Fields: []rental.FieldValue{at(rental.Name, "Nordby Anlegg AS")}},
	}}
	return *d
}

// depotsOf are the ids of the depots of an account.
func depotsOf(t *testing.T, c *iris.Client) (ids []string) {
	t.Helper()
	for s, err := range c.Sites(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Type == "DEPOT" {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

func prober(t *testing.T, o iristest.Options) (*iris.Prober, *iristest.Simulator) {
	t.Helper()
	si := simulator(t, o)
	c := client(t, demo(si))
	d := rented(known, depotsOf(t, c)[0])
	return &iris.Prober{Client: c, Wire: iris.DefaultWire(), DocumentFunc: func(context.Context) (rental.Document, error) { return d, nil }}, si
}

// trial finds what was learned of a question.
func trial(t *testing.T, trials []iris.Trial, question string) iris.Trial {
	t.Helper()
	for _, one := range trials {
		if strings.Contains(one.Question, question) {
			return one
		}
	}
	t.Fatalf("nobody asked %q", question)
	return iris.Trial{}
}

func TestWhatAProbeLearns(t *testing.T) {
	t.Parallel()
	ignores, clears, strict := options(), options(), options()
	clears.Nulls, strict.Strict = iristest.NullsClear, true
	for _, tt := range []struct {
		name     string
		of       iristest.Options
		question string
		held     string
		set      string
	}{
		{"null is ignored", ignores, "null clears", "2026-12-24T22:59:59Z", "nothing: the field stays"},
		{"null clears", clears, "null clears", "nothing", "empty: null, confirmed: true"},
		{"leaving out never clears", clears, "leaving a field out", "2026-12-24T22:59:59Z", "nothing: the field stays"},
		{"a wrong name is taken", ignores, "does not know", "", "read back what matters"},
		{"a wrong name is refused", strict, "does not know", "", "is refused"},
		{"a date is taken", ignores, "a date without a time", "2026-12-24T00:00:00Z", "as: date is possible"},
		{"a depot is an object with an id", ignores, "an object with its id", "", "depots: id"},
		{"a depot is no text", ignores, "its id alone", "", "not depots: plain"},
		{"contracts are listed", ignores, "contracts can be listed", "the asset's contract is in it", "nothing"},
		{"items are read back", ignores, "items can be read back", "1 items, the asset's among them: true", "nothing"},
		{"what does not exist is refused on request", ignores, "does not exist", "", "may be used"},
		{"objects change an asset", ignores, "changed by an object", `external reference "`, "both forms"},
		{"the right document is held at the end", clears, "held again", "2026-12-24T22:59:59Z", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, _ := prober(t, tt.of)
			trials, err := p.Probe(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			got := trial(t, trials, tt.question)
			if tt.held != "" && !strings.HasPrefix(got.Held, tt.held) || !strings.Contains(got.Set, tt.set) {
				t.Errorf("got %+v, want held %q and set %q", got, tt.held, tt.set)
			}
		})
	}
}

func TestAProbeLeavesTheRightDocument(t *testing.T) {
	t.Parallel()
	o := options()
	o.Nulls = iristest.NullsClear
	p, si := prober(t, o)
	right, err := p.DocumentFunc(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := iris.NewLoader(p.Client, nil).Send(t.Context(), &right); err != nil {
		t.Fatal(err)
	}
	before := string(si.Held(known))
	if _, err := p.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := string(si.Held(known)); after != before {
		t.Errorf("got %s\nwant %s", after, before)
	}
}

// breaking ends a context after so many synchronizations.
type breaking struct {
	next  http.RoundTripper
	after int
	end   func()
}

func (b *breaking) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.next.RoundTrip(r)
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/synchronization") {
		if b.after--; b.after == 0 {
			b.end()
		}
	}
	return resp, err
}

func TestAProbeThatBreaksOffSendsTheRightDocumentAllTheSame(t *testing.T) {
	t.Parallel()
	o := options()
	o.Nulls = iristest.NullsClear
	p, si := prober(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	cfg := demo(si)
	cfg.Transport = &breaking{next: cfg.Transport, after: 2, end: cancel} // the second one clears
	p.Client = client(t, cfg)

	if _, err := p.Probe(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if held := string(si.Held(known)); !strings.Contains(held, "2026-12-24") {
		t.Errorf("IRIS holds %s", held)
	}
}

func TestAProbeOfAnAssetThatIRISDoesNotKnowEndsAtOnce(t *testing.T) {
	t.Parallel()
	p, _ := prober(t, options())
	p.DocumentFunc = func(context.Context) (rental.Document, error) { return *document(unknown), nil }
	trials, err := p.Probe(t.Context())
	if !errors.Is(err, iris.ErrNotProbed) || !strings.Contains(err.Error(), "202") || len(trials) != 1 {
		t.Errorf("got %v after %d trials", err, len(trials))
	}
}

func TestAPlanOfAProbeSendsNothing(t *testing.T) {
	t.Parallel()
	p, si := prober(t, options())
	trials, err := p.Plan(t.Context())
	if err != nil || len(trials) < 10 {
		t.Errorf("got %d trials, %v", len(trials), err)
	}
	if held := si.Held(known); held != nil {
		t.Errorf("IRIS holds %s", held)
	}
}
