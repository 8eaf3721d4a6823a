package journal

import (
	"context"
	"errors"
	"iter"
)

// errStop ends a query whose reader has seen enough.
var errStop = errors.New("enough was read")

// stream yields what scan makes of each row of a query, from the read pool: the
// writer goes on meanwhile. Rows for which scan says false are left out.
func stream[T any](ctx context.Context, j *Journal, doing, query string, with []any, scan func(func(...any) error) (T, bool, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		err := j.read(ctx, func(ctx context.Context, s session) error {
			return s.each(ctx, query, with, func(row func(...any) error) error {
				v, ok, err := scan(row)
				if err == nil && ok && !yield(v, nil) {
					return errStop
				}
				return err
			})
		})
		if err != nil && !errors.Is(err, errStop) {
			var zero T
			yield(zero, named(err, "%s", doing))
		}
	}
}
