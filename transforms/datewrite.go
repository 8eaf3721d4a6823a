package transforms

import (
	"fmt"
	"strings"
)

// Write puts a date into the form; false where the form cannot say the day, as
// two digits cannot say the year 9999. Where the form has no time, that of the
// date is left out.
func (f DateForm) Write(c Civil) (string, bool) {
	text := f.write(c)
	back, err := f.Parse(text)
	return text, err == nil && back.Year == c.Year && back.Month == c.Month && back.Day == c.Day
}

func (f DateForm) write(c Civil) string {
	var b strings.Builder
	for _, p := range f.pieces {
		switch p.part {
		case literal:
			b.WriteString(p.text)
		case halfday:
			b.WriteString([...]string{"AM", "PM"}[min(c.Hour/12, 1)])
		default:
			fmt.Fprintf(&b, "%0*d", len(p.text), f.valueOf(p.part, c))
		}
	}
	return b.String()
}

// valueOf is the number that stands for a part of a date.
func (f DateForm) valueOf(p part, c Civil) int {
	switch p {
	case year:
		return c.Year
	case century:
		return max(0, c.Year/100-19)
	case shortYear:
		return c.Year % 100
	case month:
		return int(c.Month)
	case day:
		return c.Day
	case dayOfYear:
		return c.asUTC().YearDay()
	case hour:
		return c.Hour
	case halfHour:
		return (c.Hour+11)%12 + 1
	case minute:
		return c.Minute
	default:
		return c.Second
	}
}

// Digits is how many digits a form has that is made of nothing else, as YYYYMMDD
// or CYYDDD, and 0 for any other. A number in such a form can lose the zeros in
// front of it.
func (f DateForm) Digits() int {
	count := 0
	for _, p := range f.pieces {
		if p.part == literal || p.part == halfday || p.least != p.most {
			return 0
		}
		count += p.most
	}
	return count
}
