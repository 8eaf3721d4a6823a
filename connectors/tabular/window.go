package tabular

import (
	"bytes"
	"errors"
	"io"

	"rentalsync/pipeline"
)

const (
	windowSize = 128 << 10
	longestRow = 16 << 20 // one row, and so the memory of a reading
)

// window shows the unread part of a text, as far as it was read, and reads on
// when asked to. What it shows is valid until it reads on.
type window struct {
	src     io.Reader
	buf     []byte
	at, end int
	lfFree  int // no LF lies in buf[at:lfFree]: a file may have none at all
	ended   bool
}

func newWindow(src io.Reader) window {
	return window{src: &markless{src: src}, buf: make([]byte, windowSize)}
}

func (w *window) data() []byte { return w.buf[w.at:w.end] }

// atEnd reports whether all of the text was taken.
func (w *window) atEnd() bool { return w.ended && w.at == w.end }

// openEnd reports whether all of the text was taken, and its last line has no
// line end.
func (w *window) openEnd() bool {
	if !w.atEnd() || w.end == 0 {
		return false
	}
	last := w.buf[w.end-1]
	return last != '\n' && last != '\r'
}

// more reads on, keeping what is unread; false at the end of the text.
func (w *window) more() (bool, error) {
	if w.ended {
		return false, nil
	}
	if err := w.makeRoom(); err != nil {
		return false, err
	}

	for range 100 {
		n, err := w.src.Read(w.buf[w.end:])
		w.end += n

		if errors.Is(err, io.EOF) {
			w.ended = true
			return true, nil
		}
		if n > 0 || err != nil {
			return err == nil, err
		}
	}
	return false, io.ErrNoProgress
}

func (w *window) makeRoom() error {
	if w.at > 0 {
		w.lfFree = max(0, w.lfFree-w.at)
		w.end = copy(w.buf, w.data())
		w.at = 0
	}
	if w.end < len(w.buf) {
		return nil
	}
	if len(w.buf) >= longestRow {
		return &pipeline.Unreadable{
			Why:  "a row is longer than 16 MiB",
			Hint: "check the encoding and the line ends: this may be no text file",
		}
	}
	w.buf = append(w.buf, make([]byte, len(w.buf))...)
	return nil
}

// lineEnd finds the end of the physical line that the byte at from is in, and
// where the next line starts. LF, CRLF and CR end a line, in any mixture.
func (w *window) lineEnd(from int) (end, next int, err error) {
	for seen := from; ; {
		data := w.data()

		if i := w.lineBreak(data[seen:], w.at+seen); i < 0 {
			seen = len(data)
		} else if end = seen + i; data[end] == '\n' {
			return end, end + 1, nil
		} else if end+1 < len(data) {
			return end, end + breakSize(data[end:]), nil
		} else {
			seen = end // its LF may not be read yet
		}

		more, err := w.more()
		if err != nil {
			return 0, 0, err
		}
		if !more {
			return seen, len(w.data()), nil
		}
	}
}

// lineBreak is the place of the first CR or LF in b, which is what buf shows
// from a place on; -1 without one.
func (w *window) lineBreak(b []byte, from int) int {
	free := min(max(0, w.lfFree-from), len(b))
	lf := bytes.IndexByte(b[free:], '\n')
	if lf >= 0 {
		lf += free
		b = b[:lf]
	} else if from <= max(w.at, w.lfFree) { // nothing before it was left out
		w.lfFree = from + len(b)
	}
	if cr := bytes.IndexByte(b, '\r'); cr >= 0 {
		return cr
	}
	return lf
}

// breakSize is the size of the line end that b starts with.
func breakSize(b []byte) int {
	if b[0] == '\r' && len(b) > 1 && b[1] == '\n' {
		return 2
	}
	return 1
}

// countBreaks counts the line ends in b.
func countBreaks(b []byte) int {
	n := bytes.Count(b, []byte{'\n'})
	for {
		cr := bytes.IndexByte(b, '\r')
		if cr < 0 {
			return n
		}
		if cr+1 == len(b) || b[cr+1] != '\n' {
			n++
		}
		b = b[cr+1:]
	}
}
