package journal

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"rentalsync/pipeline"
)

const (
	visit = `
		INSERT INTO visit (account, url, at_ms) VALUES ($1, $2, @now_ms)
		ON CONFLICT (account, url) DO UPDATE SET at_ms = excluded.at_ms
			WHERE visit.at_ms + $3 <= excluded.at_ms
		RETURNING at_ms`
	tooEarly = `SELECT at_ms + $3 - @now_ms FROM visit WHERE account = $1 AND url = $2`
)

// Visit records a request to a page that may be asked for once in every so long.
// When it is too early it records nothing and tells how long to wait.
func (j *Journal) Visit(ctx context.Context, account, url string, every time.Duration) (wait time.Duration, err error) {
	err = j.write(ctx, func(ctx context.Context, s session) error {
		var ms int64
		with := args(account, url, every.Milliseconds())
		if recorded, err := found(s.one(ctx, visit, with, &ms)); err != nil || recorded {
			return err
		}
		err := s.one(ctx, tooEarly, with, &ms)
		wait = max(time.Millisecond, time.Duration(ms)*time.Millisecond)
		return err
	})
	return wait, named(err, "record a visit of account %q", account)
}

const newestSnapshot = `
	SELECT id, flow, taken_at, machines FROM snapshot WHERE flow = $1
	ORDER BY taken_at DESC, id DESC LIMIT 1`

// NewestSnapshot is the flow's last whole snapshot; nil when there is none.
func (j *Journal) NewestSnapshot(ctx context.Context, flow string) (*pipeline.Snapshot, error) {
	var snap pipeline.Snapshot
	var taken int64
	var have bool

	err := j.read(ctx, func(ctx context.Context, s session) (err error) {
		have, err = found(s.one(ctx, newestSnapshot, args(flow), &snap.ID, &snap.Flow, &taken, &snap.Machines))
		return err
	})
	if err != nil || !have {
		return nil, named(err, "find the newest snapshot of flow %q", flow)
	}
	snap.TakenAt = instant(taken)
	return &snap, nil
}

const (
	lastMachine = `SELECT COALESCE(MAX(seq), 0) FROM machine WHERE snapshot = $1`
	addMachine  = `INSERT INTO machine (snapshot, seq, body) VALUES ($1, $2, $3)`
)

// Keep stores machines of a snapshot in the making.
func (j *Journal) Keep(ctx context.Context, snapshot string, machines []pipeline.Machine) error {
	bodies := make([]string, len(machines))
	for i := range machines {
		body, err := json.Marshal(&machines[i])
		if err != nil {
			return named(err, "keep machine %q", machines[i].SerialNumber)
		}
		bodies[i] = string(body)
	}

	err := j.write(ctx, func(ctx context.Context, s session) error {
		var seq int
		if err := s.one(ctx, lastMachine, args(snapshot), &seq); err != nil {
			return err
		}
		for i, body := range bodies {
			if _, err := s.exec(ctx, addMachine, snapshot, seq+i+1, body); err != nil {
				return err
			}
		}
		return nil
	})
	return named(err, "keep %d machines of snapshot %q", len(machines), snapshot)
}

const finish = `
	INSERT INTO snapshot (id, flow, taken_at, machines) VALUES ($1, $2, $3, $4)
	ON CONFLICT (id) DO UPDATE SET flow = excluded.flow, taken_at = excluded.taken_at, machines = excluded.machines`

// Finish makes a snapshot whole: only then does it exist.
func (j *Journal) Finish(ctx context.Context, snap pipeline.Snapshot) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, finish, snap.ID, snap.Flow, nanos(snap.TakenAt), snap.Machines)
		return err
	})
	return named(err, "finish snapshot %q", snap.ID)
}

// Machines yields a stored snapshot in the order it was read.
func (j *Journal) Machines(ctx context.Context, snapshot string) iter.Seq2[pipeline.Machine, error] {
	scan := func(scan func(...any) error) (m pipeline.Machine, ok bool, err error) {
		var body []byte
		if err := scan(&body); err != nil {
			return m, false, err
		}
		return m, true, json.Unmarshal(body, &m)
	}
	return stream(ctx, j, fmt.Sprintf("read snapshot %q", snapshot),
		`SELECT body FROM machine WHERE snapshot = $1 ORDER BY seq`, args(snapshot), scan)
}
