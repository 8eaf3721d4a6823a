package pipeline

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rentalsync/transforms"
)

// Wording is text with places for what is known only when a file is written:
// "ZAEHLER_{date:YYYYMMDD}.csv", "*** ENDE {count}".
type Wording struct {
	source string
	pieces []wordingPiece
}

// wordingPiece is plain text, or a word in braces.
type wordingPiece struct {
	text   string
	word   string // "" is plain text
	plus   int    // of {count+1}
	date   transforms.DateForm
	number *transforms.NumberPattern
	column string // of {sum:Hours}
}

// Spoken is what the words of a wording stand for. {name} is the file's name and
// {stem} the name without its ending.
type Spoken struct {
	Flow, Layout, Subject string
	Date                  transforms.Civil
	Number                int64
	Name                  string
	Count                 int
	Sum                   func(column string, pattern *transforms.NumberPattern) string
}

// The words that a wording can have.
const (
	WordDate    = "date"
	WordFlow    = "flow"
	WordLayout  = "layout"
	WordRun     = "run"
	WordNumber  = "seq"
	WordName    = "name"
	WordStem    = "stem"
	WordCount   = "count"
	WordSum     = "sum"
	countAndOne = "count+"
)

// ParseWording compiles a text that may have the given words.
func ParseWording(source string, known ...string) (Wording, error) {
	w := Wording{source: source}
	for rest := source; rest != ""; {
		open := strings.IndexAny(rest, "{}")
		if open < 0 {
			open = len(rest)
		}
		if open > 0 {
			w.pieces = append(w.pieces, wordingPiece{text: rest[:open]})
			rest = rest[open:]
			continue
		}
		end := strings.IndexByte(rest, '}')
		if rest[0] == '}' || end < 0 {
			return Wording{}, fmt.Errorf("%q has a brace that stands alone; a word stands between { and }", source)
		}
		piece, err := parseWord(rest[1:end], known)
		if err != nil {
			return Wording{}, err
		}
		w.pieces = append(w.pieces, piece)
		rest = rest[end+1:]
	}
	return w, nil
}

func parseWord(said string, known []string) (p wordingPiece, err error) {
	word, form, _ := strings.Cut(said, ":")
	p.word = word
	if more, is := strings.CutPrefix(word, countAndOne); is && len(more) == 1 && more[0] >= '1' && more[0] <= '9' {
		p.word, p.plus = WordCount, int(more[0]-'0')
	}
	if !slices.Contains(known, p.word) {
		return p, fmt.Errorf("{%s} is unknown; known here: {%s}", said, strings.Join(known, "}, {"))
	}

	switch p.word {
	case WordDate:
		if form == "" {
			return p, fmt.Errorf("{date} does not say how the date is written; write {date:YYYYMMDD}")
		}
		p.date, err = transforms.ParseDateForm(form)
	case WordCount, WordNumber:
		p.number, err = patternOf(form)
		if err == nil && p.number != nil && p.number.Places() > 0 {
			err = fmt.Errorf("{%s} counts, and has no fraction; write {%s:00000}", said, word)
		}
	case WordSum:
		p.column = form
		if at := strings.LastIndexByte(form, ':'); at >= 0 {
			p.column = form[:at]
			p.number, err = patternOf(form[at+1:])
		}
		if p.column == "" {
			return p, fmt.Errorf("{%s} does not say of which column; write {sum:HEADER}", said)
		}
	default:
		if form != "" {
			return p, fmt.Errorf("{%s} has no form; write {%s}", said, word)
		}
	}
	return p, err
}

func patternOf(form string) (*transforms.NumberPattern, error) {
	if form == "" {
		return nil, nil
	}
	p, err := transforms.ParseNumberPattern(form)
	return &p, err
}

// String is the wording as it was written.
func (w Wording) String() string { return w.source }

// Blank reports whether there is nothing to say.
func (w Wording) Blank() bool { return w.source == "" }

// Has reports whether the wording has a word.
func (w Wording) Has(word string) bool {
	return slices.ContainsFunc(w.pieces, func(p wordingPiece) bool { return p.word == word })
}

// HasTime reports whether the wording tells a time of day.
func (w Wording) HasTime() bool {
	return slices.ContainsFunc(w.pieces, func(p wordingPiece) bool { return p.word == WordDate && p.date.HasTime() })
}

// Sums lists the columns of which the wording tells the sum.
func (w Wording) Sums() []string {
	var columns []string
	for _, p := range w.pieces {
		if p.word == WordSum && !slices.Contains(columns, p.column) {
			columns = append(columns, p.column)
		}
	}
	return columns
}

// Say puts what is known into the wording.
func (w Wording) Say(s *Spoken) (string, error) {
	var b strings.Builder
	for i := range w.pieces {
		text, err := w.pieces[i].say(s)
		if err != nil {
			return "", fmt.Errorf("say %q: %w", w.source, err)
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func (p *wordingPiece) say(s *Spoken) (string, error) {
	switch p.word {
	case WordDate:
		text, ok := p.date.Write(s.Date)
		if !ok {
			return "", fmt.Errorf("%s cannot be written as %s", s.Date, p.date)
		}
		return text, nil
	case WordFlow:
		return s.Flow, nil
	case WordLayout:
		return s.Layout, nil
	case WordRun:
		return s.Subject, nil
	case WordNumber:
		return numbered(s.Number, p.number), nil
	case WordName:
		return s.Name, nil
	case WordStem:
		return strings.TrimSuffix(s.Name, endingOf(s.Name)), nil
	case WordCount:
		return numbered(int64(s.Count+p.plus), p.number), nil
	case WordSum:
		return s.Sum(p.column, p.number), nil
	default:
		return p.text, nil
	}
}

// endingOf is what stands in a name from its last point on.
func endingOf(name string) string {
	if at := strings.LastIndexByte(name, '.'); at > 0 {
		return name[at:]
	}
	return ""
}

// numbered writes a whole number as a pattern shows.
func numbered(n int64, pattern *transforms.NumberPattern) string {
	text := strconv.FormatInt(n, 10)
	if pattern == nil {
		return text
	}
	return pattern.Write(transforms.OfUnits(text, 0))
}
