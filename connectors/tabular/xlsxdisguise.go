package tabular

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"unicode/utf16"

	"rentalsync/pipeline"
)

const (
	zipStart = "PK\x03\x04"
	oleStart = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

var errEncrypted = &pipeline.Unreadable{
	Why:  "the workbook is protected by a password",
	Hint: "save it without a password (File, Info, Protect Workbook), or have the ERP write it without",
}

// refuseOther says what a file declared as a workbook really is; nil when it
// starts as a workbook does.
func refuseOther(src io.ReaderAt, size int64) error {
	if size == 0 {
		return &pipeline.Incomplete{Why: "the file is empty"}
	}
	head := make([]byte, min(size, sniffed))
	if _, err := src.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}

	switch {
	case bytes.HasPrefix(head, []byte(zipStart)), bytes.HasPrefix(head, []byte(zipEnd)):
		return nil
	case strings.HasPrefix(zipStart, string(head)):
		return &pipeline.Incomplete{Why: "the workbook ends too early: it has only begun"}
	case len(bytes.Trim(head, "\x00")) == 0:
		return &pipeline.Incomplete{Why: "the workbook is still blank: its bytes are all zero"}
	case bytes.HasPrefix(head, []byte(oleStart)):
		return refuseOLE(src, size)
	}
	return refuseText(head)
}

func notWorkbook(what, hint string) error {
	return &pipeline.Unreadable{Why: "the file is not an .xlsx workbook but " + what, Hint: hint}
}

// refuseText tells what Excel would open all the same: pages, XML, plain text.
func refuseText(head []byte) error {
	start := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, bomUTF8), " \t\r\n"))
	xml := bytes.HasPrefix(start, []byte("<?xml"))

	for _, d := range disguises {
		if bytes.HasPrefix(head, []byte(d.magic)) {
			return notWorkbook(d.what, "have the ERP write a workbook that is not wrapped in anything else")
		}
	}
	switch {
	case xml && bytes.Contains(start, []byte("urn:schemas-microsoft-com:office:spreadsheet")):
		return notWorkbook("XML of Excel 2003", "open it in Excel and save it as .xlsx, or have the ERP write CSV")
	case xml && !bytes.Contains(start, []byte("<html")):
		return notWorkbook("XML", "open it in Excel and save it as .xlsx, or have the ERP write CSV")
	case xml, startsAny(start, markup):
		return notWorkbook("a web page", "open it in Excel and save it as .xlsx, or have the ERP write CSV")
	case bytes.HasPrefix(start, []byte("{\\rtf")):
		return notWorkbook("a text document (RTF)", "have the ERP export a table")
	case bytes.HasPrefix(start, []byte("mime-version:")):
		return notWorkbook("a web page in one file (MHTML)", "open it in Excel and save it as .xlsx, or have the ERP write CSV")
	case plainText(head):
		return notWorkbook("plain text", "say format: csv and its delimiter, and let match: name the file as it is called")
	}
	return notWorkbook("something unknown", "open it in the program that made it, and save it as .xlsx")
}

func startsAny(text []byte, starts []string) bool {
	for _, start := range starts {
		if bytes.HasPrefix(text, []byte(start)) {
			return true
		}
	}
	return false
}

// plainText tells bytes that could be lines of text, in any encoding with ASCII
// in it.
func plainText(head []byte) bool {
	if bytes.HasPrefix(head, bomUTF16LE) || bytes.HasPrefix(head, bomUTF16BE) || looksUTF16(head) {
		return true
	}
	controls := bytes.IndexFunc(head, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\r\n\f\x1a", r) })
	return controls < 0
}

// oleStreams tell what a container of old Office is, by a stream that lies in it.
var oleStreams = []struct {
	stream string
	err    error
}{
	{"EncryptedPackage", errEncrypted},
	{"Workbook", errOldWorkbook},
	{"Book", errOldWorkbook},
	{"WordDocument", notWorkbook("an old Word document", "have the ERP export a table")},
}

var errOldWorkbook = notWorkbook("an old one (.xls)", "open it in Excel and save it as .xlsx, or have the ERP write .xlsx or CSV")

// oleEntry is the size of an entry in the directory of such a container. The
// directory may lie anywhere in it, but every entry at a multiple of its size.
const oleEntry = 128

func refuseOLE(src io.ReaderAt, size int64) error {
	found := len(oleStreams)
	block := make([]byte, 64<<10)

	for at := int64(0); at < size; at += int64(len(block)) {
		n, err := src.ReadAt(block, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		for entry := 0; entry+oleEntry <= n; entry += oleEntry {
			found = min(found, oleStream(block[entry:entry+oleEntry]))
		}
	}
	if found < len(oleStreams) {
		return oleStreams[found].err
	}
	return notWorkbook("another document of old Office", "open it in Excel and save it as .xlsx")
}

// oleStream is the place in oleStreams of what a directory entry names; beyond
// them when it is none of those.
func oleStream(entry []byte) int {
	size := int(binary.LittleEndian.Uint16(entry[64:])) // in bytes, with the zero at the end
	if size < 4 || size > 64 {
		return len(oleStreams)
	}
	units := make([]uint16, size/2-1)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(entry[2*i:])
	}
	name := string(utf16.Decode(units))
	for i, s := range oleStreams {
		if s.stream == name {
			return i
		}
	}
	return len(oleStreams)
}

// refuseArchive says what an archive is in which there is no workbook.
func refuseArchive(p *parts) error {
	names := p.names()
	switch {
	case p.has("xl/workbook.bin"):
		return notWorkbook("a binary one (.xlsb)", "open it in Excel and save it as .xlsx, or have the ERP write .xlsx")
	case p.has("content.xml") && p.has("mimetype"):
		return notWorkbook("an OpenDocument file (.ods)", "open it in LibreOffice and save it as .xlsx, or have the ERP write .xlsx")
	case p.has("word/document.xml"):
		return notWorkbook("a Word document", "have the ERP export a table")
	case p.has("index/document.iwa"):
		return notWorkbook("an Apple Numbers file", "export it as Excel from Numbers")
	case len(names) == 0:
		return notWorkbook("an empty ZIP archive", "have the ERP write it again")
	}
	shown := strings.Join(names[:min(len(names), 5)], ", ")
	return notWorkbook("a ZIP archive that holds "+shortened(shown), "drop the files themselves, or let the archive end in .zip")
}
