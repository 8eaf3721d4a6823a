package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

// accountHolds is an account in memory.
type accountHolds struct {
	assets    map[string]*pipeline.AccountAsset
	sites     []pipeline.AccountSite
	customers map[string]*pipeline.AccountCustomer
	fields    []pipeline.FieldDefinition

	refuses map[string]error // by what is asked: "customers", or a reference
	calls   []string
}

func (d *accountHolds) Account() string { return "iris" }

func listOf[T any](d *accountHolds, what string, all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		if err := d.refuses[what]; err != nil {
			var none T
			yield(none, err)
			return
		}
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}

func held[T any](by map[string]*T) (all []T) {
	for _, id := range slices.Sorted(maps.Keys(by)) {
		all = append(all, *by[id])
	}
	return all
}

func (d *accountHolds) Assets(context.Context) iter.Seq2[pipeline.AccountAsset, error] {
	return listOf(d, "assets", held(d.assets))
}

func (d *accountHolds) Sites(context.Context) iter.Seq2[pipeline.AccountSite, error] {
	return listOf(d, "sites", d.sites)
}

func (d *accountHolds) Customers(context.Context) iter.Seq2[pipeline.AccountCustomer, error] {
	return listOf(d, "customers", held(d.customers))
}

func (d *accountHolds) Definitions(context.Context) iter.Seq2[pipeline.FieldDefinition, error] {
	return listOf(d, "custom fields", d.fields)
}

func (d *accountHolds) Contracts(context.Context) iter.Seq2[pipeline.AccountContract, error] {
	return listOf[pipeline.AccountContract](d, "contracts", nil)
}

func (d *accountHolds) ContractItems(context.Context, string) iter.Seq2[pipeline.AccountItem, error] {
	return listOf[pipeline.AccountItem](d, "items", nil)
}

func (d *accountHolds) SetReference(_ context.Context, asset, reference string) error {
	if err := d.refuses[reference]; err != nil {
		return err
	}
	d.calls = append(d.calls, asset+" is "+reference)
	d.assets[asset].ExternalReference = reference
	return nil
}

func (d *accountHolds) CreateDepot(_ context.Context, s pipeline.AccountSite) (pipeline.AccountSite, error) {
	d.calls = append(d.calls, "depot "+s.Name)
	s.ID = "made-" + s.Name
	d.sites = append(d.sites, s)
	return s, nil
}

func (d *accountHolds) CreateCustomer(_ context.Context, c pipeline.AccountCustomer) (pipeline.AccountCustomer, error) {
	d.calls = append(d.calls, "customer "+c.ExternalReference)
	c.ID = "made-" + c.ExternalReference
	d.customers[c.ID] = &c
	return c, nil
}

func (d *accountHolds) UpdateCustomer(_ context.Context, c pipeline.AccountCustomer) (pipeline.AccountCustomer, error) {
	d.calls = append(d.calls, fmt.Sprintf("update %s: %s", c.ID, strings.Trim(c.Name+" "+c.ExternalReference+" "+c.City, " ")))
	have := d.customers[c.ID]
	if c.ExternalReference != "" {
		have.ExternalReference = c.ExternalReference
	}
	if c.City != "" {
		have.City = c.City
	}
	return *have, nil
}

func (d *accountHolds) Values(context.Context, string) (map[string]pipeline.CustomValue, error) {
	return nil, errors.New("nobody asks for values")
}

func (d *accountHolds) SetValues(context.Context, string, []pipeline.CustomValue) error {
	return errors.New("nobody sets values")
}

// registered is a journal whose register a test has written by hand.
type registered struct {
	*journal.Journal
	records []rental.Record
	named   []string // depots that are only referred to
}

func (j *registered) Register(_ context.Context, _ string, kind rental.Kind) iter.Seq2[rental.Record, error] {
	return func(yield func(rental.Record, error) bool) {
		for _, r := range j.records {
			if r.Kind == kind && !yield(r, nil) {
				return
			}
		}
	}
}

func (j *registered) Keys(context.Context, string) iter.Seq2[rental.Ref, error] {
	return func(yield func(rental.Ref, error) bool) {
		for _, key := range j.named {
			if !yield(rental.Ref{Kind: rental.Depot, Key: key}, nil) {
				return
			}
		}
	}
}

type fields map[rental.Field]string

// record is what the register holds of something.
func record(kind rental.Kind, key string, said fields) rental.Record {
	e := rental.Entity{Ref: rental.Ref{Kind: kind, Key: key}}
	for _, f := range slices.Sorted(maps.Keys(said)) {
		e.Fields = append(e.Fields, rental.FieldValue{Field: f, Value: rental.Of(said[f])})
	}
	return rental.Merge(nil, &e, "d")
}

func serialised(key, serial string) rental.Record {
	return record(rental.Asset, key, fields{rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: serial})
}

type nowhere struct{}

func (nowhere) Put(_ context.Context, name string, write func(io.Writer) error) (string, error) {
	return name, write(io.Discard)
}

func preparer(t *testing.T, d *accountHolds, records ...rental.Record) (*pipeline.Preparer, *registered) {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Options{Path: filepath.Join(t.TempDir(), "journal.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	r := &registered{Journal: j, records: records}
	return &pipeline.Preparer{
		Flow: "hamburg", Directory: d, Journal: r, Outbox: nowhere{}, Assembly: rental.Assembly{References: "HH-{key}"},
		Now: func() time.Time { return time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC) }, Log: slog.New(slog.DiscardHandler),
	}, r
}

func machines(all ...pipeline.AccountAsset) map[string]*pipeline.AccountAsset {
	by := map[string]*pipeline.AccountAsset{}
	for i := range all {
		all[i].Editable = true
		by[all[i].ID] = &all[i]
	}
	return by
}

func prepared(t *testing.T, p *pipeline.Preparer, apply bool) *pipeline.Preparation {
	t.Helper()
	out, err := p.Prepare(t.Context(), apply)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestReferencesAreSetOnceAndNeverReplaced(t *testing.T) {
	t.Parallel()
	d := &accountHolds{assets: machines(
		pipeline.AccountAsset{ID: "1", SerialNumber: "WJX00213"},
		pipeline.AccountAsset{ID: "2", SerialNumber: "WJX00214", ExternalReference: "OLD-7"},
		pipeline.AccountAsset{ID: "3", SerialNumber: "WJX00215", ExternalReference: "HH-C"},
		pipeline.AccountAsset{ID: "4", SerialNumber: "WJX00216"},
	), refuses: map[string]error{"HH-D": &pipeline.Refusal{Status: 409, Code: "conflict", Message: "another asset bears it"}}}
	p, _ := preparer(t, d, serialised("A", "WJX00213"), serialised("B", "WJX00214"), serialised("C", "WJX00215"), serialised("D", "WJX00216"))

	dry := prepared(t, p, false)
	if len(d.calls) != 0 || dry.References != (pipeline.ReferenceCounts{Borne: 1, Lacking: 2}) {
		t.Errorf("dry: %v, %+v", d.calls, dry.References)
	}
	first := prepared(t, p, true)
	second := prepared(t, p, true)
	if diff := cmp.Diff([]string{"1 is HH-A"}, d.calls); diff != "" {
		t.Error(diff)
	}
	if first.References != (pipeline.ReferenceCounts{Borne: 1, Lacking: 1, Set: 1, Refused: 1}) || second.References != (pipeline.ReferenceCounts{Borne: 2, Lacking: 1, Refused: 1}) {
		t.Errorf("first %+v, second %+v", first.References, second.References)
	}
	if len(first.NotSet) != 1 || first.NotSet[0].Asset != "D" || !strings.Contains(first.NotSet[0].Why, "another asset bears it") {
		t.Errorf("refused: %+v", first.NotSet)
	}
	if len(first.Assets.Doubtful) != 1 || first.Assets.Doubtful[0].ERP.Key != "B" {
		t.Errorf("doubtful: %+v", first.Assets.Doubtful)
	}
}

func TestWhatBrokeOffGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	d := &accountHolds{assets: machines(
		pipeline.AccountAsset{ID: "1", SerialNumber: "WJX00213"}, pipeline.AccountAsset{ID: "2", SerialNumber: "WJX00214"}, pipeline.AccountAsset{ID: "3", SerialNumber: "WJX00215"},
	), refuses: map[string]error{"HH-B": &pipeline.Later{Cause: errors.New("IRIS is down")}}}
	p, _ := preparer(t, d, serialised("A", "WJX00213"), serialised("B", "WJX00214"), serialised("C", "WJX00215"))

	out, err := p.Prepare(t.Context(), true)
	if err == nil || !strings.Contains(err.Error(), "asset B, after 1") || out.References.Set != 1 {
		t.Errorf("got %v, %+v", err, out.References)
	}
	delete(d.refuses, "HH-B")
	if prepared(t, p, true).References.Set != 2 {
		t.Errorf("calls: %v", d.calls)
	}
	if diff := cmp.Diff([]string{"1 is HH-A", "2 is HH-B", "3 is HH-C"}, d.calls); diff != "" {
		t.Error(diff)
	}
}

func TestAnAreaThatIsRefusedDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	no := &pipeline.Refusal{Status: 403, Code: "forbidden", Message: "not allowed", Hint: "check the IrisX subscription"}
	d := &accountHolds{
		assets:  machines(pipeline.AccountAsset{ID: "1", SerialNumber: "WJX00213"}),
		sites:   []pipeline.AccountSite{{ID: "s", Name: "Nord", Type: "DEPOT"}},
		refuses: map[string]error{"assets": no, "customers": no},
	}
	p, j := preparer(t, d, serialised("A", "WJX00213"))
	j.named = []string{"NORD"}

	out := prepared(t, p, true)
	want := []pipeline.RefusedArea{
		{Area: "assets", Why: "list every asset of account iris: forbidden: not allowed; check the IrisX subscription"},
		{Area: "customers", Why: "list every customer of account iris: forbidden: not allowed; check the IrisX subscription"},
	}
	if diff := cmp.Diff(want, out.Refused); diff != "" {
		t.Error(diff)
	}
	if out.DepotsFound(pipeline.FoundByName) != 1 {
		t.Errorf("depots: %+v", out.Depots)
	}
}

func TestSpellingsAreKeptOnlyWhenTheyAreApplied(t *testing.T) {
	t.Parallel()
	d := &accountHolds{assets: machines(pipeline.AccountAsset{ID: "1", SerialNumber: "WJX00213"})}
	p, j := preparer(t, d, serialised("A", "wjx-00213"))
	kept := func() (all []string) {
		for s, err := range j.Spellings(t.Context(), "hamburg", "iris") {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s.Key+" "+s.Said+" -> "+s.IdentifierType+" "+s.Identifier)
		}
		return all
	}

	if out := prepared(t, p, false); out.Spelled != 1 || len(kept()) != 0 {
		t.Errorf("dry: %d, %v", out.Spelled, kept())
	}
	prepared(t, p, true)
	if diff := cmp.Diff([]string{"A SERIAL_NUMBER WJX00213 -> SERIAL_NUMBER WJX00213"}, kept()); diff != "" {
		t.Error(diff)
	}

	// Another machine of that number makes it doubtful: nobody is sent as it.
	d.assets["2"] = &pipeline.AccountAsset{ID: "2", SerialNumber: "WJX-00213", ExternalReference: "X"}
	d.assets["1"].ExternalReference = ""
	prepared(t, p, true)
	if len(kept()) != 0 {
		t.Errorf("kept: %v", kept())
	}
}

func TestDepotsAreFound(t *testing.T) {
	t.Parallel()
	sites := []pipeline.AccountSite{
		{ID: "n", Name: "Depot  Nord", Type: "DEPOT"}, {ID: "c", Name: "Baustelle", Type: "CONSTRUCTION_SITE"},
		{ID: "t1", Name: "Twin", Type: "DEPOT"}, {ID: "t2", Name: "twin", Type: "DEPOT"},
	}
	tests := []struct {
		name       string
		depot      rental.Record
		configured string
		how        pipeline.FoundHow
		why, line  string
	}{
		{"by the id that the config names", record(rental.Depot, "MUC", nil), "n", pipeline.FoundByID, "", ""},
		{"by the id that the register has", record(rental.Depot, "MUC", fields{rental.SiteID: "n"}), "", pipeline.FoundByID, "", ""},
		{"doubtfully when both name another", record(rental.Depot, "MUC", fields{rental.SiteID: "n"}), "t1", pipeline.FoundDoubtful, "the register has n, which is what is sent", ""},
		{"doubtfully when the id is nobody's", record(rental.Depot, "MUC", nil), "x", pipeline.FoundDoubtful, "no site of the account has the id x", ""},
		{"doubtfully when the id is that of something else", record(rental.Depot, "MUC", nil), "c", pipeline.FoundDoubtful, "of type CONSTRUCTION_SITE", ""},
		{"by its name, whatever the case and blanks", record(rental.Depot, "MUC", fields{rental.Name: "depot nord"}), "", pipeline.FoundByName, "until the line is in the config", "depots: {MUC: n}"},
		{"by its name, whatever stands between the words", record(rental.Depot, "MUC", fields{rental.Name: "Depot-Nord GmbH"}), "", pipeline.FoundByName, "until the line is in the config", "depots: {MUC: n}"},
		{"by its key where that is the name", record(rental.Depot, "DEPOT NORD", nil), "", pipeline.FoundByName, "", `depots: {"DEPOT NORD": n}`},
		{"doubtfully when two have the name", record(rental.Depot, "MUC", fields{rental.Name: "Twin"}), "", pipeline.FoundDoubtful, "2 depots have its name: t1, t2", ""},
		{"doubtfully when what has the name is no depot", record(rental.Depot, "MUC", fields{rental.Name: "Baustelle"}), "", pipeline.FoundDoubtful, "is of type CONSTRUCTION_SITE", ""},
		{"not when nothing has the name", record(rental.Depot, "010", nil), "", pipeline.FoundMissing, "make it in IRIS", `depots: {"010": ID-OF-THE-SITE}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, _ := preparer(t, &accountHolds{sites: sites}, tt.depot)
			if tt.configured != "" {
				p.Assembly.Sites = map[string]string{tt.depot.Key: tt.configured}
			}
			out := prepared(t, p, true)
			if len(out.Depots) != 1 {
				t.Fatalf("got %+v", out.Depots)
			}
			if d := out.Depots[0]; d.How != tt.how || !strings.Contains(d.Why, tt.why) && tt.how != pipeline.FoundMissing || d.Line != tt.line {
				t.Errorf("got %+v", d)
			}
		})
	}
}

func TestMissingDepotsAreMadeOnceWhereTheirPlaceIsKnown(t *testing.T) {
	t.Parallel()
	d := &accountHolds{}
	p, _ := preparer(t, d,
		record(rental.Depot, "MUC", fields{rental.Name: "München", rental.Latitude: "48.2", rental.Longitude: "11.6"}),
		record(rental.Depot, "STR", fields{rental.Name: "Stuttgart"}),
		record(rental.Depot, "ULM", nil))
	p.Depots = pipeline.DepotAreas{Radius: 150, Areas: map[string][][]pipeline.Lonlat{"Stuttgart": {{{9, 48}, {9.1, 48}, {9.1, 48.1}, {9, 48}}}}}

	if dry := prepared(t, p, false); dry.DepotsFound(pipeline.FoundMissing) != 3 || len(d.calls) != 0 {
		t.Errorf("dry: %+v", dry.Depots)
	}
	if out := prepared(t, p, true); out.DepotsFound(pipeline.FoundCreated) != 2 || out.DepotsFound(pipeline.FoundMissing) != 1 {
		t.Errorf("got %+v", out.Depots)
	}
	if again := prepared(t, p, true); again.DepotsFound(pipeline.FoundByName) != 2 {
		t.Errorf("again: %+v", again.Depots)
	}
	if diff := cmp.Diff([]string{"depot München", "depot Stuttgart"}, d.calls); diff != "" {
		t.Error(diff)
	}

	ring := d.sites[0].Area[0]
	if ring[0] != ring[len(ring)-1] {
		t.Errorf("the ring is open: %v", ring)
	}
	for _, corner := range ring {
		north, east := (corner[1]-48.2)*111_320, (corner[0]-11.6)*111_320*math.Cos(48.2*math.Pi/180)
		if off := math.Hypot(north, east); math.Abs(off-150) > 1 {
			t.Errorf("a corner is %g m away", off)
		}
	}
}

func TestCustomersAreFound(t *testing.T) {
	t.Parallel()
	inIRIS := map[string]*pipeline.AccountCustomer{
		"1": {ID: "1", Name: "Nordby Anlegg AS", ExternalReference: "HH-K1", City: "Oslo"},
		"2": {ID: "2", Name: "Bau Süd GmbH"},
		"3": {ID: "3", Name: "Tiefbau Meyer GmbH & Co. KG", ExternalReference: "OLD-3"},
	}
	tests := []struct {
		name  string
		wants []rental.Record
		how   pipeline.FoundHow
		why   string
	}{
		{"by their reference", []rental.Record{record(rental.Customer, "K1", fields{rental.Name: "Nordby"})}, pipeline.FoundByReference, ""},
		{"by their name where they bear no reference", []rental.Record{record(rental.Customer, "K2", fields{rental.Name: "BAU SÜD  GmbH"})}, pipeline.FoundByName, "a second time"},
		{"doubtfully where the name bears another reference", []rental.Record{record(rental.Customer, "K3", fields{rental.Name: "Tiefbau Meyer GmbH & Co. KG"})}, pipeline.FoundDoubtful, "with another external reference"},
		{"doubtfully where the name is almost the same", []rental.Record{record(rental.Customer, "K4", fields{rental.Name: "Bau Sued"})}, pipeline.FoundDoubtful, "almost this name"},
		{"doubtfully where the ERP has it twice", []rental.Record{record(rental.Customer, "K5", fields{rental.Name: "Hoch AG"}), record(rental.Customer, "K6", fields{rental.Name: "HOCH"})}, pipeline.FoundDoubtful, "customer K6 of the ERP has the same name"},
		{"doubtfully where the name is nobody's", []rental.Record{record(rental.Customer, "K7", fields{rental.Name: "CASH SALE"})}, pipeline.FoundDoubtful, "hardly the name of a customer"},
		{"not where nobody has the name", []rental.Record{record(rental.Customer, "K8", fields{rental.Name: "Neubau KG"})}, pipeline.FoundMissing, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, _ := preparer(t, &accountHolds{customers: inIRIS}, tt.wants...)
			got := prepared(t, p, false).Customers[0]
			if got.How != tt.how || !strings.Contains(got.Why, tt.why) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestNamesThatAreNobodysAreDoubtful(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]pipeline.FoundHow{
		"": pipeline.FoundDoubtful, "XXX": pipeline.FoundDoubtful, "--": pipeline.FoundDoubtful, "0000": pipeline.FoundDoubtful, "Laufkunde": pipeline.FoundDoubtful,
		"Bar Barossa GmbH": pipeline.FoundMissing, "3M": pipeline.FoundMissing,
	} {
		p, _ := preparer(t, &accountHolds{}, record(rental.Customer, "K", fields{rental.Name: name}))
		if got := prepared(t, p, false).Customers[0]; got.How != want {
			t.Errorf("%q: got %s, want %s", name, got.How, want)
		}
	}
}

func TestCustomersAreMadeAndUpdatedOnlyWhereThatIsWanted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		policy pipeline.CustomerPolicy
		apply  bool
		want   []string
	}{
		{pipeline.ReportCustomers, true, nil},
		{pipeline.UpdateCustomers, false, nil},
		{pipeline.CreateCustomers, true, []string{"customer HH-K3"}},
		{pipeline.UpdateCustomers, true, []string{"update 1: Bergen", "update 2: HH-K2", "customer HH-K3"}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s, applied %t", tt.policy, tt.apply), func(t *testing.T) {
			t.Parallel()
			d := &accountHolds{customers: map[string]*pipeline.AccountCustomer{
				"1": {ID: "1", Name: "Nordby", ExternalReference: "HH-K1", City: "Oslo"}, "2": {ID: "2", Name: "Bau Süd"},
			}}
			p, _ := preparer(t, d,
				record(rental.Customer, "K1", fields{rental.Name: "Nordby", rental.City: "Bergen"}),
				record(rental.Customer, "K2", fields{rental.Name: "Bau Süd"}),
				record(rental.Customer, "K3", fields{rental.Name: "Neubau KG"}),
				record(rental.Customer, "K4", fields{rental.Name: "Nordbyggerne", rental.SameAs: "K1"}),
				record(rental.Customer, "K5", fields{rental.Name: "CASH"}))
			p.Customers = tt.policy
			prepared(t, p, tt.apply)
			prepared(t, p, tt.apply)
			if diff := cmp.Diff(tt.want, d.calls); diff != "" {
				t.Error(diff)
			}
		})
	}
}
