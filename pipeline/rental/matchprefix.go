package rental

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Companies put something of their own before a maker's serial number: HH-12345,
// 0100/12345, KRAN12345. No list of such letters is needed: what many machines of a
// fleet bear, and without which they are found, is one.

// Prefix is what a fleet puts before serial numbers.
type Prefix struct {
	Text   string
	InIRIS bool // else the ERP does
	Count  int  // machines that are found without it
}

// many is how many machines must be found without a prefix before it is one.
const many = 3

// longestPrefix is how many signs it may have.
const longestPrefix = 6

// heads are the ways to part a serial number from what may stand before it.
func heads(text string) (parted []parting) {
	text = strings.TrimSpace(text)
	if isDamaged(text) {
		return nil
	}
	if at := strings.IndexFunc(text, separates); at > 0 && at <= longestPrefix {
		rest := strings.TrimLeftFunc(text[at:], separates)
		parted = append(parted, parting{strings.ToUpper(text[:len(text)-len(rest)]), comparableForm(rest)})
	}
	at := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) })
	if at > 0 && at <= longestPrefix && unicode.IsDigit(rune(text[at])) {
		parted = append(parted, parting{strings.ToUpper(text[:at]), comparableForm(text[at:])})
	}
	return slices.DeleteFunc(parted, func(p parting) bool { return len(p.rest) < fewest })
}

// parting is a serial number without what stands before it.
type parting struct{ head, rest string }

func separates(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func headless(a *ERPAsset) []string { return rests(a.Identifier) }

func headlessIRIS(a *IRISAsset) []string { return flatEach(numbersOf(a), rests) }

func rests(text string) []string {
	var forms []string
	for _, p := range heads(text) {
		forms = append(forms, p.rest)
	}
	return forms
}

// prefixBetween is what stands before one spelling of a number and not before the
// other.
func prefixBetween(erp *ERPAsset, iris *IRISAsset) (Prefix, bool) {
	for _, number := range numbersOf(iris) {
		for _, p := range heads(erp.Identifier) {
			if p.rest == comparableForm(number) {
				return Prefix{Text: p.head}, true
			}
		}
		for _, p := range heads(number) {
			if p.rest == comparableForm(erp.Identifier) {
				return Prefix{Text: p.head, InIRIS: true}, true
			}
		}
	}
	return Prefix{}, false
}

// learnPrefixes counts what stands before the numbers of pairs that have nobody
// else.
func (m *matcher) learnPrefixes(c claims) {
	counted := map[Prefix]int{}
	for erp := range c.candidates {
		if iris, alone := c.alone(erp); alone {
			if p, found := prefixBetween(&m.erp[erp], &m.iris[iris]); found {
				counted[p]++
			}
		}
	}
	for p, n := range counted {
		if n >= many {
			p.Count = n
			m.out.Prefixes = append(m.out.Prefixes, p)
		}
	}
	slices.SortFunc(m.out.Prefixes, func(a, b Prefix) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Text, b.Text))
	})
}

// knownPrefix doubts what stands before few numbers only: it may be the maker's.
func (m *matcher) knownPrefix(erp *ERPAsset, iris *IRISAsset) string {
	p, _ := prefixBetween(erp, iris)
	for _, known := range m.out.Prefixes {
		if known.Text == p.Text && known.InIRIS == p.InIRIS {
			return m.makers.doubt(erp, iris)
		}
	}
	return fmt.Sprintf("the serial number is the same without %q in front, which few machines share", p.Text)
}
