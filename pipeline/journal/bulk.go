package journal

import (
	"context"
	"slices"
	"strings"
)

// Rows that are written by the thousand go into the database many to a statement:
// running a statement costs more than adding a row.

// bulk is how many rows go into one statement; with more of them a row gets no
// cheaper. What is left over goes one by one, so that there are two texts to
// prepare and not one for every count.
const bulk = 25

// read takes one row of a result.
type read func(scan func(...any) error) error

// insert adds rows by a statement that says @rows where they stand. Where the
// statement returns something of every row, fn reads it, in any order.
func (s session) insert(ctx context.Context, query string, rows [][]any, fn read) error {
	whole := len(rows) - len(rows)%bulk
	if err := s.insertBy(ctx, bulk, query, rows[:whole], fn); err != nil {
		return err
	}
	return s.insertBy(ctx, 1, query, rows[whole:], fn)
}

func (s session) insertBy(ctx context.Context, size int, query string, rows [][]any, fn read) error {
	if len(rows) == 0 {
		return nil
	}
	text := s.dialect.rows(query, size, len(rows[0]))
	for some := range slices.Chunk(rows, size) {
		if err := s.run(ctx, text, slices.Concat(some...), fn); err != nil {
			return err
		}
	}
	return nil
}

func (s session) run(ctx context.Context, text string, with []any, fn read) error {
	if fn != nil {
		return s.each(ctx, text, with, fn)
	}
	_, err := s.exec(ctx, text, with...)
	return err
}

// rows writes n rows of so many arguments where a text says @rows.
func (d *dialect) rows(text string, n, width int) string {
	b := make([]byte, 0, n*(6*width+3))
	for i := range n * width {
		switch {
		case i == 0:
			b = append(b, '(')
		case i%width == 0:
			b = append(b, "), ("...)
		default:
			b = append(b, ", "...)
		}
		b = d.argument(b, i+1)
	}
	return strings.Replace(text, "@rows", string(append(b, ')')), 1)
}
