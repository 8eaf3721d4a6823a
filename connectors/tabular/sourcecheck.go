package tabular

import (
	"bytes"
	"fmt"
	"io"
	"unicode"

	"rentalsync/pipeline"
)

// replacement is U+FFFD, by which decoders say that a byte was no character.
var replacement = []byte("\uFFFD")

// clean tells quickly whether a row of the text may be passed on.
func (s *source) clean(row []byte) bool {
	switch {
	case s.mixed:
		return firstHigh(row) < 0 && bytes.IndexByte(row, 0) < 0
	case s.host:
		return cleanText(row) && !hasControl(row)
	case s.valid:
		return bytes.IndexByte(row, 0) < 0 && !bytes.Contains(row, replacement)
	default:
		return cleanText(row)
	}
}

// fault looks for what is no text in a cell; false when all is well.
func (s *source) fault(column, cell string) (pipeline.Fault, bool) {
	fault, found := textFault(column, cell, s.encoding)
	switch {
	case found:
		return fault, true
	case s.mixed:
		return mixedFault(column, cell)
	case s.host:
		return packedFault(column, cell)
	default:
		return fault, false
	}
}

// hasControl reports whether a text of a host holds control characters.
func hasControl(text []byte) bool {
	for i, b := range text {
		if b < ' ' || b == 0x7F || (b == 0xC2 && text[i+1] < 0xA0) { // text is valid, so a byte follows
			return bytes.IndexFunc(text[i:], isControl) >= 0
		}
	}
	return false
}

// isControl tells what is no text but may stand in it.
func isControl(r rune) bool {
	return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r'
}

// verdict is what the whole file says of its encoding, once it was read.
func (s *source) verdict() error {
	if s.bytes == nil || s.bytes.stray > 0 || s.bytes.whole == 0 {
		return nil
	}
	return &pipeline.Unreadable{
		Why:  fmt.Sprintf("the file is UTF-8 from its first to its last letter, and not %s", s.encoding),
		Hint: "say encoding: utf-8, or leave the encoding out",
	}
}

// watched shows a text to a check while it is read. One stray byte says all, and
// then nothing more is looked at.
type watched struct {
	src   io.Reader
	check *utf8Check
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.src.Read(p)
	if w.check.stray == 0 {
		w.check.look(p[:n])
	}
	return n, err
}
