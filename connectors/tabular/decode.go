package tabular

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// decodeText reads bytes in an encoding as UTF-8.
func decodeText(enc encoding.Encoding, src io.Reader) io.Reader {
	if page, is := enc.(*charmap.Charmap); is && keepsASCII(page) {
		return newPageReader(page, src)
	}
	return enc.NewDecoder().Reader(src)
}

func keepsASCII(page *charmap.Charmap) bool {
	for b := range byte(utf8.RuneSelf) {
		if page.DecodeByte(b) != rune(b) {
			return false
		}
	}
	return true
}

// pageReader decodes the single-byte encodings that most exports are in. They
// are ASCII but for a few letters, so it copies run by run, which is several
// times faster than looking up each byte.
type pageReader struct {
	src   io.Reader
	page  [256 - utf8.RuneSelf]string // the bytes beyond ASCII in UTF-8
	raw   []byte
	text  []byte
	ready []byte // of text, not handed out yet
	err   error  // what ended the source
}

func newPageReader(page *charmap.Charmap, src io.Reader) *pageReader {
	pr := &pageReader{src: src, raw: make([]byte, 32<<10)}
	for i := range pr.page {
		pr.page[i] = string(page.DecodeByte(byte(i + utf8.RuneSelf)))
		if pr.page[i] == string(utf8.RuneError) {
			pr.page[i] = lostByte(byte(i + utf8.RuneSelf))
		}
	}
	return pr
}

// lostByte stands for a byte that is no character, so that a fault can name it.
func lostByte(b byte) string { return fmt.Sprintf("\uFFFD\\x%02x", b) }

// lostIn finds the first lost byte of a text.
func lostIn(text string) (b byte, found bool) {
	_, rest, _ := strings.Cut(text, "\uFFFD\\x")
	if len(rest) < 2 {
		return 0, false
	}
	n, err := strconv.ParseUint(rest[:2], 16, 8)
	return byte(n), err == nil
}

// Read hands out text; for a byte that is no character it says lostByte.
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
	for {
		run := firstHigh(raw)
		if run < 0 {
			pr.text = append(pr.text, raw...)
			pr.ready = pr.text
			return
		}
		pr.text = append(pr.text, raw[:run]...)
		for ; run < len(raw) && raw[run] >= utf8.RuneSelf; run++ {
			pr.text = append(pr.text, pr.page[raw[run]-utf8.RuneSelf]...)
		}
		raw = raw[run:]
	}
}
