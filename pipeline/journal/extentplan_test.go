package journal

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatANightChangesIsCountedByLookingAtTheNight asks the database how it
// counts what a run would change. How many there were of something before is only
// known by reading the register from end to end, and so are the names of all
// customers: those statements are not among these. They run once a night, beside
// the writer, and only where a gate asks for them.
func TestWhatANightChangesIsCountedByLookingAtTheNight(t *testing.T) {
	t.Parallel()
	j, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "journal.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })

	err = j.read(t.Context(), func(ctx context.Context, s session) error {
		for name, text := range map[string]string{
			"assets that are gone": `SELECT COUNT(DISTINCT e.id)` + goneAssets,
			"rentals that end":     `SELECT COUNT(DISTINCT e.id)` + endedItems,
			"no longer named":      `SELECT COUNT(DISTINCT e.id)` + endedItems + onlyMissed,
			"on rent or off":       `SELECT COUNT(DISTINCT e.id)` + turning,
			"new customers":        newCustomers,
			"missed by":            missedBy,
		} {
			plan, err := planOf(ctx, s, text)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			for _, line := range plan {
				if scansBigTable(line) {
					t.Errorf("%s: %s", name, strings.Join(plan, "\n\t"))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestTheAssetsOfADepotAreFoundByTheDepot holds for the one whole reading that
// looks at something for each row that it reads.
func TestTheAssetsOfADepotAreFoundByTheDepot(t *testing.T) {
	t.Parallel()
	j, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "journal.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })

	err = j.read(t.Context(), func(ctx context.Context, s session) error {
		plan, err := planOf(ctx, s, `SELECT d.key`+lostOwners)
		for _, line := range plan {
			if scansBigTable(line) && !strings.HasPrefix(line, "SCAN d ") {
				t.Errorf("%s", strings.Join(plan, "\n\t"))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
