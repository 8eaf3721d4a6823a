package drop

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Control says how the files look that list what an ERP has dropped, so that a
// file is only taken when its list says that it is the right one. A line like
// sha256sum writes it, the digest and then the name, is always understood.
type Control struct {
	Match     string // names of control files: "CONTROL_*.txt", "CTL{date:YYYYMMDD}.csv"
	Delimiter string // between columns; "tab", "pipe" and "space" are words for theirs; default ";"
	Header    int    // lines before the first file; the last of them names the columns; default 0

	// Columns by name or, where no header names them, by number from 1.
	Name   string // the file's name; default: only lines of digest and name are understood
	Size   string // its bytes; default: not given
	Rows   string // its rows; default: not given
	Digest string // md5, sha1 or sha256 in hex, by length; default: not given
}

// listing is what a control file says of one file. Below 0 is that it says
// nothing.
type listing struct {
	size   int64
	rows   int
	digest string
}

// digestLine is what md5sum and its like write: the digest, a blank, a blank or a
// star, the name.
var digestLine = regexp.MustCompile(`^\\?([0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{64}) [ *](\S.*)$`)

// check says what is wrong with the options.
func (c *Control) check() error {
	if c.Match == "" {
		return errors.New(`no name is given for control files; write match like "CONTROL_*.txt"`)
	}
	glob, err := globOf(c.Match)
	if err == nil {
		_, err = path.Match(glob, "x")
	}
	if err != nil || strings.Contains(c.Match, "/") {
		return fmt.Errorf(`%q matches no file names; write it like "CONTROL_*.txt" or "CTL{date:YYYYMMDD}.csv"`, c.Match)
	}
	if c.Name == "" && c.Size+c.Rows+c.Digest != "" {
		return errors.New("no column is given for the file's name; set name")
	}
	for _, column := range []string{c.Name, c.Size, c.Rows, c.Digest} {
		if _, err := strconv.Atoi(column); err != nil && column != "" && c.Header == 0 {
			return fmt.Errorf("column %q has no header that names it; set header: 1, or give the column's number", column)
		}
	}
	return nil
}

// parse reads a control file. Every line has to be understood.
func (c *Control) parse(text string) (map[string]listing, error) {
	if !utf8.ValidString(text) {
		return nil, errors.New("it is not written in UTF-8")
	}
	files := map[string]listing{}
	columns := map[string]int{}
	text = strings.TrimPrefix(text, "\ufeff")
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, "\r\x1a")
		switch {
		case i+1 == c.Header:
			for n, title := range c.cells(line) {
				columns[title] = n + 1
			}
			continue
		case i < c.Header, strings.TrimSpace(line) == "":
			continue
		}
		name, said, err := c.line(line, columns)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		if _, twice := files[name]; twice {
			return nil, fmt.Errorf("line %d names %q again", i+1, name)
		}
		files[name] = said
	}
	if len(files) == 0 {
		return nil, errors.New("it names no file")
	}
	return files, nil
}

func (c *Control) line(line string, columns map[string]int) (name string, said listing, err error) {
	said = listing{size: -1, rows: -1}
	if m := digestLine.FindStringSubmatch(line); m != nil {
		said.digest = strings.ToLower(m[1])
		name, err = plainName(m[2])
		return name, said, err
	}
	if c.Name == "" {
		return "", said, fmt.Errorf("%q is not a digest, two blanks and a name", line)
	}

	row := controlRow{c.cells(line), columns}
	if name, err = row.cell(c.Name); err != nil {
		return "", said, err
	}
	if name, err = plainName(name); err != nil {
		return "", said, err
	}
	size, err1 := row.count(c.Size)
	rows, err2 := row.count(c.Rows)
	digest, err3 := row.digest(c.Digest)
	return name, listing{size, int(rows), digest}, errors.Join(err1, err2, err3)
}

// plainName is a listed name without its folder.
func plainName(name string) (string, error) {
	name = path.Base(name)
	if why := refuse(name); why != "" {
		return "", errors.New(why)
	}
	return name, nil
}

// cells parts a line. Quotes around a cell are dropped.
func (c *Control) cells(line string) []string {
	var cells []string
	switch c.Delimiter {
	case "space":
		cells = strings.Fields(line)
	case "tab":
		cells = strings.Split(line, "\t")
	case "pipe":
		cells = strings.Split(line, "|")
	case "":
		cells = strings.Split(line, ";")
	default:
		cells = strings.Split(line, c.Delimiter)
	}
	for i, cell := range cells {
		cell = strings.TrimSpace(cell)
		if len(cell) > 1 && cell[0] == '"' && cell[len(cell)-1] == '"' {
			cell = strings.ReplaceAll(cell[1:len(cell)-1], `""`, `"`)
		}
		cells[i] = cell
	}
	return cells
}

// controlRow is a line in its columns.
type controlRow struct {
	cells   []string
	columns map[string]int
}

// cell is what stands in a column.
func (r controlRow) cell(column string) (string, error) {
	n, named := r.columns[column]
	if !named {
		n, _ = strconv.Atoi(column)
	}
	if n < 1 {
		return "", fmt.Errorf("no header names the column %q", column)
	}
	if n > len(r.cells) || r.cells[n-1] == "" {
		return "", fmt.Errorf("nothing stands in the column %q", column)
	}
	return r.cells[n-1], nil
}

// count is the number in a column; -1 where there is no such column.
func (r controlRow) count(column string) (int64, error) {
	if column == "" {
		return -1, nil
	}
	cell, err := r.cell(column)
	if err != nil {
		return -1, err
	}
	n, err := strconv.ParseInt(cell, 10, 64)
	if err != nil || n < 0 {
		return -1, fmt.Errorf("%q in the column %q is no whole number", cell, column)
	}
	return n, nil
}

// digest is the digest in a column; "" where there is no such column.
func (r controlRow) digest(column string) (string, error) {
	if column == "" {
		return "", nil
	}
	cell, err := r.cell(column)
	if err != nil {
		return "", err
	}
	if !digestLine.MatchString(cell + "  x") {
		return "", fmt.Errorf("%q in the column %q is no md5, sha1 or sha256 in hex", cell, column)
	}
	return strings.ToLower(cell), nil
}

// disagrees says what a file does not have of what is listed; "" is that it is the
// one.
func (l listing) disagrees(v *verdict, got sums, in string) string {
	switch {
	case l.size >= 0 && l.size != got.size:
		return fmt.Sprintf("%s says %d bytes, the file has %d", in, l.size, got.size)
	case l.digest != "" && l.digest != got.hex[len(l.digest)]:
		return fmt.Sprintf("%s says digest %s, the file has %s", in, l.digest, got.hex[len(l.digest)])
	case l.rows >= 0 && v.counted && v.members == nil && l.rows != v.rows:
		return fmt.Sprintf("%s says %d rows, the file has %d", in, l.rows, v.rows)
	}
	return ""
}
