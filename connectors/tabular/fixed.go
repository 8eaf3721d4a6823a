package tabular

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"rentalsync/pipeline"
)

// fixedFile is one reading of a file of fixed width.
type fixedFile struct {
	*recordFile
	records *fixedScanner
	dialect pipeline.Dialect
	trailer *trailer // by its text; nil where there is none
	counted int      // what it counts
	regular regular
	record  record // reused for every record
	starts  []int
}

// longestRecord is as many characters as a record may have.
const longestRecord = 1 << 20

// readFixed reads text in which every cell has its place.
func readFixed(ctx context.Context, src io.Reader, name string, d pipeline.Dialect, yield yieldFunc) error {
	if d.Length < 0 || d.Length > longestRecord {
		return &pipeline.Unreadable{
			Why:  fmt.Sprintf("length %d is none that a record has", d.Length),
			Hint: "say length: with the number of characters of a record",
		}
	}
	text, err := opener{declared: d.Encoding, kind: "fixed-width text", lost: lostCharacter}.openText(src)
	if err != nil {
		return err
	}
	defer text.close()

	parts, err := newRecordFile(name, text, d, yield)
	if err != nil {
		return err
	}
	f := &fixedFile{recordFile: parts, dialect: d, records: newFixedScanner(text, d.Length)}
	f.trailer = newTrailer(d.End, " ")
	return f.read(ctx)
}

func (f *fixedFile) read(ctx context.Context) error {
	if err := f.records.begin(); err != nil {
		return err
	}
	for n := 0; ; n++ {
		if n%ctxEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		raw, line, err := f.records.next()
		if errors.Is(err, io.EOF) {
			return f.end()
		}
		if err != nil {
			return err
		}
		if f.isNothing(raw, line) {
			continue
		}
		if err := f.readRecord(raw, line); err != nil {
			return err
		}
	}
}

// isNothing tells comments, the lines of a preamble, and what only fills up.
func (f *fixedFile) isNothing(raw []byte, line int) bool {
	for _, preamble := range f.dialect.Header {
		if line <= preamble && !f.dialect.NoHeader {
			return true
		}
	}
	if c := f.dialect.Comment; c != "" && strings.HasPrefix(string(raw[:min(len(raw), len(c))]), c) {
		return true
	}
	return isFill(raw)
}

// isFill tells a record of blanks, low values and end marks: tapes and hosts fill
// up their last block.
func isFill(raw []byte) bool {
	for _, b := range raw {
		if b != ' ' && b != 0 && b != endMark && b != '\t' && b != '\n' && b != '\r' {
			return false
		}
	}
	return true
}

// readRecord takes one record. The trailer is looked for first: it may look like
// any record.
func (f *fixedFile) readRecord(raw []byte, line int) error {
	if f.trailer != nil && f.ended == 0 {
		if count, is := f.trailer.match(raw, &f.records.scanner); is {
			f.ended, f.counted = line, count
			return nil
		}
	}
	r := f.measure(raw, line)
	if err := f.lineless(r); err != nil {
		return err
	}
	if want, is := f.regular.cut(r, f.dialect.Length); is && !f.mayEnd(r) {
		return &pipeline.Incomplete{Why: fmt.Sprintf("the file ends in the middle of %s %d: it has %d of %d characters", f.records.unit(), line, r.size(), want)}
	}
	f.regular.see(r)
	return f.take(r)
}

// lineless notices a file that is one line only and goes on long after all that
// the dialect knows of it.
func (f *fixedFile) lineless(r *record) error {
	reach := 0
	for _, part := range f.parts {
		reach = max(reach, part.reach())
	}
	if f.dialect.Length > 0 || !r.open || f.regular.records > 0 || reach == 0 || r.size() < 2*reach {
		return nil
	}
	return &pipeline.Unreadable{
		Why:  fmt.Sprintf("the file has no line ends: its one line has %d characters, and the columns end at %d", r.size(), reach),
		Hint: "say length: with the number of characters of a record",
	}
}

// mayEnd tells a trailer, which need not be as long as the records before it.
func (f *fixedFile) mayEnd(r *record) bool {
	part := f.partOf(r)
	return part != nil && part.Use == pipeline.TableTrailer && !f.dialect.Strict
}

// measure counts the characters of a record, and compares them with its length.
func (f *fixedFile) measure(raw []byte, line int) *record {
	f.record = record{line: line, raw: raw, text: string(raw), open: f.records.open()}
	r := &f.record
	if firstHigh(raw) >= 0 {
		f.starts = f.starts[:0]
		for i := range r.text {
			f.starts = append(f.starts, i)
		}
		r.starts = f.starts
	}

	want := f.dialect.Length
	switch got := r.size(); {
	case want == 0 || got == want:
	case f.dialect.Strict || (got > want && !isFill(raw[r.offset(want):])):
		r.faults = append(r.faults, lengthFault(r, want))
	}
	return r
}

// lengthFault says that a record has another length than its file.
func lengthFault(r *record, want int) pipeline.Fault {
	got := r.size()
	fault := pipeline.Fault{
		What: fmt.Sprintf("the record has %s where length says %d", plural(got, "character"), want),
		Hint: "a record must not be cut short, nor run into the next one",
	}
	if got > want {
		fault.Value = shortened(strings.TrimRight(r.text[r.offset(want):], padding))
	}
	return fault
}

// end is the verdict at the end of the file.
func (f *fixedFile) end() error {
	if f.trailer != nil {
		if f.ended == 0 {
			return f.trailer.missing()
		}
		if err := f.trailer.verify(f.counted, f.ended, f.rows); err != nil {
			return err
		}
	}
	if f.records.nothing {
		return &pipeline.Incomplete{Why: "the file holds nothing but blanks"}
	}
	return f.finish()
}

// regular notices a file whose records are all as long as its dialect says, or as
// one another: then a last one that is shorter, and that no line end ends, was cut
// off.
type regular struct {
	length  int // of all records so far; 0 where they differ
	records int
	differ  bool
}

// fewest is how many records of one length show that all have it.
const fewest = 3

func (g *regular) see(r *record) {
	size := r.size()
	if g.records > 0 && size != g.length {
		g.differ = true
	}
	g.records++
	g.length = size
}

// cut tells a record that the end of the file cuts short, and how long it was to
// be.
func (g *regular) cut(r *record, length int) (want int, is bool) {
	switch {
	case !r.open || g.differ:
		return 0, false
	case length > 0 && (g.records == 0 || g.length == length):
		return length, r.size() < length
	default:
		return g.length, g.records >= fewest && r.size() < g.length
	}
}
