package rental

import (
	"fmt"
	"slices"
	"strings"
)

// doubt is why a person has to look at an asset that has candidates; "" where two
// are one beyond doubt.
func (m *matcher) doubt(t tier, c claims, erp int32) string {
	candidates := c.candidates[erp]
	if len(candidates) > 1 {
		return fmt.Sprintf("%d assets of IRIS may be it: %s", len(candidates), t.rule.About())
	}
	at := candidates[0]
	if owner := m.taken[at]; owner != 0 {
		return fmt.Sprintf("asset %s is this one already; %s", m.erp[owner-1].Key, t.rule.About())
	}
	if others := m.others(c.claimants[at], erp); others != "" {
		return fmt.Sprintf("asset %s may be this one as well; %s", others, t.rule.About())
	}
	if m.doubted[at] {
		return "another asset of the ERP may be this one as well; " + t.rule.About()
	}
	if why := t.sure(&m.erp[erp], &m.iris[at]); why != "" {
		return why
	}
	return m.otherwiseReferred(&m.erp[erp], &m.iris[at])
}

// others are the keys of whoever else claims an asset.
func (m *matcher) others(claimants []int32, besides int32) string {
	var keys []string
	for _, at := range claimants {
		if at != besides && len(keys) < candidatesShown {
			keys = append(keys, m.erp[at].Key)
		}
	}
	return strings.Join(keys, ", ")
}

// otherwiseReferred doubts an asset that bears another external reference:
// somebody, or another system, knows it by that.
func (m *matcher) otherwiseReferred(erp *ERPAsset, iris *IRISAsset) string {
	if iris.Reference == "" || iris.Reference == erp.Reference {
		return ""
	}
	return fmt.Sprintf("it bears the external reference %q already, and not %q", iris.Reference, erp.Reference)
}

// sameSerial doubts an asset that bears the reference but another serial number.
func (m *matcher) sameSerial(erp *ERPAsset, iris *IRISAsset) string {
	form := comparableForm(erp.Identifier)
	if form == "" || iris.Serial == "" && iris.PIN == "" {
		return ""
	}
	for _, number := range numbersOf(iris) {
		if related(form, comparableForm(number)) {
			return ""
		}
	}
	if at, found := m.serials[form]; found {
		return fmt.Sprintf("it bears the external reference, but its serial number is %q, and %q is that of asset %s of IRIS",
			iris.Serial, erp.Identifier, m.iris[at].ID)
	}
	return fmt.Sprintf("it bears the external reference, but its serial number is %q, and not %q", iris.Serial, erp.Identifier)
}

// related reports whether two numbers may be spellings of one, where something
// else says already that they are.
func related(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if alike.Replace(a) == alike.Replace(b) {
		return true
	}
	if len(a) < len(b) {
		a, b = b, a
	}
	return len(b) >= fewest && strings.HasSuffix(a, b)
}

// sameMaker doubts numbers that are too short to be one by chance, and machines
// of two makers.
func (m *matcher) sameMaker(erp *ERPAsset, iris *IRISAsset) string {
	if form := comparableForm(erp.Identifier); len(form) < fewest {
		return fmt.Sprintf("the serial numbers %q and %q are too short to be compared but as they are written", erp.Identifier, iris.Serial)
	}
	return m.makers.doubt(erp, iris)
}

// makers are the names that IRIS gives to what the ERP calls a maker, learned from
// the machines that are known to be one.
type makers map[string][]string

func (m *matcher) learnMakers() makers {
	known := makers{}
	for _, match := range m.out.Matched {
		erp, iris := strings.ToUpper(match.ERP.Make), strings.ToUpper(match.IRIS.Brand)
		if erp != "" && iris != "" && !slices.Contains(known[erp], iris) {
			known[erp] = append(known[erp], iris)
		}
	}
	return known
}

// doubt tells of a machine whose maker is never called so.
func (k makers) doubt(erp *ERPAsset, iris *IRISAsset) string {
	names := k[strings.ToUpper(erp.Make)]
	brand := strings.ToUpper(iris.Brand)
	if brand == "" || len(names) == 0 || slices.Contains(names, brand) {
		return ""
	}
	return fmt.Sprintf("the serial numbers %q and %q are one number, but the makers differ: %s and %s", erp.Identifier, iris.Serial, erp.Make, iris.Brand)
}
