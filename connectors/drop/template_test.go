package drop

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestATemplateNamesAFixedFolderAndWhatLiesBelow(t *testing.T) {
	t.Parallel()
	date := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ text, root, below string }{
		{"archive", "archive", "."},
		{"archive/{date:YYYY/MM}", "archive", "2026/01"},
		{"archive/{date:YYYY/MM}/", "archive", "2026/01"},
		{"archive/{date}", "archive", "2026-01-02"},
		{"/srv/erp done/{date:YYYYMMDD}", "/srv/erp done", "20260102"},
		{"../a/night-{date:YYYY-MM-DD}/x", "../a", "night-2026-01-02/x"},
		{"{date:YYYY}/{date:MM}", ".", "2026/01"},
		{"/{date:YYYY}", "/", "2026"},
	} {
		got, err := ParseTemplate(tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.text, err)
			continue
		}
		if got.Root() != tt.root || got.folder(date) != tt.below {
			t.Errorf("%s is %q and below it %q, want %q and %q", tt.text, got.Root(), got.folder(date), tt.root, tt.below)
		}
	}
}

func TestATemplateThatCannotBeAFolderIsRefusedWithTheCure(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"archive/{day}", "archive/{date:YYYY", "archive/{date:}", "archive/{date:hello}", "archive/{date:YYYY}/../..",
		"archive/.{date:YYYY}", "archive/{date:YYYY}//x", "archive/{date:YYYY/../MM}", "archive/{date:2006}",
	} {
		if _, err := ParseTemplate(text); err == nil || !strings.Contains(err.Error(), "{date:") {
			t.Errorf("%s: error is %v", text, err)
		}
	}
}

func TestAMarkerLiesBesideItsFile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"done-{name}.ok": {"done-a.csv.ok"},
		"{stem}.done":    {"a.done"},
		"*.done":         {"a.csv.done", "a.done"},
	} {
		m, err := parseMarker(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := m.of("a.csv"); !slices.Equal(got, want) || !m.is(got[0]) || m.is("a.csv") || m.is("done-.ok") {
			t.Errorf("the marker %s of a.csv is %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{"ready.flag", "{name}", "x/{name}.ok", "{name}{stem}", `\{name}`, "*", "*.*"} {
		if _, err := parseMarker(text); err == nil {
			t.Errorf("%q is a marker", text)
		}
	}
}
