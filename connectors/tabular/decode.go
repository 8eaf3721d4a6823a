package tabular

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"rentalsync/transforms"
)

// nextLine is the character by which IBM hosts end a line.
const nextLine = '\u0085'

// decodeText reads bytes in an encoding as UTF-8. Where a byte is no character,
// the text names it.
func decodeText(enc encoding.Encoding, src io.Reader) io.Reader {
	return decodeLosing(enc, src, lostByte)
}

// decodeLosing reads bytes in an encoding as UTF-8, with a writing of its own of
// what is lost. A host's line end becomes ours.
func decodeLosing(enc encoding.Encoding, src io.Reader, lost lostFunc) io.Reader {
	switch page := enc.(type) {
	case *transforms.EBCDIC:
		return newPageReader(src, hostText(page))
	case *charmap.Charmap:
		if keepsASCII(page) {
			return newPageReader(src, pageText(page, lost))
		}
	}
	return enc.NewDecoder().Reader(src)
}

func keepsASCII(enc encoding.Encoding) bool {
	page, is := enc.(*charmap.Charmap)
	if !is {
		return false
	}
	for b := range byte(utf8.RuneSelf) {
		if page.DecodeByte(b) != rune(b) {
			return false
		}
	}
	return true
}

// hostText is what the bytes of a host mean.
func hostText(page *transforms.EBCDIC) (text [256]string) {
	for b := range text {
		r := page.Rune(byte(b))
		if r == nextLine {
			r = '\n'
		}
		text[b] = string(r)
	}
	return text
}

// pageText is what the bytes of a single-byte encoding mean. The control
// characters beyond ASCII, which some of them have, are no text: an ERP that
// seems to write them means another encoding.
func pageText(page *charmap.Charmap, lost lostFunc) (text [256]string) {
	for i := range text {
		r := page.DecodeByte(byte(i))
		text[i] = string(r)
		if r == utf8.RuneError || (r >= 0x80 && r < 0xA0) {
			text[i] = lost(byte(i))
		}
	}
	return text
}

// lostFunc writes a byte that is no character.
type lostFunc func(byte) string

// lostByte names the byte, so that a fault can name it.
func lostByte(b byte) string { return fmt.Sprintf("\uFFFD\\x%02x", b) }

// lostCharacter keeps the place of the byte, for text that is cut by characters.
func lostCharacter(byte) string { return "\uFFFD" }

// lostIn finds the first lost byte of a text.
func lostIn(text string) (b byte, found bool) {
	_, rest, _ := strings.Cut(text, "\uFFFD\\x")
	if len(rest) < 2 {
		return 0, false
	}
	n, err := strconv.ParseUint(rest[:2], 16, 8)
	return byte(n), err == nil
}

// pageReader decodes the single-byte encodings that most exports are in. Where
// they are ASCII but for a few letters it copies run by run, which is several
// times faster than looking up each byte.
type pageReader struct {
	src   io.Reader
	page  [256]string // the bytes in UTF-8
	ascii bool        // the first half of them is ASCII
	raw   []byte
	text  []byte
	ready []byte // of text, not handed out yet
	err   error  // what ended the source
}

func newPageReader(src io.Reader, page [256]string) *pageReader {
	return &pageReader{src: src, page: page, ascii: page['A'] == "A", raw: make([]byte, 32<<10)}
}

// Read hands out text.
func (pr *pageReader) Read(p []byte) (int, error) {
	if len(pr.ready) == 0 && pr.err == nil {
		var n int
		n, pr.err = pr.src.Read(pr.raw)
		pr.decode(pr.raw[:n])
	}
	if len(pr.ready) == 0 {
		return 0, pr.err
	}
	n := copy(p, pr.ready)
	pr.ready = pr.ready[n:]
	return n, nil
}

func (pr *pageReader) decode(raw []byte) {
	pr.text = pr.text[:0]
	if pr.ascii {
		pr.decodeRuns(raw)
	} else {
		for _, b := range raw {
			pr.text = append(pr.text, pr.page[b]...)
		}
	}
	pr.ready = pr.text
}

func (pr *pageReader) decodeRuns(raw []byte) {
	for {
		run := firstHigh(raw)
		if run < 0 {
			pr.text = append(pr.text, raw...)
			return
		}
		pr.text = append(pr.text, raw[:run]...)
		for ; run < len(raw) && raw[run] >= utf8.RuneSelf; run++ {
			pr.text = append(pr.text, pr.page[raw[run]]...)
		}
		raw = raw[run:]
	}
}
