package tabular

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"rentalsync/pipeline"
)

// fixedScanner cuts text into records: at its line ends, or, where the first
// record is followed by none, into blocks of a length.
type fixedScanner struct {
	scanner
	length  int  // of a record; 0 is not known
	blocks  bool // there are no line ends
	record  int  // the number of the last block
	short   bool // the last block is not all there
	nothing bool // nothing but fill has come so far
}

func newFixedScanner(text *source, length int) *fixedScanner {
	return &fixedScanner{
		scanner: scanner{window: newWindow(&hostBreaks{src: text.text}), delimiter: []byte(" "), line: 1},
		length:  length,
		nothing: true,
	}
}

// begin finds out what ends a record, by the first one. A file that has more than
// blanks behind its first record, and no line end there, has none at all.
func (s *fixedScanner) begin() error {
	if s.length == 0 {
		return nil
	}
	head, err := s.ahead(2*utf8.UTFMax*s.length + 1)
	if err != nil {
		return err
	}
	line := head
	if end := bytes.IndexAny(head, "\r\n"); end >= 0 {
		line = head[:end]
	}
	size := skipRunes(line, s.length)
	s.blocks = size >= 0 && !(isFill(line[size:]) && len(line) < len(head)) && len(head) > size
	return nil
}

// ahead shows the next bytes, fewer only at the end of the text.
func (s *fixedScanner) ahead(size int) ([]byte, error) {
	for len(s.data()) < size {
		more, err := s.more()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
	}
	return s.data()[:min(size, len(s.data()))], nil
}

// next is the next record, and its physical line, or its number where the file
// has no lines; io.EOF after the last one.
func (s *fixedScanner) next() (raw []byte, line int, err error) {
	if s.blocks {
		raw, line, err = s.nextBlock()
	} else {
		raw, line, err = s.nextLine()
	}
	if s.nothing && err == nil {
		s.nothing = isFill(raw)
	}
	return raw, line, err
}

func (s *fixedScanner) nextLine() ([]byte, int, error) {
	raw, err := s.peek()
	if err != nil {
		return nil, 0, err
	}
	line := s.line
	s.skip()
	return raw, line, nil
}

// nextBlock takes as many characters as a record has.
func (s *fixedScanner) nextBlock() ([]byte, int, error) {
	data, err := s.ahead(utf8.UTFMax * s.length)
	if err != nil {
		return nil, 0, err
	}
	if len(data) == 0 {
		return nil, 0, io.EOF
	}
	s.record++

	size := skipRunes(data, s.length)
	if size < 0 {
		size, s.short = len(data), true
	}
	raw := data[:size]
	if at := bytes.IndexAny(raw, "\r\n"); at >= 0 && !isFill(raw) {
		return nil, 0, s.mixed(raw, at)
	}
	s.at += size
	return raw, s.record, nil
}

// mixed refuses a file of blocks in which a line end stands.
func (s *fixedScanner) mixed(raw []byte, at int) error {
	return &pipeline.Unreadable{
		Why: fmt.Sprintf("record %d has a line end at its character %d, and no line end stands behind the first record",
			s.record, utf8.RuneCount(raw[:at])+1),
		Hint: fmt.Sprintf("say length: with the true number of characters of a record (it is %d), or have the ERP end every record alike", s.length),
	}
}

// open tells that the file ends behind the record in hand, without a line end.
func (s *fixedScanner) open() bool { return s.short || (!s.blocks && s.openEnd()) }

// unit is what the file counts its records by.
func (s *fixedScanner) unit() string {
	if s.blocks {
		return "record"
	}
	return "line"
}

// skipRunes is the size of the first n characters of b; -1 where it has fewer.
func skipRunes(b []byte, n int) int {
	if n <= len(b) && firstHigh(b[:n]) < 0 {
		return n
	}
	size := 0
	for ; n > 0; n-- {
		if size == len(b) {
			return -1
		}
		_, width := utf8.DecodeRune(b[size:])
		size += width
	}
	return size
}

// hostBreaks makes the line end of IBM hosts ours, where a transfer has kept it as
// a character.
type hostBreaks struct {
	src   io.Reader
	raw   []byte
	ready []byte // of raw, not handed out yet
	held  int    // 1 where the first byte of raw is half of a line end
	err   error  // what ended the source
}

// hostBreak is the line end U+0085 in UTF-8.
const hostBreak = "\xc2\x85"

// Read hands out text.
func (h *hostBreaks) Read(p []byte) (int, error) {
	if len(h.ready) == 0 && h.err == nil {
		h.fill()
	}
	if len(h.ready) == 0 {
		return 0, h.err
	}
	n := copy(p, h.ready)
	h.ready = h.ready[n:]
	return n, nil
}

// fill reads on; it holds back a byte that may be half of a line end.
func (h *hostBreaks) fill() {
	if h.raw == nil {
		h.raw = make([]byte, 32<<10)
	}
	n, err := h.src.Read(h.raw[h.held:])
	h.err = err
	text := h.raw[:h.held+n]
	h.held = 0
	if bytes.Contains(text, []byte(hostBreak)) {
		text = bytes.ReplaceAll(text, []byte(hostBreak), []byte("\n"))
	}
	if last := len(text) - 1; err == nil && last >= 0 && text[last] == hostBreak[0] {
		h.held = 1
		if last > 0 {
			text = bytes.Clone(text[:last])
		} else {
			text = nil
		}
		h.raw[0] = hostBreak[0]
	}
	h.ready = text
}
