package tabular

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"
)

// decode makes UTF-8 of what was read so far and of all that follows.
func (s *xmlScanner) decode() error {
	head := s.buf[:s.end]
	rest := io.MultiReader(bytes.NewReader(bytes.Clone(head)), s.src)

	switch declared := declaredXML(head); {
	case bytes.HasPrefix(head, bomUTF8):
		s.at = len(bomUTF8)
		return nil
	case bytes.HasPrefix(head, bomUTF16LE), bytes.HasPrefix(head, []byte("<\x00")):
		s.src = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(rest)
	case bytes.HasPrefix(head, bomUTF16BE), bytes.HasPrefix(head, []byte("\x00<")):
		s.src = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader(rest)
	case declared == "" || strings.EqualFold(declared, "utf-8"):
		return nil
	default:
		enc, err := encodingOf(declared)
		if err != nil {
			return err
		}
		s.src = decodeText(enc, rest)
	}
	s.at, s.end, s.ended = 0, 0, false
	return nil
}

// declaredXML is the encoding that an XML declaration names; "" without one.
func declaredXML(head []byte) string {
	declaration, _, is := bytes.Cut(head, []byte("?>"))
	if !is || !bytes.HasPrefix(declaration, []byte("<?xml")) {
		return ""
	}
	_, rest, _ := bytes.Cut(declaration, []byte("encoding"))
	rest = bytes.TrimLeft(rest, "= \t\r\n")
	if len(rest) == 0 || (rest[0] != '"' && rest[0] != '\'') {
		return ""
	}
	name, _, _ := bytes.Cut(rest[1:], rest[:1])
	return string(name)
}

// upTo takes what stands between two marks.
func (s *xmlScanner) upTo(from, to string) ([]byte, error) {
	for seen := len(from); ; {
		if i := bytes.Index(s.buf[min(s.at+seen, s.end):s.end], []byte(to)); i >= 0 {
			raw := s.buf[s.at+len(from) : s.at+seen+i]
			s.at += seen + i + len(to)
			return raw, nil
		}
		seen = max(len(from), s.end-s.at-len(to)+1)
		if err := s.must(); err != nil {
			return nil, err
		}
	}
}

// until is how far the next c is away, from an offset on.
func (s *xmlScanner) until(from int, c byte) (int, error) {
	for {
		if i := bytes.IndexByte(s.buf[s.at+from:s.end], c); i >= 0 {
			return from + i, nil
		}
		from = s.end - s.at
		if err := s.must(); err != nil {
			return 0, err
		}
	}
}

// must reads on where something has to follow.
func (s *xmlScanner) must() error {
	if s.ended {
		return badXML("it stops in the middle")
	}
	return s.more()
}

// more reads on, keeping what is unread.
func (s *xmlScanner) more() error {
	s.end = copy(s.buf, s.buf[s.at:s.end])
	s.at = 0
	if s.end == len(s.buf) {
		if len(s.buf) >= longestXML {
			return tooLongXML()
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	n, err := io.ReadAtLeast(s.src, s.buf[s.end:], 1)
	s.end += n
	if errors.Is(err, io.EOF) {
		s.ended = true
		return nil
	}
	return err
}
