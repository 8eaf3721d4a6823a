package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding/unicode"

	"rentalsync/pipeline"
)

// The XML of a workbook is plain: no document types, no entities but the five,
// few levels. A scanner that takes only this is several times faster than one of
// all XML, and nothing in a file can make it grow.
const (
	xmlBuffer   = 64 << 10
	longestXML  = 16 << 20 // one tag, or one stretch of text
	deepestXML  = 128
	mostXMLAttr = 1024
)

// xmlKind is what a piece of XML is.
type xmlKind uint8

const (
	xmlStart xmlKind = iota + 1
	xmlEnd           // also of an element that has no content
	xmlText
)

// xmlScanner reads XML piece by piece. What it shows is valid until the next
// piece. Prefixes of names do not count: workbooks are written with and without.
type xmlScanner struct {
	src     io.Reader
	buf     []byte
	at, end int // what is not read yet
	ended   bool

	name  []byte // of a start or an end
	attrs []xmlAttr
	text  []byte
	run   []byte // of a rich text, reused for every run

	open    []byte // the full names of the open elements, one behind the other
	depths  []int  // where each of them starts
	closing bool   // the start in hand was its own end
	rooted  bool
}

// xmlAttr is an attribute, with its prefix.
type xmlAttr struct{ name, value []byte }

// newXMLScanner reads UTF-8, or what the text itself says it is.
func newXMLScanner(src io.Reader) (*xmlScanner, error) {
	s := &xmlScanner{src: src, buf: make([]byte, xmlBuffer)}
	for s.end < sniffed && !s.ended {
		if err := s.more(); err != nil {
			return nil, err
		}
	}
	return s, s.decode()
}

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

// next reads one piece. It is io.EOF behind the end of the outermost element.
func (s *xmlScanner) next() (xmlKind, error) {
	if s.closing {
		s.closing = false
		s.pop()
		return xmlEnd, nil
	}
	for {
		if s.rooted && len(s.depths) == 0 {
			return 0, io.EOF
		}
		if s.at == s.end {
			if err := s.must(); err != nil {
				return 0, err
			}
		}
		if s.buf[s.at] != '<' {
			return s.readText()
		}
		kind, err := s.readTag()
		if kind != 0 || err != nil {
			return kind, err
		}
	}
}

// readText takes what stands before the next tag.
func (s *xmlScanner) readText() (xmlKind, error) {
	size, err := s.until(0, '<')
	if err != nil {
		return 0, err
	}
	raw := s.buf[s.at : s.at+size]
	s.at += size
	s.text, err = xmlUnescaped(raw)
	return xmlText, err
}

// readTag takes what starts with a <; 0 is a piece that says nothing.
func (s *xmlScanner) readTag() (xmlKind, error) {
	for s.end-s.at < 2 {
		if err := s.must(); err != nil {
			return 0, err
		}
	}
	switch s.buf[s.at+1] {
	case '?':
		_, err := s.upTo("<?", "?>")
		return 0, err
	case '!':
		return s.readMark()
	}

	size, err := s.tagEnd()
	if err != nil {
		return 0, err
	}
	tag := s.buf[s.at+1 : s.at+size]
	s.at += size + 1
	if tag[0] == '/' {
		return xmlEnd, s.readEnd(bytes.TrimRight(tag[1:], xmlSpace))
	}
	return xmlStart, s.readStart(tag)
}

// readMark takes a comment or a CDATA section. A document type is refused: it
// is the door to entities that grow, and to files outside.
func (s *xmlScanner) readMark() (kind xmlKind, err error) {
	for s.end-s.at < len("<![CDATA[") && !s.ended {
		if err := s.more(); err != nil {
			return 0, err
		}
	}
	switch mark := s.buf[s.at:s.end]; {
	case bytes.HasPrefix(mark, []byte("<!--")):
		_, err = s.upTo("<!--", "-->")
		return 0, err
	case bytes.HasPrefix(mark, []byte("<![CDATA[")):
		raw, err := s.upTo("<![CDATA[", "]]>")
		s.text = raw
		return xmlText, err
	}
	return 0, &pipeline.Unreadable{
		Why:  "the workbook's XML declares a document type or entities, which no spreadsheet program does",
		Hint: "find out who made this file; open it in Excel and save it as .xlsx",
	}
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

// tagEnd is how far the > that ends a tag is away. A value may hold one too.
func (s *xmlScanner) tagEnd() (int, error) {
	for size := 1; ; {
		i, err := s.until(size, '>')
		if err != nil {
			return 0, err
		}
		if i == 1 {
			return 0, badXML("a tag has no name")
		}
		if quote := openQuote(s.buf[s.at+size : s.at+i]); quote != 0 {
			if i, err = s.until(i, quote); err != nil {
				return 0, err
			}
			size = i + 1
			continue
		}
		return i, nil
	}
}

// openQuote is the quote that is not closed in a stretch of a tag; 0 without.
func openQuote(tag []byte) (quote byte) {
	for _, c := range tag {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return quote
}

const xmlSpace = " \t\r\n"

// readStart takes name and attributes out of a tag.
func (s *xmlScanner) readStart(tag []byte) error {
	if s.closing = tag[len(tag)-1] == '/'; s.closing {
		tag = tag[:len(tag)-1]
	}
	size := bytes.IndexAny(tag, xmlSpace)
	if size < 0 {
		size = len(tag)
	}
	if size == 0 {
		return badXML("a tag has no name")
	}
	if err := s.push(tag[:size]); err != nil {
		return err
	}
	s.name = localName(tag[:size])
	return s.readAttrs(tag[size:])
}

func (s *xmlScanner) readAttrs(tag []byte) error {
	s.attrs = s.attrs[:0]
	for {
		tag = bytes.TrimLeft(tag, xmlSpace)
		if len(tag) == 0 {
			return nil
		}
		equals := bytes.IndexByte(tag, '=')
		if equals < 0 || len(s.attrs) == mostXMLAttr {
			return badXML("a tag has an attribute without a value, or too many of them")
		}
		name := bytes.TrimRight(tag[:equals], xmlSpace)
		tag = bytes.TrimLeft(tag[equals+1:], xmlSpace)
		if len(tag) == 0 || (tag[0] != '"' && tag[0] != '\'') {
			return badXML("a value is not quoted")
		}
		size := bytes.IndexByte(tag[1:], tag[0])
		if size < 0 {
			return badXML("a value is not quoted to its end")
		}
		value, err := xmlUnescaped(tag[1 : 1+size])
		if err != nil {
			return err
		}
		s.attrs = append(s.attrs, xmlAttr{name: name, value: value})
		tag = tag[size+2:]
	}
}

// attr is the value of an attribute that has no prefix; nil without it.
func (s *xmlScanner) attr(name string) []byte {
	for _, a := range s.attrs {
		if string(a.name) == name {
			return a.value
		}
	}
	return nil
}

// linked is the value of an attribute of whatever prefix, as r:id has one.
func (s *xmlScanner) linked(name string) []byte {
	for _, a := range s.attrs {
		if string(localName(a.name)) == name {
			return a.value
		}
	}
	return nil
}

func (s *xmlScanner) push(name []byte) error {
	if len(s.depths) == deepestXML {
		return badXML("its tags are nested too deeply")
	}
	s.rooted = true
	s.depths = append(s.depths, len(s.open))
	s.open = append(s.open, name...)
	return nil
}

// readEnd takes the end of the innermost element, whose name it must bear.
func (s *xmlScanner) readEnd(name []byte) error {
	if len(s.depths) == 0 {
		return badXML("an end has no start")
	}
	if opened := s.open[s.depths[len(s.depths)-1]:]; !bytes.Equal(opened, name) {
		return badXML(fmt.Sprintf("<%s> ends as </%s>", shortened(string(opened)), shortened(string(name))))
	}
	s.name = localName(name)
	s.pop()
	return nil
}

func (s *xmlScanner) pop() {
	last := len(s.depths) - 1
	s.open, s.depths = s.open[:s.depths[last]], s.depths[:last]
}

// depth is how many elements are open.
func (s *xmlScanner) depth() int { return len(s.depths) }

// skip passes over the element whose start is in hand.
func (s *xmlScanner) skip() error {
	for outside := s.depth() - 1; ; {
		if kind, err := s.next(); err != nil || kind == xmlEnd && s.depth() == outside {
			return err
		}
	}
}

// content appends the text of the element whose start is in hand to dst.
func (s *xmlScanner) content(dst []byte) ([]byte, error) {
	for outside := s.depth() - 1; ; {
		kind, err := s.next()
		switch {
		case err != nil:
			return dst, err
		case kind == xmlText && len(dst)+len(s.text) > longestXML:
			return dst, tooLongXML()
		case kind == xmlText:
			dst = append(dst, s.text...)
		case kind == xmlEnd && s.depth() == outside:
			return dst, nil
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

func localName(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i > 0 && i+1 < len(name) {
		return name[i+1:]
	}
	return name
}

func badXML(what string) error {
	return &pipeline.Unreadable{
		Why:  "the workbook is damaged: its XML cannot be read, " + what,
		Hint: "have the ERP write it again, or open it in Excel and save it",
	}
}

func tooLongXML() error {
	return &pipeline.Unreadable{
		Why:  "the workbook holds a value or a row longer than 16 MiB",
		Hint: "no spreadsheet program writes this: find out who made this file",
	}
}
