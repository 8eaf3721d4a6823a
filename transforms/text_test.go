package transforms_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/transforms"
)

func TestStepCleansCell(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		step string
		arg  any
		cell string
		want string
	}{
		{"trim takes blanks from both ends and leaves those within", "trim", nil, "  a b\t\r\n", "a b"},
		{"trim takes no-break spaces", "trim", nil, "\u00a0\u202f4711\u00a0", "4711"},
		{"trim takes byte order marks and characters without width", "trim", nil, "\ufeff\u200b4711\u200d", "4711"},
		{"trim may be switched on as a key", "trim", true, " a ", "a"},
		{"upper raises umlauts", "upper", nil, "müller", "MÜLLER"},
		{"lower lowers umlauts", "lower", nil, "MÜLLER", "müller"},
		{"collapse makes one space of a run", "collapse", nil, "Müller \t &\u00a0\u00a0Söhne", "Müller & Söhne"},
		{"collapse makes a plain space of a no-break space", "collapse", nil, "a\u00a0b", "a b"},
		{"collapse leaves the ends alone but for their length", "collapse", nil, "  a  ", " a "},
		{"normalize composes accents", "normalize", nil, "Mu\u0308ller", "Müller"},
		{"normalize makes white space plain and drops what has no width", "normalize", nil, "a\u00a0b\u200bc", "a bc"},
		{"removeChars takes each character wherever it stands", "removeChars", "-/ü", "a-b/c-ü", "abc"},
		{"removeChars takes digits given as a number", "removeChars", 0, "1001", "11"},
		{"removeText takes the text as a whole", "removeText", "Nr.", "Nr.47.11Nr.", "47.11"},
		{"replace with a list of two", "replace", []string{"ß", "ss"}, "Straße", "Strasse"},
		{"replace with a list as YAML decodes it", "replace", []any{"a", 1}, "banana", "b1n1n1"},
		{"replace with a map replaces all at once", "replace", map[string]string{"a": "b", "b": "a"}, "ab", "ba"},
		{"replace takes the longest of texts that begin alike", "replace", map[string]string{"MU": "1", "MUC": "2"}, "MUC MU", "2 1"},
		{"pad fills with zeros", "pad", 6, "4711", "004711"},
		{"pad takes its width as text", "pad", "6", "4711", "004711"},
		{"pad takes a character behind the width", "pad", "6 _", "4711", "__4711"},
		{"pad takes a map", "pad", map[string]string{"to": "6", "with": "x"}, "4711", "xx4711"},
		{"pad takes a map as YAML decodes it", "pad", map[string]any{"to": 6, "with": "0"}, "4711", "004711"},
		{"pad counts characters, not bytes", "pad", 4, "äöü", "0äöü"},
		{"pad leaves what is longer", "pad", 3, "4711", "4711"},
		{"pad leaves nothing nothing", "pad", 6, "", ""},
		{"pad leaves a blank cell blank", "pad", 6, " \u00a0", " \u00a0"},
		{"stripZeros takes zeros in front only", "stripZeros", nil, "004710", "4710"},
		{"stripZeros keeps one of nothing but zeros", "stripZeros", nil, "000", "0"},
		{"stripZeros leaves nothing nothing", "stripZeros", nil, "", ""},
		{"strip zeros is the same", "strip", "zeros", "007", "7"},
		{"strip zeros in one word of a list is the same", "strip zeros", nil, "007", "7"},
		{"substring counts from 1 and takes both ends", "substring", "2-5", "ABCDEFG", "BCDE"},
		{"substring counts characters, not bytes", "substring", "2-3", "äöüß", "öü"},
		{"substring takes a map", "substring", map[string]string{"from": "2", "to": "5"}, "ABCDEFG", "BCDE"},
		{"substring without an end runs to the end", "substring", "5-", "ABCDEFG", "EFG"},
		{"substring without a beginning runs from the beginning", "substring", "-3", "ABCDEFG", "ABC"},
		{"substring of one character", "substring", 3, "ABC", "C"},
		{"substring gives what there is", "substring", "2-50", "ABC", "BC"},
		{"substring behind the end is nothing", "substring", "7-9", "ABC", ""},
		{"split takes a part counted from 1", "split", map[string]string{"by": "-", "take": "2"}, "310-0450-A", "0450"},
		{"split takes a part counted from the end", "split", map[string]any{"by": "-", "take": -1}, "310-0450-A", "A"},
		{"split takes the whole where nothing separates", "split", map[string]any{"by": "-", "take": 1}, "310", "310"},
		{"split gives nothing for a part that is not there", "split", map[string]any{"by": "-", "take": 4}, "310-0450-A", ""},
		{"split gives nothing for a part before the first", "split", map[string]any{"by": "-", "take": -4}, "310-0450-A", ""},
		{"prefix stands before", "prefix", "HH-", "4711", "HH-4711"},
		{"prefix leaves nothing nothing", "prefix", "HH-", " ", " "},
		{"suffix stands behind", "suffix", "/1", "4711", "4711/1"},
		{"suffix leaves nothing nothing", "suffix", "/1", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			step, err := transforms.NewStep(tt.step, tt.arg)
			if err != nil {
				t.Fatal(err)
			}
			if got := step.Apply(tt.cell); got != tt.want {
				t.Errorf("%s of %q: got %q, want %q", tt.step, tt.cell, got, tt.want)
			}
		})
	}
}

func TestNewStepSaysWhatIsWrongAndTheCure(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		step string
		arg  any
		want string
	}{
		{"a step of another spelling", "Trim", nil, `unknown step "Trim", did you mean "trim"?`},
		{"a step of no spelling", "frobnicate", nil, `unknown step "frobnicate", the steps are collapse, lower, `},
		{"a value where there is none", "trim", "both", `step trim: it takes no value, remove both or the whole step`},
		{"a step switched off", "upper", false, `step upper: it takes no value, remove false or the whole step`},
		{"strip of something else", "strip", "blanks", `step strip: it strips zeros only, write strip: zeros; for blanks use removeChars`},
		{"no characters", "removeChars", nil, `step removeChars: it takes the characters to remove, as "-/", not nothing`},
		{"no text", "removeText", "", `step removeText: its value is missing, the text to remove, as "Nr."`},
		{"replace with one value", "replace", "a", `step replace: it takes {from: to} or [from, to], not "a"`},
		{"replace with three values", "replace", []string{"a", "b", "c"}, `step replace: a list is [from, to], not 3 values; for several write replace: {from: to}`},
		{"replace of nothing", "replace", map[string]string{"": "x"}, `step replace: it cannot replace nothing, name the text to replace`},
		{"replace without pairs", "replace", map[string]string{}, `step replace: it is empty, write replace: {from: to}`},
		{"pad to a word", "pad", "wide", `step pad: it pads to a number of characters from 1 to 1000, not "wide"`},
		{"pad beyond all bounds", "pad", 1_000_000, `step pad: it pads to a number of characters from 1 to 1000, not "1000000"`},
		{"pad with two characters", "pad", "6 00", `step pad: it pads with one character, not "00"`},
		{"pad with a key of another spelling", "pad", map[string]string{"too": "6"}, `step pad: unknown key "too", did you mean "to"?, write pad: 6 or pad: {to: 6, with: "0"}`},
		{"pad with a list", "pad", []string{"6"}, `step pad: it does not take a list, write pad: 6 or pad: {to: 6, with: "0"}`},
		{"substring from 0", "substring", "0-5", `step substring: characters are counted from 1, not from "0", write substring: 2-5 or substring: {from: 2, to: 5}`},
		{"substring that ends before it begins", "substring", "5-2", `step substring: it ends at "2", which is not a character from 5 on, write substring: 2-5 or substring: {from: 2, to: 5}`},
		{"split without a separator", "split", map[string]any{"take": 2}, `step split: by is missing, the text that separates the parts, write split: {by: "-", take: 2}`},
		{"split without a part", "split", "-", `step split: take says which part, 1 for the first or -1 for the last, not "", write split: {by: "-", take: 2}`},
		{"split that takes part 0", "split", map[string]any{"by": "-", "take": 0}, `step split: take says which part, 1 for the first or -1 for the last, not "0", write split: {by: "-", take: 2}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := transforms.NewStep(tt.step, tt.arg)
			if err == nil {
				t.Fatalf("step %s took %v", tt.step, tt.arg)
			}
			if got := err.Error(); !strings.HasPrefix(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestStepsApplyInTheOrderWritten(t *testing.T) {
	t.Parallel()
	steps := newSteps(t, "trim", "stripZeros", "upper")
	if got, want := steps.Apply(" 00wjx "), "WJX"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}

	steps = newSteps(t, "stripZeros", "trim")
	if got, want := steps.Apply(" 00wjx "), "00wjx"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestZeroStepLeavesTextAsItIs(t *testing.T) {
	t.Parallel()
	if got := (transforms.Step{}).Apply(" a "); got != " a " {
		t.Errorf("got %q", got)
	}
	if got := (transforms.Steps)(nil).Apply(" a "); got != " a " {
		t.Errorf("got %q", got)
	}
}

func TestStepNamesAreSortedAndAllCompile(t *testing.T) {
	t.Parallel()
	names := transforms.StepNames()
	if diff := cmp.Diff(slices.Sorted(slices.Values(names)), names); diff != "" {
		t.Errorf("not in order:\n%s", diff)
	}
	args := map[string]any{
		"pad": 6, "prefix": "a", "suffix": "a", "removeChars": "a", "removeText": "a", "strip": "zeros",
		"replace": []string{"a", "b"}, "substring": "1-2", "split": map[string]any{"by": "-", "take": 1},
	}
	for _, name := range names {
		step, err := transforms.NewStep(name, args[name])
		if err != nil {
			t.Error(err)
		}
		if step.Name() != name {
			t.Errorf("got name %q, want %q", step.Name(), name)
		}
	}
}

func TestStepsDoNotAllocateWhereNothingChanges(t *testing.T) {
	steps := transforms.Steps{
		newStep(t, "trim", nil), newStep(t, "collapse", nil), newStep(t, "upper", nil), newStep(t, "normalize", nil),
		newStep(t, "removeChars", "-/"), newStep(t, "removeText", "Nr."), newStep(t, "replace", []string{"ß", "ss"}),
		newStep(t, "pad", 4), newStep(t, "stripZeros", nil), newStep(t, "substring", "1-20"),
		newStep(t, "split", map[string]any{"by": ";", "take": 1}),
	}
	for _, cell := range []string{"GS3216P 123456", "MÜLLER & SÖHNE"} {
		if n := testing.AllocsPerRun(100, func() { steps.Apply(cell) }); n != 0 {
			t.Errorf("%v allocations for %q", n, cell)
		}
	}
}

func newStep(t testing.TB, name string, arg any) transforms.Step {
	t.Helper()
	step, err := transforms.NewStep(name, arg)
	if err != nil {
		t.Fatal(err)
	}
	return step
}

func newSteps(t testing.TB, names ...string) transforms.Steps {
	t.Helper()
	var steps transforms.Steps
	for _, name := range names {
		steps = append(steps, newStep(t, name, nil))
	}
	return steps
}
