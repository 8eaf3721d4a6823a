package drop

import (
	"io/fs"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestATakenNameGetsANumberBeforeItsEnding(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		n    int
		want string
	}{
		{"a.csv", 1, "a.csv"},
		{"a.csv", 2, "a (2).csv"},
		{"a.csv.gz", 13, "a (13).csv.gz"},
		{"EQUIP", 2, "EQUIP (2)"},
	} {
		if got := Numbered(tt.name, tt.n); got != tt.want {
			t.Errorf("name %d of %s is %q, want %q", tt.n, tt.name, got, tt.want)
		}
	}
}

func TestOnlyNamesThatEveryMediumHoldsAreTaken(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a.csv", "COMPANY.csv", "com.csv", "LPT10.txt", "nulls.csv", "Gerät 1.csv", "a..b"} {
		if why := refuse(name); why != "" {
			t.Errorf("%q: %s", name, why)
		}
	}
	for _, name := range []string{"", ".", "..", "a/b", `a\b`, "a\x00", "a\u0085b", "\xff", "CON", "con.tar.gz", "NUL .csv", "com¹", strings.Repeat("ä", 111)} {
		if refuse(name) == "" {
			t.Errorf("%q can be taken", name)
		}
	}
}

func TestAnyTextBecomesOnePartOfAPath(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOf(rapid.Byte()).Draw(t, "text"))
		got := encode(text)
		if !fs.ValidPath(got) || strings.Contains(got, "/") || strings.HasPrefix(got, ".") || refuse(got) != "" && len(text) < longestName/3 {
			t.Fatalf("%q becomes %q", text, got)
		}
		if refuse(text) == "" && !strings.HasPrefix(text, ".") && got != text {
			t.Fatalf("%q becomes %q, although it can be kept", text, got)
		}
	})
}
