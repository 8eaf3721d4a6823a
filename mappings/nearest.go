package mappings

import (
	"fmt"
	"strings"
)

// suggest is the cure for a name that nothing knows: the nearest one that is
// known, or all of them where they are few.
func suggest(name string, known []string) string {
	if near, found := nearest(name, known); found {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if len(known) == 0 || len(known) > 12 {
		return ""
	}
	return "known here: " + strings.Join(known, ", ")
}

// nearest finds the name that is a slip of the finger away.
func nearest(name string, among []string) (string, bool) {
	best, found, least := "", false, 1+len(name)/3
	for _, candidate := range among {
		if d := distance(strings.ToLower(name), strings.ToLower(candidate)); d <= least && (!found || d < least) {
			best, found, least = candidate, true, d
		}
	}
	return best, found
}

// distance counts the letters to insert, remove, replace or swap.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return 1 << 20
	}
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}

	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}
