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

// flattened yields everything that comes of each; an error ends it.
func flattened[T, U any](seq iter.Seq2[T, error], of func(T) []U) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) {
		for one, err := range seq {
			if err != nil {
				var none U
				yield(none, err)
				return
			}
			for _, part := range of(one) {
				if !yield(part, nil) {
					return
				}
			}
		}
	}
}

// chain yields one after the other; an error ends them all.
func chain[T any](parts ...iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, part := range parts {
			for one, err := range part {
				if !yield(one, err) || err != nil {
					return
				}
			}
		}
	}
}
