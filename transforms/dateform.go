package transforms

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// DateForm is a compiled form of dates, as DD.MM.YYYY.
type DateForm struct {
	text    string
	pieces  []piece
	has     [partCount]bool
	hasTime bool
}

// A piece is a literal separator, or a part of the date with the most and the
// fewest digits it is written with.
type piece struct {
	part        part
	text        string
	least, most int
}

type part uint8

const (
	literal part = iota
	year
	century
	shortYear
	month
	day
	dayOfYear
	hour
	halfHour // an hour of 12, which needs AM or PM
	minute
	second
	halfday
	partCount
)

// tokens are all that a form is made of, besides separators.
var tokens = map[string][]piece{
	"YYYY": {{year, "YYYY", 4, 4}},
	"YY":   {{shortYear, "YY", 2, 2}},
	"CYY":  {{century, "C", 1, 1}, {shortYear, "YY", 2, 2}},
	"MM":   {{month, "MM", 2, 2}},
	"M":    {{month, "M", 1, 2}},
	"DD":   {{day, "DD", 2, 2}},
	"D":    {{day, "D", 1, 2}},
	"DDD":  {{dayOfYear, "DDD", 3, 3}},
	"HH":   {{hour, "HH", 2, 2}},
	"hh":   {{halfHour, "hh", 2, 2}},
	"mm":   {{minute, "mm", 2, 2}},
	"ss":   {{second, "ss", 2, 2}},
	"AM":   {{halfday, "AM", 2, 2}},
}

const tokenList = "DD D MM M YYYY YY DDD CYY HH hh mm ss AM"

// ParseDateForm compiles a form from the tokens DD D MM M YYYY YY DDD CYY HH
// hh mm ss AM. All else but letters and digits, and the T between a date and
// its time, stands for itself. DDD is the day of the year, and CYY the year
// behind a digit of its century, 0 for 19 and 1 for 20, so that CYYDDD is the
// Julian date of JD Edwards.
//
// Two digits are two digits; D and M are one or two, and so is an hour that is
// followed by a separator, since clocks show 7:30 as often as 07:30.
func ParseDateForm(form string) (DateForm, error) {
	f := DateForm{text: form}
	for rest := form; rest != ""; {
		word := leadingWord(rest)
		pieces, err := piecesOf(word, rest)
		if err != nil {
			return DateForm{}, fmt.Errorf("date form %q: %w", form, err)
		}
		if err := f.add(pieces); err != nil {
			return DateForm{}, fmt.Errorf("date form %q: %w", form, err)
		}
		rest = rest[len(word):]
	}
	if err := f.complete(); err != nil {
		return DateForm{}, fmt.Errorf("date form %q: %w", form, err)
	}
	f.widenHours()
	return f, nil
}

// HasTime tells whether the form reads a time, too.
func (f DateForm) HasTime() bool { return f.hasTime }

// String is the form as it was written.
func (f DateForm) String() string { return f.text }

// leadingWord cuts what can be one token off the front: CYY, AM, a run of one
// letter, or else a single character. MON is no token, but meant as one.
func leadingWord(rest string) string {
	for _, word := range []string{"CYY", "AM", "MON"} {
		if strings.HasPrefix(rest, word) && !strings.HasPrefix(rest, word+word[len(word)-1:]) {
			return word
		}
	}
	first, size := utf8.DecodeRuneInString(rest)
	if !unicode.IsLetter(first) {
		return rest[:size]
	}
	run := rest[:size]
	for strings.HasPrefix(rest[len(run):], rest[:size]) {
		run += rest[:size]
	}
	return run
}

func piecesOf(word, rest string) ([]piece, error) {
	if pieces, ok := tokens[word]; ok {
		return pieces, nil
	}
	first, _ := utf8.DecodeRuneInString(word)
	isISO := word == "T" && strings.HasPrefix(rest, "TH")
	switch {
	case unicode.IsDigit(first):
		return nil, fmt.Errorf("the digit %q cannot separate digits, forms are made of %s", word, tokenList)
	case unicode.IsLetter(first) && !isISO:
		return nil, fmt.Errorf("%q is no token%s; forms are made of %s", word, meant(word), tokenList)
	}
	return []piece{{part: literal, text: word}}, nil
}

// meant is the cure for the tokens of other languages.
func meant(word string) string {
	if word == "MON" || word == "MMM" || word == "MMMM" {
		return "; names of months are not read, use replace to turn them into MM"
	}
	cures := map[string]string{
		"d": "D", "dd": "DD", "ddd": "DDD", "m": "mm", "y": "YYYY", "yy": "YY", "yyy": "YYYY", "yyyy": "YYYY",
		"Y": "YYYY", "YYY": "YYYY", "jj": "YY", "JJ": "YY", "jjjj": "YYYY", "JJJJ": "YYYY", "TT": "DD", "tt": "DD",
		"H": "HH", "h": "hh", "s": "ss", "S": "ss", "SS": "ss", "a": "AM", "A": "AM", "p": "AM", "P": "AM",
		"C": "CYY", "j": "DDD", "J": "DDD",
	}
	if cure, ok := cures[word]; ok {
		return fmt.Sprintf(", did you mean %q?", cure)
	}
	return ""
}

// add appends pieces, each of a part that is not there yet, and never behind
// one whose number of digits would then be open.
func (f *DateForm) add(pieces []piece) error {
	for _, p := range pieces {
		if p.part != literal && f.has[p.part] {
			return fmt.Errorf("%s is there twice%s", p.text, twiceCure(p.part))
		}
		if n := len(f.pieces); n > 0 && f.pieces[n-1].least < f.pieces[n-1].most && p.part != literal && p.part != halfday {
			return fmt.Errorf("%s can be one digit or two, so a separator must follow it; or write %s%s",
				f.pieces[n-1].text, f.pieces[n-1].text, f.pieces[n-1].text)
		}
		f.has[p.part] = f.has[p.part] || p.part != literal
		f.pieces = append(f.pieces, p)
	}
	return nil
}

func twiceCure(p part) string {
	switch p {
	case month:
		return "; minutes are mm"
	case minute:
		return "; months are MM"
	}
	return ""
}

// complete tells whether a form says a whole day, and a whole time if any, and
// then keeps what civil asks for.
func (f *DateForm) complete() error {
	switch {
	case len(f.pieces) == 0:
		return errors.New("it is empty, write it like DD.MM.YYYY")
	case f.has[year] && f.has[shortYear]:
		return errors.New("the year is there twice, keep YYYY or YY")
	case !f.has[year] && !f.has[shortYear]:
		return errors.New("the year is missing, add YYYY or YY")
	case f.has[dayOfYear] && (f.has[day] || f.has[month]):
		return errors.New("DDD is the day of the year, it takes no D and no M beside it")
	case !f.has[dayOfYear] && !f.has[month] && f.has[minute] && !f.anyHour():
		return errors.New("the month is missing; mm is minutes, months are MM")
	case !f.has[dayOfYear] && !f.has[month]:
		return errors.New("the month is missing, add MM")
	case !f.has[dayOfYear] && !f.has[day]:
		return errors.New("the day is missing, add DD")
	}
	return f.completeTime()
}

func (f *DateForm) completeTime() error {
	switch {
	case f.has[hour] && (f.has[halfHour] || f.has[halfday]):
		return errors.New("HH is an hour of 24 and takes no hh and no AM, write hh for an hour of 12")
	case f.has[halfHour] && !f.has[halfday]:
		return errors.New("hh is an hour of 12, so AM is missing; write HH for an hour of 24")
	case f.has[halfday] && !f.has[halfHour]:
		return errors.New("AM stands for nothing without an hour, add hh")
	case f.has[minute] && !f.anyHour():
		return errors.New("mm is minutes, so the hour is missing; add HH")
	case f.has[second] && !f.has[minute]:
		return errors.New("ss is seconds, so the minutes are missing; add mm")
	}
	f.hasTime = f.anyHour()
	return nil
}

func (f *DateForm) anyHour() bool { return f.has[hour] || f.has[halfHour] }

// widenHours lets an hour have one digit where it is plain that it ends.
func (f *DateForm) widenHours() {
	for i, p := range f.pieces {
		isHour := p.part == hour || p.part == halfHour
		begins := i == 0 || f.pieces[i-1].part == literal
		ends := i+1 < len(f.pieces) && (f.pieces[i+1].part == literal || f.pieces[i+1].part == halfday)
		if isHour && begins && ends {
			f.pieces[i].least = 1
		}
	}
}
