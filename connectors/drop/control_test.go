package drop

import (
	"strings"
	"testing"
)

const aDigest = "0123456789abcdef0123456789abcdef"

func TestAControlFileIsReadInTheFormThatIsDescribed(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		control Control
		text    string
		want    listing
	}{
		"columns by name under a header":       {Control{Header: 1, Name: "File", Size: "Bytes"}, "\ufeffFile;Bytes\r\nA.csv;7\r\n\x1a", listing{7, -1, ""}},
		"columns by number":                    {Control{Name: "2", Rows: "1", Delimiter: ","}, "5,A.csv\n", listing{-1, 5, ""}},
		"a header in the third line":           {Control{Header: 3, Name: "N", Size: "S", Delimiter: "tab"}, "Night\n\nN\tS\nA.csv\t0\n", listing{0, -1, ""}},
		"cells in quotes":                      {Control{Name: "1", Size: "2", Delimiter: ","}, `"A.csv","12"`, listing{12, -1, ""}},
		"columns of blanks":                    {Control{Name: "3", Size: "1", Digest: "2", Delimiter: "space"}, "  9   " + strings.ToUpper(aDigest) + " A.csv", listing{9, -1, aDigest}},
		"lines of md5sum":                      {Control{}, aDigest + " *A.csv\n", listing{-1, -1, aDigest}},
		"lines of md5sum among columns":        {Control{Name: "1", Size: "2"}, aDigest + "  out/A.csv\nB.csv;1\n", listing{-1, -1, aDigest}},
		"a file that is named with its folder": {Control{Name: "1"}, "/export/A.csv", listing{-1, -1, ""}},
	} {
		tt.control.Match = "C*"
		if err := tt.control.check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		files, err := tt.control.parse(tt.text)
		if got, ok := files["A.csv"]; err != nil || !ok || got != tt.want {
			t.Errorf("%s: got %+v, %v; want %+v", name, files, err, tt.want)
		}
	}
}

func TestAControlFileThatCannotBeDescribedIsRefusedWithTheCure(t *testing.T) {
	t.Parallel()
	for cure, c := range map[string]Control{
		`write match like`:  {},
		`write it like`:     {Match: "out/CTL.txt"},
		`"CTL{date:YYYY}x[`: {Match: "CTL{date:YYYY}x["},
		`CTL{day}`:          {Match: "CTL{day}.txt"},
		"set name":          {Match: "CTL", Size: "2"},
		"set header: 1":     {Match: "CTL", Name: "FILE"},
	} {
		if _, err := newControls(&c); err == nil || !strings.Contains(err.Error(), cure) {
			t.Errorf("%+v: error is %v, want one with %q", c, err, cure)
		}
	}
}

func FuzzControl(f *testing.F) {
	f.Add("FILE;ROWS\nA.csv;2\n")
	f.Add(aDigest + "  A.csv\n")
	f.Fuzz(func(t *testing.T, text string) {
		files, err := (&Control{Header: 1, Name: "1", Size: "2"}).parse(text)
		if err == nil && len(files) == 0 {
			t.Error("nothing was found, and nothing said")
		}
		for name := range files {
			if strings.ContainsAny(name, `/\`) {
				t.Errorf("it names %q", name)
			}
		}
	})
}

func TestALedgerIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	text := "2026-11-21T00:00:00Z\t7\t-5\ta\tb.csv\n"
	if got := readLedger(text + "nonsense\n2026\t1\t1\tx\n"); got.String() != text || len(got) != 1 {
		t.Errorf("got %q, want %q", got, text)
	}
}

func TestAnAcknowledgementLiesInTheInbox(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"{name}.ack": "a.csv.ack", "acks/{stem}.err": "acks/a.err", "./done_{name}": "done_a.csv"} {
		got, err := parseAcknowledgement(text)
		if err != nil || got.at("NIGHT.zip/a.csv").Name != want {
			t.Errorf("%s is %v, %v; want %s", text, got.at("NIGHT.zip/a.csv"), err, want)
		}
	}
	for _, text := range []string{"{name}", "ack", "../{name}.ack", "/acks/{name}.ack", ".acks/{name}.ack", "{name}/x.ack", `a\{name}.ack`} {
		if _, err := parseAcknowledgement(text); err == nil || !strings.Contains(err.Error(), "write it like") {
			t.Errorf("%q: error is %v", text, err)
		}
	}
}
