package transforms

// longestName bounds the work of a comparison; no header or option is longer.
const longestName = 64

// Nearest finds what was probably meant: the name among the given ones that
// takes the fewest slips of a finger to write (a wrong, missing or additional
// letter, or two that changed places), at most about one in three letters.
// Case, accents and blanks are no slips. Of equally near names it takes the
// first in alphabetical order, so that a message is the same every time.
func Nearest(name string, among []string) (string, bool) {
	return nearest(name, among, func(a, b []rune) int { return max(1, max(len(a), len(b))/3) })
}

// NearestSlip is [Nearest] for names of which two real ones can be near each
// other, as those of cities: it takes a single slip.
func NearestSlip(name string, among []string) (string, bool) {
	return nearest(name, among, func([]rune, []rune) int { return 1 })
}

// nearest takes as many slips between two names as allowed says.
func nearest(name string, among []string, allowed func(a, b []rune) int) (string, bool) {
	wanted := []rune(Fold(name))
	best, bestSlips := "", -1
	for _, candidate := range among {
		folded := []rune(Fold(candidate))
		slips, ok := slipsBetween(wanted, folded, allowed(wanted, folded))
		if !ok {
			continue
		}
		if bestSlips < 0 || slips < bestSlips || slips == bestSlips && candidate < best {
			best, bestSlips = candidate, slips
		}
	}
	return best, bestSlips >= 0
}

// slipsBetween gives the Damerau-Levenshtein distance (optimal string
// alignment) of two names, if it is small enough to be a slip.
func slipsBetween(a, b []rune, allowed int) (int, bool) {
	if len(a) == 0 || len(b) == 0 || len(a) > longestName || len(b) > longestName {
		return 0, false
	}
	if len(a)-len(b) > allowed || len(b)-len(a) > allowed {
		return 0, false
	}
	// In a name of one letter every other letter would be one slip away.
	slips := distance(a, b)
	return slips, slips == 0 || slips <= allowed && max(len(a), len(b)) > 1
}

func distance(a, b []rune) int {
	var rows [3][longestName + 1]int
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := range b {
		above[j+1] = j + 1
	}

	for i := range a {
		row[0] = i + 1
		for j := range b {
			change := above[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
