package tabular

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"rentalsync/pipeline"
)

// readPreamble honours the line by which Excel is told the delimiter. It is no
// row and no header, and a declared delimiter beats it.
func (f *csvFile) readPreamble() error {
	line, err := f.scan.peek()
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}

	said, is := separatorLine(line)
	if !is {
		return nil
	}
	if !f.dialect.declared && said != "" {
		f.scan.delimiter = []byte(said)
	}
	f.scan.skip()
	if len(f.dialect.header) == 1 && f.dialect.header[0] == 1 {
		f.dialect.header[0] = 2
	}
	return nil
}

// readHeader takes the lines of the header, and the preamble before them.
func (f *csvFile) readHeader(ctx context.Context) error {
	if f.dialect.find != nil {
		if err := f.findHeader(); err != nil {
			return err
		}
	}

	var lines headerLines
	last := 0
	if n := len(f.dialect.header); n > 0 {
		last = f.dialect.header[n-1]
	}

	for lines.line == 0 || f.scan.line <= last {
		if f.scan.line%ctxEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := f.scan.peek()
		if errors.Is(err, io.EOF) {
			return f.headerMissing(last)
		}
		if err != nil {
			return err
		}
		f.asks.hear(line, f.scan)
		if !f.isHeader(line) {
			f.scan.skip()
		} else if err := f.addHeader(&lines); err != nil {
			return err
		}
	}

	if lines.blank() {
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("the header in line %d is blank", lines.line),
			Hint: "say header: with the line that names the columns, or header: none",
		}
	}
	f.header, f.openEnd = lines.header(), lines.openEnd()
	f.header.Said = f.asks.said
	f.scan.width = len(lines.names)
	return nil
}

// isHeader tells whether the line that comes next belongs to the header: it is
// one of the declared lines, or else the first that says anything.
func (f *csvFile) isHeader(line []byte) bool {
	if len(f.dialect.header) > 0 {
		return slices.Contains(f.dialect.header, f.scan.line)
	}
	return !f.isNothing(line)
}

func (f *csvFile) addHeader(lines *headerLines) error {
	at := f.scan.line
	raw, v, err := f.scan.row()
	if err != nil {
		return err
	}
	if v == unclosed {
		return unclosedQuote(at)
	}
	if v != split {
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("the header in line %d has a broken quote", at),
			Hint: "correct the quotes in the ERP's export",
		}
	}

	if f.scan.openEnd() && f.dialect.end == "" {
		return &pipeline.Incomplete{Why: fmt.Sprintf("the file ends with its header: line %d has no line end", at)}
	}
	names := f.cut(nil, raw)
	if !f.text.clean(raw) {
		return f.foreignHeader(names, at)
	}
	lines.add(names, at)
	return nil
}

// foreignHeader says which name of the header is no text.
func (f *csvFile) foreignHeader(names []string, line int) error {
	bad := &pipeline.Unreadable{Why: fmt.Sprintf("the header in line %d is no text", line)}
	for _, name := range names {
		if fault, found := f.text.fault("", name); found {
			bad.Why = fmt.Sprintf("the header in line %d: %q: %s", line, shortened(name), fault.What)
			bad.Hint = fault.Hint
			break
		}
	}
	return bad
}

func (f *csvFile) headerMissing(last int) error {
	if last > 1 {
		return &pipeline.Incomplete{Why: fmt.Sprintf("the header is missing: the file ends before line %d", last)}
	}
	return &pipeline.Incomplete{Why: "the header is missing"}
}

// separatorLine reads the line `sep=;` by which a file tells Excel its
// delimiter.
func separatorLine(line []byte) (delimiter string, is bool) {
	text := strings.Trim(string(line[:min(len(line), 16)]), `"`)
	if len(text) < 4 || len(line) > 16 || !strings.EqualFold(text[:4], "sep=") {
		return "", false
	}
	return text[4:], true
}
