package iris

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"rentalsync/pipeline"
)

// read gathers what a document yields: machines, what is wrong with some, and
// what ended it.
func read(text string) (machines []pipeline.Machine, bad []string, err error) {
	for m, e := range ReadFleet(strings.NewReader(text)) {
		var fault *pipeline.MachineError
		switch {
		case errors.As(e, &fault):
			bad = append(bad, e.Error())
		case e != nil:
			err = e
		default:
			machines = append(machines, m)
		}
	}
	return machines, bad, err
}

func file(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReadFleetInBothForms(t *testing.T) {
	t.Parallel()
	moment := func(text string) time.Time {
		at, _ := time.Parse(time.RFC3339Nano, text)
		return at
	}
	altitude := 23.0
	want := []pipeline.Machine{{
		OEMName: "Norrhaug", Model: "NH 18 E", EquipmentID: "Minibagger 12 & Löffel", SerialNumber: "3104411", PIN: "RSAB1204000000213",
		TelematicSerialNumber: "958001", AssetID: "9a0f0c53-42a4-4a51-a0c7-0a6e9d5f7712", ExternalReference: "A-100482",
		Location:       &pipeline.Location{Latitude: 59.91273, Longitude: 10.74609, Altitude: &altitude, At: moment("2025-03-10T05:41:12Z")},
		OperatingHours: &pipeline.Reading{Value: 1873.25, Unit: "hour", At: moment("2025-03-10T05:40:00Z")},
		IdleHours:      &pipeline.Reading{Value: 402.1, Unit: "hour", At: moment("2025-03-10T05:40:00Z")},
		Distance:       &pipeline.Reading{Value: 2110.4, Unit: "kilometre", At: moment("2025-03-10T05:41:12Z")},
		FuelUsed:       &pipeline.Reading{Value: 9120.5, Unit: "litre", At: moment("2025-03-10T05:40:00.003Z")},
		FuelRemaining:  &pipeline.Reading{Value: 64, Unit: "percent", At: moment("2025-03-10T05:40:00Z")},
		DEFRemaining:   &pipeline.Reading{Value: 0, Unit: "percent", At: moment("2025-03-10T05:40:00Z")},
		EngineRunning:  &pipeline.Switch{On: false, At: moment("2025-03-10T05:41:12Z")},
		Extended:       map[string]pipeline.Reading{"BatteryPotential": {Value: 12.6, At: moment("2025-03-10T05:40:00Z")}},
	}, {
		EquipmentID: "Gate 7", SerialNumber: "KL 7",
		OperatingHours: &pipeline.Reading{Value: 12.5, Unit: "hour", At: moment("2025-03-10T05:40:00Z")},
	}}

	text := file(t, "testdata/fleet.xml")
	latin, _ := charmap.ISO8859_1.NewEncoder().String(strings.Replace(text, "UTF-8", "ISO-8859-1", 1))
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.Replace(text, "UTF-8", "UTF-16", 1))
	for name, text := range map[string]string{
		"XML": text, "XML after a byte order mark": "\ufeff" + text, "XML after blanks": " \n" + strings.SplitN(text, "\n", 2)[1],
		"XML in ISO-8859-1": latin, "XML in UTF-16": utf16,
		"XML with a prefix":          strings.NewReplacer("<Equipment>", "<a:Equipment>", "</Equipment>", "</a:Equipment>", `xmlns=`, `xmlns:a=`).Replace(text),
		"XML with comments in texts": strings.Replace(text, "1873.25", "18<!-- -->73.25", 1),
		"JSON":                       file(t, "testdata/fleet.json"),
		"JSON with capitals":         strings.NewReplacer(`"equipment":`, `"Equipment":`, `"links":`, `"Links":`).Replace(file(t, "testdata/fleet.json")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, bad, err := read(text)
			if err != nil || bad != nil {
				t.Fatalf("got %v, %v", bad, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("machines differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMachinesThatCannotBeUnderstood(t *testing.T) {
	t.Parallel()
	const good = `<Equipment><EquipmentHeader><SerialNumber>GOOD</SerialNumber></EquipmentHeader></Equipment>`
	header := func(rest string) string {
		return `<Equipment><EquipmentHeader><SerialNumber>S1</SerialNumber></EquipmentHeader>` + rest + `</Equipment>`
	}
	for _, tt := range []struct{ name, text, want string }{
		{"without a header", `<Equipment/>`, "machine : it has no EquipmentHeader"},
		{"without an identity", `<Equipment><EquipmentHeader><Model>M</Model></EquipmentHeader></Equipment>`, "machine : it has no serial number, no PIN and no other id"},
		{"hours that are a word", header(`<CumulativeOperatingHours><Hour>many</Hour></CumulativeOperatingHours>`), `machine S1: CumulativeOperatingHours.Hour "many": it is no number`},
		{"hours with a comma", header(`<CumulativeOperatingHours><Hour>1,5</Hour></CumulativeOperatingHours>`), `"1,5": it is no number: the decimals follow a point, not a comma`},
		{"hours that are not a number", header(`<CumulativeIdleHours><Hour>NaN</Hour></CumulativeIdleHours>`), `"NaN": it is no number`},
		{"hours without an end", header(`<CumulativeIdleHours><Hour>1e999</Hour></CumulativeIdleHours>`), `"1e999": it is no number`},
		{"hours in months", header(`<CumulativeIdleHours><Hour>P1M</Hour></CumulativeIdleHours>`), `"P1M": it is no duration`},
		{"hours in nothing", header(`<CumulativeIdleHours><Hour>PT</Hour></CumulativeIdleHours>`), `"PT": it is no duration`},
		{"a place off the earth", header(`<Location><Latitude>91</Latitude><Longitude>0</Longitude></Location>`), `Location.Latitude "91": it is not on earth`},
		{"an unknown state", header(`<EngineStatus><Running>maybe</Running></EngineStatus>`), `EngineStatus.Running "maybe"`},
		{"an unknown time", header(`<FuelRemaining datetime="10.03.2025"><Percent>1</Percent></FuelRemaining>`), `FuelRemaining.datetime "10.03.2025": it is no date and time`},
		{"two faults", header(`<FuelRemaining><Percent>x</Percent></FuelRemaining><DEFRemaining><Percent>y</Percent></DEFRemaining>`), `FuelRemaining.Percent "x": it is no number; DEFRemaining.Percent "y": it is no number`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, bad, err := read("<Fleet>" + good + tt.text + good + "</Fleet>")
			if err != nil || len(got) != 2 {
				t.Errorf("got %d machines, %v, want the two good ones", len(got), err)
			}
			if len(bad) != 1 || !strings.Contains(bad[0], tt.want) {
				t.Errorf("got %q, want %q", bad, tt.want)
			}
		})
	}
}

func TestBadItemsOfJSON(t *testing.T) {
	t.Parallel()
	got, bad, err := read(`{"equipment":[1,"two",null,[3],{"EquipmentHeader":{"SerialNumber":4}},{"EquipmentHeader":[]}]}`)
	if err != nil || len(bad) != 5 || len(got) != 1 || got[0].SerialNumber != "4" {
		t.Errorf("got %v, %q, %v", got, bad, err)
	}
}

func TestOneEquipmentAlone(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"XML":            `<Equipment><EquipmentHeader><SerialNumber>S1</SerialNumber></EquipmentHeader></Equipment>`,
		"JSON":           `{"metadata":{},"EquipmentHeader":{"SerialNumber":"S1"}}`,
		"JSON in a list": `[{"EquipmentHeader":{"SerialNumber":"S1"}}]`,
		"JSON, no list":  `{"links":{"rel":"self","href":"x"},"equipment":{"EquipmentHeader":{"SerialNumber":"S1"}}}`,
	} {
		got, bad, err := read(text)
		if err != nil || bad != nil || len(got) != 1 || got[0].SerialNumber != "S1" {
			t.Errorf("%s: got %v, %q, %v", name, got, bad, err)
		}
	}
}

func TestDocumentsThatAreRefused(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<a>", 100)
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", " \n", "document is empty"},
		{"a page of a proxy", "<html><body>sorry</body></html>", "document is a <html>, not a <Fleet>"},
		{"a document type", `<!DOCTYPE Fleet [<!ENTITY a "aaaa">]><Fleet/>`, "document type in line 1 is refused"},
		{"a document type within", "<Fleet>\n<!DOCTYPE x></Fleet>", "document type in line 2 is refused"},
		{"an entity", `<Fleet><Equipment>&lol;</Equipment></Fleet>`, "entity"},
		{"an end in the middle", `<Fleet><Equipment>`, "unexpected EOF"},
		{"a second document", `<Fleet/><Fleet/>`, "a second document"},
		{"an unknown encoding", `<?xml version="1.0" encoding="klingon"?><Fleet/>`, `"klingon" is not known`},
		{"elements without end", "<Fleet><Equipment>" + deep, "elements lie more than 32 deep"},
		{"JSON of something else", `{"error":"x"}`, "document has neither equipment nor links"},
		{"JSON that is a text", `"x"`, "document is x, not a fleet"},
		{"JSON with a number for a list", `{"equipment":3}`, "document has neither equipment nor links"},
		{"JSON that ends in the middle", `{"equipment":[{"EquipmentHeader":{"SerialNumber":"S`, "unexpected EOF"},
		{"JSON and more", `{"equipment":[]} {"x":1}`, "document has neither equipment nor links"},
		{"JSON objects without end", `{"equipment":[` + strings.Repeat(`{"a":`, 100), "objects lie more than 32 deep"},
		{"JSON lists without end", strings.Repeat(`[`, 100), "objects lie more than 32 deep"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(tt.text)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestReadingStopsWhenNobodyWantsMore(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"XML": file(t, "testdata/fleet.xml"), "JSON": file(t, "testdata/fleet.json")} {
		n := 0
		for _, err := range ReadFleet(strings.NewReader(text)) {
			if n++; err == nil {
				break
			}
		}
		if n != 1 {
			t.Errorf("%s: got %d machines", name, n)
		}
	}
}

func TestUnitsOfTheStandard(t *testing.T) {
	t.Parallel()
	got, _, err := read(`{"equipment":[{"EquipmentHeader":{"PIN":"P"},"Location":{"latitude":1,"longitude":2,"altitude":100,"altitudeUnits":"FOOT"},
		"Distance":{"Odometer":5,"OdometerUnits":"KILOMETRE","dateTime":"2025-03-10T05:40:00"}}]}`)
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if math.Abs(*got[0].Location.Altitude-30.48) > 1e-9 || !got[0].Location.At.IsZero() {
		t.Errorf("location is %+v", got[0].Location)
	}
	if d := got[0].Distance; d.Unit != "kilometre" || d.At.Format(time.RFC3339) != "2025-03-10T05:40:00Z" {
		t.Errorf("distance is %+v", d)
	}
}

func TestHoursOfDurations(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := time.Duration(rapid.Int64Range(0, int64(100_000*time.Hour)).Draw(t, "duration")).Truncate(time.Second)
		text := "PT" + strings.ToUpper(want.String())
		got, err := parseHours(text)
		if err != nil || math.Abs(got-want.Hours()) > 1e-6 {
			t.Fatalf("%s is %v hours, %v; want %v", text, got, err, want.Hours())
		}
	})
}

// json is the line of a machine; of none, it is an empty object.
func (eq *Equipment) json(err error) []byte {
	if err != nil {
		return []byte("{}")
	}
	return eq.AppendJSON(nil)
}

// check holds what is true of every machine, whatever the document was.
func check(t *testing.T, text string) {
	for eq, err := range ReadEquipment(strings.NewReader(text)) {
		if line := eq.json(err); !json.Valid(line) {
			t.Errorf("a line is no JSON: %s", line)
		}
	}
	count := 0
	for m, err := range ReadFleet(strings.NewReader(text)) {
		if count++; err != nil {
			continue
		}
		if l := m.Location; l != nil && (math.Abs(l.Latitude) > 90 || math.Abs(l.Longitude) > 180) {
			t.Errorf("a machine is at %v, %v", l.Latitude, l.Longitude)
		}
		for _, r := range []*pipeline.Reading{m.OperatingHours, m.IdleHours, m.Distance, m.FuelUsed, m.FuelRemaining, m.DEFRemaining} {
			if r != nil && (math.IsNaN(r.Value) || math.IsInf(r.Value, 0)) {
				t.Errorf("a reading is %v", r.Value)
			}
		}
	}
	if count > len(text)+1 {
		t.Errorf("%d results of %d bytes", count, len(text))
	}
}

func FuzzFleetXML(f *testing.F) {
	text, _ := os.ReadFile("testdata/fleet.xml")
	f.Add(string(text))
	f.Add(`<Fleet><Links/><Equipment><EquipmentHeader PIN="p"/></Equipment></Fleet>`)
	f.Add(`<!DOCTYPE a [<!ENTITY b "c">]><Fleet>&b;</Fleet>`)
	addDocuments(f, ".xml")
	f.Fuzz(check)
}

func FuzzFleetJSON(f *testing.F) {
	text, _ := os.ReadFile("testdata/fleet.json")
	f.Add(string(text))
	f.Add(`{"equipment":[{},[],null,1],"links":{}}`)
	f.Add(`[[[[{"equipment":`)
	addDocuments(f, ".json")
	f.Fuzz(check)
}

func BenchmarkReadFleet(b *testing.B) {
	for _, name := range []string{"testdata/fleet.xml", "testdata/fleet.json"} {
		text, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				for _, err := range ReadFleet(strings.NewReader(string(text))) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
