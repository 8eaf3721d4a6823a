package journal

import (
	"context"
	"fmt"
	"iter"

	"rentalsync/pipeline/rental"
)

const registerOf = `
	SELECT e.key, r.body FROM entity e JOIN record r ON r.id = e.record
	WHERE e.flow = $1 AND e.kind = $2 AND e.gone IS NULL ORDER BY e.key`

// Register yields what the register holds of a kind, in the order of keys, without
// assets that no file names any more.
func (j *Journal) Register(ctx context.Context, flow string, kind rental.Kind) iter.Seq2[rental.Record, error] {
	return stream(ctx, j, fmt.Sprintf("read every %s of flow %q", kind, flow), registerOf, args(flow, kind),
		func(scan func(...any) error) (r rental.Record, ok bool, err error) {
			ref := rental.Ref{Kind: kind}
			var body []byte
			if err := scan(&ref.Key, &body); err != nil {
				return r, false, err
			}
			r, err = rental.DecodeRecord(ref, body)
			return r, true, named(err, "%s", ref)
		})
}
