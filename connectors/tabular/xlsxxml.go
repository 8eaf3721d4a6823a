package tabular

import (
	"bytes"
	"io"

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
