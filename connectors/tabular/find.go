package tabular

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Cells are short: eight bytes at a time beats a call into the assembly of
// bytes.IndexByte, which is made for long stretches.

const (
	eachByte = 0x0101010101010101
	eachHigh = 0x8080808080808080
)

// zeroBytes marks the bytes of x that are zero; the lowest mark is exact.
func zeroBytes(x uint64) uint64 { return (x - eachByte) &^ x & eachHigh }

// find is the place of the first c in b; -1 without one.
func find(b []byte, c byte) int {
	pattern := eachByte * uint64(c)
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if marks := zeroBytes(binary.LittleEndian.Uint64(b[i:]) ^ pattern); marks != 0 {
			return i + bits.TrailingZeros64(marks)/8
		}
	}
	for ; i < len(b); i++ {
		if b[i] == c {
			return i
		}
	}
	return -1
}

// firstHigh is the place of the first byte beyond ASCII; -1 without one.
func firstHigh(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		if marks := binary.LittleEndian.Uint64(b[i:]) & eachHigh; marks != 0 {
			return i + bits.TrailingZeros64(marks)/8
		}
	}
	for ; i < len(b); i++ {
		if b[i] >= utf8.RuneSelf {
			return i
		}
	}
	return -1
}

// cleanText tells text that may be passed on: valid UTF-8 without NUL and
// without U+FFFD, by which decoders say that a byte was no character.
func cleanText(b []byte) bool {
	for i := 0; i < len(b); {
		if i+8 <= len(b) {
			x := binary.LittleEndian.Uint64(b[i:])
			marks := (x | zeroBytes(x)) & eachHigh
			if marks == 0 {
				i += 8
				continue
			}
			i += bits.TrailingZeros64(marks) / 8
		}

		switch c := b[i]; {
		case c == 0:
			return false
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRune(b[i:])
			if r == utf8.RuneError {
				return false
			}
			i += size
		}
	}
	return true
}
