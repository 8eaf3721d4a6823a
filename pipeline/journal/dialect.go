package journal

import "strings"

// dialect spells the few words that databases do not share. Everything else is
// one SQL text: $1 placeholders, ON CONFLICT … DO UPDATE, RETURNING.
type dialect struct {
	name  string
	words *strings.Replacer
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
}

// spell turns the shared text into what the database understands.
func (d *dialect) spell(text string) string {
	if !strings.Contains(text, "@") {
		return text
	}
	return d.words.Replace(text)
}
