package tabular

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"

	"rentalsync/pipeline"
)

// What a workbook may be. Excel's own are far within; what is beyond was made to
// do harm, or by a program that went wrong.
const (
	mostDirectory = 4 << 20  // bytes of the ZIP directory
	mostUnpacked  = 16 << 30 // bytes, over everything that is read of one workbook
	freeRatio     = 64 << 20 // bytes that may be unpacked however small they were
	mostRatio     = 1000
	mostColumns   = 1 << 14
	mostRows      = 1 << 24 // Excel stops at 2^20, other programs need not
	mostSheets    = 4096
	mostStyles    = 1 << 16
)

// directoryBudget is a file of which only so much may be read, while the
// directory of the ZIP is: it could name a million parts.
type directoryBudget struct {
	io.ReaderAt
	left int
}

var errDirectory = &pipeline.Unreadable{
	Why:  "the workbook says that it holds more parts than any workbook does",
	Hint: "find out who made this file; open it in Excel and save it as .xlsx",
}

// ReadAt reads while the budget lasts.
func (b *directoryBudget) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errDirectory
	}
	return b.ReaderAt.ReadAt(p, at)
}

// partReader reads one part of a workbook, and gives up where it turns out to be
// a bomb, does not agree with its directory, or nobody waits for it any more.
type partReader struct {
	ctx  context.Context
	src  io.ReadCloser
	part *zip.File
	left *int64 // of what the whole workbook may unpack to
	read int64
}

// Read unpacks some of the part.
func (pr *partReader) Read(p []byte) (int, error) {
	if err := pr.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := pr.src.Read(p)
	pr.read += int64(n)
	*pr.left -= int64(n)

	switch {
	case *pr.left < 0:
		return 0, pr.refuse("it unpacks to more than 16 GiB")
	case pr.read > freeRatio && pr.read/mostRatio > int64(pr.part.CompressedSize64):
		return 0, pr.refuse("a part of it unpacks to more than 1000 times its size")
	case err != nil && !errors.Is(err, io.EOF):
		return 0, damaged(pr.part.Name, "does not agree with its size and checksum, or cannot be unpacked")
	}
	return n, err
}

func (pr *partReader) refuse(why string) error {
	return &pipeline.Unreadable{
		Why:  "the workbook is refused as a bomb: " + why,
		Hint: "find out who made this file",
	}
}

// Close lets go of the part.
func (pr *partReader) Close() error { return pr.src.Close() }

// drain reads what is left, so that the checksum of the part is seen.
func (pr *partReader) drain() error {
	_, err := io.Copy(io.Discard, pr)
	return err
}

func damaged(part, what string) error {
	return &pipeline.Unreadable{
		Why:  fmt.Sprintf("the workbook is damaged: its part %s %s", shortened(part), what),
		Hint: "transfer it in binary mode, or have the ERP write it again",
	}
}
