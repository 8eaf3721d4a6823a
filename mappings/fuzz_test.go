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
		for part := range m.tables {
			mustMap(t, m, part)
		}
	})
}

// mustMap maps rows of a part that have every column, whatever is in them.
func mustMap(t *testing.T, m *Mapping, part int) {
	t.Helper()
	h := &pipeline.Header{Line: 1, Part: part, Said: map[string]string{askDate: "20261121"}}
	h.Names = append(m.tables[part].missing(nil), "Nr", "Pos")
	mapper, err := m.Bind(h)
	if err != nil {
		return
	}
	for _, cell := range []string{"1", "", "000000000}", "1.2E+16", "2026-11-21", "31.12.9999"} {
		row := &pipeline.Row{Header: h}
		for i := range h.Names {
			row.Cells = append(row.Cells, cell)
			row.Types = append(row.Types, pipeline.CellType(i%4))
		}
		var out pipeline.Mapped
		mapper.Map(row, &out)
		if len(out.Faults) > 0 && (len(out.Entities) > 0 || out.Skip != "") {
			t.Errorf("a row is rejected and is not: %+v", out)
		}
		_, _ = mapper.Stamp(row) // it may say anything, but soon
	}
}
