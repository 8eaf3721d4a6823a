package tabular

import (
	"fmt"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"

	"rentalsync/pipeline"
)

// codepages are the encodings of old hosts that the web does not know, by their
// number.
var codepages = map[string]encoding.Encoding{
	"037":  charmap.CodePage037,
	"437":  charmap.CodePage437,
	"850":  charmap.CodePage850,
	"852":  charmap.CodePage852,
	"855":  charmap.CodePage855,
	"858":  charmap.CodePage858,
	"860":  charmap.CodePage860,
	"862":  charmap.CodePage862,
	"863":  charmap.CodePage863,
	"865":  charmap.CodePage865,
	"866":  charmap.CodePage866,
	"1047": charmap.CodePage1047,
	"1140": charmap.CodePage1140,
}

// encodingOf finds an encoding by the name that people use for it.
func encodingOf(name string) (encoding.Encoding, error) {
	plain := strings.ToLower(strings.TrimSpace(name))

	if e, err := htmlindex.Get(plain); err == nil && e != encoding.Replacement {
		return e, nil
	}
	if e, known := codepages[codepageNumber(plain)]; known {
		return e, nil
	}
	if e, err := ianaindex.IANA.Encoding(plain); err == nil && e != nil {
		return e, nil
	}
	return nil, &pipeline.Unreadable{
		Why:  fmt.Sprintf("encoding %q is not known", name),
		Hint: "use a name such as utf-8, utf-16le, windows-1252, iso-8859-15, cp850 or cp037",
	}
}

// codepageNumber takes the number out of cp037, ibm-850, IBM01140 or 437.
func codepageNumber(name string) string {
	for _, prefix := range []string{"cp", "ibm", "codepage"} {
		name = strings.TrimPrefix(name, prefix)
	}
	name = strings.TrimLeft(name, "-_ ")

	if name == "37" {
		return "037"
	}
	if len(name) == 5 {
		return strings.TrimPrefix(name, "0")
	}
	return name
}

func isUTF16(e encoding.Encoding) bool { return e == utf16LE || e == utf16BE }

func isUTF8(e encoding.Encoding) bool { return e == unicode.UTF8 }

// isEBCDIC tells the encodings in which even a comma is another byte.
func isEBCDIC(e encoding.Encoding) bool {
	return e == charmap.CodePage037 || e == charmap.CodePage1047 || e == charmap.CodePage1140
}

var (
	utf16LE = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16BE = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
)
