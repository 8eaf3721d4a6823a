package iris

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write what documents are read as")

// documents are what the servers of makers answer, as far as their shapes are
// public; the machines in them are invented.
const documents = "testdata/equipment"

func addDocuments(f *testing.F, ending string) {
	files, _ := filepath.Glob(filepath.Join(documents, "*"+ending))
	for _, name := range files {
		text, _ := os.ReadFile(name)
		f.Add(string(text))
	}
}

// readAs is how a document is read, a line for each machine and for what ends it.
func readAs(in io.Reader) string {
	var b strings.Builder
	for eq, err := range ReadEquipment(in) {
		switch {
		case err != nil:
			fmt.Fprintf(&b, "refused: %v\n", err)
		case len(eq.Faults) > 0:
			fmt.Fprintf(&b, "item %d, %s, has faults: %s\n", eq.Item, eq.AppendHeader(nil), eq.why())
		default:
			fmt.Fprintf(&b, "%s\n", eq.AppendJSON(nil))
		}
	}
	return b.String()
}

func TestDocumentsOfManyMakers(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(documents, "*.*"))
	if err != nil || len(files) < 30 {
		t.Fatal(len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			in, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()

			got := readAs(in)
			golden := filepath.Join(documents, "want", filepath.Base(name)+".txt")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// of puts blocks into a machine.
func of(blocks string) string {
	return `{"EquipmentHeader":{"SerialNumber":"S1"},` + blocks + `}`
}

func TestWhatBlocksSay(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ text, want string }{
		"a number keeps its digits":                    {`"CumulativeIdleHours":{"Hour":402.10}`, `"CumulativeIdleHours":{"Hour":402.10}`},
		"a number that JSON cannot write is rewritten": {`"CumulativeIdleHours":{"Hour":"+012.50"}`, `"CumulativeIdleHours":{"Hour":12.5}`},
		"null, nothing and n/a are absent":             {`"CumulativeIdleHours":{"Hour":null},"FuelUsed":{"FuelConsumed":"","FuelUnits":"litre"},"Distance":{"Odometer":"N/A"},"EngineStatus":null`, ``},
		"0 is not absent":                              {`"DEFRemaining":{"Percent":0}`, `"DEFRemaining":{"Percent":0}`},
		"minutes are hours":                            {`"CumulativeIdleHours":{"value":90,"unit":"minutes"}`, `"CumulativeIdleHours":{"Hour":1.5,"asSent":{"Hour":90,"HourUnits":"minutes"}}`},
		"a duration is hours":                          {`"CumulativeIdleHours":"P1DT2H"`, `"CumulativeIdleHours":{"Hour":26,"asSent":{"Hour":"P1DT2H"}}`},
		"a unit that is known is spelled as ISO does":  {`"Distance":{"Odometer":5,"OdometerUnits":"KM"}`, `"Distance":{"Odometer":5,"OdometerUnits":"kilometre"}`},
		"a unit that is not known stays":               {`"Distance":{"Odometer":5,"OdometerUnits":"furlong"}`, `"Distance":{"Odometer":5,"OdometerUnits":"furlong"}`},
		"no unit is none":                              {`"Distance":{"Odometer":5}`, `"Distance":{"Odometer":5}`},
		"a unit in a name is one":                      {`"Distance":{"OdometerMiles":5}`, `"Distance":{"Odometer":8.04672,"OdometerUnits":"kilometre","asSent":{"Odometer":5,"OdometerUnits":"miles"}}`},
		"feet are metres":                              {`"Location":{"Latitude":1,"Longitude":2,"Altitude":100,"AltitudeUnits":"FOOT"}`, `"Location":{"Latitude":1,"Longitude":2,"Altitude":30.48,"AltitudeUnits":"metre","asSent":{"Altitude":100,"AltitudeUnits":"FOOT"}}`},
		"pounds are kilograms":                         {`"CumulativePayloadTotals":{"Payload":100,"PayloadUnits":"lb"}`, `"CumulativePayloadTotals":{"Payload":45.359237,"PayloadUnits":"kilogram","asSent":{"Payload":100,"PayloadUnits":"lb"}}`},
		"tons may be several and stay":                 {`"CumulativePayloadTotals":{"Payload":3,"PayloadUnits":"ton"}`, `"CumulativePayloadTotals":{"Payload":3,"PayloadUnits":"ton"}`},
		"litres left are no percent":                   {`"FuelRemaining":{"value":50,"unit":"litre"}`, `"FuelRemaining":{"value":50,"unit":"litre"}`},
		"a bare ratio is no percent":                   {`"fuelRemainingRatio":0.5`, `"fuelRemainingRatio":0.5`},
		"a place in the sea is none":                   {`"Location":{"Latitude":0,"Longitude":0.0,"datetime":"2026-01-01T00:00:00Z"}`, ``},
		"a zone is turned into UTC":                    {`"DEFRemaining":{"Percent":1,"dateTime":"2026-01-01T00:00:00.5+01:00"}`, `"DEFRemaining":{"datetime":"2025-12-31T23:00:00.5Z","Percent":1}`},
		"milliseconds since 1970 are a time":           {`"DEFRemaining":{"Percent":1,"datetime":1604042795000}`, `"DEFRemaining":{"datetime":"2020-10-30T07:26:35Z","Percent":1}`},
		"the year 1 is no time":                        {`"DEFRemaining":{"Percent":1,"datetime":"0001-01-01T00:00:00"}`, `"DEFRemaining":{"Percent":1}`},
		"of the same block the newest counts":          {`"DEFRemaining":[{"Percent":2,"datetime":"2026-01-02T00:00:00Z"},{"Percent":1,"datetime":"2026-01-01T00:00:00Z"}],"CumulativeIdleHours":null,"defRemaining":{"Percent":3}`, `"DEFRemaining":{"datetime":"2026-01-02T00:00:00Z","Percent":2}`},
		"a zone may be told in hours":                  {`"DEFRemaining":{"Percent":1,"datetime":"2026-01-01T00:00:00+01"}`, `"DEFRemaining":{"datetime":"2025-12-31T23:00:00Z","Percent":1}`},
		"a zone may be told by name":                   {`"DEFRemaining":{"Percent":1,"datetime":"2026-01-01 00:00:00 UTC"}`, `"DEFRemaining":{"datetime":"2026-01-01T00:00:00Z","Percent":1}`},
		"a zone may be told by name as well":           {`"DEFRemaining":{"Percent":1,"datetime":"2026-01-01T00:00:00Z[UTC]"}`, `"DEFRemaining":{"datetime":"2026-01-01T00:00:00Z","Percent":1}`},
		"a service of .NET counts milliseconds":        {`"DEFRemaining":{"Percent":1,"datetime":"/Date(1604042795000+0100)/"}`, `"DEFRemaining":{"datetime":"2020-10-30T07:26:35Z","Percent":1}`},
		"seconds may be left out":                      {`"DEFRemaining":{"Percent":1,"datetime":"2026-01-01T06:30"}`, `"DEFRemaining":{"datetime":"2026-01-01T06:30:00Z","Percent":1}`},
		"a duration may say that there are no years":   {`"CumulativeIdleHours":"P0Y0M1DT2H"`, `"CumulativeIdleHours":{"Hour":26,"asSent":{"Hour":"P0Y0M1DT2H"}}`},
		"a duration may be of weeks":                   {`"CumulativeIdleHours":"P2W"`, `"CumulativeIdleHours":{"Hour":336,"asSent":{"Hour":"P2W"}}`},
		"what XML told as nothing is nothing":          {`"DEFRemaining":{"Percent":{"@xsi:nil":"true"}},"Distance":{"@i:nil":"true"}`, ``},
		"a bare number has the unit beside it":         {`"distance":5,"odometerUnits":"miles"`, `"Distance":{"Odometer":8.04672,"OdometerUnits":"kilometre","asSent":{"Odometer":5,"OdometerUnits":"miles"}}`},
		"a bare number has the unit named as itself":   {`"fuelUsed":1,"fuelUsedUnits":"gal (US)"`, `"FuelUsed":{"FuelConsumed":3.785411784,"FuelUnits":"litre","asSent":{"FuelConsumed":1,"FuelUnits":"gal (US)"}}`},
		"a bare number has the time beside it":         {`"operatingHours":5,"operatingHoursTimestamp":"2026-01-01T00:00:00Z","timestamp":"2026-01-02T00:00:00Z"`, `"CumulativeOperatingHours":{"datetime":"2026-01-01T00:00:00Z","Hour":5},"datetime":"2026-01-02T00:00:00Z"`},
		"a place may stand beside the blocks":          {`"lat":1.5,"lng":2.5`, `"Location":{"Latitude":1.5,"Longitude":2.5}`},
		"a percentage may carry its sign":              {`"DEFRemaining":{"Percent":"45 %"}`, `"DEFRemaining":{"Percent":45}`},
		"digits of a name are no number":               {`"Extra":{"deviceId":77,"count":7}`, `"Extra":{"deviceId":"77","count":7}`},
		"what is there twice is a list":                {`"Extra":1,"extra":2`, `"Extra":[1,2]`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := strings.Replace(of(tt.want), ",}", "}", 1)
			if got := strings.TrimSpace(readAs(strings.NewReader(`[` + of(tt.text) + `]`))); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestValuesThatCannotBe(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`"CumulativeIdleHours":{"Hour":-0.1}`:         `CumulativeIdleHours.Hour "-0.1": it is below 0`,
		`"Distance":{"Odometer":-1}`:                  `Distance.Odometer "-1": it is below 0`,
		`"FuelRemaining":{"Percent":100.5}`:           `FuelRemaining.Percent "100.5": it is not between 0 and 100`,
		`"Location":{"Latitude":1,"Longitude":180.1}`: `Location.Longitude "180.1": it is not on earth`,
		`"FuelUsed":{"FuelConsumed":"1,5"}`:           `FuelUsed.FuelConsumed "1,5": it is no number: the decimals follow a point, not a comma`,
		`"FuelUsed":{"FuelConsumed":"Infinity"}`:      `it is no number`,
		`"FuelUsed":{"FuelConsumed":{"litres":{}}}`:   ``,
		`"EngineStatus":{"Running":"perhaps"}`:        `EngineStatus.Running "perhaps": it is neither true nor false`,
	} {
		got := readAs(strings.NewReader(`[` + of(text) + `,` + of(`"DEFRemaining":{"Percent":5}`) + `]`))
		if !strings.Contains(got, want) || !strings.Contains(got, `"DEFRemaining":{"Percent":5}`) {
			t.Errorf("%s is told as\n%s\nwant %s", text, got, want)
		}
	}
}

func TestMachinesUnderNamesThatNobodyKnows(t *testing.T) {
	t.Parallel()
	machine := of(`"DEFRemaining":{"Percent":5}`)
	for text, want := range map[string]string{
		`{"count":1,"rows":[` + machine + `]}`:                                                      machine,
		`{"GetFleetResult":{"Rows":[` + machine + `,` + machine + `]}}`:                             machine + "\n" + machine,
		`{"_links":{"next":{"href":"x"}},"page":{"size":1},"fleetRows":[` + machine + `]}`:          machine,
		`[{"devices":[{"imei":"1"}],"EquipmentHeader":{"SerialNumber":"S1"}}]`:                      `{"EquipmentHeader":{"SerialNumber":"S1"},"devices":[{"imei":"1"}]}`,
		`{"hourMessages":{"hourMessage":[{"operatingHours":5,"dateTime":"2026-01-01T00:00:00Z"}]}}`: `{"CumulativeOperatingHours":{"datetime":"2026-01-01T00:00:00Z","Hour":5},"datetime":"2026-01-01T00:00:00Z"}`,
		`{"Links":[],"CumulativeIdleHours":[{"Hour":1}]}`:                                           `{"CumulativeIdleHours":{"Hour":1}}`,
		`{"Links":[],"CumulativeIdleHours":[]}`:                                                     ``,
		`{"fault":{"faultstring":"Invalid access token"}}`:                                          `refused: document has neither equipment nor links, so it is not a fleet of ISO 15143-3`,
		`{"_links":{"self":{"href":"x"}},"status":401}`:                                             `refused: document has neither equipment nor links, so it is not a fleet of ISO 15143-3`,
	} {
		if got := strings.TrimSpace(readAs(strings.NewReader(text))); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// endless is the same text for as long as anybody reads.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		copied := copy(p[n:], e.text[e.at:])
		n, e.at = n+copied, (e.at+copied)%len(e.text)
	}
	return n, nil
}

func TestDocumentsWithoutEnd(t *testing.T) {
	t.Parallel()
	for begin, rest := range map[string]string{
		"<Fleet><Equipment><Model>":                   "m",
		"<Fleet><Equipment>":                          "<a/>",
		"<Fleet><Equipment a=\"":                      "m",
		"<Fleet><!-- ":                                "m",
		`{"equipment":[{"Model":"`:                    "m",
		`{"equipment":[{"a":[`:                        "1,",
		`{"equipment":[` + of(`"a":1`) + `],"other":`: "[",
	} {
		var last error
		for _, err := range ReadEquipment(io.MultiReader(strings.NewReader(begin), &endless{text: strings.Repeat(rest, 1000)})) {
			last = err
		}
		if last == nil {
			t.Errorf("%s%s… is read to its end", begin, rest)
		}
	}
}

func TestManyMachinesStream(t *testing.T) {
	t.Parallel()
	for begin, item := range map[string]string{
		"<Fleet>":                  "<Equipment><EquipmentHeader><PIN>1</PIN></EquipmentHeader></Equipment>",
		`{"Fleet":{"Equipment":[`:  of(`"a":1`) + ",",
		`[{"Equipment":[`:          of(`"a":1`) + ",",
		of(`"a":1`):                of(`"a":1`),
		`{"data":{"equipment":[`:   of(`"a":1`) + ",",
		"<Answer><Fleet><Links/>":  "<Equipment><EquipmentHeader><PIN>1</PIN></EquipmentHeader></Equipment>",
		"<s:Envelope xmlns:s='s'>": "<s:Equipment><EquipmentHeader PIN='1'/></s:Equipment>",
	} {
		n := 0
		for _, err := range ReadEquipment(io.MultiReader(strings.NewReader(begin), &endless{text: strings.Repeat(item, 100)})) {
			if n++; err != nil || n == 2_000 {
				break
			}
		}
		if n != 2_000 {
			t.Errorf("%s%s…: %d machines were read", begin, item, n)
		}
	}
}

func TestMilesThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		miles := float64(rapid.IntRange(0, 9_999_999).Draw(t, "tenths")) / 10
		for m, err := range ReadFleet(strings.NewReader(of(fmt.Sprintf(`"Distance":{"Odometer":%v,"OdometerUnits":"mile"}`, miles)))) {
			if err != nil {
				t.Fatal(err)
			}
			if back := m.Distance.Value / 1.609344; m.Distance.Unit != "kilometre" || back-miles > 1e-6 || miles-back > 1e-6 {
				t.Fatalf("%v miles are %+v", miles, m.Distance)
			}
		}
	})
}

func TestFailureToRead(t *testing.T) {
	t.Parallel()
	broken := errors.New("line is down")
	for _, err := range ReadEquipment(io.MultiReader(strings.NewReader("<Fleet>"), failing{broken})) {
		if !errors.Is(err, broken) {
			t.Errorf("got %v", err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
