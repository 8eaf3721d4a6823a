package tabular

import (
	"bytes"
	"context"
	"errors"
	"io"
	"unicode/utf8"

	"rentalsync/pipeline"
)

// csvFile is one reading of a CSV file.
type csvFile struct {
	scan    *scanner
	text    *source
	dialect csvDialect
	name    string
	yield   yieldFunc

	records *recordFile // of a file that holds several tables; nil where it is one
	asks    cellAsks

	header  *pipeline.Header
	openEnd bool         // the header ends with a delimiter
	row     pipeline.Row // reused for every row
	rows    int          // read so far, the broken ones among them
}

// readCSV reads delimiter-separated text.
func readCSV(ctx context.Context, src io.Reader, name string, d pipeline.Dialect, yield yieldFunc) error {
	dialect, err := csvDialectOf(d)
	if err != nil {
		return err
	}
	text, err := opener{declared: d.Encoding, kind: "CSV", lost: lostByte}.openText(src)
	if err != nil {
		return err
	}
	defer text.close()

	f := &csvFile{text: text, dialect: dialect, name: name, yield: yield}
	if f.asks, err = cellAsksOf(d.Asks); err != nil {
		return err
	}
	if len(d.Parts) > 0 {
		if f.records, err = newRecordFile(name, text, d, yield); err != nil {
			return err
		}
	}
	f.scan = &scanner{
		window:    newWindow(text.text),
		delimiter: []byte(dialect.delimiter),
		quote:     dialect.quote,
		quoting:   dialect.quote != 0,
		line:      1,
	}
	return f.read(ctx)
}

func (f *csvFile) read(ctx context.Context) error {
	if err := f.readPreamble(); err != nil {
		return err
	}
	f.dialect.trailer = newTrailer(f.dialect.end, string(f.scan.delimiter))
	if f.records == nil && !f.dialect.noHeader {
		if err := f.readHeader(ctx); err != nil {
			return err
		}
	}
	if err := f.readRows(ctx); err != nil {
		return err
	}
	if f.records != nil {
		return f.records.finish()
	}
	if f.rows == 0 && f.header != nil {
		return &pipeline.NoRows{Header: f.header}
	}
	return nil
}

// ctxEvery is the number of lines between two looks at the context.
const ctxEvery = 256

// readRows takes everything below the header.
func (f *csvFile) readRows(ctx context.Context) error {
	for n := 0; ; n++ {
		if n%ctxEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}

		line, err := f.scan.peek()
		if errors.Is(err, io.EOF) {
			return f.ended()
		}
		if err != nil {
			return err
		}
		if f.isNothing(line) {
			f.hearAboveRows(line)
			f.scan.skip()
			continue
		}
		if count, is := f.isTrailer(line); is {
			return f.readTrailer(count)
		}
		if f.records != nil {
			err = f.readRecord()
		} else {
			err = f.readRow()
		}
		if err != nil {
			return err
		}
	}
}

// hearAboveRows asks the lines above the first row of a table without a header.
func (f *csvFile) hearAboveRows(line []byte) {
	if f.header == nil && f.rows == 0 {
		f.asks.hear(line, f.scan)
	}
}

// isNothing tells comments and blank lines.
func (f *csvFile) isNothing(line []byte) bool {
	if c := f.dialect.comment; len(c) > 0 && bytes.HasPrefix(line, c) {
		return true
	}
	if len(line) > 0 && line[0] > ' ' && line[0] != endMark && line[0] < utf8.RuneSelf {
		return false
	}
	rest := bytes.Trim(bytes.TrimSpace(line), "\x1a")
	return len(rest) == 0 && !bytes.Contains(line, f.scan.delimiter)
}

func (f *csvFile) isTrailer(line []byte) (count int, is bool) {
	if f.dialect.trailer == nil {
		return 0, false
	}
	return f.dialect.trailer.match(line, f.scan)
}

// ended is the verdict at the end of a file in which no trailer was seen.
func (f *csvFile) ended() error {
	if f.dialect.trailer != nil {
		return f.dialect.trailer.missing()
	}
	return f.text.verdict()
}

// readTrailer makes sure that nothing follows the trailer, and that it counts
// right.
func (f *csvFile) readTrailer(count int) error {
	at := f.scan.line
	for {
		f.scan.skip()
		line, err := f.scan.peek()
		if errors.Is(err, io.EOF) {
			if err := f.dialect.trailer.verify(count, at, f.readSoFar()); err != nil {
				return err
			}
			return f.text.verdict()
		}
		if err != nil {
			return err
		}
		if !f.isNothing(line) {
			return textAfterTrailer(f.scan.line, at)
		}
	}
}
