package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

func TestACustomFieldTakesWhatItsTypeHolds(t *testing.T) {
	t.Parallel()
	two, four, least, most := 2, 4, -1.5, 10.0
	evening := rental.OfTime(time.Date(2026, 11, 21, 0, 30, 0, 0, time.FixedZone("", 3600)))
	colours := []string{"Red", "Dark blue", "Blue; pale"}

	for _, c := range []struct {
		name  string
		field pipeline.FieldDefinition
		value rental.Value
		want  string
		wrong string // part of the verdict
	}{
		{"text goes as it is", pipeline.FieldDefinition{Type: "STRING"}, rental.Of("ÖBB 7"), "ÖBB 7", ""},
		{"a date in a text field is its day", pipeline.FieldDefinition{Type: "STRING"}, evening, "2026-11-21", ""},
		{"length is counted in characters", pipeline.FieldDefinition{Type: "STRING", MaxLength: &four}, rental.Of("ÄÖÜß"), "ÄÖÜß", ""},
		{"text that is too long", pipeline.FieldDefinition{Type: "STRING", MaxLength: &four}, rental.Of("ÄÖÜßx"), "", "has 5 characters, and the custom field takes at most 4"},
		{"text that is too short", pipeline.FieldDefinition{Type: "STRING", MinLength: &two}, rental.Of("x"), "", "has 1 character, and the custom field wants at least 2"},
		{"text of the field's form", pipeline.FieldDefinition{Type: "STRING", Pattern: "[A-Z]{2}|[0-9]+"}, rental.Of("HH"), "HH", ""},
		{"text only a part of which has the form", pipeline.FieldDefinition{Type: "STRING", Pattern: "[A-Z]{2}|[0-9]+"}, rental.Of("HHx"), "", "does not have the form"},
		{"a pattern that only IRIS understands is left to IRIS", pipeline.FieldDefinition{Type: "STRING", Pattern: `(?=x)`}, rental.Of("HH"), "HH", ""},

		{"a number keeps its digits", pipeline.FieldDefinition{Type: "NUMBER"}, rental.OfNumber("1250.5"), "1250.5", ""},
		{"text that reads as a number is one", pipeline.FieldDefinition{Type: "NUMBER"}, rental.Of("17"), "17", ""},
		{"a number with leading zeros is none", pipeline.FieldDefinition{Type: "NUMBER"}, rental.Of("007"), "", "{from: COLUMN, number: true}"},
		{"a number as people write it is none", pipeline.FieldDefinition{Type: "NUMBER"}, rental.Of("1.250,50"), "", "is no number"},
		{"a fraction where whole numbers are wanted", pipeline.FieldDefinition{Type: "NUMBER", Integer: true}, rental.OfNumber("1.5"), "", "is no whole number"},
		{"a whole number with a fraction of nothing", pipeline.FieldDefinition{Type: "NUMBER", Integer: true}, rental.Of("2.0"), "2.0", ""},
		{"the least is taken", pipeline.FieldDefinition{Type: "NUMBER", Minimum: &least}, rental.OfNumber("-1.5"), "-1.5", ""},
		{"less than the least", pipeline.FieldDefinition{Type: "NUMBER", Minimum: &least}, rental.OfNumber("-1.51"), "", "less than -1.5"},
		{"more than the most", pipeline.FieldDefinition{Type: "NUMBER", Maximum: &most}, rental.OfNumber("10.0001"), "", "more than 10"},
		{"a date is no number", pipeline.FieldDefinition{Type: "NUMBER"}, evening, "", "is no number"},

		{"an amount", pipeline.FieldDefinition{Type: "MONETARY", Currency: "EUR"}, rental.OfNumber("12.5"), "12.5", ""},
		{"an amount with the field's currency", pipeline.FieldDefinition{Type: "MONETARY", Currency: "EUR"}, rental.Of("EUR 12.50"), "12.50", ""},
		{"an amount with another currency", pipeline.FieldDefinition{Type: "MONETARY", Currency: "EUR"}, rental.Of("12.50 USD"), "", "is not in EUR"},
		{"no amount", pipeline.FieldDefinition{Type: "MONETARY", Currency: "EUR"}, rental.Of("cheap"), "", "is no number"},

		{"a date is the day at its own place", pipeline.FieldDefinition{Type: "DATE"}, evening, "2026-11-21", ""},
		{"a day as text", pipeline.FieldDefinition{Type: "DATE"}, rental.Of("2026-11-21"), "2026-11-21", ""},
		{"a day that does not exist", pipeline.FieldDefinition{Type: "DATE"}, rental.Of("2026-02-30"), "", "is no date"},
		{"a day as people write it", pipeline.FieldDefinition{Type: "DATE"}, rental.Of("21.11.2026"), "", "{from: COLUMN, date: DD.MM.YYYY}"},

		{"true, however it is written", pipeline.FieldDefinition{Type: "BOOLEAN"}, rental.Of("TRUE"), "true", ""},
		{"a word that may mean true", pipeline.FieldDefinition{Type: "BOOLEAN"}, rental.Of("Ja"), "", `codes: {J: "true", N: "false"}`},

		{"a choice", pipeline.FieldDefinition{Type: "DROPDOWN", AllValues: colours}, rental.Of("Red"), "Red", ""},
		{"a choice in other letters is spelled as IRIS does", pipeline.FieldDefinition{Type: "DROPDOWN", AllValues: colours}, rental.Of("DARK BLUE"), "Dark blue", ""},
		{"no choice", pipeline.FieldDefinition{Type: "DROPDOWN", AllValues: colours}, rental.Of("Rad"), "", `did you mean "Red"?`},
		{"several where one is wanted", pipeline.FieldDefinition{Type: "DROPDOWN", AllValues: colours}, rental.Of("Red;Dark blue"), "", "none of the values"},
		{"several choices, each once", pipeline.FieldDefinition{Type: "DROPDOWN", AllValues: colours, Multiple: true}, rental.Of("red, Dark blue,Red"), "Red;Dark blue", ""},
		{"one of several that is none", pipeline.FieldDefinition{Type: "DROPDOWN", AllValues: colours, Multiple: true}, rental.Of("Red|Green"), "", `"Green" is none of the values`},

		{"an address for mails", pipeline.FieldDefinition{Type: "EMAIL"}, rental.Of("yard@example.com"), "yard@example.com", ""},
		{"an address with a name beside it", pipeline.FieldDefinition{Type: "EMAIL"}, rental.Of("Yard <yard@example.com>"), "", "is no e-mail address"},
		{"a telephone number", pipeline.FieldDefinition{Type: "PHONE_NUMBER"}, rental.Of("+49 (40) 123-45/6"), "+49 (40) 123-45/6", ""},
		{"letters in a telephone number", pipeline.FieldDefinition{Type: "PHONE_NUMBER"}, rental.Of("ask 12345"), "", "is no telephone number"},
		{"a web address", pipeline.FieldDefinition{Type: "WEB_ADDRESS"}, rental.Of("https://example.com/x?y=1"), "https://example.com/x?y=1", ""},
		{"a web address without its beginning", pipeline.FieldDefinition{Type: "WEB_ADDRESS"}, rental.Of("www.example.com"), "", "it has to begin with https://"},
		{"JSON", pipeline.FieldDefinition{Type: "JSON"}, rental.Of(`{"a":[1]}`), `{"a":[1]}`, ""},
		{"what is no JSON", pipeline.FieldDefinition{Type: "JSON"}, rental.Of(`{a:1}`), "", "is no JSON"},

		{"a type that came later", pipeline.FieldDefinition{Type: "SIGNATURE"}, rental.Of("x"), "", "of type SIGNATURE, which this version cannot set"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.field.Spell(c.value)
			switch {
			case c.wrong == "" && err != nil:
				t.Fatal(err)
			case c.wrong != "" && (err == nil || !strings.Contains(err.Error(), c.wrong)):
				t.Fatalf("got %q, %v; want a verdict that says %q", got, err, c.wrong)
			case got != c.want:
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestCustomFieldsOfMappingsAreComparedWithThoseOfTheAccount(t *testing.T) {
	t.Parallel()
	definitions := []pipeline.FieldDefinition{
		{Key: "projectCode", Type: "STRING", EntityType: "RENTAL_CONTRACT"},
		{Key: "colour", Type: "DROPDOWN", EntityType: "SITE"},
		{Key: "seal", Type: "SIGNATURE", EntityType: "ASSET"},
	}
	fields := []pipeline.CustomField{
		{Kind: rental.Contract, Key: "projectCode"}, {Kind: rental.Asset, Key: "colour"},
		{Kind: rental.Contract, Key: "projektCode"}, {Kind: rental.Asset, Key: "seal"},
	}

	got := pipeline.CheckDefinitions(fields, definitions)
	want := []pipeline.FieldFinding{
		{CustomField: fields[0], Type: "STRING"},
		{CustomField: fields[1], Why: `the custom field "colour" belongs to SITE in IRIS, and not to ASSET`,
			Cure: "make one of entity type ASSET in IRIS, and name its key under extra: in the mapping"},
		{CustomField: fields[2], Why: `IRIS has no custom field "projektCode"`,
			Cure: `did you mean "projectCode"? else make it there, with entity type RENTAL_CONTRACT, or correct the key under extra: in the mapping`},
		{CustomField: fields[3], Type: "SIGNATURE", Why: "the custom field is of type SIGNATURE, which this version cannot set",
			Cure: "set it in IRIS, or make a field of another type"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
