package mappings

import (
	"strings"
	"unicode/utf8"
)

// openQuote finds a quote that is not closed on its line and does not end as a
// quote that goes on over lines does: at the end of one of them. YAML ends it
// at the next quote of the file, wherever that stands, and stumbles later. Only
// quotes that are opened up to the line where the parser stopped count.
func (doc *Document) openQuote(stop int) (Place, bool) {
	var s quotes
	for n, line := range doc.lines {
		if s.quote == 0 && n+1 > stop {
			break
		}
		if s.literal(line) {
			continue
		}
		if s.line(n+1, line); s.broken {
			return s.opened, true
		}
	}
	return s.opened, s.quote != 0
}

// quotes follows the quotes of a file from line to line, as far as that can be
// done without parsing it.
type quotes struct {
	quote  rune  // the one that is open; 0 for none
	opened Place // where the last one was opened
	depth  int   // brackets that are open
	block  int   // the indent of a line whose text block follows, -1 for none
	within bool  // a text block is under way
	broken bool  // a quote of an earlier line is closed and text follows it
}

// literal reports whether a line belongs to a text block behind | or >, where
// quotes are text.
func (s *quotes) literal(line string) bool {
	if s.quote != 0 {
		return false
	}
	if s.within && (strings.TrimSpace(line) == "" || indent(line) > s.block) {
		return true
	}
	bare, _, _ := strings.Cut(line, " #")
	bare = strings.TrimRight(strings.TrimSpace(bare), "+-0123456789")
	s.within, s.block = strings.HasSuffix(bare, ": |") || strings.HasSuffix(bare, ": >"), indent(line)
	return false
}

// line follows the quotes of one line.
func (s *quotes) line(n int, text string) {
	begins := true // a value or a key may begin here
	rest := text
	for column := 1; rest != ""; column++ {
		r, size := utf8.DecodeRuneInString(rest)
		rest = rest[size:]

		switch {
		case s.quote != 0:
			if skipped := s.inside(r, rest); skipped {
				rest, column = rest[1:], column+1
				continue
			}
			if s.quote == 0 && s.opened.Line < n && !endsValue(rest) {
				s.broken = true
				return
			}
			begins = false
		case r == '#' && (column == 1 || begins || strings.HasSuffix(text[:len(text)-len(rest)-size], " ")):
			return
		case begins && (r == '"' || r == '\''):
			s.quote, s.opened = r, Place{n, column}
		case r == ' ':
		default:
			begins = s.structure(r, rest, begins)
		}
	}
}

// inside takes a character of a quoted text, and reports whether the one behind
// it belongs to it.
func (s *quotes) inside(r rune, rest string) (pair bool) {
	switch {
	case s.quote == '"' && r == '\\' && rest != "" && rest[0] < utf8.RuneSelf:
		return true
	case s.quote == '\'' && r == '\'' && strings.HasPrefix(rest, "'"):
		return true
	case r == s.quote:
		s.quote = 0
	}
	return false
}

// structure takes a character outside of quotes, and reports whether a value or
// a key may begin behind it.
func (s *quotes) structure(r rune, rest string, begins bool) bool {
	ends := rest == "" || rest[0] == ' '
	switch r {
	case '[', '{':
		if begins || s.depth > 0 {
			s.depth++
			return true
		}
	case ']', '}':
		s.depth = max(0, s.depth-1)
	case ',':
		return s.depth > 0
	case ':':
		return ends
	case '-':
		return begins && ends
	}
	return false
}

// endsValue reports whether what stands behind a closed quote lets its value
// end there.
func endsValue(rest string) bool {
	rest = strings.TrimSpace(rest)
	return rest == "" || strings.ContainsAny(rest[:1], "#,]}:")
}
