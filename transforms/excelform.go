package transforms

import "strings"

// Excel is the form as workbooks spell it; false where they have no such form, as
// of the day of the year.
func (f DateForm) Excel() (string, bool) {
	words := map[part]string{
		year: "yyyy", shortYear: "yy", hour: "hh", halfHour: "hh", minute: "mm", second: "ss", halfday: "AM/PM",
	}
	var b strings.Builder
	for _, p := range f.pieces {
		switch p.part {
		case literal:
			b.WriteString(`\` + p.text)
		case month, day:
			b.WriteString(strings.ToLower(p.text))
		case century, dayOfYear:
			return "", false
		default:
			b.WriteString(words[p.part])
		}
	}
	return b.String(), true
}
