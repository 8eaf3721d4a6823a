package tabular

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"rentalsync/pipeline"
)

// zipEnd is how the record starts that ends every ZIP archive, and how far from
// the end it can be.
const (
	zipEnd      = "PK\x05\x06"
	zipEndReach = 22 + 1<<16
)

// parts are the files within a workbook, by their names in small letters.
type parts struct {
	byName map[string]*zip.File
	left   int64
}

// openParts reads the directory of a workbook.
func openParts(src io.ReaderAt, size int64) (*parts, error) {
	if err := refuseOther(src, size); err != nil {
		return nil, err
	}
	if whole, err := hasZipEnd(src, size); err != nil {
		return nil, err
	} else if !whole {
		return nil, &pipeline.Incomplete{Why: "the workbook ends too early: the directory at its end is missing"}
	}

	budget := &directoryBudget{ReaderAt: src, left: mostDirectory}
	archive, err := zip.NewReader(budget, size)
	if errors.Is(err, errDirectory) {
		return nil, errDirectory
	}
	if err != nil {
		return nil, &pipeline.Unreadable{
			Why:  "the workbook is damaged: the directory at its end does not fit what is before it",
			Hint: "transfer it in binary mode, or have the ERP write it again",
		}
	}
	budget.left = int(^uint(0) >> 1)

	p := &parts{byName: make(map[string]*zip.File, len(archive.File)), left: mostUnpacked}
	return p, p.addAll(archive.File)
}

func hasZipEnd(src io.ReaderAt, size int64) (bool, error) {
	tail := make([]byte, min(size, zipEndReach))
	if _, err := src.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	at := bytes.LastIndex(tail, []byte(zipEnd))
	if at < 0 || len(tail)-at < zipEndSize {
		return false, nil
	}
	comment := int(binary.LittleEndian.Uint16(tail[at+zipEndSize-2:]))
	return len(tail)-at >= zipEndSize+comment, nil
}

// zipEndSize is the size of the record that ends a directory, without its comment.
const zipEndSize = 22

// addAll takes the parts under plain names: some writers use backslashes, or
// another case than they refer to.
func (p *parts) addAll(files []*zip.File) error {
	for _, f := range files {
		name := partName(f.Name)
		if _, twice := p.byName[name]; twice {
			return damaged(f.Name, "is in it twice")
		}
		p.byName[name] = f
	}
	return nil
}

func partName(name string) string {
	return strings.ToLower(strings.Trim(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

func (p *parts) has(name string) bool { return p.byName[partName(name)] != nil }

// names are the names of all parts, in order.
func (p *parts) names() []string {
	names := make([]string, 0, len(p.byName))
	for name := range p.byName {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// open starts to read a part.
func (p *parts) open(ctx context.Context, name string) (*partReader, error) {
	f := p.byName[partName(name)]
	if f == nil {
		return nil, damaged(name, "is missing")
	}
	const encrypted = 1
	if f.Flags&encrypted != 0 {
		return nil, errEncrypted
	}
	src, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) {
		return nil, &pipeline.Unreadable{
			Why:  fmt.Sprintf("the workbook is packed by a method (%d) that spreadsheet programs do not use", f.Method),
			Hint: "open it in Excel and save it, or have the ERP write it by the usual method (deflate)",
		}
	}
	if err != nil {
		return nil, damaged(name, "cannot be found where its directory says")
	}
	return &partReader{ctx: ctx, src: src, part: f, left: &p.left}, nil
}

// scan calls take for every start of an element in a part. What take reads of
// the element is gone when it is called again.
func (p *parts) scan(ctx context.Context, name string, take func(*xmlScanner) error) error {
	part, err := p.open(ctx, name)
	if err != nil {
		return err
	}
	defer part.Close() //nolint:errcheck // it was only read

	s, err := newXMLScanner(part)
	if err != nil {
		return err
	}
	for {
		kind, err := s.next()
		if errors.Is(err, io.EOF) {
			return part.drain()
		}
		if err != nil {
			return err
		}
		if kind == xmlStart {
			if err := take(s); err != nil {
				return err
			}
		}
	}
}
