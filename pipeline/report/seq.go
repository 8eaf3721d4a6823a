package report

import "iter"

// mapped makes rows of whatever is yielded; an error ends them.
func mapped[T any](seq iter.Seq2[T, error], cells func(T) []Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for one, err := range seq {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(cells(one), nil) {
				return
			}
		}
	}
}

// filtered keeps what is wanted, and every error.
func filtered[T any](seq iter.Seq2[T, error], want func(T) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for one, err := range seq {
			if (err != nil || want(one)) && !yield(one, err) {
				return
			}
		}
	}
}
