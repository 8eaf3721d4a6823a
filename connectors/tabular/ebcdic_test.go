package tabular

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"rentalsync/pipeline"
)

// hostLines is fixed width as a German host writes it.
const hostLines = "004711Bühne     1250\n004712Baßgeige  0990\n"

func TestTextOfHostsIsReadInTheirPage(t *testing.T) {
	t.Parallel()

	want := []string{"0 1: 004711|Bühne|1250", "0 2: 004712|Baßgeige|0990"}
	for _, page := range []string{"cp037", "IBM037", "ebcdic-cp-us", "cp273", "cp500", "CCSID 500", "cp1047", "cp1140", "IBM01140", "cp1141", "cp1148", "cp850", "cp437", "cp858", "cp852"} {
		enc, err := encodingOf(page)
		if err != nil {
			t.Fatal(err)
		}
		raw := encode(t, enc, hostLines)
		for name, text := range map[string]string{
			"as it is":         raw,
			"with next line":   strings.ReplaceAll(raw, "\x25", "\x15"),
			"with both":        strings.ReplaceAll(raw, "\x25", "\x0d\x25"),
			"without any":      strings.ReplaceAll(raw, "\x25", ""),
			"with an end mark": raw + "\x3f",
		} {
			if !isEBCDIC(enc) {
				text = raw
			}
			got := toldOf(t, text, with(equipment, func(d *pipeline.Dialect) { d.Encoding = page }))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s (-want +got):\n%s", page, name, diff)
			}
		}
	}
}

func TestTheWrongKindOfLettersIsRefused(t *testing.T) {
	t.Parallel()

	host := encode(t, page(t, "cp037"), hostLines)
	const converted = `unreadable: the file is not cp037: its letters are those of ASCII, so the transfer has converted it; say the encoding that it has now, such as windows-1252 or cp850, or have it transferred as binary`
	const unconverted = `unreadable: the file looks like EBCDIC, the text of IBM hosts; say encoding: cp037, or cp273 for a German host, or have it transferred as text`

	tests := []struct{ name, text, declared, want string }{
		{"UTF-8 that is said to be EBCDIC", hostLines, "cp037", converted},
		{"windows-1252 that is said to be EBCDIC", encode(t, charmap.Windows1252, hostLines), "cp037", converted},
		{"EBCDIC that is said to be UTF-8", host, "utf-8", unconverted},
		{"EBCDIC that is said to be windows-1252", host, "windows-1252", unconverted},
		{"EBCDIC of which nothing is said", host, "", unconverted},
	}
	for _, tt := range tests {
		for _, format := range []string{"fixed", "csv"} {
			d := pipeline.Dialect{Format: format, Encoding: tt.declared}
			if got := toldOf(t, tt.text, d); len(got) != 1 || got[0] != tt.want {
				t.Errorf("%s as %s: %q", tt.name, format, got)
			}
		}
	}
}

func TestANumberThatIsPackedIsARowError(t *testing.T) {
	t.Parallel()

	text := encode(t, page(t, "cp037"), "004711Bagger    ") + "\x00\x12\x50\x0c" + encode(t, page(t, "cp037"), "004712Bagger    0990")
	d := with(equipment, func(d *pipeline.Dialect) { d.Encoding = "cp037" })
	want := []string{
		`1! rate "\\x12&\\f": bytes that are no text, as in a packed or binary number; have the host write the number in digits, or correct the place of the column`,
		"0 2: 004712|Bagger|0990",
	}
	if diff := cmp.Diff(want, toldOf(t, text, d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// page is a page of a host.
func page(t testing.TB, name string) encoding.Encoding {
	t.Helper()
	enc, err := encodingOf(name)
	if err != nil {
		t.Fatal(err)
	}
	return enc
}
