package journal

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"rentalsync/pipeline/rental"
)

const (
	spellingsOf = `
		SELECT e.id, s.key, s.said, s.identifier_type, s.identifier
		FROM entity e CROSS JOIN spelling s
		WHERE s.flow = e.flow AND s.account = $1 AND s.key = e.key AND e.id IN %s`

	allSpellings = `
		SELECT key, said, identifier_type, identifier FROM spelling
		WHERE flow = $1 AND account = $2 ORDER BY key`
	saveSpelling = `
		INSERT INTO spelling (flow, account, key, said, identifier_type, identifier) VALUES @rows
		ON CONFLICT (flow, account, key) DO UPDATE SET
			said = excluded.said, identifier_type = excluded.identifier_type, identifier = excluded.identifier`
	dropSpelling = `DELETE FROM spelling WHERE flow = $1 AND account = $2 AND key = $3`
)

// spelledAtOnce is how many spellings one transaction writes.
const spelledAtOnce = 1000

// loadSpellings loads how the account spells what it finds assets by.
func (g *gathering) loadSpellings(ctx context.Context, assets []int64) error {
	for with := range chunks(assets) {
		query := fmt.Sprintf(spellingsOf, placeholders(2, len(with)))
		err := g.each(ctx, query, append(args(g.account), with...), func(scan func(...any) error) error {
			var id int64
			var s rental.Spelling
			err := scan(&id, &s.Key, &s.Said, &s.IdentifierType, &s.Identifier)
			g.spelled[id] = s
			return err
		})
		if err != nil {
			return fmt.Errorf("load how assets are spelled: %w", err)
		}
	}
	return nil
}

// Spellings yields how an account spells the identifiers of a flow's assets, in
// the order of keys.
func (j *Journal) Spellings(ctx context.Context, flow, account string) iter.Seq2[rental.Spelling, error] {
	return stream(ctx, j, fmt.Sprintf("read how account %q spells the assets of flow %q", account, flow), allSpellings, args(flow, account),
		func(scan func(...any) error) (s rental.Spelling, ok bool, err error) {
			err = scan(&s.Key, &s.Said, &s.IdentifierType, &s.Identifier)
			return s, true, err
		})
}

// SaveSpellings keeps spellings that are new or have changed, and forgets those of
// the named assets. Every part that is written stands by itself.
func (j *Journal) SaveSpellings(ctx context.Context, flow, account string, list []rental.Spelling, gone []string) error {
	for part := range slices.Chunk(list, spelledAtOnce) {
		rows := make([][]any, len(part))
		for i, s := range part {
			rows[i] = args(flow, account, s.Key, s.Said, s.IdentifierType, s.Identifier)
		}
		err := j.write(ctx, func(ctx context.Context, s session) error { return s.insert(ctx, saveSpelling, rows, nil) })
		if err != nil {
			return named(err, "keep how account %q spells assets of flow %q", account, flow)
		}
	}
	for part := range slices.Chunk(gone, spelledAtOnce) {
		err := j.write(ctx, func(ctx context.Context, s session) error {
			for _, key := range part {
				if _, err := s.exec(ctx, dropSpelling, flow, account, key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return named(err, "forget how account %q spelled assets of flow %q", account, flow)
		}
	}
	return nil
}
