package mappings

import (
	"testing"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

func TestEveryFlowReadsCrosswalks(t *testing.T) {
	t.Parallel()

	ms, faults := Crosswalk(nil)
	if len(faults) > 0 || len(ms) != 3 {
		t.Fatalf("%d mappings: %v", len(ms), faults)
	}
	for _, tt := range []struct{ file, mapping, date string }{
		{"CROSSWALK.csv", "crosswalk", ""},
		{"CROSSWALK_20261121.csv", "crosswalk", "2026-11-21"},
		{"CROSSWALK new (2).csv", "crosswalk", ""},
		{"COMMA_CROSSWALK.csv", "crosswalk-comma", ""},
		{"COMMA_CROSSWALK_20261121.csv", "crosswalk-comma", "2026-11-21"},
		{"crosswalk.csv", "", ""},
		{"EQUIP_CROSSWALK.csv", "", ""},
		{"hamburg_unmatched.xlsx", "crosswalk-workbook", ""},
		{"hamburg_unmatched (1).xlsx", "crosswalk-workbook", ""},
		{"Copy of hamburg_unmatched.xlsx", "crosswalk-workbook", ""},
		{"hamburg_prepare.xlsx", "crosswalk-workbook", ""},
		{"CROSSWALK.xlsx", "crosswalk-workbook", ""},
		{"hamburg_unmatched.csv", "", ""},
	} {
		name, date := "", ""
		for _, m := range ms {
			if stamp, fits := m.Match(tt.file); fits && name == "" {
				name, date = m.Name(), stamp.Date
			}
		}
		if name != tt.mapping || date != tt.date {
			t.Errorf("%s is read by %q as of %q, want %q of %q", tt.file, name, date, tt.mapping, tt.date)
		}
	}
	for _, m := range ms {
		for _, kind := range rental.Kinds() {
			if m.Claim(kind) != pipeline.Changes {
				t.Errorf("%s lets something follow from the absence of a %s", m.Name(), kind)
			}
		}
	}
}

func TestAFlowsOwnCrosswalkReplacesTheOneThatComesWithTheProgram(t *testing.T) {
	t.Parallel()

	own := compile(t, "mapping: crosswalk\nfile: {match: WER.csv}\ncustomer: {key: K, sameAs: I}\n")
	ms, _ := Crosswalk([]*Mapping{own})
	if len(ms) != 2 || ms[0].Name() != "crosswalk-comma" {
		t.Errorf("got %d mappings beside it", len(ms))
	}
}

func TestACrosswalkTellsWhatIsWrongWithALine(t *testing.T) {
	t.Parallel()

	ms, _ := Crosswalk(nil)
	header := []string{"Entity", "ERP key", "IRIS", "Note"}
	for _, tt := range []struct {
		name  string
		cells []string
		want  string
	}{
		{"another word", []string{"machine", "1", "x", ""}, "fault Entity \"machine\": lookup(\"entity\", x): unknown code \"machine\", the table knows asset, customer, depot\nkeyless depot\n"},
		{"the same as itself", []string{"CUSTOMER", "1", "1", ""}, "fault IRIS \"1\": customer 1 is said to be the same as itself; name the other one, or leave it blank\npresent customer 1\n"},
		{"no key", []string{"depot", "", "x", ""}, "fault ERP key \"\": depot.key is empty; it is required\nkeyless depot\n"},
		{"no id", []string{"asset", "1", "S1", ""}, "fault IRIS \"S1\": this is no id of an asset in IRIS; an id is a UUID, as 1f0c7a52-0000-4000-8000-000000000001\npresent asset 1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := said(mapRow(t, ms[0], header, tt.cells)); got != tt.want {
				t.Errorf("got  %swant %s", got, tt.want)
			}
		})
	}
}

func TestAFileWithAnotherDelimiterIsToldAsThat(t *testing.T) {
	t.Parallel()

	ms, _ := Crosswalk(nil)
	_, err := ms[0].Bind(&pipeline.Header{Names: []string{"Entity,ERP key,IRIS,Note"}, Line: 1})
	want := `the header on line 1 is one cell, "Entity,ERP key,IRIS,Note", and lacks "Entity", "ERP key"; the file has another delimiter than the mapping says; check delimiter`
	if err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestTheWorkbookOfACrosswalkChangesOnlyWhatIsFilledIn(t *testing.T) {
	t.Parallel()

	ms, _ := Crosswalk(nil)
	m := ms[2]
	header := []string{"Entity", "ERP key", "IRIS", "Candidate 1", "Note"}
	const id = "1f0c7a52-0000-4000-8000-000000000001"
	for _, tt := range []struct {
		name  string
		cells []string
		want  string
	}{
		{"a blank cell is not decided yet", []string{"asset", "004711", " ", id, ""}, "skip undecided\npresent asset 004711\n"},
		{"a blank row is not decided yet", []string{"", "", "", "", "a note"}, "skip undecided\n"},
		{"an id alone", []string{"asset", "004711", id, "", ""}, "asset 004711:\n  assetId = " + id + " (IRIS)\n"},
		{"an id chosen with why", []string{"asset", "004711", id + " · CAT 320 · the same serial number", "", ""}, "asset 004711:\n  assetId = " + id + " (IRIS)\n"},
		{"a dash takes back", []string{"asset", "004711", "-", "", ""}, "asset 004711:\n  assetId = nothing (IRIS)\n"},
		{"a key with blanks", []string{"customer", "K 1", "K 2 · Bau Meier", "", ""}, "customer K 1:\n  sameAs = K 2 (IRIS)\n"},
		{"a depot", []string{"Depot ", "MUC", id, "", ""}, "depot MUC:\n  siteId = " + id + " (IRIS)\n"},
		{"no id", []string{"asset", "004711", "CAT 320", "", ""}, "fault IRIS \"CAT 320\": this is no id of an asset in IRIS; an id is a UUID, as 1f0c7a52-0000-4000-8000-000000000001\npresent asset 004711\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := said(mapRow(t, m, header, tt.cells)); got != tt.want {
				t.Errorf("got  %swant %s", got, tt.want)
			}
		})
	}
}
