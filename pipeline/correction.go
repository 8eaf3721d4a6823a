package pipeline

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"rentalsync/pipeline/rental"
)

// correction is the mapping of files in which people have mended rejected rows: the
// workbook beside a report, or its twin. Each row is read by the mapping of the file
// that it stood in first.
type correction struct{}

var _ Mapping = correction{}

// corrected is how files for mending are named: people copy them, and browsers and
// desktops number the copies. Where the word begins the name, a mapping that knows
// the name goes before. ofNight is where their names tell the night.
var (
	corrected = regexp.MustCompile(`(?i)(?:^|\.)rejects(?:[ _-][^.]*|\(\d+\))?\.(?:xlsx|csv)$`)
	ofNight   = regexp.MustCompile(`_(\d{4}-\d\d-\d\d)_[0-9A-HJKMNP-TV-Z]{26}\.`)
)

// IsCorrection reports whether a file is named as one in which rejected rows are
// mended.
func IsCorrection(name string) bool { return corrected.MatchString(name) }

// ours reports whether a file has the whole of a name that we give.
func (correction) ours(name string) bool {
	return IsCorrection(name) && !strings.HasPrefix(strings.ToLower(name), "rejects")
}

// Name is how runs and reports call it.
func (correction) Name() string { return Corrections }

// Version never changes: the mappings of the rows have their own.
func (correction) Version() string { return "1" }

// Match knows the names that we give.
func (correction) Match(name string) (Stamp, bool) {
	if !IsCorrection(name) {
		return Stamp{}, false
	}
	stamp := Stamp{Mapping: Corrections}
	if found := ofNight.FindStringSubmatch(name); found != nil {
		stamp.Date = found[1]
	}
	return stamp, true
}

// Dialect is found out for each file.
func (correction) Dialect() Dialect { return Dialect{} }

// Stamped is false: the rows tell by themselves which night they are of.
func (correction) Stamped() bool { return false }

// Claim is that nothing follows from absence.
func (correction) Claim(rental.Kind) Claim { return Changes }

// Scoped is false, since nothing is claimed.
func (correction) Scoped(rental.Kind) bool { return false }

// Kinds is empty: the rows may be of any.
func (correction) Kinds() []rental.Kind { return nil }

// Prefer is empty.
func (correction) Prefer() []string { return nil }

// End is nothing.
func (correction) End(string, string) rental.Value { return rental.Nothing() }

// Bind fails: rows are bound by their own mappings.
func (correction) Bind(*Header) (RowMapper, error) {
	return nil, &Unreadable{Why: "a file of corrections has no columns of its own"}
}

// startOf is how much of a file is looked at to tell whether rows were mended in it,
// and how it is written.
const startOf = 64 << 10

// start reads the beginning of a file, and gives back all of it.
func start(src io.Reader) (io.Reader, []byte) {
	buffered := bufio.NewReaderSize(src, startOf)
	begin, _ := buffered.Peek(startOf) // what cannot be read is told by reading on
	return buffered, begin
}

// mayCorrect reports whether a file is one in which rows were mended, by its name or
// by its columns. Of workbooks that no mapping knows only reading them tells.
func (in *Intake) mayCorrect(name string, begin []byte) bool {
	if in.Replays == nil {
		return false
	}
	m, _, known := in.mappingOf(name)
	return known && m.Name() == Corrections || bytes.Contains(headLine(begin), []byte(SourceTitle)) || isWorkbook(begin) && !known
}

func isWorkbook(begin []byte) bool { return bytes.HasPrefix(begin, []byte("PK\x03\x04")) }

// headLine is the line that names the columns we have added, as far as it is text;
// nil where there is none.
func headLine(begin []byte) []byte {
	begin = bytes.ReplaceAll(begin, []byte{0}, nil) // UTF-16
	at := bytes.Index(begin, []byte(RowTitle))
	if at < 0 || isWorkbook(begin) {
		return nil
	}
	line := begin[bytes.LastIndexAny(begin[:at], "\r\n")+1:]
	if end := bytes.IndexAny(line, "\r\n"); end >= 0 {
		line = line[:end]
	}
	return line
}

// between is what stands between our two columns in the line that names them.
var between = regexp.MustCompile(regexp.QuoteMeta(RowTitle) + `["']?(.{1,4}?)["']?` + regexp.QuoteMeta(SourceTitle))

// dialect says how a file of corrections is written: as we wrote it, or as a
// spreadsheet saved it again. The ERP's own encoding is that of the first row.
func (in *Intake) dialect(ctx context.Context, begin []byte) Dialect {
	if isWorkbook(begin) {
		return Dialect{Format: "xlsx", Sheet: "*"}
	}
	var d Dialect
	if found := between.FindSubmatch(headLine(begin)); found != nil {
		d.Delimiter = string(found[1])
	}
	of := in.firstOf(ctx, begin)
	d.Quote = of.Quote
	switch {
	case bytes.HasPrefix(begin, []byte{0xFF, 0xFE}), bytes.HasPrefix(begin, []byte{0xFE, 0xFF}), bytes.HasPrefix(begin, []byte("\uFEFF")):
	case of.Format != "" && of.Format != "csv", of.Encoding == "":
	case !utf8.Valid(begin[:wholeRunes(begin)]) || isPlain(begin):
		d.Encoding = of.Encoding
	}
	return d
}

// wholeRunes is how much of a text there is without the character that the end of
// the look may have cut.
func wholeRunes(text []byte) int {
	n := len(text)
	for back := 1; back <= utf8.UTFMax && back <= n; back++ {
		if utf8.RuneStart(text[n-back]) {
			return n - back
		}
	}
	return n
}

func isPlain(text []byte) bool {
	return !slices.ContainsFunc(text, func(b byte) bool { return b >= utf8.RuneSelf })
}

// rowID finds numbers of rows in text.
var rowID = regexp.MustCompile(`[0-9A-HJKMNP-TV-Z]{26}/\d+`)

// firstOf is the dialect of the file that the first row of a file came in.
func (in *Intake) firstOf(ctx context.Context, begin []byte) Dialect {
	id, _ := ParseRowID(string(rowID.Find(begin)))
	known, err := in.Replays.DeliveriesByID(ctx, []string{id.Delivery})
	if err != nil {
		return Dialect{} // reading on fails for the same reason, and tells it
	}
	m, has := in.mappingNamed(known[id.Delivery].Mapping)
	if !has {
		return Dialect{}
	}
	return m.Dialect()
}

// inspectCorrection reads a file of corrections to its end, and tells of which night
// its rows are: the newest one. A workbook without our columns is a stranger's.
func (in *Intake) inspectCorrection(ctx context.Context, name string, src io.Reader, begin []byte) (Inspected, error) {
	stamp, byName := correction{}.Match(PlainName(name))
	sight := correctionSight{in: in, stamp: stamp}
	rows := 0
	for row, err := range in.Reader.Rows(ctx, src, PlainName(name), in.dialect(ctx, begin)) {
		var bad *RowError
		var empty *NoRows
		switch {
		case errors.As(err, &bad):
			rows++
		case errors.As(err, &empty):
			sight.found = sight.found || corrects(empty.Header)
		case err != nil && !byName && !sight.found && isWorkbook(begin):
			return Inspected{}, ErrNoMapping
		case err != nil:
			return Inspected{sight.stamp, rows}, err
		case !row.Blank():
			rows++
			sight.see(ctx, row)
		}
	}
	if !sight.found && !byName {
		return Inspected{}, ErrNoMapping
	}
	return Inspected{sight.stamp, rows}, nil
}

// corrects reports whether rows under a header were mended.
func corrects(h *Header) bool { return h != nil && slices.Contains(h.Names, RowTitle) }

// correctionSight notices rows that were mended, and of which night they are.
type correctionSight struct {
	in    *Intake
	found bool
	stamp Stamp
	last  string // the delivery that was looked up last
}

// see looks at one row.
func (s *correctionSight) see(ctx context.Context, row *Row) {
	if s.in.Replays == nil || row == nil || !corrects(row.Header) {
		return
	}
	s.found, s.stamp.Mapping = true, Corrections
	id, ok := ParseRowID(strings.TrimSpace(cellNamed(row, RowTitle)))
	if !ok || id.Delivery == s.last {
		return
	}
	s.last = id.Delivery
	if known, err := s.in.Replays.DeliveriesByID(ctx, []string{id.Delivery}); err == nil {
		s.stamp.Date = max(s.stamp.Date, known[id.Delivery].BusinessDate)
	}
}

// cellNamed is the cell of a row under a title; blank where there is none.
func cellNamed(row *Row, title string) string {
	at := slices.Index(row.Header.Names, title)
	if at < 0 || at >= len(row.Cells) {
		return ""
	}
	return row.Cells[at]
}
