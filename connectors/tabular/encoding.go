package tabular

import (
	"fmt"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// encodingOf finds an encoding by the name that people use for it.
func encodingOf(name string) (encoding.Encoding, error) {
	e, known := transforms.Encoding(name)
	if !known {
		return nil, &pipeline.Unreadable{
			Why:  fmt.Sprintf("encoding %q is not known", name),
			Hint: "use a name such as utf-8, utf-16le, windows-1252, iso-8859-15, cp850 or cp037",
		}
	}
	return e, nil
}

func isUTF16(e encoding.Encoding) bool { return e == utf16LE || e == utf16BE }

// isEBCDIC tells the encodings in which even a comma is another byte.
func isEBCDIC(e encoding.Encoding) bool {
	_, is := e.(*transforms.EBCDIC)
	return is
}

func isUTF8(e encoding.Encoding) bool { return e == unicode.UTF8 }

var (
	utf16LE = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16BE = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
)
