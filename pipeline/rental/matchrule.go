package rental

import (
	"fmt"
	"strings"
	"unicode"
)

// MatchRule is by what two assets were found to be one.
type MatchRule uint8

// The rules, the surest first.
const (
	ByCrosswalk MatchRule = iota + 1
	ByReference
	BySerial
	BySpelling
	ByPrefix
	ByLookalike
	ByDamage
	ByDevice
	ByName
)

var matchRules = [...]struct{ word, about string }{
	ByCrosswalk: {"crosswalk", "a crosswalk gives its asset id"},
	ByReference: {"reference", "it bears the external reference"},
	BySerial:    {"serial", "the serial number or PIN is the same"},
	BySpelling:  {"spelling", "the serial number is the same but for case, separators and zeros in front"},
	ByPrefix:    {"prefix", "the serial number is the same without the letters in front"},
	ByLookalike: {"lookalike", "the serial number is the same if 0 and O, or 1, I and L, were taken for each other"},
	ByDamage:    {"spreadsheet", "the serial number is what a spreadsheet makes of this one"},
	ByDevice:    {"device", "what the ERP has as its serial number is that of the telematics device"},
	ByName:      {"name", "its name in IRIS is the ERP's number"},
}

// String is the rule's word in answers.
func (r MatchRule) String() string {
	if r == 0 || int(r) >= len(matchRules) {
		return fmt.Sprintf("rule(%d)", uint8(r))
	}
	return matchRules[r].word
}

// About says in words what was found.
func (r MatchRule) About() string {
	if r == 0 || int(r) >= len(matchRules) {
		return ""
	}
	return matchRules[r].about
}

// MarshalText writes the rule's word.
func (r MatchRule) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// tier is one rule at work: two assets may be one where they have a form in
// common.
type tier struct {
	rule MatchRule
	erp  func(*ERPAsset) []string
	iris func(*IRISAsset) []string
	free bool // only among what nobody has been found to be

	// sure reports whether a pair that has nobody else is beyond doubt, else why not.
	sure func(*ERPAsset, *IRISAsset) (why string)
}

// tiers are all rules in order. Each looks at what the ones before have left when
// its turn comes.
func (m *matcher) tiers() []tier {
	serial := func(form func(string) string) tier {
		return tier{
			erp:  func(a *ERPAsset) []string { return []string{form(a.Identifier)} },
			iris: func(a *IRISAsset) []string { return each(numbersOf(a), form) },
		}
	}
	as := func(rule MatchRule, t tier, free bool, sure func(*ERPAsset, *IRISAsset) string) tier {
		t.rule, t.free, t.sure = rule, free, sure
		return t
	}
	one := func(text string) []string { return []string{text} }
	shown := digitsShown(m.erp, m.iris)
	whole := func(text string) []string { return undamaged(text, shown) }

	return []tier{
		{rule: ByCrosswalk, erp: func(a *ERPAsset) []string { return one(a.AssetID) }, iris: func(a *IRISAsset) []string { return one(a.ID) }, sure: certain},
		{rule: ByReference, erp: func(a *ERPAsset) []string { return one(a.Reference) }, iris: func(a *IRISAsset) []string { return one(a.Reference) }, sure: m.sameSerial},
		as(BySerial, serial(written), false, hasDigit),
		as(BySpelling, serial(comparableForm), false, m.sameMaker),
		{rule: ByPrefix, free: true, erp: headless, iris: func(a *IRISAsset) []string { return each(numbersOf(a), comparableForm) }, sure: m.knownPrefix},
		{rule: ByPrefix, free: true, erp: func(a *ERPAsset) []string { return one(comparableForm(a.Identifier)) }, iris: headlessIRIS, sure: m.knownPrefix},
		as(ByLookalike, serial(lookalike), true, doubtfulBy(ByLookalike)),
		{rule: ByDamage, free: true, erp: func(a *ERPAsset) []string { return damaged(a.Identifier) }, iris: func(a *IRISAsset) []string { return flatEach(numbersOf(a), whole) }, sure: doubtfulBy(ByDamage)},
		{rule: ByDamage, free: true, erp: func(a *ERPAsset) []string { return whole(a.Identifier) }, iris: func(a *IRISAsset) []string { return flatEach(numbersOf(a), damaged) }, sure: doubtfulBy(ByDamage)},
		{rule: ByDevice, free: true, erp: func(a *ERPAsset) []string { return one(comparableForm(a.Identifier)) }, iris: func(a *IRISAsset) []string { return each(a.Devices, comparableForm) }, sure: doubtfulBy(ByDevice)},
		{rule: ByName, free: true, erp: func(a *ERPAsset) []string { return one(comparableForm(a.Key)) }, iris: func(a *IRISAsset) []string { return one(comparableForm(a.Name)) }, sure: doubtfulBy(ByName)},
	}
}

func certain(*ERPAsset, *IRISAsset) string { return "" }

// hasDigit doubts what stands in the place of a serial number and is none.
func hasDigit(erp *ERPAsset, _ *IRISAsset) string {
	if strings.IndexFunc(erp.Identifier, unicode.IsDigit) >= 0 {
		return ""
	}
	return fmt.Sprintf("%q has no digit: it is hardly a serial number", erp.Identifier)
}

// doubtfulBy is a rule that alone proves nothing.
func doubtfulBy(rule MatchRule) func(*ERPAsset, *IRISAsset) string {
	return func(*ERPAsset, *IRISAsset) string { return rule.About() }
}

func each(texts []string, form func(string) string) []string {
	forms := make([]string, 0, len(texts))
	for _, text := range texts {
		if f := form(text); f != "" {
			forms = append(forms, f)
		}
	}
	return forms
}

func flatEach(texts []string, forms func(string) []string) []string {
	var all []string
	for _, text := range texts {
		all = append(all, forms(text)...)
	}
	return all
}
