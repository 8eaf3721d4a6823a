package tabular

import "strings"

// cellShow says as what a number format shows a number.
type cellShow uint8

const (
	showNumber   cellShow = iota
	showDate              // a day, and its time where it has one
	showMoment            // a day and its time
	showTime              // the time of a day
	showDuration          // hours, which may be more than a day has
	showEither            // a day or a time, by the number: formats that each language reads in its own way
)

// cellFormat is what a format does to a number.
type cellFormat struct {
	show  cellShow
	zeros int // the digits that a whole number is padded to
}

// builtinFormats are the numbers of formats that every spreadsheet program
// knows without being told; what is not here shows a number.
func builtinFormat(id int) cellFormat {
	switch {
	case id >= 14 && id <= 17:
		return cellFormat{show: showDate}
	case id >= 18 && id <= 21, id == 45, id == 47:
		return cellFormat{show: showTime}
	case id == 22:
		return cellFormat{show: showMoment}
	case id == 46:
		return cellFormat{show: showDuration}
	case id >= 27 && id <= 36, id >= 50 && id <= 58:
		return cellFormat{show: showEither}
	default:
		return cellFormat{}
	}
}

// parseFormat reads a format as people write it: dd.mm.yyyy hh:mm, [h]:mm or
// 00000. It goes by the first section, which is that of positive numbers.
func parseFormat(code string) cellFormat {
	var p formatParser
	p.parse(code)
	return p.format()
}

// formatParser takes a format code apart.
type formatParser struct {
	units  []byte // the letters of the date, each once in a row
	digits string // the places for digits
	other  bool   // something else is shown
	hours  bool   // hours beyond a day
	am     bool
}

func (p *formatParser) parse(code string) {
	for i := 0; i < len(code) && code[i] != ';'; {
		i += p.take(code[i:])
	}
}

// take reads what the code starts with, and returns its size.
func (p *formatParser) take(code string) int {
	c := code[0] | 0x20 // a small letter
	switch {
	case code[0] == '"':
		return p.literal(code, '"')
	case code[0] == '[':
		return p.bracket(code)
	case code[0] == '\\':
		p.other = true
		return min(2, len(code))
	case code[0] == '_', code[0] == '*':
		return min(2, len(code))
	case hasWord(code, "general"):
		p.other = true
		return len("general")
	case hasWord(code, "am/pm"):
		p.am = true
		return len("am/pm")
	case hasWord(code, "a/p"):
		p.am = true
		return len("a/p")
	case c == 'e' && len(code) > 1 && (code[1] == '+' || code[1] == '-'):
		p.other = true
		return 2
	case strings.IndexByte("ymdhsbeg", c) >= 0:
		return p.unit(code, c)
	case strings.IndexByte("0#?.", code[0]) >= 0:
		p.digits += code[:1]
		return 1
	}
	p.other = true
	return 1
}

func hasWord(code, word string) bool {
	return len(code) >= len(word) && strings.EqualFold(code[:len(word)], word)
}

// literal passes over text in quotes.
func (p *formatParser) literal(code string, quote byte) int {
	p.other = true
	if end := strings.IndexByte(code[1:], quote); end >= 0 {
		return end + 2
	}
	return len(code)
}

// bracket reads what stands in brackets: hours without end, or a colour, a
// condition, a currency or a language, which say nothing about the number.
func (p *formatParser) bracket(code string) int {
	end := strings.IndexByte(code, ']')
	if end < 0 {
		return len(code)
	}
	inside := strings.ToLower(code[1:end])
	if inside != "" && (strings.Trim(inside, "h") == "" || strings.Trim(inside, "m") == "" || strings.Trim(inside, "s") == "") {
		p.hours = true
		p.units = append(p.units, 'h')
	}
	return end + 1
}

// unit reads a run of one letter.
func (p *formatParser) unit(code string, c byte) int {
	size := 1
	for size < len(code) && code[size]|0x20 == c {
		size++
	}
	p.units = append(p.units, c)
	return size
}

func (p *formatParser) format() cellFormat {
	day, clock := p.parts()
	switch {
	case p.digits != "" && p.digits[0] != '.', strings.ContainsAny(p.digits, "#?"), len(p.units) == 0 && !p.am:
		return cellFormat{zeros: p.padding()}
	case p.hours:
		return cellFormat{show: showDuration}
	case day && clock:
		return cellFormat{show: showMoment}
	case day:
		return cellFormat{show: showDate}
	default:
		return cellFormat{show: showTime}
	}
}

// parts tells whether there is a day and a time of day. An m next to hours or
// seconds is a minute, any other a month.
func (p *formatParser) parts() (day, clock bool) {
	clock = p.am
	for i, u := range p.units {
		switch {
		case u == 'h' || u == 's':
			clock = true
		case u == 'm' && (i > 0 && p.units[i-1] == 'h' || i+1 < len(p.units) && p.units[i+1] == 's'):
			clock = true
		default:
			day = true
		}
	}
	return day, clock
}

// padding is how many digits 00000 asks for; 0 for any other format.
func (p *formatParser) padding() int {
	if p.other || len(p.digits) < 2 || strings.Trim(p.digits, "0") != "" {
		return 0
	}
	return min(len(p.digits), 64)
}
