package transforms

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/file"
)

// FormulaError is a fault of a formula, with its place in the source: line and
// column count from 1, the column in characters.
type FormulaError struct {
	Line, Column int
	What         string
	Hint         string // the cure; may be empty
}

// Error gives the place, the fault and its cure in one line.
func (e *FormulaError) Error() string {
	if e.Hint == "" {
		return fmt.Sprintf("formula %d:%d: %s", e.Line, e.Column, e.What)
	}
	return fmt.Sprintf("formula %d:%d: %s; %s", e.Line, e.Column, e.What, e.Hint)
}

// faultAt makes a fault of a character of the source, counted from 0.
func faultAt(source string, at int, what, hint string) *FormulaError {
	fault := &FormulaError{Line: 1, Column: 1, What: what, Hint: hint}
	for _, r := range source {
		if at == 0 {
			break
		}
		at--
		fault.Column++
		if r == '\n' {
			fault.Line++
			fault.Column = 1
		}
	}
	return fault
}

func wrongResult(is, wanted string) *FormulaError {
	return &FormulaError{Line: 1, Column: 1, What: fmt.Sprintf("the formula gives %s, and %s was asked of it", is, wanted)}
}

// parseFault says in plain words why the engine cannot read a source that
// speaks of these columns.
func parseFault(source string, columns []string, err error) *FormulaError {
	var located *file.Error
	if !errors.As(err, &located) {
		return faultAt(source, 0, "the formula cannot be read: "+firstLine(err.Error()), "")
	}
	if column, at, found := bareColumn(source, columns, located.From); found {
		return faultAt(source, at, fmt.Sprintf("the column name %q is no word", column), fmt.Sprintf("write col(%q)", column))
	}
	what, hint := plainWords(located.Message)
	return faultAt(source, located.From, what, hint)
}

// bareColumn finds the longest column whose name is no word and which stands
// where the engine stumbled as if it were one. Places count characters from 0.
func bareColumn(source string, columns []string, stumbled int) (column string, at int, found bool) {
	runes := []rune(source)
	for _, name := range columns {
		size := utf8.RuneCountInString(name)
		if isWord(name) || size <= utf8.RuneCountInString(column) {
			continue
		}
		for from := max(0, stumbled-size); from <= stumbled && from+size <= len(runes); from++ {
			if string(runes[from:from+size]) == name && !quotedAt(runes, from) {
				column, at, found = name, from, true
				break
			}
		}
	}
	return column, at, found
}

// quotedAt reports whether a place stands behind a quote, as in col("…").
func quotedAt(source []rune, at int) bool {
	return at > 0 && (source[at-1] == '"' || source[at-1] == '\'')
}

// runFault says which function failed, and on what.
func runFault(err error) *FormulaError {
	var located *file.Error
	if !errors.As(err, &located) {
		return &FormulaError{Line: 1, Column: 1, What: firstLine(err.Error())}
	}
	return &FormulaError{Line: max(located.Line, 1), Column: located.Column + 1, What: firstLine(located.Message)}
}

func plainWords(message string) (what, hint string) {
	token, unexpected := strings.CutPrefix(message, "unexpected token ")
	switch {
	case unexpected && token == "EOF", message == "unexpected end of expression":
		return "the formula ends too early", "something is missing behind its last word; is a bracket still open?"
	case unexpected:
		text := quotedIn(token)
		return fmt.Sprintf("%q cannot stand here", text), tokenHint(token, text)
	case strings.HasPrefix(message, "unrecognized character"):
		text := quotedRune(message)
		return fmt.Sprintf("%q is no character of formulas", text), characterHint(text)
	case strings.HasPrefix(message, "literal not terminated"):
		return "a quoted text is not closed", `put a " behind it`
	case strings.Contains(message, "maximum allowed nodes"):
		return fmt.Sprintf("the formula has more than %d parts", maxNodes), "give a part of it a column of its own"
	}
	return firstLine(message), ""
}

// tokenHints are what admins write out of the habit of spreadsheets.
var tokenHints = map[string]string{
	"=":          `write == for "equal"`,
	">":          `write != for "not equal"`,
	"&":          "write + to join texts, and for conditions",
	";":          "values are separated by commas",
	"contains":   `it stands between two texts, as name contains "GmbH"`,
	"startsWith": `it stands between two texts, as number startsWith "SUMME"`,
	"endsWith":   `it stands between two texts, as name endsWith "GmbH"`,
	"matches":    `it stands between two texts, as serial matches "^[A-Z]{3}"`,
	"in":         `it stands between a value and a list, as status in ["V", "R"]`,
	"if":         `write condition ? "then" : "else"`,
	"#":          "formulas have no loops",
}

// operators are what can stand between two values, as admins write them.
var operators = []string{
	"==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "and", "or", "in", "contains", "startsWith", "endsWith", "matches",
}

// otherWords are what people call the operators.
var otherWords = map[string]string{
	"starts": "startsWith", "begins": "startsWith", "beginswith": "startsWith", "prefix": "startsWith",
	"ends": "endsWith", "suffix": "endsWith",
	"has": "contains", "includes": "contains", "containing": "contains",
	"like": "matches", "regex": "matches", "regexp": "matches",
	"is": "==", "equals": "==", "eq": "==", "ne": "!=",
}

// tokenHint is the cure for a part that stands where an operator or the end was
// expected.
func tokenHint(token, text string) string {
	if hint, known := tokenHints[text]; known {
		return hint
	}
	switch kind, _, _ := strings.Cut(token, "("); kind {
	case "Identifier":
		if meant, known := otherWords[strings.ToLower(text)]; known {
			return fmt.Sprintf("did you mean %s?", meant)
		}
		if meant, near := Nearest(text, operators); near {
			return fmt.Sprintf("did you mean %s?", meant)
		}
	case "String", "Number":
	default:
		return ""
	}
	return "an operator is missing before it, one of " + strings.Join(operators, " ")
}

func characterHint(text string) string {
	if strings.ContainsAny(text, "“”„‘’‚«»") {
		return `write plain quotes: "text"`
	}
	return "put text in quotes; write col(\"…\") for a column whose name is no word"
}

// quotedIn takes the text out of Operator("=").
func quotedIn(token string) string {
	_, text, found := strings.Cut(token, `("`)
	if !found {
		return token
	}
	return strings.TrimSuffix(text, `")`)
}

// quotedRune takes the character out of U+20AC '€'.
func quotedRune(message string) string {
	_, text, found := strings.Cut(message, "'")
	if !found {
		return strings.TrimPrefix(message, "unrecognized character: ")
	}
	return strings.TrimSuffix(text, "'")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
