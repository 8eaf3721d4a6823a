package tabular

import (
	"bytes"
	"errors"
	"io"
)

// endMark is the byte by which old systems end a text file.
const endMark = 0x1A

// mostHeld bounds what is held back behind an end mark.
const mostHeld = 64 << 10

// markless reads a text without the end marks at its end, and without the line
// ends among them. A mark is held back until something follows it.
type markless struct {
	src   io.Reader
	held  []byte
	ready []byte // to be handed out before more is read
}

// Read hands out text; marks that turn out to be the end are dropped.
func (m *markless) Read(p []byte) (int, error) {
	for len(m.ready) == 0 {
		n, err := m.src.Read(p)
		ended := errors.Is(err, io.EOF)

		if len(m.held) == 0 && !ended {
			keep := markStart(p[:n])
			m.held = append(m.held, p[keep:n]...)
			if keep > 0 || n == 0 || err != nil {
				return keep, err
			}
			continue
		}

		m.held = append(m.held, p[:n]...)
		if m.release(ended); len(m.ready) == 0 && err != nil {
			return 0, err
		}
	}

	n := copy(p, m.ready)
	m.ready = m.ready[n:]
	return n, nil
}

// release makes ready what is text by now, and drops the marks at the end.
func (m *markless) release(ended bool) {
	keep := markStart(m.held)
	if !ended && len(m.held)-keep > mostHeld {
		keep = len(m.held)
	}
	m.ready, m.held = m.held[:keep:keep], bytes.Clone(m.held[keep:])
	if ended {
		m.held = nil
	}
}

// markStart is where the end marks at the end of b start; len(b) without one.
func markStart(b []byte) int {
	if len(b) == 0 || (b[len(b)-1] != endMark && b[len(b)-1] != '\n' && b[len(b)-1] != '\r') {
		return len(b)
	}
	text := bytes.TrimRight(b, "\x1a\r\n")
	if mark := bytes.IndexByte(b[len(text):], endMark); mark >= 0 {
		return len(text) + mark
	}
	return len(b)
}
