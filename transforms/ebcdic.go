package transforms

import (
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// EBCDIC is an encoding of IBM hosts, in which even a comma is another byte.
// All of them hold the letters of Latin 1 and differ in where some of them
// stand.
type EBCDIC struct {
	name  string
	runes [256]rune
	bytes map[rune]byte
}

var _ encoding.Encoding = (*EBCDIC)(nil)

// moves are the characters that a page has at other places than its base.
type moves map[byte]rune

// The places in which the international and the German page differ from the one
// of the United States.
var (
	movesOf500 = moves{0x4A: '[', 0x4F: '!', 0x5A: ']', 0x5F: '^', 0xB0: '¢', 0xBA: '¬', 0xBB: '|'}
	movesOf273 = moves{
		0x43: '{', 0x4A: 'Ä', 0x4F: '!', 0x59: '~', 0x5A: 'Ü', 0x5F: '^', 0x63: '[',
		0x6A: 'ö', 0x7C: '§', 0xA1: 'ß', 0xB0: '¢', 0xB5: '@', 0xBA: '¬', 0xBB: '|',
		0xC0: 'ä', 0xCC: '¦', 0xD0: 'ü', 0xDC: '}', 0xE0: 'Ö', 0xEC: '\\', 0xFC: ']',
	}
)

func newEBCDIC(name string, base *charmap.Charmap, moved moves) *EBCDIC {
	p := &EBCDIC{name: name, bytes: make(map[rune]byte, 256)}
	for i := range p.runes {
		r, is := moved[byte(i)]
		if !is {
			r = base.DecodeByte(byte(i))
		}
		p.runes[i], p.bytes[r] = r, byte(i)
	}
	return p
}

// Rune is the character that a byte means.
func (p *EBCDIC) Rune(b byte) rune { return p.runes[b] }

// String is the name of the page.
func (p *EBCDIC) String() string { return p.name }

// NewDecoder reads the page as UTF-8.
func (p *EBCDIC) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: ebcdicDecoder{page: p}}
}

// NewEncoder writes UTF-8 in the page.
func (p *EBCDIC) NewEncoder() *encoding.Encoder {
	return &encoding.Encoder{Transformer: ebcdicEncoder{page: p}}
}

type ebcdicDecoder struct {
	transform.NopResetter
	page *EBCDIC
}

// Transform makes a character of every byte.
func (d ebcdicDecoder) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for _, b := range src {
		r := d.page.runes[b]
		if nDst+utf8.RuneLen(r) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += utf8.EncodeRune(dst[nDst:], r)
		nSrc++
	}
	return nDst, nSrc, nil
}

type ebcdicEncoder struct {
	transform.NopResetter
	page *EBCDIC
}

// Transform makes a byte of every character that the page has.
func (e ebcdicEncoder) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if !atEOF && !utf8.FullRune(src[nSrc:]) {
			return nDst, nSrc, transform.ErrShortSrc
		}
		r, size := utf8.DecodeRune(src[nSrc:])
		b, has := e.page.bytes[r]
		if !has {
			return nDst, nSrc, foreignRune{page: e.page.name, r: r}
		}
		if nDst == len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		dst[nDst] = b
		nDst++
		nSrc += size
	}
	return nDst, nSrc, nil
}

// foreignRune says that a page has no byte for a character.
type foreignRune struct {
	page string
	r    rune
}

// Error names the character.
func (f foreignRune) Error() string { return fmt.Sprintf("%s has no %q", f.page, f.r) }

// Replacement is the question mark, for encoders that replace what they cannot
// write.
func (f foreignRune) Replacement() byte { return 0x6F }
