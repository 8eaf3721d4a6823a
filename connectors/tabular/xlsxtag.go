package tabular

import (
	"bytes"
	"fmt"
)

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

func localName(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i > 0 && i+1 < len(name) {
		return name[i+1:]
	}
	return name
}
