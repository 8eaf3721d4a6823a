package pipeline

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// Misfit is the verdict on a value that its custom field cannot hold.
type Misfit struct {
	Why  string
	Cure string
}

// Error says why, and the cure.
func (m *Misfit) Error() string {
	if m.Cure == "" {
		return m.Why
	}
	return m.Why + "; " + m.Cure
}

// Spell writes a value of the register in the form in which the custom field holds
// it; see CustomValue. The error is a *Misfit where the field cannot hold it.
func (d *FieldDefinition) Spell(v rental.Value) (string, error) {
	spell, known := spellings[strings.ToUpper(d.Type)]
	if !known {
		return "", &Misfit{Why: fmt.Sprintf("the custom field is of type %s, which this version cannot set", d.Type), Cure: "set it in IRIS, or make a field of another type"}
	}
	return spell(d, v)
}

// spellings say for each type of custom field how a value is written. More types
// may come.
var spellings = map[string]func(*FieldDefinition, rental.Value) (string, error){
	"STRING":       (*FieldDefinition).text,
	"NUMBER":       (*FieldDefinition).number,
	"MONETARY":     (*FieldDefinition).money,
	"DATE":         (*FieldDefinition).date,
	"BOOLEAN":      (*FieldDefinition).boolean,
	"DROPDOWN":     (*FieldDefinition).choice,
	"EMAIL":        (*FieldDefinition).email,
	"PHONE_NUMBER": (*FieldDefinition).phone,
	"WEB_ADDRESS":  (*FieldDefinition).address,
	"JSON":         (*FieldDefinition).json,
}

// text takes anything as it reads. A pattern has to fit the whole of it; one that
// only IRIS understands is left to IRIS.
func (d *FieldDefinition) text(v rental.Value) (string, error) {
	text := v.Text
	if v.Type == rental.Instant {
		text = v.Day()
	}
	switch n := utf8.RuneCountInString(text); {
	case d.MinLength != nil && n < *d.MinLength:
		return "", &Misfit{fmt.Sprintf("%q has %s, and the custom field wants at least %d", text, counted(n, "character"), *d.MinLength), "correct it in the ERP, or lower the field's least length in IRIS"}
	case d.MaxLength != nil && n > *d.MaxLength:
		return "", &Misfit{fmt.Sprintf("%q has %s, and the custom field takes at most %d", text, counted(n, "character"), *d.MaxLength), "shorten it in the mapping, or raise the field's greatest length in IRIS"}
	}
	if pattern, err := regexp.Compile(`\A(?:` + d.Pattern + `)\z`); err == nil && d.Pattern != "" && !pattern.MatchString(text) {
		return "", &Misfit{fmt.Sprintf("%q does not have the form %s that the custom field wants", text, d.Pattern), "correct it in the ERP or the mapping, or change the field's pattern in IRIS"}
	}
	return text, nil
}

// decimal is how a number reads that JSON takes as well.
var decimal = regexp.MustCompile(`\A-?(0|[1-9][0-9]*)(\.[0-9]+)?\z`)

func (d *FieldDefinition) number(v rental.Value) (string, error) {
	if v.Type == rental.Instant || !decimal.MatchString(v.Text) {
		return "", &Misfit{fmt.Sprintf("%q is no number, and the custom field holds numbers", v.Text), "let the mapping read it as one: {from: COLUMN, number: true}"}
	}
	n, _ := new(big.Rat).SetString(v.Text)
	switch {
	case d.Integer && !n.IsInt():
		return "", &Misfit{fmt.Sprintf("%s is no whole number, and the custom field holds only those", v.Text), "round it in the mapping, or allow fractions in IRIS"}
	case d.Minimum != nil && n.Cmp(new(big.Rat).SetFloat64(*d.Minimum)) < 0:
		return "", &Misfit{fmt.Sprintf("%s is less than %g, the least that the custom field takes", v.Text, *d.Minimum), "correct it in the ERP, or lower the field's minimum in IRIS"}
	case d.Maximum != nil && n.Cmp(new(big.Rat).SetFloat64(*d.Maximum)) > 0:
		return "", &Misfit{fmt.Sprintf("%s is more than %g, the most that the custom field takes", v.Text, *d.Maximum), "correct it in the ERP, or raise the field's maximum in IRIS"}
	}
	return v.Text, nil
}

// money is a number that may have the field's own currency beside it.
func (d *FieldDefinition) money(v rental.Value) (string, error) {
	words := strings.Fields(v.Text)
	at := slices.IndexFunc(words, func(w string) bool { return !decimal.MatchString(w) })
	if len(words) != 2 || at < 0 {
		return d.number(v)
	}
	if !strings.EqualFold(words[at], d.Currency) {
		return "", &Misfit{fmt.Sprintf("%q is not in %s, the currency of the custom field", v.Text, orElse(d.Currency, "any currency")), "give the amount in the field's currency, or make a field of the other one in IRIS"}
	}
	return d.number(rental.OfNumber(words[1-at]))
}

// date is a day, as it was at the place it was said for.
func (d *FieldDefinition) date(v rental.Value) (string, error) {
	day := v.Day()
	if _, err := time.Parse(time.DateOnly, day); err != nil || v.Type != rental.Instant && day != v.Text {
		return "", &Misfit{fmt.Sprintf("%q is no date, and the custom field holds dates", v.Text), "let the mapping read it as one: {from: COLUMN, date: DD.MM.YYYY}"}
	}
	return day, nil
}

// boolean takes nothing for granted but true and false: what other words mean is
// the mapping's to say.
func (d *FieldDefinition) boolean(v rental.Value) (string, error) {
	switch word := strings.ToLower(v.Text); word {
	case "true", "false":
		return word, nil
	default:
		return "", &Misfit{fmt.Sprintf("%q is neither true nor false, and the custom field holds only those", v.Text), "say which is which in the mapping: {from: COLUMN, codes: {J: \"true\", N: \"false\"}}"}
	}
}

// choice finds the value among those of a dropdown, in IRIS's own spelling. Where
// several may be chosen they stand one behind the other.
func (d *FieldDefinition) choice(v rental.Value) (string, error) {
	if one, found := d.chosen(v.Text); found || !d.Multiple {
		if !found {
			return "", d.noChoice(v.Text)
		}
		return one, nil
	}
	var all []string
	for part := range strings.SplitSeq(v.Text, separatorIn(v.Text)) {
		part = strings.TrimSpace(part)
		one, found := d.chosen(part)
		switch {
		case part == "":
		case !found:
			return "", d.noChoice(part)
		case !slices.Contains(all, one):
			all = append(all, one)
		}
	}
	return strings.Join(all, ";"), nil
}

// separatorIn is what stands between several values: the first of these that the
// text has.
func separatorIn(text string) string {
	for _, mark := range []string{"\n", ";", "|", ","} {
		if strings.Contains(text, mark) {
			return mark
		}
	}
	return ";"
}

// chosen finds one value of a dropdown, by its spelling, else by its letters.
func (d *FieldDefinition) chosen(text string) (string, bool) {
	if slices.Contains(d.AllValues, text) {
		return text, true
	}
	at := slices.IndexFunc(d.AllValues, func(one string) bool { return strings.EqualFold(one, text) })
	if at < 0 {
		return "", false
	}
	return d.AllValues[at], true
}

// choicesTold is how many values of a dropdown a verdict names.
const choicesTold = 12

func (d *FieldDefinition) noChoice(text string) *Misfit {
	named := d.AllValues
	more := ""
	if len(named) > choicesTold {
		named, more = named[:choicesTold], ", …"
	}
	cure := "translate it with codes: in the mapping, or add it to the field in IRIS"
	if near, found := transforms.Nearest(text, d.AllValues); found {
		cure = fmt.Sprintf("did you mean %q? ", near) + cure
	}
	return &Misfit{fmt.Sprintf("%q is none of the values of the custom field (%s%s)", text, strings.Join(named, ", "), more), cure}
}

func (d *FieldDefinition) email(v rental.Value) (string, error) {
	at, err := mail.ParseAddress(v.Text)
	if err != nil || at.Address != v.Text {
		return "", &Misfit{fmt.Sprintf("%q is no e-mail address", v.Text), "correct it in the ERP: one address as name@example.com, and nothing else"}
	}
	return v.Text, nil
}

// phone takes a number however people write it: the ways are many.
func (d *FieldDefinition) phone(v rental.Value) (string, error) {
	digits := 0
	for _, r := range v.Text {
		switch {
		case unicode.IsDigit(r):
			digits++
		case !strings.ContainsRune("+-/(). ", r):
			digits = -len(v.Text)
		}
	}
	if v.Type == rental.Instant || digits < 3 {
		return "", &Misfit{fmt.Sprintf("%q is no telephone number", v.Text), "correct it in the ERP: digits, blanks and +-/(). only"}
	}
	return v.Text, nil
}

func (d *FieldDefinition) address(v rental.Value) (string, error) {
	at, err := url.Parse(v.Text)
	if err != nil || at.Scheme != "http" && at.Scheme != "https" || at.Hostname() == "" {
		return "", &Misfit{fmt.Sprintf("%q is no web address", v.Text), "it has to begin with https:// or http://; a formula in the mapping can put that before it"}
	}
	return v.Text, nil
}

func (d *FieldDefinition) json(v rental.Value) (string, error) {
	if !json.Valid([]byte(v.Text)) {
		return "", &Misfit{fmt.Sprintf("%q is no JSON, and the custom field holds JSON", v.Text), "make it in the mapping with a formula"}
	}
	return v.Text, nil
}
