package iris

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"

	"golang.org/x/text/encoding"
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
	reading   func(*element) error // of a machine that the document does not name
}

// visitLink takes a link, or the several that one member holds.
func (v visitor) visitLink(e *element) {
	for _, l := range e.all() {
		v.link(Link{Rel: l.get("rel"), Href: l.get("href")})
	}
}

// visit takes an Equipment, or those that lie in it.
func (v visitor) visit(e *element) error {
	if e.child(keyOf(headerName)) != nil || e.child("equipment") == nil {
		return v.equipment(e)
	}
	for i := range e.children {
		if c := &e.children[i]; c.key == "equipment" && len(c.children) > 0 {
			for _, one := range c.all() {
				if err := v.equipment(&one); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// visitReading takes one reading of a series, with what names its machine.
func (v visitor) visitReading(header *element, one element) error {
	e := named("Equipment")
	if header != nil {
		e.children = append(e.children, *header)
	}
	if one.key == "reading" {
		e.children = append(e.children, one.children...)
	} else {
		e.children = append(e.children, one)
	}
	if header != nil {
		return v.equipment(&e)
	}
	return v.reading(&e)
}

// errEnough ends the reading of a fleet that nobody wants more of.
var errEnough = errors.New("enough")

// ReadEquipment yields the machines of one document of ISO 15143-3 or AEMP 1.2,
// XML or JSON, of whatever maker. One that cannot be understood has faults, and
// reading goes on; an error ends it: the document is broken, or no fleet.
func ReadEquipment(in io.Reader) iter.Seq2[*Equipment, error] {
	return func(yield func(*Equipment, error) bool) {
		item := 0
		tell := func(e *element, named bool) error {
			item++
			eq := understand(e, item)
			if !named {
				eq.withoutName()
			}
			if !yield(&eq, nil) {
				return errEnough
			}
			return nil
		}
		err := readFleet(in, visitor{
			link:      func(Link) {},
			equipment: func(e *element) error { return tell(e, true) },
			reading:   func(e *element) error { return tell(e, false) },
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	}
}

// ReadFleet yields the machines of one document of the export, as the pipeline
// takes them. A *pipeline.MachineError stands for a machine that cannot be
// understood, and reading goes on; any other error ends it.
func ReadFleet(in io.Reader) iter.Seq2[pipeline.Machine, error] {
	return func(yield func(pipeline.Machine, error) bool) {
		for eq, err := range ReadEquipment(in) {
			var m pipeline.Machine
			if err == nil {
				m, err = eq.machine()
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

// readFleet tells XML from JSON by its first character.
func readFleet(in io.Reader, each visitor) error {
	bytes := bufio.NewReader(in)
	text := bufio.NewReader(transform.NewReader(bytes, unicode.BOMOverride(unmarked(bytes))))
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
			return readXML(&leash{in: text}, each)
		}
		return readJSON(&leash{in: transform.NewReader(text, encoding.UTF8Validator)}, each)
	}
}

// unmarked is what reads a document without a byte order mark: UTF-16 shows by
// the zero beside its first character.
func unmarked(in *bufio.Reader) transform.Transformer {
	first, err := in.Peek(2)
	switch {
	case err != nil:
	case first[0] == 0 && first[1] != 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()
	case first[1] == 0 && first[0] != 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()
	}
	return transform.Nop
}

// maxToken bounds one name or value of a document: it has to be held in memory.
const maxToken = 1 << 20

// leash ends the reading of a document in which nothing comes to its end.
type leash struct {
	in   io.Reader
	read int // since it was renewed
}

// Read reads on while the leash is long enough.
func (l *leash) Read(p []byte) (int, error) {
	if l.read > maxToken {
		return 0, fmt.Errorf("a name or value is longer than %d bytes", maxToken)
	}
	n, err := l.in.Read(p)
	l.read += n
	if errors.Is(err, encoding.ErrInvalidUTF8) {
		err = errors.New("document is not UTF-8, as JSON has to be; save it as UTF-8")
	}
	return n, err
}

func (l *leash) renew() { l.read = 0 }

// unfinished says that a document ends where it must not.
func unfinished(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
