package tabular

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// xmlUnescaped is raw text of XML as it is meant, in place: what is meant is
// never longer than how it is written.
func xmlUnescaped(raw []byte) ([]byte, error) {
	if bytes.IndexByte(raw, '&') < 0 && bytes.IndexByte(raw, '\r') < 0 {
		return raw, nil
	}
	out := raw[:0]
	for i := 0; i < len(raw); {
		switch c := raw[i]; {
		case c == '\r': // XML has one line end
			out = append(out, '\n')
			if i++; i < len(raw) && raw[i] == '\n' {
				i++
			}
		case c != '&':
			out = append(out, c)
			i++
		default:
			end := bytes.IndexByte(raw[i:min(i+12, len(raw))], ';')
			if end < 0 {
				return nil, badXML("an & stands for nothing")
			}
			r, known := xmlEntity(string(raw[i+1 : i+end]))
			if !known {
				return nil, badXML("&" + shortened(string(raw[i+1:i+end])) + "; is unknown")
			}
			out = utf8.AppendRune(out, r)
			i += end + 1
		}
	}
	return out, nil
}

// xmlEntity is the character that stands between & and ;.
func xmlEntity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true
}

// appendCellText appends the text of a cell. Spreadsheets write what XML cannot
// hold as _x000D_, and an underscore that would be read so as _x005F_.
func appendCellText(dst, raw []byte) []byte {
	for {
		i := bytes.Index(raw, []byte("_x"))
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]

		unit, is := escapedUnit(raw)
		if !is {
			dst, raw = append(dst, raw[:2]...), raw[2:]
			continue
		}
		raw = raw[len("_xHHHH_"):]
		r := rune(unit)
		if low, is := escapedUnit(raw); is && utf16.IsSurrogate(r) {
			if pair := utf16.DecodeRune(r, rune(low)); pair != utf8.RuneError {
				r, raw = pair, raw[len("_xHHHH_"):]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
}

// escapedUnit reads the UTF-16 unit that _xHHHH_ at the start of b stands for.
func escapedUnit(b []byte) (uint16, bool) {
	if len(b) < len("_xHHHH_") || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return uint16(n), err == nil
}
