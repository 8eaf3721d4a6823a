package mappings

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// quoteWhole is the cure for every formula that YAML takes for something else.
const quoteWhole = `quote the formula whole: '=…'`

// syntax tells a parser's error in the words of whoever edits the file. A
// parser stumbles where it can no longer go on, which is often a line or more
// below the fault, so the faults that it is known to overlook are looked for
// first.
func (doc *Document) syntax(err error) Fault {
	var bad *yaml.LoadError
	if !errors.As(err, &bad) {
		return doc.at(1, 1, err.Error(), "")
	}
	line, column := max(bad.Mark.Line, 1), max(bad.Mark.Column, 1)

	if fault, found := doc.strangeIndent(line); found {
		return fault
	}
	if at, open := doc.openQuote(line); open {
		return doc.at(at.Line, at.Column, "a quote is opened and not closed on its line", "close it on the same line")
	}

	text := doc.line(line)
	switch {
	case strings.Contains(bad.Message, "max depth"):
		return doc.at(line, column, tooDeep, flatten)
	case strings.Contains(bad.Message, "could not find expected ':'"):
		return doc.noColon(bad.ContextMark.Line)
	case strings.Contains(bad.ContextMsg, "flow") && bad.ContextMark.Line > 0:
		return doc.at(bad.ContextMark.Line, bad.ContextMark.Column, "a bracket is opened and not closed, or a comma is missing", bracketCure(text, line))
	case strings.Contains(bad.Message, "mapping values are not allowed"):
		return doc.strayColon(line, column)
	}
	what, cure := misread(bad.Message, text, column)
	return doc.at(line, column, what, cure)
}

// strangeIndent finds the first line, up to the one where the parser stopped,
// that is indented by a blank that only looks like a space; a tab is told where
// the parser stopped at it.
func (doc *Document) strangeIndent(stop int) (Fault, bool) {
	if text := doc.line(stop); strings.HasPrefix(strings.TrimLeft(text, " "), "\t") {
		return doc.at(stop, strings.Index(text, "\t")+1, "the line is indented by a tab", "indent by spaces"), true
	}
	for n := 1; n <= stop; n++ {
		if column, name := oddIndent(doc.line(n)); column > 0 {
			return doc.at(n, column, "the line is indented by "+name, "indent by spaces"), true
		}
	}
	return Fault{}, false
}

// oddIndent is the column of the first character of a line's indent that is no
// space and no tab, with its name; 0 where there is none.
func oddIndent(line string) (column int, name string) {
	for _, r := range line {
		column++
		switch {
		case r == ' ', r == '\t':
		case r == '\u00a0':
			return column, "a no-break space"
		case unicode.IsSpace(r) && r != '\r':
			return column, fmt.Sprintf("the blank %U", r)
		default:
			return 0, ""
		}
	}
	return 0, ""
}

// strayColon tells why a colon begins a value where none can begin: it stands
// inside a value, or a line above it has no colon of its own, or its line is
// indented deeper than the value above.
func (doc *Document) strayColon(line, column int) Fault {
	text := doc.line(line)
	if first := strings.Index(text, ": "); first >= 0 && utf8.RuneCountInString(text[:first])+1 < column {
		return doc.at(line, column, `": " begins a value inside a value`, colonCure(text))
	}

	above := doc.above(line)
	switch {
	case above == 0:
	case !hasKey(doc.line(above)):
		if first := doc.keyless(above); !doc.continues(first) {
			return doc.noColon(first)
		}
	case indent(text) > indent(doc.line(above)):
		return doc.at(line, indent(text)+1, "the line is indented deeper than the value above it", fmt.Sprintf("indent it like line %d", above))
	}
	return doc.at(line, column, `": " begins a value inside a value`, colonCure(text))
}

// keyless is the first of the lines without a key that end with a line.
func (doc *Document) keyless(line int) int {
	for up := doc.above(line); up > 0 && !hasKey(doc.line(up)); up = doc.above(up) {
		line = up
	}
	return line
}

// continues reports whether a line without a key goes on with the value that
// begins above it.
func (doc *Document) continues(line int) bool {
	up := doc.above(line)
	return up > 0 && !endsWithColon(doc.line(up)) && indent(doc.line(line)) > indent(doc.line(up))
}

// above is the nearest line above one that is neither blank nor a comment; 0
// where there is none.
func (doc *Document) above(line int) int {
	for n := line - 1; n > 0; n-- {
		if text := strings.TrimSpace(doc.line(n)); text != "" && text[0] != '#' {
			return n
		}
	}
	return 0
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

func hasKey(line string) bool {
	return strings.Contains(line, ": ") || endsWithColon(line) || strings.HasPrefix(strings.TrimSpace(line), "- ")
}

func endsWithColon(line string) bool {
	before, _, _ := strings.Cut(line, " #")
	return strings.HasSuffix(strings.TrimSpace(before), ":")
}

// noColon tells that a line has no key, for want of ": ".
func (doc *Document) noColon(line int) Fault {
	text := doc.line(line)
	column := indent(text) + 1
	bare, _, _ := strings.Cut(text, " #")
	bare = strings.TrimSpace(strings.TrimLeft(bare, " -"))

	what, cure := gluedColon(bare)
	if what == "" {
		what, cure = "the line has no colon", "write "+withColon(bare)
	}
	return doc.at(line, column, what, cure)
}

// gluedColon tells what is wrong with the colon of a text that YAML takes for a
// single word; "" where it has none.
func gluedColon(text string) (what, cure string) {
	at := strings.IndexAny(text, ":：")
	if at <= 0 {
		return "", ""
	}
	colon, size := utf8.DecodeRuneInString(text[at:])
	key, value := strings.TrimSpace(text[:at]), strings.TrimSpace(text[at+size:])
	cure = strings.TrimSpace(fmt.Sprintf("write %s: %s", key, value))
	if colon != ':' {
		return fmt.Sprintf(`"%c" is not the colon of YAML`, colon), cure
	}
	return "no blank follows the colon", cure
}

// withColon puts a colon behind the first word of a line.
func withColon(text string) string {
	key, value, _ := strings.Cut(text, " ")
	return strings.TrimSpace(key + ": " + strings.TrimSpace(value))
}

func bracketCure(text string, line int) string {
	if strings.Contains(text, ": =") || strings.Contains(text, ":=") {
		return "inside {} " + quoteWhole
	}
	return fmt.Sprintf("see line %d", line)
}

// misread says what the parser stumbled over, and the cure.
func misread(message, text string, column int) (what, cure string) {
	switch {
	case strings.Contains(message, "unknown anchor") && isMerge(text):
		return mergeWhat, mergeCure
	case strings.Contains(message, "unknown anchor"):
		return `a value begins with "*"`, "quote the value whole: '…'"
	case strings.Contains(message, "did not find expected key") && quotedAhead(text, column):
		return "text follows a closed quote", "quote the value whole: '…'"
	case strings.Contains(message, "did not find expected"):
		return "the line does not fit the ones above it", "indent it like its neighbours"
	case strings.Contains(message, "cannot start any token"):
		return fmt.Sprintf("a value cannot begin with %q", runeAt(text, column)), "quote the value: '…'"
	default:
		return message, ""
	}
}

func colonCure(line string) string {
	if _, value, found := strings.Cut(line, ": "); found && !strings.HasPrefix(strings.TrimSpace(value), "=") {
		return `a value that holds ": " is quoted: '…'; a formula too`
	}
	return quoteWhole
}

func quotedAhead(line string, column int) bool {
	runes := []rune(line)
	return column > 1 && strings.ContainsAny(string(runes[:min(column-1, len(runes))]), `"'`)
}

func runeAt(line string, column int) string {
	runes := []rune(line)
	if column < 1 || column > len(runes) {
		return ""
	}
	return string(runes[column-1])
}
