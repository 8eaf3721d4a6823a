package tabular

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// longestSheetName is Excel's limit, in UTF-16 units.
const longestSheetName = 31

// sheetNames gives every sheet of a book a name that Excel accepts: short,
// without the characters it forbids, and unlike the others whatever their case.
type sheetNames map[string]bool

// name returns the wished name, or the nearest that can be had.
func (n sheetNames) name(wished string) string {
	plain := strings.Trim(strings.Map(sheetRune, wished), " '")
	if plain == "" {
		plain = "Sheet"
	}
	if strings.EqualFold(plain, "history") { // Excel keeps this one for itself
		plain += "_"
	}

	name := cutUTF16(plain, longestSheetName)
	for i := 2; n[strings.ToLower(name)]; i++ {
		suffix := fmt.Sprintf(" (%d)", i)
		name = cutUTF16(plain, longestSheetName-len(suffix)) + suffix
	}
	n[strings.ToLower(name)] = true
	return name
}

// sheetRune replaces what Excel forbids in names, and the apostrophe, which it
// allows but which formulas and filters would have to double.
func sheetRune(r rune) rune {
	switch {
	case strings.ContainsRune(`:\/?*[]`, r):
		return '-'
	case r == '\'':
		return '’'
	case r < ' ' || illegible(r):
		return ' '
	}
	return r
}

// cutUTF16 is the longest start of text that fits, in whole characters.
func cutUTF16(text string, most int) string {
	if len(text) <= most {
		return text
	}
	units := 0
	for i, r := range text {
		if units += utf16.RuneLen(r); units > most {
			return strings.TrimRight(text[:i], " ")
		}
	}
	return text
}
