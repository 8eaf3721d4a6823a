package transforms

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Step is one compiled step of cleaning a cell, as `trim` or `pad: 6`. The
// zero value leaves text as it is.
type Step struct {
	name  string
	clean func(string) string
}

// NewStep compiles a step from its name and its argument as YAML has it: nil,
// a string, an int, a bool, a list or a map of texts.
//
//	trim                        white space and invisible characters at both ends
//	collapse                    every run of white space becomes one space
//	upper, lower                letters
//	normalize                   letters and their accents become one character each, white space plain, invisible characters go
//	removeChars: "-/"           each of these characters
//	removeText: "Nr."           this text, wherever it stands
//	replace: {Ä: Ae, Ö: Oe}     all at once, longest first; or [from, to]
//	pad: 6                      zeros in front up to 6 characters; "6 _" or {to: 6, with: _} pads with another one
//	stripZeros, strip: zeros    zeros in front, all but the last
//	substring: 2-5              the characters 2 to 5, counted from 1; 2- to the end; or {from: 2, to: 5}
//	split: {by: "-", take: 2}   the second part; -1 is the last
//	prefix: HH-, suffix: /1     put text before or behind
//
// Nothing stays nothing: a blank cell is never padded, prefixed or suffixed
// into a value that the ERP did not write.
func NewStep(name string, arg any) (Step, error) {
	compile, ok := stepCompilers[name]
	if !ok {
		return Step{}, unknownStep(name)
	}
	clean, err := compile(arg)
	if err != nil {
		return Step{}, fmt.Errorf("step %s: %w", name, err)
	}
	return Step{name: name, clean: clean}, nil
}

// StepNames lists the names a step can have, in order.
func StepNames() []string {
	return slices.Sorted(maps.Keys(stepCompilers))
}

// Name is the step's name as the mapping wrote it.
func (s Step) Name() string { return s.name }

// Apply cleans the text. It allocates only where the text changes.
func (s Step) Apply(text string) string {
	if s.clean == nil {
		return text
	}
	return s.clean(text)
}

// Steps are applied in the order they were written.
type Steps []Step

// Apply cleans the text step by step.
func (s Steps) Apply(text string) string {
	for _, step := range s {
		text = step.Apply(text)
	}
	return text
}

func unknownStep(name string) error {
	if meant, ok := Nearest(name, StepNames()); ok {
		return fmt.Errorf("unknown step %q, did you mean %q?", name, meant)
	}
	return fmt.Errorf("unknown step %q, the steps are %s", name, strings.Join(StepNames(), ", "))
}

// stripZeros removes the zeros in front of a value, and keeps the last of
// nothing but zeros, which is a value, too.
func stripZeros(s string) string {
	stripped := strings.TrimLeft(s, "0")
	if stripped == "" && s != "" {
		return "0"
	}
	return stripped
}

// normalize gives the text in the one spelling Unicode has for what is seen:
// accents composed, white space plain, invisible characters gone.
func normalize(s string) string {
	return norm.NFC.String(strings.Map(plainSpace, s))
}

func plainSpace(r rune) rune {
	switch {
	case hasNoWidth(r):
		return -1
	case isBlank(r):
		return ' '
	}
	return r
}

// padLeft fills the text from the left up to a number of characters.
func padLeft(s string, to int, with string) string {
	missing := to - utf8.RuneCountInString(s)
	if missing <= 0 || isBlankText(s) {
		return s
	}
	return strings.Repeat(with, missing) + s
}

// between gives the characters from and to, counted from 1, both included. It
// gives what there is of them.
func between(s string, from, to int) string {
	position, start := 0, len(s)
	for i := range s {
		position++
		if position == from {
			start = i
		}
		if position == to+1 {
			return s[min(start, i):i]
		}
	}
	return s[start:]
}

// partOf gives one of the parts that a separator makes of a text: 1 is the
// first, -1 the last. A part that is not there is nothing.
func partOf(s, by string, take int) string {
	if take < 0 {
		take += strings.Count(s, by) + 2
	}
	if take < 1 {
		return ""
	}
	for ; take > 1; take-- {
		_, after, found := strings.Cut(s, by)
		if !found {
			return ""
		}
		s = after
	}
	first, _, _ := strings.Cut(s, by)
	return first
}
