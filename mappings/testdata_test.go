package mappings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every rule of the language has a good file and a bad one. A bad file says at
// its end what must be told about it, as "# want: 12:5: what; and the cure".
func TestGoodFilesHaveNoFault(t *testing.T) {
	t.Parallel()

	for _, file := range testFiles(t, "good") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m, faults := Parse(file, text, Options{})
		if len(faults) > 0 {
			t.Error(faults)
		}
		if m == nil {
			t.Errorf("%s gives no mapping", file)
		}
	}
}

func TestBadFilesAreToldWhatIsWrong(t *testing.T) {
	t.Parallel()

	for _, file := range testFiles(t, "bad") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			body, want, _ := strings.Cut(string(text), "# want: ")
			want = strings.ReplaceAll("# want: "+want, "# want: ", "bad.yaml:")

			_, faults := Parse("bad.yaml", []byte(body), Options{})
			got := faults.Error() + "\n"
			if *update {
				wants := strings.ReplaceAll(got, "bad.yaml:", "# want: ")
				if err := os.WriteFile(file, []byte(body+wants), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if len(faults) == 0 {
				t.Error("no fault at all")
			}
		})
	}
}

func testFiles(t *testing.T, ending string) []string {
	t.Helper()
	return mustGlob(t, "testdata/*."+ending+".yaml")
}

func mustGlob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no file matches %s: %v", pattern, err)
	}
	return files
}
