package pipeline

import (
	"strings"
	"testing"
	"time"

	"rentalsync/pipeline/rental"
)

// lines is a mapping of files that each name every open rental of a branch.
type lines struct{ Mapping }

func (lines) Name() string               { return "lines" }
func (lines) Version() string            { return "1" }
func (lines) Kinds() []rental.Kind       { return []rental.Kind{rental.Item} }
func (lines) Claim(rental.Kind) Claim    { return Open }
func (lines) Match(string) (Stamp, bool) { return Stamp{}, true }

func TestANightOfBranchesIsReplacedByOneWithAsManyFiles(t *testing.T) {
	t.Parallel()
	in := &Intake{Mappings: []Mapping{lines{}}, Now: time.Now}
	hold := &Hold{Run: Run{BusinessDate: "2026-11-21"}}
	held := []Delivery{{Mapping: "lines", State: DeliveryStaged}, {Mapping: "lines", State: DeliveryStaged}}

	for files, want := range map[string]bool{"north": false, "north south": true, "north south west": true} {
		g := Group{Date: "2026-11-22"}
		for _, name := range strings.Fields(files) {
			g.Files = append(g.Files, File{Name: name})
		}
		if got := in.replaces(g, hold, held); got != want {
			t.Errorf("the files of %s replace a held night of two branches: %v, want %v", files, got, want)
		}
	}
}
