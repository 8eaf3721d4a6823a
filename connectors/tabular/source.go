package tabular

import (
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding"

	"rentalsync/pipeline"
)

var (
	bomUTF8    = []byte("\xef\xbb\xbf")
	bomUTF16LE = []byte("\xff\xfe")
	bomUTF16BE = []byte("\xfe\xff")
	bomUTF32LE = []byte("\xff\xfe\x00\x00")
	bomUTF32BE = []byte("\x00\x00\xfe\xff")
)

// source is a file as UTF-8 text without its byte order mark. Where the bytes
// were no text in their encoding, the text is invalid UTF-8 or holds U+FFFD;
// rows are looked at for both.
type source struct {
	text     io.Reader
	encoding string // as the file was read, for faults; "" while it is not decided
	valid    bool   // the text was decoded, and so is UTF-8 whatever the bytes were
	close    func()
}

// openText looks at the first bytes of a file and makes text of it. A byte
// order mark beats the declared encoding: it is what the ERP did last.
func openText(src io.Reader, declared string) (*source, error) {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(src, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]

	if len(head) == 0 {
		return nil, &pipeline.Incomplete{Why: "the file is empty"}
	}
	if declared == "" {
		return openUndeclared(head, src)
	}
	return openDeclared(head, src, declared)
}

func openDeclared(head []byte, src io.Reader, declared string) (*source, error) {
	enc, err := encodingOf(declared)
	if err != nil {
		return nil, err
	}
	if isEBCDIC(enc) {
		return decoded(enc, declared, whole(head, src)), nil
	}
	if err := refuseDisguise(head); err != nil {
		return nil, err
	}
	if marked, err := openMarked(head, src); marked != nil || err != nil {
		return marked, err
	}
	if isUTF16(enc) {
		return decoded(enc, declared, evenBytes(whole(head, src))), nil
	}
	if looksUTF16(head) {
		return nil, unmarkedUTF16()
	}
	if isUTF8(enc) {
		return plainUTF8(whole(head, src)), nil
	}
	return decoded(enc, declared, whole(head, src)), nil
}

func openUndeclared(head []byte, src io.Reader) (*source, error) {
	if err := refuseDisguise(head); err != nil {
		return nil, err
	}
	if marked, err := openMarked(head, src); marked != nil || err != nil {
		return marked, err
	}
	if looksUTF16(head) {
		return nil, unmarkedUTF16()
	}
	s := &source{}
	u := newUndecided(head, src, func(encoding string) { s.encoding = encoding })
	s.text, s.close = u, u.close
	return s, nil
}

// openMarked reads a file that starts with a byte order mark; nil when it does
// not.
func openMarked(head []byte, src io.Reader) (*source, error) {
	switch {
	case bytes.HasPrefix(head, bomUTF32LE), bytes.HasPrefix(head, bomUTF32BE):
		return nil, &pipeline.Unreadable{Why: "the file is in UTF-32", Hint: "have the ERP write UTF-8"}
	case bytes.HasPrefix(head, bomUTF8):
		return plainUTF8(whole(head[len(bomUTF8):], src)), nil
	case bytes.HasPrefix(head, bomUTF16LE):
		return decoded(utf16LE, "utf-16le", evenBytes(whole(head[2:], src))), nil
	case bytes.HasPrefix(head, bomUTF16BE):
		return decoded(utf16BE, "utf-16be", evenBytes(whole(head[2:], src))), nil
	default:
		return nil, nil
	}
}

func unmarkedUTF16() error {
	return &pipeline.Unreadable{
		Why:  "the file looks like UTF-16 without a byte order mark: every other byte is zero",
		Hint: "say encoding: utf-16le or utf-16be, or have the ERP write UTF-8",
	}
}

func whole(head []byte, rest io.Reader) io.Reader {
	return io.MultiReader(bytes.NewReader(head), rest)
}

func plainUTF8(text io.Reader) *source {
	return &source{text: text, encoding: "utf-8", close: func() {}}
}

func decoded(enc encoding.Encoding, name string, text io.Reader) *source {
	return &source{text: decodeText(enc, text), encoding: name, valid: true, close: func() {}}
}

// replacement is U+FFFD, by which decoders say that a byte was no character.
var replacement = []byte("\uFFFD")

// clean tells quickly whether a row of the text may be passed on.
func (s *source) clean(row []byte) bool {
	if s.valid {
		return bytes.IndexByte(row, 0) < 0 && !bytes.Contains(row, replacement)
	}
	return cleanText(row)
}

// errCutCharacter ends a file that stops inside a character.
var errCutCharacter = &pipeline.Incomplete{Why: "the file ends in the middle of a character"}

// evenBytes ends text in UTF-16 that stops inside a character with the verdict
// that it is incomplete.
func evenBytes(src io.Reader) io.Reader { return &evenReader{src: src} }

type evenReader struct {
	src io.Reader
	odd bool
}

func (er *evenReader) Read(p []byte) (int, error) {
	n, err := er.src.Read(p)
	er.odd = er.odd != (n%2 == 1)

	if errors.Is(err, io.EOF) && er.odd {
		return n, errCutCharacter
	}
	return n, err
}
