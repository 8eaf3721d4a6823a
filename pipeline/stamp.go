package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// stamper finds out of a file's name and content when it was made.
type stamper struct {
	mapping Mapping
	name    Stamp // what the name says
	said    Stamp // what name and content say together
	heard   bool  // the content was asked
}

// newStamper starts with what a file's name says.
func newStamper(m Mapping, name Stamp) *stamper { return &stamper{mapping: m, name: name, said: name} }

// hear asks the content: with the first row, with every one where rows say it,
// or with none where there is only a header.
func (s *stamper) hear(mapper RowMapper, row *Row) error {
	if !s.mapping.Stamped() {
		return nil
	}
	stamp, err := mapper.Stamp(row)
	if err != nil {
		return err
	}
	if s.said.Date, err = agreed("business date", s.said.Date, stamp.Date, s.heard); err != nil {
		return err
	}
	if s.said.Sequence, err = agreed("sequence", s.said.Sequence, stamp.Sequence, s.heard); err != nil {
		return err
	}
	if stamp.Number != 0 {
		s.said.Number = stamp.Number
	}
	s.heard = true
	return nil
}

// agreed is what two places say, of which each may say nothing.
func agreed(what, before, now string, rows bool) (string, error) {
	switch {
	case now == "" || now == before:
		return before, nil
	case before == "":
		return now, nil
	}
	where := "its name says"
	if rows {
		where = "what stands before says"
	}
	return "", &Unreadable{
		Why:  fmt.Sprintf("the file's content says %s %s, and %s %s", what, now, where, before),
		Hint: "one of them is wrong: have the ERP export the night again",
	}
}

// stampOf is what a file says about when it was made, once it was looked at.
func (in *Intake) stampOf(f File) (m Mapping, stamp Stamp, ok bool) {
	if f.Stamp.Mapping != "" {
		m, ok = in.mappingNamed(f.Stamp.Mapping)
		return m, f.Stamp, ok
	}
	m, stamp, ok = in.mappingOf(f.Name)
	if f.Stamp.Date != "" {
		stamp.Date = f.Stamp.Date
	}
	if f.Stamp.Sequence != "" {
		stamp.Sequence = f.Stamp.Sequence
	}
	if f.Stamp.Number != 0 {
		stamp.Number = f.Stamp.Number
	}
	return m, stamp, ok
}

// PlainName is the name that a mapping knows a file by: of a file that came in an
// archive its own, and without the ending of a compressed one.
func PlainName(name string) string {
	base := path.Base(name)
	if ending := path.Ext(base); strings.EqualFold(ending, ".gz") {
		return strings.TrimSuffix(base, ending)
	}
	return base
}

// Inspect reads a file to its end and tells whether it is whole by what its
// mapping says of it, and when it was made. What is wrong with single rows does
// not matter here.
func (in *Intake) Inspect(ctx context.Context, name string, src io.Reader) (Inspected, error) {
	src, begin := start(src)
	if in.mayCorrect(name, begin) {
		return in.inspectCorrection(ctx, name, src, begin)
	}
	m, stamp, ok := in.mappingOf(name)
	if !ok {
		return Inspected{}, ErrNoMapping
	}
	s := newStamper(m, stamp)
	b := binding{mapping: m}
	rows, mended := 0, correctionSight{in: in}
	for row, err := range in.Reader.Rows(ctx, src, PlainName(name), m.Dialect()) {
		var bad *RowError
		var empty *NoRows
		switch {
		case errors.As(err, &bad):
			rows++
			continue
		case errors.As(err, &empty):
			row, err = nil, b.to(empty.Header)
		case err == nil:
			if !row.Blank() {
				rows++
			}
			if mended.see(ctx, row); !mended.found {
				err = b.to(row.Header)
			}
		}
		if err == nil && !mended.found {
			err = s.hear(b.mapper, row)
		}
		if err != nil {
			return Inspected{s.said, rows}, err
		}
	}
	if mended.found {
		return Inspected{mended.stamp, rows}, nil
	}
	return Inspected{s.said, rows}, nil
}

// binding keeps the mapper of the header that the row in hand is under.
type binding struct {
	mapping Mapping
	mapper  RowMapper
	header  *Header
}

// to binds a header, unless the content is not asked or it is bound already.
func (b *binding) to(h *Header) (err error) {
	if b.header == h || !b.mapping.Stamped() {
		return nil
	}
	b.header = h
	b.mapper, err = b.mapping.Bind(h)
	return err
}
