package main

import (
	"fmt"
	"strings"
	"testing"
)

// record fills a record of the shared mapping up with blanks.
func record(text string) string { return fmt.Sprintf("%-56s", text) }

// records is a file of them: what heads it, some machines, and what ends it.
func records(count, sum int, machines ...string) string {
	all := []string{record("HDR EQMAST  20261121")}
	for _, m := range machines {
		all = append(all, record("EQP "+m))
	}
	return strings.Join(all, "\r\n") + "\r\n" + recordsEnd(count, sum)
}

// recordsEnd is the record that ends such a file.
func recordsEnd(count, sum int) string {
	return record(fmt.Sprintf("TRL EQMAST  %010d %011d", count, sum)) + "\r\n"
}

func TestChecklistOfRecords(t *testing.T) {
	const (
		one   = "00041178 S-1     O 20261101 000012850{ 0012345"
		two   = "00041179 S-2     A 00000000 000000000{ 000012-"
		heard = `
			2026-11-21 done: EQMAST.DAT acked
			2 read = 2 mapped + 0 skipped + 0 rejected
			exit 0
			IRIS: S-1 ON_RENT, 00041178 at 1285
			IRIS: S-2 AVAILABLE`
	)
	night21 := func(content string) []night { return []night{{"EQMAST.DAT": content}} }
	whole := records(2, 82357, one, two)
	left := func(why string) string { return "left alone: EQMAST.DAT: " + why + "\nexit 3\nIRIS: nothing" }

	var traps []trap
	add := func(it, content, want string, says ...string) {
		traps = append(traps, trap{it: it, mappings: []string{"records"}, says: says, nights: night21(content), want: want})
	}
	add("a record heads the file and tells its day, another one ends it and counts the machines", whole, heard)
	add("the file ends with the byte 0x1A", whole+"\x1a", heard)
	add("the file comes from a mainframe with its own letters", in(cp037, whole), heard, "encoding: cp037")
	add("the file comes from a mainframe of another country, whose letters are mostly the same", in(cp037, whole), heard, "encoding: cp500")
	add("the lines of a mainframe end with a letter of their own", in(cp037, strings.ReplaceAll(whole, "\r\n", "\u0085")), heard, "encoding: cp037")
	add("records follow each other without line ends", strings.ReplaceAll(whole, "\r\n", ""), heard)
	add("blanks at the end of records were trimmed", trimmed(whole), heard)
	add("the trailer counts a record too many: itself, or one that got lost", records(3, 82357, one, two), left("…counts 3…2…"))
	add("the sum over the machines is another one: a record was swapped", records(2, 82358, one, two), left("…82358…82357…"))
	add("the file was cut between two records", whole[:2*58], left("…"))
	add("the file was cut within a record", whole[:58+20], left("…"))
	add("a file without records has a right trailer", records(0, 0), `
		2026-11-21 done: EQMAST.DAT acked
		⋮
		exit 0
		IRIS: nothing`)
	add("the sign of a price stands within its last digit", records(1, 41178, "00041178 S-1     O 20261101 000012850} 0012345"), `
		2026-11-21 done: EQMAST.DAT acked
		1 read = 1 mapped + 0 skipped + 0 rejected
		⋮
		IRIS: S-1 ON_RENT, 00041178 at -1285`)
	add("a letter stands where no sign can be", records(2, 82357, strings.Replace(one, "850{", "850X", 1), two), `
		2026-11-21 done: EQMAST.DAT acked
		2 read = 1 mapped + 0 skipped + 1 rejected
		line 2, rate "000012850X": …
		exit 3
		IRIS: S-2 AVAILABLE`)
	add("a record is of a kind that nobody told", strings.Replace(records(2, 41178, one, two), "EQP 00041179", "EQX 00041179", 1), `
		2026-11-21 done: EQMAST.DAT acked
		2 read = 1 mapped + 0 skipped + 1 rejected
		line 3, …"EQX"…
		exit 3
		IRIS: S-1 ON_RENT, 00041178 at 1285`)
	springTraps(t, traps)
}

func TestChecklistOfLinesOfSeveralKinds(t *testing.T) {
	typed := func(text string) []night { return []night{{"FLEET.txt": text}} }
	const left = "left alone: FLEET.txt: "
	springTraps(t, []trap{
		{
			it:       "a first line tells the day, a last one counts all lines, and between them are machines and contract lines",
			mappings: []string{"typed"},
			nights:   typed("H|FLEET|20261121\nM|1|S-1|O\nM|2|S-2|A\nL|C1|1|20261101\nT|5\n"),
			want: `
				2026-11-21 done: FLEET.txt acked
				3 read = 3 mapped + 0 skipped + 0 rejected
				exit 0
				IRIS: S-1 ON_RENT, C1
				IRIS: S-2 AVAILABLE`,
		},
		{
			it:       "the last line counts one line that is not there",
			mappings: []string{"typed"},
			nights:   typed("H|FLEET|20261121\nM|1|S-1|O\nM|2|S-2|A\nT|5\n"),
			want:     left + "…counts 5…\nexit 3\nIRIS: nothing",
		},
		{
			it:       "the last line is missing",
			mappings: []string{"typed"},
			nights:   typed("H|FLEET|20261121\nM|1|S-1|O\nM|2|S-2|A\n"),
			want:     left + "…\nexit 3\nIRIS: nothing",
		},
		{
			it:       "the first line is missing, so that nobody knows the day",
			mappings: []string{"typed"},
			nights:   typed("M|1|S-1|O\nM|2|S-2|A\nT|4\n"),
			want:     "… failed: FLEET.txt quarantined: …\nexit 3\nIRIS: nothing",
		},
		{
			it:       "the first line tells a day that no calendar has",
			mappings: []string{"typed"},
			nights:   typed("H|FLEET|20261131\nM|1|S-1|O\nT|3\n"),
			want:     "… failed: FLEET.txt quarantined: …20261131…November 2026 has 30 days…\nexit 3\nIRIS: nothing",
		},
	})
}

// trimmed takes the blanks from the ends of lines.
func trimmed(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		out.WriteString(strings.TrimRight(line, " \r\n") + "\r\n")
	}
	return out.String()
}
