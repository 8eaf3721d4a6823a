package pipeline

import (
	"context"
	"fmt"
	"time"
)

// One is the entry of an asset; nil where the account knows it.
func (r *UnmatchedRegister) One(ctx context.Context, asset string) (*UnmatchedEntry, error) {
	one, err := r.Journal.UnmatchedAsset(ctx, r.Flow, r.Account, asset)
	if one == nil || err != nil {
		return nil, err
	}
	u := UnmatchedList{Flow: r.Flow, Account: r.Account, At: r.Now()}
	u.Entries = []UnmatchedEntry{{UnmatchedAsset: *one, Why: one.Why(), Days: wholeDays(one.Since, u.At)}}
	if err := r.describe(ctx, u.Entries); err != nil {
		return nil, err
	}
	if err := r.candidates(ctx, &u); err != nil {
		return nil, err
	}
	return &u.Entries[0], nil
}

// unmatched tells since when the account does not know the asset, and what it may
// be there.
func (e *explaining) unmatched(ctx context.Context) error {
	if e.UnmatchedFunc == nil {
		return nil
	}
	entry, err := e.UnmatchedFunc(ctx, e.out.Key)
	if entry == nil || err != nil {
		return err
	}
	e.say("it stands in the register of unmatched assets since %s (%s): %s", entry.Since.UTC().Format(time.DateOnly), nDays(entry.Days), entry.Why)
	for _, c := range entry.Candidates {
		e.say("it may be asset %s of IRIS, %s: %s", c.IRIS.ID, c.IRIS.Name, c.By.About())
	}
	return nil
}

func nDays(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
