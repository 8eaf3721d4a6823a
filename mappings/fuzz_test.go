package mappings

import (
	"os"
	"testing"

	"rentalsync/pipeline"
)

// FuzzParse: whatever is in a file, the loader says what is wrong with it and
// never panics; a mapping without a fault binds and maps.
func FuzzParse(f *testing.F) {
	for _, pattern := range []string{"good", "bad"} {
		for _, file := range mustGlob(f, "testdata/*."+pattern+".yaml") {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, faults := Parse("fuzz.yaml", text, Options{})
		if m == nil {
			if faults.Err() == nil {
				t.Fatal("no mapping and no fault")
			}
			return
		}
		mapper, err := m.Bind(&pipeline.Header{Names: []string{"Nr", "Pos"}, Line: 1})
		if err != nil {
			return
		}
		var out pipeline.Mapped
		mapper.Map(&pipeline.Row{Cells: []string{"1", "2"}}, &out)
	})
}
