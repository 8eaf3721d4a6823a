package journal

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"rentalsync/pipeline/rental"
)

// name is an entity's number in this journal, with the records that the register
// and a stage hold of it; 0 where they hold none.
type name struct {
	id     int64
	record int64
	staged int64
}

const (
	findNames = `
		SELECT e.id, e.key, COALESCE(e.record, 0), COALESCE(s.record, 0)
		FROM entity e LEFT JOIN staged s ON s.stage = $3 AND s.kind = e.kind AND s.entity = e.id
		WHERE e.flow = $1 AND e.kind = $2 AND e.key IN `
	addNames = `INSERT INTO entity (flow, kind, key, history) VALUES @rows RETURNING id, kind, key`
)

// names finds the numbers of entities; those that nobody ever named are not in
// the answer.
func names(ctx context.Context, s session, flow string, stage int64, refs []rental.Ref) (map[rental.Ref]name, error) {
	known := make(map[rental.Ref]name, len(refs))

	for _, kind := range rental.Kinds() {
		for keys := range chunks(keysOf(kind, refs)) {
			with := append(args(flow, int(kind), stage), keys...)
			err := s.each(ctx, findNames+placeholders(4, len(keys)), with, func(scan func(...any) error) error {
				n, ref := name{}, rental.Ref{Kind: kind}
				err := scan(&n.id, &ref.Key, &n.record, &n.staged)
				known[ref] = n
				return err
			})
			if err != nil {
				return nil, fmt.Errorf("find %s keys: %w", kind, err)
			}
		}
	}
	return known, nil
}

// intern is names, and numbers those that have none, in the order given.
func intern(ctx context.Context, s session, flow string, stage int64, refs []rental.Ref) (map[rental.Ref]name, error) {
	known, err := names(ctx, s, flow, stage, refs)
	if err != nil {
		return nil, err
	}

	var rows [][]any
	for _, ref := range refs {
		if _, have := known[ref]; !have {
			known[ref] = name{}
			rows = append(rows, args(flow, int(ref.Kind), ref.Key, 0))
		}
	}
	err = s.insert(ctx, addNames, rows, func(scan func(...any) error) error {
		var n name
		var ref rental.Ref
		err := scan(&n.id, &ref.Kind, &ref.Key)
		known[ref] = n
		return err
	})
	return known, named(err, "name %d entities", len(rows))
}

// keysOf lists the keys of one kind, each once.
func keysOf(kind rental.Kind, refs []rental.Ref) []string {
	var keys []string
	for _, ref := range refs {
		if ref.Kind == kind {
			keys = append(keys, ref.Key)
		}
	}
	return unique(keys)
}

// chunk is how many values go into one IN list: SQLite finds a numbered
// placeholder by looking through those before it, so that long lists cost more.
const chunk = 60

// chunks cuts a list into arguments for IN lists of one length: the last is
// filled up with its last value, so that the database sees one statement.
func chunks[T any](list []T) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for part := range slices.Chunk(list, chunk) {
			size := min(chunk, len(list))
			with := make([]any, 0, size)
			for _, v := range part {
				with = append(with, v)
			}
			for len(with) < size {
				with = append(with, part[len(part)-1])
			}
			if !yield(with) {
				return
			}
		}
	}
}

// placeholders is an IN list of n arguments, the first numbered from.
func placeholders(from, n int) string {
	b := make([]byte, 0, 6*n+2)
	b = append(b, '(')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '$')
		b = strconv.AppendInt(b, int64(from+i), 10)
	}
	return string(append(b, ')'))
}

// numbers reads as a list of database numbers.
func numbers(ids map[int64]struct{}) []int64 {
	list := make([]int64, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// unique lists keys sorted and each once: near keys lie near in the index.
func unique(keys []string) []string {
	keys = slices.Sorted(slices.Values(keys))
	return slices.Compact(keys)
}
