package tabular

import (
	"fmt"
	"strings"

	"rentalsync/pipeline"
)

// csvDialect is a dialect with its names resolved.
type csvDialect struct {
	delimiter string
	declared  bool // the delimiter is the mapping's word, not a default
	quote     byte // 0 is no quoting
	comment   []byte
	header    []int // physical lines; none is the first line that says anything
	noHeader  bool
	find      [][]string // what the header must name; nil where its lines are known
	end       string
	trailer   *trailer
}

func csvDialectOf(d pipeline.Dialect) (csvDialect, error) {
	quote, err := quoteOf(d.Quote)
	if err != nil {
		return csvDialect{}, err
	}
	delimiter, err := delimiterOf(d.Delimiter, quote)
	if err != nil {
		return csvDialect{}, err
	}
	return csvDialect{
		delimiter: delimiter,
		declared:  d.Delimiter != "",
		quote:     quote,
		comment:   []byte(d.Comment),
		header:    headerPlan(d),
		noHeader:  d.NoHeader,
		find:      d.Find,
		end:       d.End,
	}, nil
}

// delimiterOf is the text between two cells, which holds no line end and no quote.
func delimiterOf(name string, quote byte) (string, error) {
	delimiter := namedDelimiter(name)
	if !cleanText([]byte(delimiter)) {
		return "", &pipeline.Unreadable{
			Why:  fmt.Sprintf("delimiter %q is no text", name),
			Hint: "use a character that no value holds, such as ; or tab",
		}
	}
	if strings.ContainsAny(delimiter, "\r\n") || (quote != 0 && strings.IndexByte(delimiter, quote) >= 0) {
		return "", &pipeline.Unreadable{
			Why:  fmt.Sprintf("delimiter %q holds a line end or a quote", name),
			Hint: "use a character that no value holds, such as ; or tab",
		}
	}
	return delimiter, nil
}

// namedDelimiter knows the delimiters that are hard to write by their names.
func namedDelimiter(name string) string {
	switch strings.ToLower(name) {
	case "", "comma":
		return ","
	case "tab", `\t`:
		return "\t"
	case "pipe":
		return "|"
	case "semicolon":
		return ";"
	case "space":
		return " "
	default:
		return name
	}
}

func quoteOf(name string) (byte, error) {
	switch {
	case name == "":
		return '"', nil
	case strings.EqualFold(name, "none"):
		return 0, nil
	case len(name) == 1 && name[0] > ' ' && name[0] < 0x7f:
		return name[0], nil
	}
	return 0, &pipeline.Unreadable{
		Why:  fmt.Sprintf("quote %q is not one ASCII character", name),
		Hint: `use " or ', or none`,
	}
}
