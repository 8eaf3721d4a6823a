package transforms_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"

	"rentalsync/transforms"
)

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
		enc, known := transforms.Encoding(tt.page)
		if !known {
			t.Fatalf("%s is not known", tt.page)
		}
		got, err := enc.NewDecoder().String(tt.bytes)
		if err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.page, got, err, tt.want)
		}
		if back, err := enc.NewEncoder().String(tt.want); err != nil || back != tt.bytes {
			t.Errorf("%s: %q is written as %x, %v; want %x", tt.page, tt.want, back, err, tt.bytes)
		}
	}
}

func TestEveryByteOfAHostPageComesBack(t *testing.T) {
	t.Parallel()

	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	for _, name := range []string{"cp037", "cp273", "cp500", "cp1047", "cp1140", "cp1141", "cp1148"} {
		page, known := transforms.Encoding(name)
		if !known {
			t.Fatalf("%s is not known", name)
		}
		text, err := page.NewDecoder().Bytes(all)
		if err != nil {
			t.Fatal(err)
		}
		back, err := page.NewEncoder().Bytes(text)
		if err != nil || string(back) != string(all) {
			t.Errorf("%s: %x, %v", name, back, err)
		}
		if _, err := page.NewEncoder().String("東"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s wrote what it has not: %v", name, err)
		}
		if got, err := encoding.ReplaceUnsupported(page.NewEncoder()).String("東"); err != nil || got != "\x6f" {
			t.Errorf("%s replaced by %x, %v", name, got, err)
		}
	}
}
