package mappings

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/transforms"
)

// pattern is what a file's name must look like, and what it says.
type pattern struct {
	Place
	source string
	names  *regexp.Regexp
	date   int // the group that holds the date; 0 when the name has none
	seq    int
	groups int
	form   transforms.DateForm
	sample string // a name that matches
}

// parsePattern compiles a glob with {date:FORM} and {seq}.
func parsePattern(source string) (*pattern, error) {
	p := &pattern{source: source}
	var expr, sample strings.Builder
	for rest := source; rest != ""; {
		part := leading(rest)
		if part[0] == '{' && !strings.HasSuffix(part, "}") {
			return nil, fmt.Errorf(`"{" is opened and never closed in %q`, source)
		}
		find, like, err := p.part(part)
		if err != nil {
			return nil, err
		}
		expr.WriteString(find)
		sample.WriteString(like)
		rest = rest[len(part):]
	}

	names, err := regexp.Compile(`\A` + expr.String() + `\z`)
	p.names, p.sample = names, sample.String()
	return p, err
}

// leading cuts one part off the front of a pattern: a glob's character, braces
// with what is in them, or plain text.
func leading(rest string) string {
	switch rest[0] {
	case '*', '?':
		return rest[:1]
	case '{':
		if end := strings.IndexByte(rest, '}'); end > 0 {
			return rest[:end+1]
		}
		return rest
	}
	if next := strings.IndexAny(rest, "*?{"); next > 0 {
		return rest[:next]
	}
	return rest
}

// part gives the expression that finds one part, and a sample of it.
func (p *pattern) part(part string) (expr, sample string, err error) {
	switch part[0] {
	case '*':
		return `[^/]*`, "x", nil
	case '?':
		return `[^/]`, "x", nil
	case '{':
		p.groups++
		expr, sample, err = p.capture(part[1:len(part)-1], p.groups)
		return "(" + expr + ")", sample, err
	default:
		return regexp.QuoteMeta(part), part, nil
	}
}

// capture compiles what stands between braces.
func (p *pattern) capture(word string, group int) (expr, sample string, err error) {
	name, form, _ := strings.Cut(word, ":")
	switch {
	case name == "seq" && form == "" && p.seq == 0:
		p.seq = group
		return `\d{1,18}`, "1", nil
	case name == "date" && form == "":
		return "", "", fmt.Errorf("{date} does not say how the date is written; write {date:YYYYMMDD}")
	case name == "date" && p.date == 0:
		p.date = group
		if p.form, err = transforms.ParseDateForm(form); err != nil {
			return "", "", err
		}
		expr, sample = datePattern(form)
		return expr, sample, nil
	case name == "date" || name == "seq":
		return "", "", fmt.Errorf("{%s} is there twice", name)
	default:
		return "", "", fmt.Errorf("{%s} is unknown; a file name knows {date:YYYYMMDD} and {seq}", word)
	}
}

var dateToken = regexp.MustCompile(`YYYY|CYY|YY|DDD|DD|D|MM|M|HH|hh|mm|ss|AM`)

// datePattern gives the expression that finds a date of a form, and a sample.
func datePattern(form string) (expr, sample string) {
	samples := map[string]string{
		"YYYY": "2026", "CYY": "126", "YY": "26", "DDD": "325", "DD": "21", "D": "21", "MM": "11", "M": "11",
		"HH": "07", "hh": "07", "mm": "30", "ss": "00", "AM": "AM",
	}
	var b, s strings.Builder
	for form != "" {
		at := dateToken.FindStringIndex(form)
		if at == nil {
			at = []int{len(form), len(form)}
		}
		token := form[at[0]:at[1]]
		b.WriteString(regexp.QuoteMeta(form[:at[0]]))
		s.WriteString(form[:at[0]] + samples[token])
		switch {
		case token == "AM":
			b.WriteString(`[AaPp][Mm]`)
		case len(token) == 1 || token == "HH" || token == "hh":
			b.WriteString(`\d{1,2}`)
		case token != "":
			b.WriteString(`\d{` + strconv.Itoa(len(token)) + `}`)
		}
		form = form[at[1]:]
	}
	return b.String(), s.String()
}

// match reads a file's name.
func (p *pattern) match(name string) (pipeline.Stamp, bool) {
	var stamp pipeline.Stamp
	groups := p.names.FindStringSubmatch(name)
	if groups == nil {
		return stamp, false
	}

	if p.date > 0 {
		day, err := p.form.Parse(groups[p.date])
		if err != nil {
			return stamp, false
		}
		stamp.Date, stamp.Sequence = stampDate(day), stampTime(day)
	}
	if p.seq > 0 {
		number, _ := strconv.ParseUint(groups[p.seq], 10, 64) // at most 18 digits
		stamp.Sequence += sequenceOf(number)
		stamp.Number = int64(number) //nolint:gosec // at most 18 digits
	}
	return stamp, true
}
