package rental

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"rentalsync/transforms"
)

// NearName is a customer whose name is nearly that of another one.
type NearName struct {
	Key, Name        string
	Other, OtherName string
}

// NearNames finds customers that were probably entered twice: those named like
// another one but for case, accents, blanks, punctuation, the legal form, and one
// slip of a finger. First the new ones are added, then everybody is met, the new
// ones too; of everybody else nothing is kept.
type NearNames struct {
	groups []nameGroup
	byName map[string]int32
	bySlip map[uint64]int32 // the last link of those names that a slip leads to
	links  []slipLink
	sums   []uint64 // of the beginnings of a name
}

// nameGroup is the new customers whose names compare as equal, and whom they are
// near to.
type nameGroup struct {
	name    []rune
	members []named
	alike   [2]named // of the customers named the same, the first two by key
	slipped named    // of those a slip away, the first by key
}

type named struct{ key, name string }

type slipLink struct{ group, last int32 }

// NewNearNames knows nobody.
func NewNearNames() *NearNames {
	return &NearNames{byName: map[string]int32{}, bySlip: map[uint64]int32{}}
}

// Add makes known a customer that is new.
func (n *NearNames) Add(key, name string) {
	plain := PlainName(name)
	if plain == "" {
		return
	}
	at, known := n.byName[plain]
	if !known {
		at = int32(len(n.groups))
		n.byName[plain] = at
		n.groups = append(n.groups, nameGroup{name: []rune(plain)})
		n.slips(n.groups[at].name, func(slip uint64) {
			n.links = append(n.links, slipLink{at, n.bySlip[slip]})
			n.bySlip[slip] = int32(len(n.links)) // counted from 1: 0 is the end
		})
	}
	n.groups[at].members = append(n.groups[at].members, named{key, name})
}

// Meet compares a customer with the new ones.
func (n *NearNames) Meet(key, name string) {
	plain := PlainName(name)
	if plain == "" {
		return
	}
	who := named{key, name}
	if at, known := n.byName[plain]; known {
		n.groups[at].meetAlike(who)
	}
	letters := []rune(plain)
	n.slips(letters, func(slip uint64) {
		for link := n.bySlip[slip]; link != 0; link = n.links[link-1].last {
			group := &n.groups[n.links[link-1].group]
			if (group.slipped == named{} || key < group.slipped.key) && oneSlip(group.name, letters) {
				group.slipped = who
			}
		}
	})
}

func (g *nameGroup) meetAlike(who named) {
	first, second := &g.alike[0], &g.alike[1]
	switch {
	case who == *first || who == *second:
	case *first == named{} || who.key < first.key:
		*second, *first = *first, who
	case *second == named{} || who.key < second.key:
		*second = who
	}
}

// Near lists the new customers that are named nearly as another one, by key.
func (n *NearNames) Near() []NearName {
	var near []NearName
	for i := range n.groups {
		g := &n.groups[i]
		for _, m := range g.members {
			other := g.alike[0]
			if other.key == m.key {
				other = g.alike[1]
			}
			if (other == named{}) {
				other = g.slipped
			}
			if (other != named{}) {
				near = append(near, NearName{m.key, m.name, other.key, other.name})
			}
		}
	}
	slices.SortFunc(near, func(a, b NearName) int { return cmp.Compare(a.Key, b.Key) })
	return near
}

// shortestSlip is how long a name must be before a slip is one: in short names
// another letter is another name.
const shortestSlip = 5

// slips calls fn with a hash of the name, and of the name without each of its
// letters. Two names that are one slip apart have one of them in common.
func (n *NearNames) slips(name []rune, fn func(slip uint64)) {
	if len(name) < shortestSlip {
		return
	}
	n.sums = append(n.sums[:0], 0)
	for i, r := range name {
		n.sums = append(n.sums, n.sums[i]*slipBase+uint64(r))
	}

	whole, power := n.sums[len(name)], uint64(1)
	fn(whole)
	for i, left := range slices.Backward(name) {
		if unicode.IsLetter(left) && (i == 0 || name[i-1] != left) { // of two equal letters either may go
			fn(n.sums[i]*power + whole - n.sums[i+1]*power)
		}
		power *= slipBase
	}
}

// slipBase makes a hash of a name that is cheap to have without one letter: the
// digits of a number to this base.
const slipBase = 0x9E3779B97F4A7C15

// oneSlip reports whether one letter is wrong, missing or too many, or two have
// changed places. A number is never a slip: "Los 1" and "Los 2" are two sites.
func oneSlip(a, b []rune) bool {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	for _, r := range slices.Concat(a, b) {
		if !unicode.IsLetter(r) {
			return false
		}
	}
	switch {
	case len(a)+len(b) == 1, len(a) == 1 && len(b) == 1:
		return true
	default:
		return len(a) == 2 && len(b) == 2 && a[0] == b[1] && a[1] == b[0]
	}
}

// PlainName is a name as names are compared: without regard to case, accents,
// blanks, punctuation, and the legal form before or after it.
func PlainName(name string) string {
	words := words(name, dotted)
	first, last := 0, len(words)
	for last > first && (legalForms[words[last-1]] || last < len(words) && words[last-1] == "und") {
		last--
	}
	for first < last && legalForms[words[first]] {
		first++
	}
	if first == last {
		return strings.Join(words, "") // there are companies called AG
	}
	return strings.Join(words[first:last], "")
}

// dotted is what stands within a word: G.m.b.H., A/S, O'Neill.
func dotted(r rune) bool { return r == '.' || r == '/' || r == '\'' || r == '’' }

// words are the words of a name as they are compared. Signs that within says are
// no end of a word.
func words(name string, within func(rune) bool) []string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			return r
		case within(r):
			return -1
		default:
			return ' '
		}
	}, name)
	list := strings.Fields(name)
	for i := range list {
		list[i] = transforms.Fold(list[i])
	}
	return list
}

// legalForms are what companies are by law, as words are compared.
var legalForms = setOf(`
	gmbh mbh ggmbh co ug haftungsbeschrankt ag se kg kgaa ohg gbr ek ekfr ev eg partg co cokg gmbhcokg gesmbh
	ltd limited plc llp llc inc incorporated corp corporation company pty pvt
	ab hb kb aps as is ks ivs oy oyj ky asa ans
	sa sas sasu sarl eurl snc sci scop rl srl spa sl slu slne sau lda
	bv nv vof cv bvba sprl
	sp zoo oo spolka sro spol doo kft zrt rt bt eood ood`)

func setOf(list string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.Fields(list) {
		set[word] = true
	}
	return set
}

// Placeholder finds the placeholder that a customer stands for by its name or its
// key: it is one of them, or begins with one as a word. "Cash sales" is CASH, and
// "Cashmere" is not.
func Placeholder(key, name string, placeholders []string) (string, bool) {
	byName, byKey := words(name, nowhere), words(key, nowhere)
	for _, p := range placeholders {
		stands := strings.Join(words(p, nowhere), "")
		if stands != "" && (begins(byName, stands) || begins(byKey, stands)) {
			return p, true
		}
	}
	return "", false
}

func nowhere(rune) bool { return false }

// begins reports whether the first words together are a text: "walk in customer"
// begins with "walkin".
func begins(words []string, text string) bool {
	for _, word := range words {
		rest, fits := strings.CutPrefix(text, word)
		if !fits {
			return false
		}
		if text = rest; text == "" {
			return true
		}
	}
	return false
}
