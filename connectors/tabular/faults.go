package tabular

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"rentalsync/pipeline"
)

// widthFault says that a row has not the cells of its header, or of whatever
// else is its measure.
func widthFault(got int, h *pipeline.Header, measure, delimiter string) pipeline.Fault {
	f := pipeline.Fault{What: fmt.Sprintf("%s where the %s has %d", plural(got, "cell"), measure, len(h.Names))}

	switch other := otherDelimiter(h, delimiter); {
	case other != "":
		f.Hint = fmt.Sprintf("the header has no %q but %q: say delimiter: %q", delimiter, other, other)
	case got > len(h.Names):
		f.Hint = "a delimiter inside a value must be quoted"
	default:
		f.Hint = "a line break inside a value must be quoted, and a row must not be cut short"
	}
	return f
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// otherDelimiter notices a header that was not split at all.
func otherDelimiter(h *pipeline.Header, delimiter string) string {
	if len(h.Names) > 1 {
		return ""
	}
	for _, other := range []string{";", "\t", "|", ","} {
		if other != delimiter && strings.Contains(h.Names[0], other) {
			return other
		}
	}
	return ""
}

// quoteFault says what a broken quote did to a row.
func quoteFault(v verdict, column, value string) pipeline.Fault {
	f := pipeline.Fault{Column: column, Value: shortened(value), Hint: "close the quote, or say quote: none where quotes mean inches"}
	switch v {
	case stray:
		f.What = "text after the closing quote"
		f.Hint = "a quote inside a quoted value must be doubled"
	case runaway:
		f.What = fmt.Sprintf("the quoted value runs over more than %d lines or 1 MiB", tallestQuote)
	case swallow:
		f.What = "the quoted value runs on over lines that are rows of their own: its closing quote is missing"
	case doubtful:
		f.What = fmt.Sprintf("the quoted value runs on over %s that look like rows, so none of them is read: its closing quote may be missing", plural(1+countBreaks([]byte(value)), "line"))
		f.Hint = "say quote: none where quotes mean inches, or take the delimiters out of the note"
	default:
		f.What = "the quote is never closed"
	}
	return f
}

// textFault looks for what is no text in a cell; false when all is well.
func textFault(column, value, encoding string) (pipeline.Fault, bool) {
	f := pipeline.Fault{Column: column, Value: shortened(value)}
	switch {
	case !utf8.ValidString(value):
		f.What = "bytes that are not utf-8"
		f.Hint = "say the encoding that the ERP writes, such as windows-1252"
	case strings.ContainsRune(value, utf8.RuneError) && encoding != "" && encoding != "utf-8":
		f.What = fmt.Sprintf("bytes that are no character of %s", encoding)
		if b, found := lostIn(value); found {
			f.What = fmt.Sprintf("byte 0x%02X is no character of %s", b, encoding)
		}
		f.Hint = "check encoding: the ERP seems to write another one"
	case strings.ContainsRune(value, utf8.RuneError):
		f.What = "a character was lost before the file was written"
		f.Hint = "correct the text in the ERP, or the encoding of its export"
	case strings.ContainsRune(value, 0):
		f.What = "a NUL byte"
		f.Hint = "remove it in the ERP: it is no text"
	default:
		return f, false
	}
	return f, true
}

// mixedFault looks for UTF-8 in a cell of a file that is windows-1252 elsewhere;
// false when there is none.
func mixedFault(column, value string) (pipeline.Fault, bool) {
	meant, is := twiceDecoded(value)
	if !is {
		return pipeline.Fault{}, false
	}
	return pipeline.Fault{
		Column: column,
		Value:  shortened(value),
		What:   fmt.Sprintf("the bytes are UTF-8, and mean %q, in a file that is windows-1252 elsewhere", shortened(meant)),
		Hint:   "have the ERP write the whole file in one encoding",
	}, true
}

// packedFault looks for what is no text in a cell of a host; false when there is
// nothing. It is a number as machines keep it: two digits in a byte, or binary.
func packedFault(column, value string) (pipeline.Fault, bool) {
	if strings.IndexFunc(value, isControl) < 0 {
		return pipeline.Fault{}, false
	}
	return pipeline.Fault{
		Column: column,
		Value:  visible(value),
		What:   "bytes that are no text, as in a packed or binary number",
		Hint:   "have the host write the number in digits, or correct the place of the column",
	}, true
}

// visible shows a value with its control characters.
func visible(value string) string {
	return shortened(strings.Trim(strconv.QuoteToGraphic(value), `"`))
}

// twiceDecoded takes back the reading of UTF-8 as windows-1252.
func twiceDecoded(value string) (meant string, is bool) {
	raw := make([]byte, 0, len(value))
	for _, r := range value {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			return "", false
		}
		raw = append(raw, b)
	}
	return string(raw), firstHigh(raw) >= 0 && cleanText(raw)
}

// longestShown is how much of a value a fault shows.
const longestShown = 200

// shortened is a value that any report can show: no NUL, no invalid bytes, not
// a page long.
func shortened(value string) string {
	text := printable(value)
	if len(text) <= longestShown {
		return text
	}
	cut := longestShown
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

// unprintable are characters that no report shows as they are: NUL, and what stands
// before a byte that was lost.
var unprintable = strings.NewReplacer("\uFFFD\\x", `\x`, "\x00", "␀")

// printable writes bytes that are no text as \xNN, and NUL as its picture.
func printable(value string) string {
	if utf8.ValidString(value) {
		return unprintable.Replace(value)
	}
	var b strings.Builder
	for i, r := range value {
		switch {
		case r == utf8.RuneError && value[i] != 0xEF:
			fmt.Fprintf(&b, `\x%02x`, value[i])
		case r == 0:
			b.WriteRune('␀')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
