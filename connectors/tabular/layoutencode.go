package tabular

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"

	"rentalsync/pipeline"
)

// layoutEncoder turns the lines of a written file into bytes.
type layoutEncoder struct {
	out     *bufio.Writer
	encoder *encoding.Encoder // nil writes UTF-8
	ascii   bool              // the encoding leaves plain ASCII as it is
	replace bool
	last    rune // the last character that may be written; 0 where the encoder knows
}

// lastRune is the last character of an encoding that the web reads as a wider one:
// who asks for it may not be able to read what the wider one has.
func lastRune(name string) rune {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "ascii", "us-ascii":
		return 0x7F
	case "iso-8859-1", "iso8859-1", "latin1", "latin-1":
		return 0xFF
	}
	return 0
}

// newLayoutEncoder settles the encoding and writes its mark, where it is wanted.
func newLayoutEncoder(w io.Writer, f *pipeline.LayoutFile) (*layoutEncoder, error) {
	e := &layoutEncoder{out: bufio.NewWriterSize(w, 64<<10), replace: f.Replace, last: lastRune(f.Encoding)}
	mark := bomUTF8
	if f.Encoding != "" {
		enc, err := encodingOf(f.Encoding)
		if err != nil {
			return e, err
		}
		switch {
		case isUTF8(enc):
		case enc == utf16LE:
			mark, e.encoder = bomUTF16LE, enc.NewEncoder()
		case enc == utf16BE:
			mark, e.encoder = bomUTF16BE, enc.NewEncoder()
		default:
			mark, e.encoder, e.ascii = nil, enc.NewEncoder(), !isEBCDIC(enc)
		}
	}
	if !f.Mark {
		return e, nil
	}
	_, err := e.out.Write(mark)
	return e, err
}

// encode gives the bytes of a text, or the first character that the encoding does
// not have, where it is not to be replaced.
func (e *layoutEncoder) encode(text string) (encoded []byte, foreign string, err error) {
	if e.encoder == nil || e.ascii && firstHigh([]byte(text)) < 0 {
		return []byte(text), "", nil
	}
	encoded, err = e.encoder.Bytes([]byte(text))
	if err == nil && !e.beyond(text) {
		return encoded, "", nil
	}
	if foreign = e.foreign(text); !e.replace || foreign == "" {
		return nil, foreign, nil
	}
	encoded, err = e.encoder.Bytes([]byte(e.replaced(text)))
	return encoded, "", err
}

// foreign is the first character that the encoding does not have.
func (e *layoutEncoder) foreign(text string) string {
	for _, r := range text {
		if !e.has(r) {
			return string(r)
		}
	}
	return ""
}

// replaced is the text with a question mark for what the encoding does not have.
func (e *layoutEncoder) replaced(text string) string {
	return strings.Map(func(r rune) rune {
		if e.has(r) {
			return r
		}
		return '?'
	}, text)
}

// beyond reports whether a text has something behind the last character.
func (e *layoutEncoder) beyond(text string) bool {
	return e.last > 0 && strings.IndexFunc(text, func(r rune) bool { return r > e.last }) >= 0
}

func (e *layoutEncoder) has(r rune) bool {
	if e.last > 0 && r > e.last {
		return false
	}
	var one [utf8.UTFMax]byte
	_, err := e.encoder.Bytes(one[:utf8.EncodeRune(one[:], r)])
	return err == nil
}

func (e *layoutEncoder) write(encoded []byte) error {
	_, err := e.out.Write(encoded)
	return err
}

func (e *layoutEncoder) flush() error { return e.out.Flush() }
