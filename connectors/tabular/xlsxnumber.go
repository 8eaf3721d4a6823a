package tabular

import (
	"math"
	"strconv"
)

// Excel shows no more than fifteen digits of a number, since more of them are
// noise: 0.1+0.2 is stored as 0.30000000000000004. And it stores 12000000000000000
// as 1.2E+16. A reader wants neither.
const shownDigits = 15

// Numbers from 1e-6 to below 1e21 are written out.
const (
	leastExponent = -6
	mostExponent  = 20
)

// appendNumber appends a number as it is written in a cell, in the form in which
// it is shown; false when it is none.
func appendNumber(dst, raw []byte, zeros int) ([]byte, bool) {
	if zeros == 0 && isCanonical(raw) {
		return append(dst, raw...), true
	}
	n, ok := parseNumber(raw)
	if !ok {
		return dst, false
	}
	return appendShown(dst, n, zeros), true
}

// isCanonical tells numbers that are written as they are shown, which most are.
func isCanonical(raw []byte) bool {
	digits, point := 0, -1
	for i, c := range raw {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.' && point < 0 && i > 0:
			point = i
		default:
			return false
		}
	}
	switch last := len(raw) - 1; {
	case digits == 0 || digits > shownDigits:
		return false
	case point < 0:
		return raw[0] != '0' || last == 0
	case point == last || raw[last] == '0': // 1.50 has a zero too many
		return false
	default: // 00.5 as well, and 0.0000001 is shown with an exponent
		return raw[0] != '0' || point == 1 && raw[2] != '0'
	}
}

// parseNumber reads a number as XML has it. The words and bases that Go knows
// beyond that are none.
func parseNumber(raw []byte) (float64, bool) {
	if len(raw) == 0 || len(raw) > 400 {
		return 0, false
	}
	for _, c := range raw {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	n, err := strconv.ParseFloat(string(raw), 64)
	return n, err == nil && !math.IsInf(n, 0)
}

// appendShown appends a number with the digits that Excel shows.
func appendShown(dst []byte, n float64, zeros int) []byte {
	var scratch [32]byte
	text := strconv.AppendFloat(scratch[:0], n, 'e', shownDigits-1, 64)
	if text[0] == '-' {
		if text = text[1:]; n != 0 {
			dst = append(dst, '-')
		}
	}

	mark := len(text) - 1
	for text[mark] != 'e' {
		mark--
	}
	exponent, _ := strconv.Atoi(string(text[mark+1:])) // it was just written
	copy(text[1:], text[2:mark])
	digits := text[:mark-1]
	for len(digits) > 1 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	switch {
	case exponent < leastExponent || exponent > mostExponent:
		return appendScientific(dst, digits, exponent)
	case exponent+1 >= len(digits):
		for range zeros - exponent - 1 {
			dst = append(dst, '0')
		}
	}
	return appendPlain(dst, digits, exponent)
}

func appendScientific(dst, digits []byte, exponent int) []byte {
	dst = append(dst, digits[0])
	if len(digits) > 1 {
		dst = append(append(dst, '.'), digits[1:]...)
	}
	return strconv.AppendInt(append(dst, 'e'), int64(exponent), 10)
}

func appendPlain(dst, digits []byte, exponent int) []byte {
	if exponent < 0 {
		dst = append(dst, "0."...)
		for range -exponent - 1 {
			dst = append(dst, '0')
		}
		return append(dst, digits...)
	}
	for i := range max(len(digits), exponent+1) {
		if i == exponent+1 {
			dst = append(dst, '.')
		}
		if i < len(digits) {
			dst = append(dst, digits[i])
		} else {
			dst = append(dst, '0')
		}
	}
	return dst
}
