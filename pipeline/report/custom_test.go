package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/pipeline/report"
)

// customNight is a run whose custom values came to every end.
func customNight() *night {
	n := newNight()
	n.facts.CustomFields = pipeline.CustomTotals{pipeline.CustomSet: 1, pipeline.CustomPending: 1, pipeline.CustomRefused: 6}
	colour := func(key, value string, o pipeline.CustomOutcome, why, cure string) pipeline.CustomFieldOutcome {
		return pipeline.CustomFieldOutcome{Ref: rental.Ref{Kind: rental.Asset, Key: key}, Field: "colour", Value: value, Outcome: o, Why: why, Cure: cure}
	}
	n.customs = []pipeline.CustomFieldOutcome{
		colour("1", "red", pipeline.CustomSet, "", ""),
		colour("2", "rad", pipeline.CustomRefused, `"rad" is none of the values`, "correct it"),
	}
	for i := range 5 {
		o := colour(fmt.Sprint(3+i), "7", pipeline.CustomRefused, `IRIS has no custom field "size"`, "make it there")
		o.Field = "size"
		n.customs = append(n.customs, o)
	}
	n.customs = append(n.customs, pipeline.CustomFieldOutcome{
		Ref: rental.Ref{Kind: rental.Contract, Key: "L1"}, Field: "projectCode", Value: "P", Outcome: pipeline.CustomPending, Why: "IRIS does not list it yet",
	})
	return n
}

func TestValuesThatCouldNotBeSetAreExceptionsAndTheSameVerdictIsToldOnce(t *testing.T) {
	t.Parallel()
	n := customNight()
	var got []report.Exception
	for e, err := range report.Exceptions(t.Context(), n, n.facts) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Column != "" && e.What != "warning" {
			got = append(got, e)
		}
	}
	want := []report.Exception{
		{What: "custom field refused", Where: "asset 2", Column: "colour", Why: `"rad" is none of the values; correct it`},
		{What: "custom field refused", Where: "asset 3", Column: "size", Why: `IRIS has no custom field "size"; make it there; the same of 5 in all`},
		{What: "custom field pending", Where: "contract L1", Column: "projectCode", Why: "IRIS does not list it yet"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTheReportForProgramsListsCustomValuesWhereThereAreAny(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		run  *night
		want int
	}{{"a night with custom values", customNight(), 8}, {"a night without", newNight(), 0}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			if err := report.WriteJSON(t.Context(), &out, c.run, c.run.facts); err != nil {
				t.Fatal(err)
			}
			var got struct {
				CustomFields []struct{ Entity, Key, Field, Value, Outcome string }
			}
			if err := json.Unmarshal(out.Bytes(), &got); err != nil {
				t.Fatal(err)
			}
			flat := 0
			for _, row := range rowsOf(t, report.Flat(t.Context(), c.run, c.run.facts)) {
				if row[2].Text == "customField" {
					flat++
				}
			}
			if len(got.CustomFields) != c.want || flat != c.want {
				t.Errorf("got %d in the JSON and %d lines, want %d", len(got.CustomFields), flat, c.want)
			}
		})
	}
}

func TestABookHasASheetOfCustomFieldsWhereThereAreAny(t *testing.T) {
	t.Parallel()
	for want, n := range map[bool]*night{true: customNight(), false: newNight()} {
		book, err := report.OfRun(t.Context(), n, n.facts, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := false
		for _, sheet := range book.Sheets {
			if sheet.Name == "Custom fields" {
				got = len(rowsOf(t, sheet)) == len(n.customs)
			}
		}
		if got != want {
			t.Errorf("the sheet with every value is there: %t, want %t", got, want)
		}
	}
}
