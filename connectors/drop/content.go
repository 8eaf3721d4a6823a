package drop

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"rentalsync/pipeline"
)

// What is unpacked is read as a stream, so a bomb costs time and not memory. It
// is refused when it is far larger than what any export packs to.
const (
	bombRatio = 250      // as many times larger than packed
	bombFloor = 16 << 20 // up to here no ratio is wrong
	bombMost  = 8 << 30  // as large as a file may ever be
)

// bomb tells whether something unpacks to more than it may.
func bomb(unpacked, packed int64) bool {
	return unpacked > bombMost || unpacked > bombFloor && unpacked/bombRatio > packed
}

// content reads what is in a file: that of a compressed one as it was before. It
// takes the digests of both.
type content struct {
	raw *summing
	out *summing // the same as raw where the file is not compressed
	err error    // what ended it, other than its end
}

// newContent reads a file of a name; all is as in newSumming.
func newContent(name string, src io.Reader, all bool) *content {
	raw := newSumming(src, all)
	c := &content{raw: raw, out: raw}
	if isGzip(name) {
		c.out = newSumming(&gunzip{raw: raw}, all)
	}
	return c
}

// Read reads on. What went wrong once stays wrong.
func (c *content) Read(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.out.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// drain reads to the end of the content, and if that is broken to the end of the
// file.
func (c *content) drain() {
	_, _ = io.Copy(io.Discard, c) // c keeps the error
	if c.err == nil || c.out == c.raw {
		return
	}
	if _, err := io.Copy(io.Discard, c.raw); err != nil {
		c.err = err
	}
}

// weighed keeps what a delivery is known by: the content, or the file where that
// cannot be decompressed.
func (c *content) weighed(v *verdict) {
	of := c.out
	if c.err != nil {
		of = c.raw
	}
	v.digest, v.size, v.content, v.raw = of.digest(), of.size, of.sums(), c.raw.sums()
}

// isGzip tells whether a file holds one compressed file.
func isGzip(name string) bool { return strings.EqualFold(path.Ext(name), ".gz") }

// gunzip decompresses a file that holds one member and nothing else.
type gunzip struct {
	raw  *summing
	buf  *bufio.Reader
	unz  *gzip.Reader
	size int64
	last error // of the medium
}

// Read reads on and begins with the header.
func (g *gunzip) Read(p []byte) (int, error) {
	if g.buf == nil {
		g.buf = bufio.NewReader(tapped{g.raw, &g.last})
	}
	if g.unz == nil {
		unz, err := gzip.NewReader(g.buf)
		if err != nil {
			return 0, g.broken(err)
		}
		unz.Multistream(false)
		g.unz = unz
	}

	n, err := g.unz.Read(p)
	g.size += int64(n)
	switch {
	case bomb(g.size, g.raw.size):
		return 0, &pipeline.Unreadable{
			Why:  fmt.Sprintf("the file unpacks to more than %d times its size, as no export does", bombRatio),
			Hint: "have the ERP export it without compression",
		}
	case errors.Is(err, io.EOF):
		return n, g.end()
	case err != nil:
		return n, g.broken(err)
	}
	return n, nil
}

// end checks that nothing follows.
func (g *gunzip) end() error {
	_, err := g.buf.ReadByte()
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return g.broken(err)
	}
	return &pipeline.Unreadable{
		Why:  "something follows after the end of the compressed file",
		Hint: "let the ERP compress one file into one file, and not append to it",
	}
}

// broken is the verdict on a file that cannot be decompressed, unless the medium
// has failed.
func (g *gunzip) broken(err error) error {
	switch {
	case g.last != nil:
		return g.last
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &pipeline.Incomplete{Why: "the compressed file stops before its end"}
	}
	return &pipeline.Unreadable{
		Why:  fmt.Sprintf("the file cannot be decompressed: %v", err),
		Hint: "have the ERP export it again; if it is not compressed at all its name must not end in .gz",
	}
}

// tapped keeps a medium's error, whatever is made of it further up.
type tapped struct {
	src io.Reader
	err *error
}

// Read reads on.
func (t tapped) Read(p []byte) (int, error) {
	n, err := t.src.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		*t.err = err
	}
	return n, err
}
