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

func TestPagesOfHostsDifferWhereTheyShould(t *testing.T) {
	t.Parallel()

	tests := []struct{ page, bytes, want string }{
		{"cp037", "\x4a\x4f\x5a\x5f\xb0\xba\xbb", "¢|!¬^[]"},
		{"cp500", "\x4a\x4f\x5a\x5f\xb0\xba\xbb", "[!]^¢¬|"},
		{"cp273", "\x4a\xc0\xe0\x6a\x5a\xd0\xa1\x7c\xb5\x59", "ÄäÖöÜüß§@~"},
		{"cp273", "\x43\xdc\x63\xfc\xbb\xec\xcc", "{}[]|\\¦"},
		{"cp1140", "\x9f", "€"},
		{"cp1141", "\x9f\xc0", "€ä"},
		{"cp1148", "\x9f\x4a", "€["},
		{"cp1047", "\xad\xbd\x5f", "[]^"},
	}
	for _, tt := range tests {
		enc, err := encodingOf(tt.page)
		if err != nil {
			t.Fatal(err)
		}
		got, err := enc.NewDecoder().String(tt.bytes)
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.page, got, err, tt.want)
		}
		if back := encode(t, enc, tt.want); back != tt.bytes {
			t.Errorf("%s: %q is written as %x, want %x", tt.page, tt.want, back, tt.bytes)
		}
	}
}

func TestEveryByteOfAHostPageComesBack(t *testing.T) {
	t.Parallel()

	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, enc := range codepages {
		page, is := enc.(*ebcdicPage)
		if !is {
			continue
		}
		text, err := page.NewDecoder().Bytes(all)
		if err != nil {
			t.Fatal(err)
		}
		back, err := page.NewEncoder().Bytes(text)
		if err != nil || string(back) != string(all) {
			t.Errorf("%s: %x, %v", page, back, err)
		}
		if _, err := page.NewEncoder().String("東"); err == nil || !strings.Contains(err.Error(), page.name) {
			t.Errorf("%s wrote what it has not: %v", page, err)
		}
		if got, err := encoding.ReplaceUnsupported(page.NewEncoder()).String("東"); err != nil || got != "\x6f" {
			t.Errorf("%s replaced by %x, %v", page, got, err)
		}
	}
}

func TestTheWrongKindOfLettersIsRefused(t *testing.T) {
	t.Parallel()

	host := encode(t, codepages["037"], hostLines)
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

	text := encode(t, codepages["037"], "004711Bagger    ") + "\x00\x12\x50\x0c" + encode(t, codepages["037"], "004712Bagger    0990")
	d := with(equipment, func(d *pipeline.Dialect) { d.Encoding = "cp037" })
	want := []string{
		`1! rate "\\x12&\\f": bytes that are no text, as in a packed or binary number; have the host write the number in digits, or correct the place of the column`,
		"0 2: 004712|Bagger|0990",
	}
	if diff := cmp.Diff(want, toldOf(t, text, d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
