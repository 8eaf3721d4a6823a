package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// settling is what the settlements of one call share.
type settling struct {
	session
	owner    string
	account  string
	receiver int64
}

// Settle records outcomes, answers and what is due again, for assets that are
// still leased to the owner; an asset whose lease was lost is due again.
func (j *Journal) Settle(ctx context.Context, owner, account, profile string, settled []pipeline.Settlement) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		st := settling{session: s, owner: owner, account: account}
		if err := s.one(ctx, receiverOf, args(account, profile), &st.receiver); err != nil {
			return err
		}
		for i := range settled {
			if err := st.settle(ctx, &settled[i]); err != nil {
				return fmt.Errorf("asset %s: %w", settled[i].Asset, err)
			}
		}
		return nil
	})
	return named(err, "settle %d dispatches of %s", len(settled), owner)
}

const dispatchOf = `
	SELECT e.id, d.asset IS NOT NULL, COALESCE(d.owner, ''), COALESCE(d.run, ''), COALESCE(d.again, 0)
	FROM entity e LEFT JOIN dispatch d ON d.asset = e.id
	WHERE e.flow = $1 AND e.kind = 5 AND e.key = $2`

// leased is the dispatch of one asset as it stands now.
type leased struct {
	asset int64
	there bool
	owner string
	run   string
	again bool
}

func (st *settling) settle(ctx context.Context, done *pipeline.Settlement) error {
	var d leased
	err := st.one(ctx, dispatchOf, args(done.Flow, done.Asset), &d.asset, &d.there, &d.owner, &d.run, &d.again)
	if known, err := found(err); err != nil {
		return err
	} else if !known {
		return errors.New("nobody ever named it")
	}

	if !d.there || d.owner != st.owner {
		return st.lost(ctx, d, done)
	}
	if done.Sent && done.Outcome.Final() {
		if err := st.answer(ctx, d.asset, done); err != nil {
			return err
		}
	}
	if d.run != done.Run || d.again {
		return st.sendAgain(ctx, d, done)
	}
	if err := st.outcome(ctx, d.asset, done); err != nil {
		return err
	}
	return st.release(ctx, d.asset, done)
}

const (
	// Somebody else may have sent something newer before this arrived: what IRIS
	// holds is not known, until it was sent once more.
	dueOnceMore = `
		INSERT INTO dispatch (asset, flow, run, class, due_ms, attempts, lease_ms, held, again, carried_from)
		VALUES ($1, $2, $3, $4, @now_ms, $5, 0, 0, 0, $6)
		ON CONFLICT (asset) DO UPDATE SET again = CASE WHEN dispatch.owner IS NULL THEN 0 ELSE 1 END, held = 0, due_ms = @now_ms`
	doubtAnswer = `UPDATE answer SET attempt = 1 WHERE receiver = $1 AND asset = $2`
)

// lost deals with an asset whose lease ran out and went to somebody else.
func (st *settling) lost(ctx context.Context, d leased, done *pipeline.Settlement) error {
	if !done.Sent {
		return nil // whoever has it now does all that is to be done
	}
	if _, err := st.exec(ctx, doubtAnswer, st.receiver, d.asset); err != nil {
		return err
	}
	_, err := st.exec(ctx, dueOnceMore, d.asset, done.Flow, done.Run, int(done.Class), done.Attempts, done.CarriedFrom)
	return err
}

const (
	freeAgain = `UPDATE dispatch SET owner = NULL, lease_ms = 0, again = 0, due_ms = @now_ms WHERE asset = $1`
	setAnswer = `
		INSERT INTO answer (receiver, asset, accepted, refused, attempt, outcome, status, code, message, clears, at, reference, identifier)
		VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9, $10, $11, $12)
		ON CONFLICT (receiver, asset) DO UPDATE SET
			accepted = COALESCE(excluded.accepted, answer.accepted), refused = excluded.refused, attempt = 0,
			outcome = excluded.outcome, status = excluded.status, code = excluded.code, message = excluded.message,
			clears = excluded.clears, at = excluded.at,
			reference = CASE WHEN excluded.accepted IS NULL THEN answer.reference ELSE excluded.reference END,
			identifier = CASE WHEN excluded.accepted IS NULL THEN answer.identifier ELSE excluded.identifier END`
	setItemAnswer = `
		INSERT INTO item_answer (receiver, item, accepted)
		SELECT $1, id, $4 FROM entity WHERE flow = $2 AND kind = 4 AND key = $3
		ON CONFLICT (receiver, item) DO UPDATE SET accepted = excluded.accepted`
)

// sendAgain frees an asset that is due once more, for a newer run or because an
// older request may have come in between. Its newer run will have the outcome.
func (st *settling) sendAgain(ctx context.Context, d leased, done *pipeline.Settlement) error {
	if d.again && done.Sent {
		if _, err := st.exec(ctx, doubtAnswer, st.receiver, d.asset); err != nil {
			return err
		}
	}
	_, err := st.exec(ctx, freeAgain, d.asset)
	return err
}

// answer keeps what the account said.
func (st *settling) answer(ctx context.Context, asset int64, done *pipeline.Settlement) error {
	accepted, refused := digest(done.Accepted), any(nil)
	reference, identifier := done.Reference, done.FoundBy
	if done.Accepted.IsZero() {
		refused, reference, identifier = digest(done.Whole), "", ""
	}
	a := &done.Answer
	if _, err := st.exec(ctx, setAnswer, st.receiver, asset, accepted, refused,
		done.Outcome.String(), a.Status, a.Code, a.Message, a.Clears, nanos(done.At), reference, identifier); err != nil {
		return err
	}
	if err := st.register(ctx, asset, done); err != nil {
		return err
	}
	for key, taken := range done.Items {
		if _, err := st.exec(ctx, setItemAnswer, st.receiver, done.Flow, key, taken[:]); err != nil {
			return fmt.Errorf("item %s: %w", key, err)
		}
	}
	return nil
}

// digest is how a digest is kept; none is NULL.
func digest(d rental.Digest) any {
	if d.IsZero() {
		return nil
	}
	return d[:]
}

const setOutcome = `
	INSERT INTO outcome (run, asset, outcome, status, code, why, clears, carried_from, at, left_out, reference, identifier, lines)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
	ON CONFLICT (run, asset) DO UPDATE SET
		outcome = excluded.outcome, status = excluded.status, code = excluded.code, why = excluded.why,
		clears = excluded.clears, carried_from = excluded.carried_from, at = excluded.at, left_out = excluded.left_out,
		reference = excluded.reference, identifier = excluded.identifier, lines = excluded.lines`

func (st *settling) outcome(ctx context.Context, asset int64, done *pipeline.Settlement) error {
	why := done.Why
	if why == "" {
		why = done.Answer.Message
	}
	left, err := json.Marshal(done.Left)
	if err != nil {
		return err
	}
	lines, err := json.Marshal(done.Lines)
	if err != nil {
		return err
	}
	_, err = st.exec(ctx, setOutcome, done.Run, asset, done.Outcome.String(), done.Answer.Status, done.Answer.Code, why,
		done.Answer.Clears, done.CarriedFrom, nanos(done.At), string(left), done.Reference, done.Identifier, string(lines))
	return err
}

const (
	dispatched = `DELETE FROM dispatch WHERE asset = $1`
	putOff     = `
		UPDATE dispatch SET owner = NULL, lease_ms = 0, held = $2, approved = CASE WHEN $2 = 0 THEN approved ELSE 0 END, attempts = attempts + 1,
			due_ms = CASE WHEN CAST($3 AS BIGINT) = 0 THEN @now_ms ELSE $3 END
		WHERE asset = $1`
)

// release is done with a dispatch, or keeps it for later.
func (st *settling) release(ctx context.Context, asset int64, done *pipeline.Settlement) error {
	if done.Outcome.Final() {
		_, err := st.exec(ctx, dispatched, asset)
		return err
	}
	next := int64(0)
	if !done.Next.IsZero() {
		next = done.Next.UnixMilli()
	}
	held := notHeld
	if done.Outcome == pipeline.Held {
		held = heldItself
	}
	_, err := st.exec(ctx, putOff, asset, held, next)
	return err
}
