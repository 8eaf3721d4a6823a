package journal

import "strings"

// dialect spells the few words that databases do not share. Everything else is
// one SQL text: $1 placeholders, ON CONFLICT … DO UPDATE, RETURNING.
type dialect struct {
	name     string
	words    *strings.Replacer
	argument func(b []byte, n int) []byte // spells the n-th of many placeholders
}

// sqlite is the dialect of the embedded database.
var sqlite = dialect{
	name: "sqlite",
	words: strings.NewReplacer(
		"@identity", "INTEGER PRIMARY KEY", // exactly this is SQLite's own row id
		"@clustered", "WITHOUT ROWID",
		"@blob", "BLOB",
		"@now_ms", "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
		"@skip_locked", "", // there is one writer
	),
	// To SQLite $1 is a name, and it looks through all names before for each one:
	// with some hundred of them that takes longer than what the statement does.
	argument: func(b []byte, _ int) []byte { return append(b, '?') },
}

// spell turns the shared text into what the database understands.
func (d *dialect) spell(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	return d.words.Replace(text)
}
