package pipeline

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"rentalsync/pipeline/rental"
)

// walked is a register, and a listing, as a crosswalk is compared with them.
type walked struct {
	StageJournal
	named    []rental.Ref // by the ERP's own files
	referred []rental.Ref // only referred to
	said     []rental.Ref // only by a crosswalk
	listed   []string
	serial   string          // of each that is listed
	found    []AssetIdentity // by what IRIS finds assets
	at       time.Time
}

func (w *walked) Records(_ context.Context, _, _ string, refs []rental.Ref) (now, prior map[rental.Ref]rental.Record, err error) {
	now = map[rental.Ref]rental.Record{}
	for _, ref := range refs {
		for _, known := range w.named {
			if known == ref {
				now[ref] = rental.Record{Ref: ref, Fields: []rental.RecordField{{Field: rental.Name}}}
			}
		}
		for _, known := range w.said {
			if known == ref {
				now[ref] = rental.Record{Ref: ref, Fields: []rental.RecordField{{Field: rental.AssetID}}}
			}
		}
	}
	return now, now, nil
}

func (w *walked) Namesakes(_ context.Context, _, key string) (list []Namesake, err error) {
	for _, ref := range w.referred {
		if ref.Key == key {
			list = append(list, Namesake{Kind: ref.Kind})
		}
	}
	return list, nil
}

func (w *walked) Keys(context.Context, string) iter.Seq2[rental.Ref, error] {
	return func(yield func(rental.Ref, error) bool) {
		for _, list := range [][]rental.Ref{w.named, w.referred, w.said} {
			for _, ref := range list {
				if !yield(ref, nil) {
					return
				}
			}
		}
	}
}

func (w *walked) ListedAt(context.Context, string, ListingKind) (time.Time, error) { return w.at, nil }

func (w *walked) ListedWithID(_ context.Context, _ string, _ ListingKind, id string) (*Listed, error) {
	for _, known := range w.listed {
		if known == id {
			return &Listed{ID: id, Serial: w.serial}, nil
		}
	}
	return nil, nil
}

func (w *walked) Identities(context.Context, string, string) iter.Seq2[AssetIdentity, error] {
	return func(yield func(AssetIdentity, error) bool) {
		for _, a := range w.found {
			if !yield(a, nil) {
				return
			}
		}
	}
}

func TestACrosswalkGivesNoMachineToTwoAssets(t *testing.T) {
	t.Parallel()

	const id = "1f0c7a52-0000-4000-8000-00000000000a"
	for _, tt := range []struct {
		name  string
		found AssetIdentity
		fault bool
	}{
		{"a machine that IRIS finds for another asset", AssetIdentity{Key: "12", Identity: "SERIAL_NUMBER 4711A"}, true},
		{"a machine that was another's, which no file names any more", AssetIdentity{Key: "12", Identity: "SERIAL_NUMBER 4711A", Gone: true}, false},
		{"a machine that IRIS finds for the asset itself", AssetIdentity{Key: "11", Identity: "SERIAL_NUMBER 4711A"}, false},
		{"a machine that IRIS finds for nobody", AssetIdentity{Key: "12", Identity: "SERIAL_NUMBER 4712A"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ref := rental.Ref{Kind: rental.Asset, Key: "11"}
			w := &walked{named: []rental.Ref{ref}, listed: []string{id}, serial: "004711-A", found: []AssetIdentity{tt.found}, at: time.Unix(1_795_000_000, 0)}
			c := &crosswalk{CrosswalkCheck: &CrosswalkCheck{Account: "a", Journal: w}, flow: "f", run: "r", stage: w}
			m := Mapped{Entities: []rental.Entity{{Ref: ref, Fields: []rental.FieldValue{{Field: rental.AssetID, Value: rental.Of(id), Column: "IRIS"}}}}}
			if err := c.check(t.Context(), &m); err != nil {
				t.Fatal(err)
			}
			if tt.fault != (len(m.Faults) == 1 && strings.Contains(m.Faults[0].What, "asset 12 already")) || tt.fault == (len(m.Entities) == 1) {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestACrosswalkIsComparedWithWhatIsKnown(t *testing.T) {
	t.Parallel()

	const id = "1f0c7a52-0000-4000-8000-00000000000a"
	ref := func(kind rental.Kind, key string) rental.Ref { return rental.Ref{Kind: kind, Key: key} }
	w := &walked{
		named: []rental.Ref{
			ref(rental.Asset, "004711"), ref(rental.Asset, "0815"), ref(rental.Asset, "00815"), ref(rental.Asset, "12"), ref(rental.Asset, "012"),
			ref(rental.Customer, "0007"), ref(rental.Depot, "01"),
		},
		referred: []rental.Ref{ref(rental.Customer, "9")},
		said:     []rental.Ref{ref(rental.Asset, "4711")},
		listed:   []string{id},
		at:       time.Unix(1_795_000_000, 0),
	}
	for _, tt := range []struct {
		name  string
		of    rental.Ref
		field rental.Field
		value string
		key   string // that it was taken for
		takes string // the value that it was taken for
		fault string
	}{
		{"a key as it stands in the register", ref(rental.Asset, "004711"), rental.AssetID, id, "004711", id, ""},
		{"a key that lost its zeros", ref(rental.Depot, "1"), rental.SiteID, id, "01", id, ""},
		{"a key that lost its zeros, and that a crosswalk has said so before", ref(rental.Asset, "4711"), rental.AssetID, id, "004711", id, ""},
		{"a key that may be two", ref(rental.Asset, "815"), rental.AssetID, id, "", "", "several differ from it by zeros in front: 0815, 00815"},
		{"a key that is one of two", ref(rental.Asset, "12"), rental.AssetID, id, "12", id, ""},
		{"a key that nobody knows yet", ref(rental.Asset, "99"), rental.AssetID, id, "99", id, ""},
		{"a customer that is only referred to", ref(rental.Customer, "9"), rental.SameAs, "7", "9", "0007", ""},
		{"an id in capitals", ref(rental.Asset, "004711"), rental.AssetID, strings.ToUpper(id), "004711", id, ""},
		{"an id that IRIS does not have", ref(rental.Asset, "004711"), rental.AssetID, "1f0c7a52-0000-4000-8000-00000000000b", "", "", "IRIS had no asset with this id when it was listed on"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &crosswalk{CrosswalkCheck: &CrosswalkCheck{Account: "a", Journal: w}, flow: "f", run: "r", stage: w}
			m := Mapped{Entities: []rental.Entity{{Ref: tt.of, Fields: []rental.FieldValue{{Field: tt.field, Value: rental.Of(tt.value), Column: "IRIS"}}}}}
			if err := c.check(t.Context(), &m); err != nil {
				t.Fatal(err)
			}
			if tt.fault != "" {
				if len(m.Faults) != 1 || !strings.Contains(m.Faults[0].What, tt.fault) || len(m.Entities) > 0 || len(m.Present) != 1 {
					t.Errorf("got %+v", m)
				}
				return
			}
			if len(m.Faults) > 0 || m.Entities[0].Key != tt.key || m.Entities[0].Fields[0].Value.Text != tt.takes {
				t.Errorf("got %+v", m)
			}
			if changed := tt.key != tt.of.Key || tt.field == rental.SameAs && tt.takes != tt.value; changed != (len(m.Warnings) == 1) {
				t.Errorf("what was taken for another text is to be told, and nothing else: %v", m.Warnings)
			}
		})
	}
}
