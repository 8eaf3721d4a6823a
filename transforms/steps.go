package transforms

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// widest bounds what a pad makes of a cell.
const widest = 1000

type cleanFunc = func(string) string

// stepCompilers compile a step's argument, by the step's name.
var stepCompilers = map[string]func(arg any) (cleanFunc, error){
	"collapse":    plainStep(collapse),
	"lower":       plainStep(strings.ToLower),
	"normalize":   plainStep(normalize),
	"pad":         newPad,
	"prefix":      newPrefix,
	"removeChars": newRemoveChars,
	"removeText":  newRemoveText,
	"replace":     newReplace,
	"split":       newSplit,
	"strip":       newStrip,
	"strip zeros": plainStep(stripZeros),
	"stripZeros":  plainStep(stripZeros),
	"substring":   newSubstring,
	"suffix":      newSuffix,
	"trim":        plainStep(trimBlank),
	"upper":       plainStep(strings.ToUpper),
}

func plainStep(clean cleanFunc) func(any) (cleanFunc, error) {
	return func(arg any) (cleanFunc, error) {
		if arg != nil && arg != true && arg != "" {
			return nil, fmt.Errorf("it takes no value, remove %v or the whole step", arg)
		}
		return clean, nil
	}
}

func newStrip(arg any) (cleanFunc, error) {
	if arg != "zeros" {
		return nil, fmt.Errorf("it strips zeros only, write strip: zeros; for %v use removeChars", arg)
	}
	return stripZeros, nil
}

func newRemoveChars(arg any) (cleanFunc, error) {
	chars, err := textArg(arg, `the characters to remove, as "-/"`)
	if err != nil {
		return nil, err
	}
	remove := func(r rune) rune {
		if strings.ContainsRune(chars, r) {
			return -1
		}
		return r
	}
	return func(s string) string { return strings.Map(remove, s) }, nil
}

func newRemoveText(arg any) (cleanFunc, error) {
	text, err := textArg(arg, `the text to remove, as "Nr."`)
	if err != nil {
		return nil, err
	}
	return func(s string) string { return strings.ReplaceAll(s, text, "") }, nil
}

func newPrefix(arg any) (cleanFunc, error) {
	text, err := textArg(arg, "the text to put before the value")
	if err != nil {
		return nil, err
	}
	return unlessBlank(func(s string) string { return text + s }), nil
}

func newSuffix(arg any) (cleanFunc, error) {
	text, err := textArg(arg, "the text to put behind the value")
	if err != nil {
		return nil, err
	}
	return unlessBlank(func(s string) string { return s + text }), nil
}

// unlessBlank leaves nothing as nothing.
func unlessBlank(clean cleanFunc) cleanFunc {
	return func(s string) string {
		if isBlankText(s) {
			return s
		}
		return clean(s)
	}
}

// newReplace replaces in one pass over the text, so that no replacement is
// replaced again. Where two texts begin alike the longer one is taken, which
// makes the order of a map of no account.
func newReplace(arg any) (cleanFunc, error) {
	pairs, err := pairsArg(arg)
	if err != nil {
		return nil, err
	}
	froms := slices.SortedFunc(maps.Keys(pairs), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})

	var oldnew []string
	for _, from := range froms {
		if from == "" {
			return nil, errors.New("it cannot replace nothing, name the text to replace")
		}
		oldnew = append(oldnew, from, pairs[from])
	}
	if len(oldnew) == 0 {
		return nil, errors.New("it is empty, write replace: {from: to}")
	}
	return strings.NewReplacer(oldnew...).Replace, nil
}

func newPad(arg any) (cleanFunc, error) {
	width, with := "", "0"
	switch arg := arg.(type) {
	case string:
		width, with, _ = strings.Cut(arg, " ")
		with = cmp.Or(with, "0")
	default:
		fields, err := fieldsArg(arg, "to", "with")
		if err != nil {
			return nil, fmt.Errorf("%w, write pad: 6 or pad: {to: 6, with: \"0\"}", err)
		}
		width, with = fields["to"], cmp.Or(fields["with"], "0")
	}

	to, err := strconv.Atoi(width)
	if err != nil || to < 1 || to > widest {
		return nil, fmt.Errorf("it pads to a number of characters from 1 to %d, not %q", widest, width)
	}
	if utf8.RuneCountInString(with) != 1 {
		return nil, fmt.Errorf("it pads with one character, not %q", with)
	}
	return func(s string) string { return padLeft(s, to, with) }, nil
}

func newSubstring(arg any) (cleanFunc, error) {
	const usage = "write substring: 2-5 or substring: {from: 2, to: 5}"
	first, last, err := rangeArg(arg)
	if err != nil {
		return nil, fmt.Errorf("%w, %s", err, usage)
	}

	from, err := strconv.Atoi(cmp.Or(first, "1"))
	if err != nil || from < 1 {
		return nil, fmt.Errorf("characters are counted from 1, not from %q, %s", first, usage)
	}
	to := math.MaxInt - 1
	if last != "" {
		if to, err = strconv.Atoi(last); err != nil || to < from {
			return nil, fmt.Errorf("it ends at %q, which is not a character from %d on, %s", last, from, usage)
		}
	}
	return func(s string) string { return between(s, from, to) }, nil
}

func newSplit(arg any) (cleanFunc, error) {
	const usage = `write split: {by: "-", take: 2}`
	fields, err := fieldsArg(arg, "by", "take")
	if err != nil {
		return nil, fmt.Errorf("%w, %s", err, usage)
	}
	by := fields["by"]
	if by == "" {
		return nil, fmt.Errorf("by is missing, the text that separates the parts, %s", usage)
	}
	take, err := strconv.Atoi(fields["take"])
	if err != nil || take == 0 {
		return nil, fmt.Errorf("take says which part, 1 for the first or -1 for the last, not %q, %s", fields["take"], usage)
	}
	return func(s string) string { return partOf(s, by, take) }, nil
}
