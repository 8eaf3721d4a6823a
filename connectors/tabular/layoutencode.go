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
}

// newLayoutEncoder settles the encoding and writes its mark, where it is wanted.
func newLayoutEncoder(w io.Writer, f *pipeline.LayoutFile) (*layoutEncoder, error) {
	e := &layoutEncoder{out: bufio.NewWriterSize(w, 64<<10), replace: f.Replace}
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
	if err == nil {
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

func (e *layoutEncoder) has(r rune) bool {
	var one [utf8.UTFMax]byte
	_, err := e.encoder.Bytes(one[:utf8.EncodeRune(one[:], r)])
	return err == nil
}

func (e *layoutEncoder) write(encoded []byte) error {
	_, err := e.out.Write(encoded)
	return err
}

func (e *layoutEncoder) flush() error { return e.out.Flush() }
