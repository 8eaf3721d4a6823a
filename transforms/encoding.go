package transforms

import (
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// codepages are the encodings of old hosts that the web does not know, by their
// number. Those with 114 in front are the same with a euro sign.
var codepages = map[string]encoding.Encoding{
	"037":  newEBCDIC("cp037", charmap.CodePage037, nil),
	"273":  newEBCDIC("cp273", charmap.CodePage037, movesOf273),
	"500":  newEBCDIC("cp500", charmap.CodePage037, movesOf500),
	"1047": newEBCDIC("cp1047", charmap.CodePage1047, nil),
	"1140": newEBCDIC("cp1140", charmap.CodePage1140, nil),
	"1141": newEBCDIC("cp1141", charmap.CodePage1140, movesOf273),
	"1148": newEBCDIC("cp1148", charmap.CodePage1140, movesOf500),
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
}

// spellings are names of encodings that people use and no registry has.
var spellings = map[string]string{
	"latin-1":      "windows-1252",
	"latin9":       "iso-8859-15",
	"latin-9":      "iso-8859-15",
	"ansi":         "windows-1252",
	"utf16":        "utf-16",
	"utf16le":      "utf-16le",
	"utf16be":      "utf-16be",
	"ebcdic-cp-us": "cp037",
}

// Encoding finds an encoding by the name that people use for it. Names mean
// what they mean on the web, where iso-8859-1 is windows-1252: the two differ
// only in bytes that are control characters in the former, which no export holds,
// and euro signs and dashes in the latter, which many do.
func Encoding(name string) (e encoding.Encoding, known bool) {
	plain := strings.ToLower(strings.TrimSpace(name))
	if usual, is := spellings[plain]; is {
		plain = usual
	}

	if e, err := htmlindex.Get(plain); err == nil && e != encoding.Replacement {
		return e, true
	}
	if e, known := codepages[codepageNumber(plain)]; known {
		return e, true
	}
	if e, err := ianaindex.IANA.Encoding(plain); err == nil && e != nil {
		return e, true
	}
	return nil, false
}

// UsualEncodings are names to choose from.
func UsualEncodings() []string {
	return []string{
		"utf-8", "utf-16le", "utf-16be", "windows-1250", "windows-1252", "iso-8859-1", "iso-8859-2", "iso-8859-15",
		"cp437", "cp850", "cp852", "cp037", "cp273", "cp500", "cp1141", "macintosh",
	}
}

// codepageNumber takes the number out of cp037, ibm-850, IBM01140, CCSID 500 or
// 437.
func codepageNumber(name string) string {
	for _, prefix := range []string{"ccsid", "codepage", "cp", "ibm"} {
		name = strings.TrimPrefix(name, prefix)
	}
	name = strings.TrimLeft(strings.TrimLeft(name, "-_ "), "0")

	if name == "37" {
		return "037"
	}
	return name
}
