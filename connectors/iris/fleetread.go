package iris

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"rentalsync/pipeline"
)

// Link leads from one page of the export to another.
type Link struct{ Rel, Href string }

// visitor takes what is in a fleet as it is read.
type visitor struct {
	link      func(Link)
	equipment func(*element) error
}

// visit takes a child of the fleet. What is neither a link nor equipment is not
// ours to judge.
func (v visitor) visit(e *element) error {
	switch {
	case strings.EqualFold(e.name, "Links"):
		v.link(Link{Rel: e.get("rel"), Href: e.get("href")})
	case strings.EqualFold(e.name, "Equipment"):
		return v.equipment(e)
	}
	return nil
}

// errEnough ends the reading of a fleet that nobody wants more of.
var errEnough = errors.New("enough")

// ReadFleet yields the machines of one document of the export, XML or JSON. A
// *pipeline.MachineError stands for a machine that cannot be understood, and
// reading goes on; any other error ends it: the document is broken, or no fleet.
func ReadFleet(in io.Reader) iter.Seq2[pipeline.Machine, error] {
	return func(yield func(pipeline.Machine, error) bool) {
		err := readFleet(in, visitor{
			link: func(Link) {},
			equipment: func(e *element) error {
				if !yield(machine(e)) {
					return errEnough
				}
				return nil
			},
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(pipeline.Machine{}, err)
		}
	}
}

// readFleet tells XML from JSON by its first character.
func readFleet(in io.Reader, each visitor) error {
	text := bufio.NewReader(transform.NewReader(in, unicode.BOMOverride(transform.Nop)))
	for {
		c, err := text.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return errors.New("document is empty")
		case err != nil:
			return err
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			continue
		}
		_ = text.UnreadByte() // one byte was just read
		if c == '<' {
			return readXML(text, each)
		}
		return readJSON(text, each)
	}
}

// unfinished says that a document ends where it must not.
func unfinished(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
