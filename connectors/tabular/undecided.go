package tabular

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// undecided reads a file that says nothing of its encoding. Until the first
// byte beyond ASCII there is nothing to decide: all candidates agree. There it
// looks at everything that follows, to the end of the file, before it hands out
// another byte: UTF-8 is UTF-8, all else is windows-1252. So a file never changes
// its encoding half way, however late its first umlaut comes.
//
// A file that holds both is what most of its letters are, and the rows that are
// not are told one by one.
//
// A source that can seek is read twice; of another one, what follows is spooled
// (see spool.go), so that memory stays bounded.
type undecided struct {
	src  io.Reader // what was not read yet
	head []byte    // read, and not handed out
	text io.Reader // once it is decided
	lost lostFunc  // what stands for a byte that is no character
	tell *source   // is told the encoding once it is decided
	temp *spool    // what was read ahead of its turn; nil for a source that seeks
}

func newUndecided(head []byte, src io.Reader, lost lostFunc, tell *source) *undecided {
	return &undecided{src: src, head: head, lost: lost, tell: tell}
}

// Read hands out text in UTF-8.
func (u *undecided) Read(p []byte) (int, error) {
	if u.text != nil {
		return u.text.Read(p)
	}

	n, err := u.fill(p)
	high := firstHigh(p[:n])
	if high < 0 {
		return n, err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return high, err
	}

	u.head = append(bytes.Clone(p[high:n]), u.head...)
	if err := u.decide(); err != nil || high > 0 {
		return high, err
	}
	return u.text.Read(p)
}

// fill takes what was read before, then what the source has.
func (u *undecided) fill(p []byte) (int, error) {
	if len(u.head) == 0 {
		return u.src.Read(p)
	}
	n := copy(p, u.head)
	u.head = u.head[n:]
	return n, nil
}

// decide looks at the rest of the file and settles what its bytes mean.
func (u *undecided) decide() error {
	var check utf8Check
	check.look(u.head)

	rest, err := u.lookAhead(&check)
	if err != nil {
		return err
	}

	u.text = io.MultiReader(bytes.NewReader(u.head), rest)
	if check.valid() {
		u.tell.encoding = "utf-8"
		return nil
	}
	u.tell.encoding, u.tell.mixed = "windows-1252", check.whole > 0
	u.text = decodeLosing(charmap.Windows1252, u.text, u.lost)
	return nil
}

// lookAhead shows the rest of the source to check and returns a reader that
// starts where the look began.
func (u *undecided) lookAhead(check *utf8Check) (io.Reader, error) {
	if seeker, can := u.src.(io.Seeker); can {
		if at, err := seeker.Seek(0, io.SeekCurrent); err == nil {
			if _, err := io.Copy(check, u.src); err != nil {
				return nil, err
			}
			_, err := seeker.Seek(at, io.SeekStart)
			return u.src, err
		}
	}

	u.temp = &spool{}
	if _, err := io.Copy(u.temp, io.TeeReader(u.src, check)); err != nil {
		return nil, err
	}
	return u.temp.reader()
}

func (u *undecided) close() {
	if u.temp != nil {
		u.temp.close()
	}
}

// utf8Check counts what is UTF-8 in all that is written to it, in pieces of any
// size.
type utf8Check struct {
	carry []byte // the start of a character whose end has not come
	whole int    // characters of several bytes
	stray int    // bytes that belong to none
}

// Write looks at the next piece; it never fails.
func (c *utf8Check) Write(p []byte) (int, error) {
	c.look(p)
	return len(p), nil
}

func (c *utf8Check) look(p []byte) {
	if len(c.carry) > 0 {
		p = append(c.carry, p...)
	}
	cut := len(p) - cutTail(p)
	c.carry = bytes.Clone(p[cut:])

	for p = p[:cut]; ; {
		high := firstHigh(p)
		if high < 0 {
			return
		}
		r, size := utf8.DecodeRune(p[high:])
		if r == utf8.RuneError && size == 1 {
			c.stray++
		} else {
			c.whole++
		}
		p = p[high+size:]
	}
}

// valid is the verdict at the end. A file that ends inside a character is still
// UTF-8 when characters before it prove so: it was cut, and its last row says
// that.
func (c *utf8Check) valid() bool {
	return c.whole > c.stray || (c.whole == c.stray && c.stray == 0 && len(c.carry) == 0)
}

// cutTail is the size of a character at the end of b that is not all there.
func cutTail(b []byte) int {
	for size := 1; size < utf8.UTFMax && size <= len(b); size++ {
		tail := b[len(b)-size:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return size
		}
	}
	return 0
}
