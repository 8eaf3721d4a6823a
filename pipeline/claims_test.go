package pipeline

import (
	"fmt"
	"testing"

	"rentalsync/pipeline/rental"
)

// branches is a mapping that says nothing but whether its claims are scoped.
type branches struct {
	Mapping
	scoped bool
}

func (b branches) Scoped(rental.Kind) bool { return b.scoped }

func heardBy(scoped bool) *claims {
	return &claims{
		mapping: branches{scoped: scoped}, mentions: map[uint64]mention{}, scopes: map[string]uint32{},
		covered: map[covered]bool{}, keyless: map[covered]bool{}, unsure: map[rental.Kind]bool{},
	}
}

func TestWhoHasNoKeyMayBeAnybodyThatHisMappingCanMean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row, missing Unnamed
		scoped       [2]bool // of the mapping with the row, and of the one that misses somebody
		want         bool
	}{
		{Unnamed{Kind: rental.Item, Scope: "MUC"}, Unnamed{Kind: rental.Item, Scope: "MUC"}, [2]bool{true, true}, true},
		{Unnamed{Kind: rental.Item, Scope: "MUC"}, Unnamed{Kind: rental.Item, Scope: "HAM"}, [2]bool{true, true}, false},
		{Unnamed{Kind: rental.Item, Anywhere: true}, Unnamed{Kind: rental.Item, Scope: "HAM"}, [2]bool{true, true}, true},
		{Unnamed{Kind: rental.Item}, Unnamed{Kind: rental.Item, Scope: "HAM"}, [2]bool{false, true}, true},
		{Unnamed{Kind: rental.Item, Scope: "MUC"}, Unnamed{Kind: rental.Item}, [2]bool{true, false}, true},
		{Unnamed{Kind: rental.Item}, Unnamed{Kind: rental.Asset}, [2]bool{false, false}, false},
	} {
		t.Run(fmt.Sprintf("a row of %+v, somebody of %+v", c.row, c.missing), func(t *testing.T) {
			t.Parallel()
			with, missing := heardBy(c.scoped[0]), heardBy(c.scoped[1])
			with.heard(&Mapped{Keyless: []Unnamed{c.row}})
			if got := with.doubts(missing, c.missing.Kind, c.missing.Scope); got != c.want {
				t.Errorf("in doubt: %v, want %v", got, c.want)
			}
		})
	}
}
