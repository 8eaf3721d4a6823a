package pipeline

import (
	"slices"
	"strings"
	"unicode"
)

// caseless is a name in the form in which case and blanks do not matter.
func caseless(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// gist is a name without what is written now so, now otherwise: punctuation,
// accents of German, and the form of the company.
func gist(name string) string {
	words := strings.FieldsFunc(umlauts.Replace(strings.ToLower(name)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	kept := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(companyForms, w) })
	if len(kept) == 0 {
		kept = words
	}
	return strings.Join(kept, "")
}

var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss", "é", "e", "è", "e", "å", "aa", "ø", "oe", "æ", "ae", "&", " und ", "+", " und ")

// companyForms are words that say what kind of company it is, and "and" in the
// languages around.
var companyForms = []string{
	"gmbh", "mbh", "ag", "kg", "ohg", "gbr", "ug", "se", "ek", "e", "k", "co", "cokg", "inc", "llc", "ltd", "limited", "corp", "corporation",
	"company", "plc", "as", "asa", "ab", "oy", "aps", "a", "s", "bv", "b", "v", "nv", "sa", "sarl", "sas", "srl", "spa", "und", "and",
}

// placeholders are what people type where a customer has to be named and nobody
// wants to.
var placeholders = []string{
	"cash", "cashsale", "cashcustomer", "cod", "walkin", "counter", "countersale", "misc", "miscellaneous", "various", "unknown", "tbd", "tba", "na", "none", "nobody",
	"test", "testkunde", "testcustomer", "dummy", "demo", "bar", "barverkauf", "barkunde", "laufkunde", "laufkundschaft", "diverse", "divers", "sonstige", "unbekannt", "kontant",
}

// isPlaceholder reports whether a name is nobody's: a word for that, one sign
// again and again, or no letter at all.
func isPlaceholder(name string) bool {
	plain := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
	if slices.Contains(placeholders, plain) || strings.IndexFunc(plain, unicode.IsLetter) < 0 {
		return true
	}
	first := []rune(plain)[0]
	return strings.Trim(plain, string(first)) == ""
}
