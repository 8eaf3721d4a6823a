package drop

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestName leaves room in the 255 bytes of common file systems for a number
// and for the ending of the reason file.
const longestName = 220

// temporary are the endings that upload clients, browsers and editors use
// while they write, and those of locks. Their files get another name when they
// are done, or go away.
var temporary = []string{
	".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".upload", ".uploading",
	".tmp", ".temp", ".writing", ".inprogress", ".incomplete", ".swp", ".swo", ".swx", ".lock", ".lck",
}

// ignored tells whether a name is that of a file which is none of our
// business: hidden, or still being written under a temporary name.
func ignored(name string) bool {
	return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "~$") || strings.HasSuffix(name, "~") ||
		strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#") || unfinished(name)
}

// unfinished tells whether a name ends like that of a file that is being written.
func unfinished(name string) bool {
	return slices.Contains(temporary, strings.ToLower(path.Ext(name)))
}

// finalName is the name that a file will have when it is written.
func finalName(name string) string {
	if unfinished(name) {
		return stemOf(name)
	}
	return name
}

// passes tells whether a look passes a name over: it is no file to be worked,
// but ours, or says something about others.
func (w *Watcher) passes(name string) bool {
	return ignored(name) || w.marker.is(name) || w.ack.is(name) || w.control.is(name)
}

// refuse says why a file of this name cannot be taken, and the cure; "" is
// that it can. A name is kept as it is on every medium and in every report, so
// one that some of them cannot hold is not taken in the first place.
func refuse(name string) string {
	const cure = "; let the ERP name the file differently"
	switch {
	case name == "" || name == "." || name == "..":
		return fmt.Sprintf("the name %q is not a file's%s", name, cure)
	case !utf8.ValidString(name):
		return fmt.Sprintf("the name %q is not valid UTF-8%s", name, cure)
	case strings.ContainsAny(name, `/\`):
		return fmt.Sprintf("the name %q contains a folder separator%s", name, cure)
	case strings.ContainsFunc(name, unicode.IsControl):
		return fmt.Sprintf("the name %q contains a control character%s", name, cure)
	case len(name) > longestName:
		return fmt.Sprintf("the name is %d bytes long, the most is %d%s", len(name), longestName, cure)
	case reserved(name):
		return fmt.Sprintf("the name %q is reserved on Windows%s", name, cure)
	}
	return ""
}

// reserved tells whether Windows takes a name for a device's, whatever its
// ending.
func reserved(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	device := strings.TrimRight(stem, "0123456789¹²³")
	number := strings.TrimPrefix(stem, device)
	return (device == "COM" || device == "LPT") && utf8.RuneCountInString(number) == 1
}

// Numbered is the n-th name for a file whose name is taken: "a (2).csv".
func Numbered(name string, n int) string {
	if n < 2 {
		return name
	}
	ending := path.Ext(name)
	if strings.EqualFold(ending, ".gz") { // that of what is compressed goes with it
		ending = path.Ext(strings.TrimSuffix(name, ending)) + ending
	}
	return fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(name, ending), n, ending)
}

// encode makes one part of a path of any text. What can be kept is kept.
func encode(text string) string {
	if refuse(text) == "" && !strings.HasPrefix(text, ".") {
		return text
	}
	var safe strings.Builder
	for i := range len(text) {
		if b := text[i]; b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z' {
			safe.WriteByte(b)
			continue
		}
		fmt.Fprintf(&safe, "%%%02X", text[i])
	}
	return "_" + safe.String()
}
