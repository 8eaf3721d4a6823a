package tabular

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// packed writes a book as it is packed, each sheet with the rows that wait for it.
// The library by itself would hold the whole file in memory first.
func packed(w io.Writer, file *excelize.File, rows map[string]*sheetRows) error {
	p := &packer{Writer: zip.NewWriter(w), rows: rows}
	file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return p })
	if err := file.Write(w); err != nil {
		return err
	}
	if len(p.rows) > 0 {
		return fmt.Errorf("%d sheets have no place in the book for their rows", len(p.rows))
	}
	return nil
}

// sheetPart is the part of a book that has a sheet, counted from 1.
func sheetPart(n int) string { return fmt.Sprintf("xl/worksheets/sheet%d.xml", n) }

// packer packs the parts of a book.
type packer struct {
	*zip.Writer
	rows map[string]*sheetRows // by the part that waits for them
}

// Create begins a part.
func (p *packer) Create(name string) (io.Writer, error) {
	out, err := p.Writer.Create(name)
	rows := p.rows[name]
	if err != nil || rows == nil {
		return out, err
	}
	return &filling{packer: p, part: name, out: out, rows: rows}, nil
}

// filling is a sheet's part with its header, which the rows go behind.
type filling struct {
	packer *packer
	part   string
	out    io.Writer
	rows   *sheetRows
}

var endOfRows = []byte("</sheetData>")

// Write takes the whole part at once, as the library gives what is small.
func (f *filling) Write(part []byte) (int, error) {
	at := bytes.LastIndex(part, endOfRows)
	if at < 0 {
		return 0, errors.New("a sheet has no end where its rows could go")
	}
	if _, err := f.out.Write(part[:at]); err != nil {
		return 0, err
	}
	if err := f.fill(); err != nil {
		return 0, err
	}
	delete(f.packer.rows, f.part)
	n, err := f.out.Write(part[at:])
	return at + n, err
}

func (f *filling) fill() error {
	if err := f.rows.flush(); err != nil {
		return err
	}
	defer f.rows.spool.close()
	waiting, err := f.rows.spool.reader()
	if err == nil {
		_, err = io.Copy(f.out, waiting)
	}
	return err
}
