package tabular

import (
	"bytes"
	"errors"
	"fmt"
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
	encoding string     // as the file was read, for faults; "" while it is not decided
	valid    bool       // the text was decoded, and so is UTF-8 whatever the bytes were
	mixed    bool       // the file is windows-1252 and holds stretches of UTF-8
	host     bool       // the file comes from an IBM host, where numbers may be packed
	bytes    *utf8Check // of a file whose bytes are declared to be letters of a page
	close    func()
}

// opener opens files of one kind.
type opener struct {
	declared string   // the encoding; "" is none
	kind     string   // what the file is said to be
	lost     lostFunc // what stands for a byte that is no character
}

// openText looks at the first bytes of a file and makes text of it. A byte
// order mark beats the declared encoding: it is what the ERP did last.
func (o opener) openText(src io.Reader) (*source, error) {
	head := make([]byte, sniffed)
	n, err := io.ReadFull(src, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]

	if len(head) == 0 {
		return nil, &pipeline.Incomplete{Why: "the file is empty"}
	}
	if len(bytes.Trim(head, "\x00")) == 0 {
		return nil, &pipeline.Incomplete{Why: "the file is still blank: its bytes are all zero"}
	}
	if o.declared == "" {
		return o.openUndeclared(head, src)
	}
	return o.openDeclared(head, src)
}

func (o opener) openDeclared(head []byte, src io.Reader) (*source, error) {
	enc, err := encodingOf(o.declared)
	if err != nil {
		return nil, err
	}
	if isEBCDIC(enc) {
		return o.openHost(enc, head, src)
	}
	if err := o.refuse(head); err != nil {
		return nil, err
	}
	if marked, err := o.openMarked(head, src); marked != nil || err != nil {
		return marked, err
	}
	if isUTF16(enc) {
		if err := refuseNarrow(head, enc == utf16BE, o.declared); err != nil {
			return nil, err
		}
		return o.decoded(enc, o.declared, evenBytes(whole(head, src))), nil
	}
	if looksUTF16(head) {
		return nil, unmarkedUTF16()
	}
	if isUTF8(enc) {
		return plainUTF8(whole(head, src)), nil
	}
	return o.openPage(enc, whole(head, src)), nil
}

// openHost reads a file of an IBM host.
func (o opener) openHost(enc encoding.Encoding, head []byte, src io.Reader) (*source, error) {
	if looksASCII(head) {
		return nil, &pipeline.Unreadable{
			Why:  fmt.Sprintf("the file is not %s: its letters are those of ASCII, so the transfer has converted it", o.declared),
			Hint: "say the encoding that it has now, such as windows-1252 or cp850, or have it transferred as binary",
		}
	}
	s := o.decoded(enc, o.declared, whole(head, src))
	s.host = true
	return s, nil
}

// openPage reads text in an old encoding, and watches whether it is UTF-8 all the
// same.
func (o opener) openPage(enc encoding.Encoding, text io.Reader) *source {
	if !keepsASCII(enc) {
		return o.decoded(enc, o.declared, text)
	}
	check := &utf8Check{}
	s := o.decoded(enc, o.declared, &watched{src: text, check: check})
	s.bytes = check
	return s
}

func (o opener) openUndeclared(head []byte, src io.Reader) (*source, error) {
	if err := o.refuse(head); err != nil {
		return nil, err
	}
	if marked, err := o.openMarked(head, src); marked != nil || err != nil {
		return marked, err
	}
	if looksUTF16(head) {
		return nil, unmarkedUTF16()
	}
	s := &source{}
	u := newUndecided(head, src, o.lost, s)
	s.text, s.close = u, u.close
	return s, nil
}

// refuse says what the file is, where it is no text of this world.
func (o opener) refuse(head []byte) error {
	if err := refuseDisguise(head, o.kind); err != nil {
		return err
	}
	if looksEBCDIC(head) {
		return &pipeline.Unreadable{
			Why:  "the file looks like EBCDIC, the text of IBM hosts",
			Hint: "say encoding: cp037, or cp273 for a German host, or have it transferred as text",
		}
	}
	return nil
}

// openMarked reads a file that starts with a byte order mark; nil when it does
// not.
func (o opener) openMarked(head []byte, src io.Reader) (*source, error) {
	switch {
	case bytes.HasPrefix(head, bomUTF32LE), bytes.HasPrefix(head, bomUTF32BE):
		return nil, &pipeline.Unreadable{Why: "the file is in UTF-32", Hint: "have the ERP write UTF-8"}
	case bytes.HasPrefix(head, bomUTF8):
		return plainUTF8(whole(head[len(bomUTF8):], src)), nil
	case bytes.HasPrefix(head, bomUTF16LE):
		return o.decoded(utf16LE, "utf-16le", evenBytes(whole(head[2:], src))), nil
	case bytes.HasPrefix(head, bomUTF16BE):
		return o.decoded(utf16BE, "utf-16be", evenBytes(whole(head[2:], src))), nil
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

func (o opener) decoded(enc encoding.Encoding, name string, text io.Reader) *source {
	return &source{text: decodeLosing(enc, text, o.lost), encoding: name, valid: true, close: func() {}}
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
