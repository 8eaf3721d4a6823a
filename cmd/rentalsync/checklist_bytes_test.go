package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// The machines that most traps speak of.
const (
	fleetHeader = "Nr;Serial;Status;Depot;Customer;Name;Contract;Out;Back;Rate"
	rentedOne   = "1;S-1;V;HAM;K1;Müller & Söhne;M1;01.11.2026;;1.250,00"
	freeTwo     = "2;S-2;F;HAM;;;;;;"
	rentedThree = "3;S-3;V;HAM;K2;Elbe Bau;M3;02.11.2026;;95,50"
)

// fleet is a file of the shared mapping with some lines.
func fleet(lines ...string) string {
	return fleetHeader + "\r\n" + strings.Join(lines, "\r\n") + "\r\n"
}

// must gives what making a trap gives. That it fails is a fault of the trap.
func must[T any](made T, err error) T {
	if err != nil {
		panic(err)
	}
	return made
}

// in writes a text in another character set.
func in(page encoding.Encoding, text string) string { return must(page.NewEncoder().String(text)) }

var (
	cp1252  = charmap.Windows1252
	cp850   = charmap.CodePage850
	cp037   = charmap.CodePage037
	latin1  = charmap.ISO8859_1
	latin9  = charmap.ISO8859_15
	utf16LE = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	utf16BE = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
)

const byteOrderMark = "\ufeff"

// mojibake is what becomes of UTF-8 that somebody read as windows-1252 and saved.
func mojibake(text string) string { return must(cp1252.NewDecoder().String(text)) }

func gzipped(text string) string {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	must(w.Write([]byte(text)))
	must(w, w.Close())
	return out.String()
}

// member is a file of an archive.
type member struct{ name, text string }

func zipped(members ...member) string {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, m := range members {
		must(must(w.Create(m.name)).Write([]byte(m.text)))
	}
	must(w, w.Close())
	return out.String()
}
