package rental

import (
	"cmp"
	"slices"
)

// Which asset of the ERP is which of the account. Both were named by people, in
// two systems, over years: a serial number has lost its zeros here and got the
// company's letters there. What is the same beyond doubt is matched; wherever a
// person could ask "are you sure?", he is asked.

// ERPAsset is an asset as the register knows it, by what it can be recognised by.
type ERPAsset struct {
	Key        string
	Reference  string // the external reference under which the account is to know it
	AssetID    string // from a crosswalk
	Identifier string // its serial number or PIN; "" where the ERP gives none
	Said       string // its identity, as the ERP gives it
	Name       string
	Make       string
	Model      string
}

// IRISAsset is an asset as the account knows it.
type IRISAsset struct {
	ID        string
	Reference string // its external reference; "" where it bears none
	Serial    string
	PIN       string
	Name      string
	Kind      string // MACHINE, ATTACHMENT, …
	Brand     string
	Model     string
	Devices   []string // serial numbers of its telematics devices
	Foreign   bool     // another account's: nobody here may change it
}

// Matching is what came of comparing all assets of a flow with all of an account.
// Every asset of the ERP is in one of the first three lists.
type Matching struct {
	Matched  []Match
	Doubtful []Doubt
	Missing  []ERPAsset  // nothing in the account resembles them
	Surplus  []IRISAsset // nothing in the ERP resembles them
	Prefixes []Prefix    // what the fleet puts before serial numbers
}

// Match is one machine under both its names.
type Match struct {
	ERP  *ERPAsset
	IRIS *IRISAsset
	By   MatchRule
}

// Doubt is an asset of the ERP of which a person has to say which it is.
type Doubt struct {
	ERP        *ERPAsset
	Candidates []Candidate // the likeliest first; no more than a person looks at
	Among      int         // how many candidates there are
	Why        string
}

// Candidate is what a doubtful asset may be.
type Candidate struct {
	IRIS *IRISAsset
	By   MatchRule
}

// candidatesShown is how many candidates of one asset are told.
const candidatesShown = 5

// MatchAssets compares. Whatever the order of what it is given, the answer is the
// same.
func MatchAssets(erp []ERPAsset, iris []IRISAsset) *Matching {
	m := &matcher{
		erp: slices.Clone(erp), iris: slices.Clone(iris),
		settled: make([]bool, len(erp)), taken: make([]int32, len(iris)), doubted: make([]bool, len(iris)),
	}
	slices.SortFunc(m.erp, func(a, b ERPAsset) int { return cmp.Compare(a.Key, b.Key) })
	slices.SortFunc(m.iris, func(a, b IRISAsset) int { return cmp.Compare(a.ID, b.ID) })

	m.serials = serialsOf(m.iris)
	for _, t := range m.tiers() {
		c := m.claim(t)
		if t.rule == ByPrefix {
			m.learnPrefixes(c)
		}
		m.judge(t, c)
		if t.rule == BySerial {
			m.makers = m.learnMakers()
		}
	}
	return m.rest()
}

// matcher compares tier by tier: what a surer rule has settled, a weaker one does
// not touch.
type matcher struct {
	erp  []ERPAsset
	iris []IRISAsset

	settled []bool  // by place in erp
	taken   []int32 // by place in iris: the asset that has it, counted from 1; 0 is nobody
	doubted []bool  // by place in iris: it is a candidate of a doubtful asset

	serials map[string]int32 // an asset of the account by serial number or PIN
	makers  makers
	out     Matching
}

// serialsOf finds the assets of the account by what they are known by.
func serialsOf(iris []IRISAsset) map[string]int32 {
	by := make(map[string]int32, len(iris))
	for i := range iris {
		for _, form := range numbersOf(&iris[i]) {
			if form = comparableForm(form); form != "" {
				by[form] = int32(i)
			}
		}
	}
	return by
}

// numbersOf are the texts that may be an asset's serial number.
func numbersOf(a *IRISAsset) []string {
	if a.PIN == a.Serial {
		return []string{a.Serial}
	}
	return []string{a.Serial, a.PIN}
}

// claims are who might be whom by one rule, each in order.
type claims struct {
	candidates map[int32][]int32 // of an asset of the ERP
	claimants  map[int32][]int32 // of an asset of the account
}

// claim finds by one rule who might be whom, among what is not settled yet.
func (m *matcher) claim(t tier) claims {
	wanted := map[string][]int32{}
	for i := range m.erp {
		if m.settled[i] {
			continue
		}
		for _, form := range t.erp(&m.erp[i]) {
			if form != "" {
				wanted[form] = append(wanted[form], int32(i))
			}
		}
	}

	c := claims{map[int32][]int32{}, map[int32][]int32{}}
	if len(wanted) == 0 {
		return c
	}
	for i := range m.iris {
		if t.free && m.taken[i] != 0 {
			continue
		}
		for _, form := range t.iris(&m.iris[i]) {
			for _, by := range wanted[form] {
				c.add(by, int32(i))
			}
		}
	}
	return c
}

// add notes a claim once.
func (c claims) add(erp, iris int32) {
	if list := c.candidates[erp]; len(list) > 0 && list[len(list)-1] == iris {
		return
	}
	c.candidates[erp] = append(c.candidates[erp], iris)
	c.claimants[iris] = append(c.claimants[iris], erp)
}

// alone reports whether two assets claim each other and nobody else.
func (c claims) alone(erp int32) (iris int32, yes bool) {
	if len(c.candidates[erp]) != 1 {
		return 0, false
	}
	iris = c.candidates[erp][0]
	return iris, len(c.claimants[iris]) == 1
}

// judge settles every asset that has a candidate by the rule.
func (m *matcher) judge(t tier, c claims) {
	for i := range m.erp {
		at := int32(i)
		if len(c.candidates[at]) == 0 {
			continue
		}
		m.settled[i] = true
		if why := m.doubt(t, c, at); why != "" {
			m.doubtful(t, at, c.candidates[at], why)
			continue
		}
		m.taken[c.candidates[at][0]] = at + 1
		m.out.Matched = append(m.out.Matched, Match{&m.erp[i], &m.iris[c.candidates[at][0]], t.rule})
	}
}

// doubtful leaves an asset to a person.
func (m *matcher) doubtful(t tier, erp int32, candidates []int32, why string) {
	d := Doubt{ERP: &m.erp[erp], Among: len(candidates), Why: why}
	for n, at := range candidates {
		m.doubted[at] = true
		if n < candidatesShown {
			d.Candidates = append(d.Candidates, Candidate{&m.iris[at], t.rule})
		}
	}
	m.out.Doubtful = append(m.out.Doubtful, d)
}

// rest are those that no rule has touched. What comes of the rules is put in the
// order of keys.
func (m *matcher) rest() *Matching {
	for i := range m.erp {
		if !m.settled[i] {
			m.out.Missing = append(m.out.Missing, m.erp[i])
		}
	}
	for i := range m.iris {
		if m.taken[i] == 0 && !m.doubted[i] {
			m.out.Surplus = append(m.out.Surplus, m.iris[i])
		}
	}
	slices.SortFunc(m.out.Matched, func(a, b Match) int { return cmp.Compare(a.ERP.Key, b.ERP.Key) })
	slices.SortFunc(m.out.Doubtful, func(a, b Doubt) int { return cmp.Compare(a.ERP.Key, b.ERP.Key) })
	return &m.out
}
