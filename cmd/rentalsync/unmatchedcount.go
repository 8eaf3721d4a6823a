package main

import (
	"context"
	"fmt"
	"time"

	"rentalsync/pipeline/journal"
)

// unmatchedCount is how much IRIS does not know, and since when the oldest.
type unmatchedCount struct {
	Assets int       `json:"assets"`
	Oldest time.Time `json:"oldest"`
	Days   int       `json:"days"` // of the oldest
}

// countUnmatched asks the journal; nil where IRIS knows everything.
func countUnmatched(ctx context.Context, j *journal.Journal, c *flowConfig) (*unmatchedCount, error) {
	register, err := unmatchedRegister(j, c)
	if err != nil {
		return nil, err
	}
	n, oldest, err := j.UnmatchedCount(ctx, register.Flow, register.Account)
	if n == 0 || err != nil {
		return nil, err
	}
	return &unmatchedCount{Assets: n, Oldest: oldest, Days: int(time.Since(oldest) / (24 * time.Hour))}, nil
}

// String tells it in a sentence.
func (u *unmatchedCount) String() string {
	return fmt.Sprintf("%s not known to IRIS, the oldest for %s; see rentalsync unmatched", counted{u.Assets, "asset"}, counted{u.Days, "day"})
}
