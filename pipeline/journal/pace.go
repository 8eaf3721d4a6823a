package journal

import (
	"context"
	"time"

	"rentalsync/pipeline"
)

var _ pipeline.Pace = (*pace)(nil)

// aheadAtMost is how far ahead turns are given out: what a process that dies
// took with it is lost to the others for no longer.
const aheadAtMost = 5 * time.Second

// pace hands out turns of one account from the journal, so that all who call it
// keep to one rate.
type pace struct {
	journal *Journal
	account string
	rates   map[string]float64
}

// Pace returns what keeps an account's rates, in turns a second for each lane; a
// lane without a rate goes by that of "other". 0 is no limit.
func (j *Journal) Pace(account string, rates map[string]float64) pipeline.Pace {
	return &pace{journal: j, account: account, rates: rates}
}

const reserve = `
	INSERT INTO pace (account, lane, next_us) VALUES ($1, $2, @now_ms * 1000 + $3)
	ON CONFLICT (account, lane) DO UPDATE SET
		next_us = CASE WHEN pace.next_us > @now_ms * 1000 THEN pace.next_us ELSE @now_ms * 1000 END + $3
	RETURNING next_us`

// Reserve takes up to n turns of a lane and returns how many it got, when the
// first one is, and the time between two.
func (pa *pace) Reserve(ctx context.Context, lane string, n int) (got int, first time.Time, every time.Duration, err error) {
	rate, known := pa.rates[lane]
	if !known {
		rate = pa.rates["other"]
	}
	if rate <= 0 {
		return n, time.Time{}, 0, nil
	}

	every = max(time.Microsecond, time.Duration(float64(time.Second)/rate).Round(time.Microsecond))
	got = max(1, min(n, int(aheadAtMost/every)))
	taken := int64(got) * every.Microseconds()

	var next int64
	err = pa.journal.write(ctx, func(ctx context.Context, s session) error {
		return s.one(ctx, reserve, args(pa.account, lane, taken), &next)
	})
	if err != nil {
		return 0, time.Time{}, 0, named(err, "reserve turns of account %q", pa.account)
	}
	return got, time.UnixMicro(next - taken).UTC(), every, nil
}
