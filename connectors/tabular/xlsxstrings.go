package tabular

import (
	"bufio"
	"context"
	"errors"
	"io"

	"rentalsync/pipeline"
)

// The texts of a workbook stand once, in a part of their own, and cells refer to
// them by number. There may be millions: they are kept in a spool, and only
// where each ends is held in memory.
const (
	mostStrings     = 1 << 24
	mostStringBytes = 1<<31 - 1
	stringsPerChunk = 1 << 16

	pageSize  = 64 << 10
	mostPages = 256
)

// sharedStrings are the texts that cells refer to. The nil sharedStrings are
// those of a workbook without that part.
type sharedStrings struct {
	kept  spool
	out   *bufio.Writer
	ends  [][]uint32 // in chunks, so that growing never copies
	count int
	size  int64

	whole []byte // all of it, where it fits into memory
	file  io.ReaderAt
	pages map[int64][]byte // of the file, the ones in use
}

// readSharedStrings reads the part with the texts; "" is a workbook without one.
func readSharedStrings(ctx context.Context, p *parts, name string) (*sharedStrings, error) {
	if name == "" {
		return nil, nil
	}
	ss := &sharedStrings{}
	ss.out = bufio.NewWriterSize(&ss.kept, pageSize)

	var text []byte
	err := p.scan(ctx, name, func(s *xmlScanner) error {
		if string(s.name) != "si" {
			return nil
		}
		var err error
		if text, err = richText(s, text[:0]); err != nil {
			return err
		}
		return ss.add(text)
	})
	if err == nil {
		err = ss.ready()
	}
	if err != nil {
		ss.close()
		return nil, err
	}
	return ss, nil
}

// richText joins the runs of a text whose element is in hand. How it is spoken
// is no part of it.
func richText(s *xmlScanner, dst []byte) ([]byte, error) {
	for outside := s.depth() - 1; ; {
		kind, err := s.next()
		switch {
		case err != nil:
			return dst, err
		case kind == xmlEnd && s.depth() == outside:
			return dst, nil
		case kind != xmlStart:
		case string(s.name) == "t":
			if s.run, err = s.content(s.run[:0]); err != nil {
				return dst, err
			}
			if dst = appendCellText(dst, s.run); len(dst) > longestXML {
				return dst, tooLongXML()
			}
		case string(s.name) == "rPh":
			if err := s.skip(); err != nil {
				return dst, err
			}
		}
	}
}

func (ss *sharedStrings) add(text []byte) error {
	if ss.size += int64(len(text)); ss.size > mostStringBytes || ss.count == mostStrings {
		return &pipeline.Unreadable{
			Why:  "the workbook holds more than 16 million different texts, or 2 GiB of them",
			Hint: "have the ERP write several files, or CSV",
		}
	}
	if ss.count%stringsPerChunk == 0 {
		ss.ends = append(ss.ends, make([]uint32, 0, min(stringsPerChunk, 1<<10)))
	}
	last := len(ss.ends) - 1
	ss.ends[last] = append(ss.ends[last], uint32(ss.size))
	ss.count++
	_, err := ss.out.Write(text)
	return err
}

// ready turns from writing to reading.
func (ss *sharedStrings) ready() error {
	if err := ss.out.Flush(); err != nil {
		return err
	}
	ss.out = nil
	if ss.kept.file == nil {
		ss.whole = ss.kept.memory.Bytes()
		return nil
	}
	ss.pages = make(map[int64][]byte, mostPages)
	var err error
	ss.file, _, err = ss.kept.at()
	return err
}

// appendTo appends the text of a number to dst; false when there is none.
func (ss *sharedStrings) appendTo(dst []byte, number int) (text []byte, known bool, err error) {
	if ss == nil || number < 0 || number >= ss.count {
		return dst, false, nil
	}
	from, to := ss.end(number-1), ss.end(number)
	if ss.whole != nil {
		return append(dst, ss.whole[from:to]...), true, nil
	}
	for from < to {
		page, err := ss.page(from / pageSize)
		if err != nil {
			return dst, false, err
		}
		start := from % pageSize
		piece := page[start:min(start+to-from, pageSize)]
		dst = append(dst, piece...)
		from += int64(len(piece))
	}
	return dst, true, nil
}

func (ss *sharedStrings) end(number int) int64 {
	if number < 0 {
		return 0
	}
	return int64(ss.ends[number/stringsPerChunk][number%stringsPerChunk])
}

// page is a stretch of the spool. When enough of them are held, any may go.
func (ss *sharedStrings) page(number int64) ([]byte, error) {
	if page, held := ss.pages[number]; held {
		return page, nil
	}
	var page []byte
	if len(ss.pages) == mostPages {
		for other, unlucky := range ss.pages {
			page = unlucky
			delete(ss.pages, other)
			break
		}
	} else {
		page = make([]byte, pageSize)
	}
	if _, err := ss.file.ReadAt(page, number*pageSize); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	ss.pages[number] = page
	return page, nil
}

func (ss *sharedStrings) close() {
	if ss != nil {
		ss.kept.close()
	}
}
