package transforms

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Civil is a date, perhaps with a time, as it stands on the ERP's own clock.
// It is no instant before [Civil.In] is told the zone.
type Civil struct {
	Year                 int
	Month                time.Month
	Day                  int
	Hour, Minute, Second int

	// HasTime tells 00:00:00 from a date without a time.
	HasTime bool
}

// String writes c as 2026-11-21 or 2026-11-21T07:00:00.
func (c Civil) String() string {
	date := fmt.Sprintf("%04d-%02d-%02d", c.Year, int(c.Month), c.Day)
	if !c.HasTime {
		return date
	}
	return fmt.Sprintf("%sT%02d:%02d:%02d", date, c.Hour, c.Minute, c.Second)
}

// Parse reads a cell that must be in the form from its first to its last
// character. A date that no calendar has is an error, and so is one in another
// form: 03/04/2026 never becomes a day that somebody has to guess.
//
// Years of two digits are 1970 to 2069. What the cell has wrong is a
// [*ValueError].
func (f DateForm) Parse(cell string) (Civil, error) {
	if f.text == "" {
		return Civil{}, errors.New("no form of dates is declared, name it under dates, as DD.MM.YYYY")
	}
	text := trimBlank(cell)
	if text == "" {
		return Civil{}, misread(listUnderNone, "a blank cell is no date")
	}

	read, rest, err := f.read(text)
	if err == nil && rest != "" {
		err = fmt.Errorf("%q is left over at its end", shorten(rest))
	}
	if err != nil {
		return Civil{}, foundIn("date", text, fmt.Errorf("does not fit %s: %w", f.text, err))
	}

	c, err := f.civil(read)
	if err != nil {
		return Civil{}, foundIn("date", text, err)
	}
	return c, nil
}

const listUnderNone = `list it under none if it means "nothing"`

// read takes the values of all parts off the front of the text.
func (f DateForm) read(text string) (parts, string, error) {
	var read parts
	rest := text
	for _, p := range f.pieces {
		if p.part == literal {
			after, ok := strings.CutPrefix(rest, p.text)
			if !ok {
				return read, rest, fmt.Errorf("%q expected, found %s", p.text, found(rest))
			}
			rest = after
			continue
		}
		value, size, err := p.take(rest)
		if err != nil {
			return read, rest, err
		}
		read[p.part] = value
		rest = rest[size:]
	}
	return read, rest, nil
}

// found shows where reading stopped.
func found(rest string) string {
	if rest == "" {
		return "the end"
	}
	return strconv.Quote(shorten(rest))
}

// take reads the value of one part, and tells how many bytes it was.
func (p piece) take(rest string) (value, size int, err error) {
	if p.part == halfday {
		return takeHalfday(rest)
	}
	for size < len(rest) && size < p.most && '0' <= rest[size] && rest[size] <= '9' {
		value = value*10 + int(rest[size]-'0')
		size++
	}
	if size >= p.least {
		return value, size, nil
	}
	if p.least == p.most {
		return 0, 0, fmt.Errorf("%s takes %s, found %s", p.text, digits(p.least), found(rest))
	}
	return 0, 0, fmt.Errorf("%s takes %d or %d digits, found %s", p.text, p.least, p.most, found(rest))
}

func takeHalfday(rest string) (value, size int, err error) {
	if len(rest) >= 2 && strings.EqualFold(rest[:2], "AM") {
		return 0, 2, nil
	}
	if len(rest) >= 2 && strings.EqualFold(rest[:2], "PM") {
		return 1, 2, nil
	}
	return 0, 0, fmt.Errorf("AM or PM expected, found %s", found(rest))
}

// parts holds what was read, by the part it is of.
type parts [partCount]int

// civil puts the parts together and asks the calendar and the clock.
func (f DateForm) civil(read parts) (Civil, error) {
	c := Civil{Year: f.year(read), Month: time.Month(read[month]), Day: read[day], HasTime: f.hasTime}
	if c.Year == 0 {
		return Civil{}, misread(listUnderNone, "there is no year 0")
	}

	var err error
	if f.has[dayOfYear] {
		c.Month, c.Day, err = fromDayOfYear(c.Year, read[dayOfYear])
	} else {
		err = checkDay(c.Year, c.Month, c.Day)
	}
	if err != nil || !f.hasTime {
		return c, err
	}

	c.Hour, c.Minute, c.Second = read[hour], read[minute], read[second]
	if f.has[halfday] {
		if c.Hour, err = fullHour(read[halfHour], read[halfday]); err != nil {
			return Civil{}, err
		}
	}
	return c, checkClock(c.Hour, c.Minute, c.Second)
}

func (f DateForm) year(read parts) int {
	switch {
	case f.has[century]:
		return 1900 + 100*read[century] + read[shortYear]
	case f.has[shortYear] && read[shortYear] >= 70:
		return 1900 + read[shortYear]
	case f.has[shortYear]:
		return 2000 + read[shortYear]
	}
	return read[year]
}

func fromDayOfYear(year, number int) (time.Month, int, error) {
	days := 365
	if daysIn(year, time.February) == 29 {
		days = 366
	}
	switch {
	case number < 1:
		return 0, 0, misread("", "there is no day 0")
	case number > days:
		return 0, 0, misread("", "%d has %d days", year, days)
	}
	t := time.Date(year, time.January, number, 0, 0, 0, 0, time.UTC)
	return t.Month(), t.Day(), nil
}

func checkDay(year int, month time.Month, day int) error {
	if month < time.January || month > time.December {
		return misread("are day and month the other way round?", "there is no month %d", int(month))
	}
	switch days := daysIn(year, month); {
	case day < 1:
		return misread("", "there is no day 0")
	case day > days:
		return misread("", "%s %d has %d days", month, year, days)
	default:
		return nil
	}
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// fullHour turns the hour of a half day into one of 24: 12 AM is midnight.
func fullHour(hour, half int) (int, error) {
	if hour < 1 || hour > 12 {
		return 0, misread("write HH for a clock of 24", "an hour before AM or PM is 1 to 12, not %d", hour)
	}
	return hour%12 + 12*half, nil
}

func checkClock(hour, minute, second int) error {
	switch {
	case hour > 23:
		return fmt.Errorf("there is no hour %d, a day ends at 23:59:59", hour)
	case minute > 59:
		return fmt.Errorf("there is no minute %d", minute)
	case second > 59:
		return fmt.Errorf("there is no second %d", second)
	}
	return nil
}

var isoDate, _ = ParseDateForm("YYYY-MM-DD")

// ISODate reads a date as people write one in YAML: 2026-11-21.
func ISODate(s string) (Civil, error) {
	return isoDate.Parse(s)
}

// ParseClock reads a time of day: 07:00 or 07:00:30.
func ParseClock(s string) (hour, minute, second int, err error) {
	text := trimBlank(s)
	hour, minute, second, ok := cutClock(text)
	if !ok {
		return 0, 0, 0, fmt.Errorf("time %q is not like 07:00 or 07:00:30", shorten(s))
	}
	if err := checkClock(hour, minute, second); err != nil {
		return 0, 0, 0, fmt.Errorf("time %q: %w", text, err)
	}
	return hour, minute, second, nil
}

func cutClock(text string) (hour, minute, second int, ok bool) {
	if len(text) != len("07:00") && len(text) != len("07:00:30") {
		return 0, 0, 0, false
	}
	for i := range len(text) {
		isDigit := '0' <= text[i] && text[i] <= '9'
		if isColon := i%3 == 2; isColon && text[i] != ':' || !isColon && !isDigit {
			return 0, 0, 0, false
		}
	}
	hour, minute = twoDigits(text), twoDigits(text[3:])
	if len(text) > 5 {
		second = twoDigits(text[6:])
	}
	return hour, minute, second, true
}

func twoDigits(s string) int {
	return int(s[0]-'0')*10 + int(s[1]-'0')
}
