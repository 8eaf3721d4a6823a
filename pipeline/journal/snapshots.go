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
		INSERT INTO visit (account, url, at) VALUES ($1, $2, $3)
		ON CONFLICT (account, url) DO UPDATE SET at = excluded.at
			WHERE visit.at + $4 <= excluded.at
		RETURNING at`
	tooEarly = `SELECT at + $4 - $3 FROM visit WHERE account = $1 AND url = $2`
	takeBack = `DELETE FROM visit WHERE account = $1 AND url = $2 AND at = $3`
)

// Visit records that a page is asked for, which may be once in every so long.
// When it is too early it records nothing and tells how long to wait.
func (j *Journal) Visit(ctx context.Context, account, url string, at time.Time, every time.Duration) (wait time.Duration, err error) {
	err = j.write(ctx, func(ctx context.Context, s session) error {
		var recorded int64
		with := args(account, url, nanos(at), int64(every))
		if done, err := found(s.one(ctx, visit, with, &recorded)); err != nil || done {
			return err
		}
		return s.one(ctx, tooEarly, with, &wait)
	})
	return wait, named(err, "record a visit of account %q", account)
}

// TakeBack forgets a visit that was not answered.
func (j *Journal) TakeBack(ctx context.Context, account, url string, at time.Time) error {
	err := j.write(ctx, func(ctx context.Context, s session) error {
		_, err := s.exec(ctx, takeBack, account, url, nanos(at))
		return err
	})
	return named(err, "take back a visit of account %q", account)
}

const (
	selectSnapshot = `SELECT id, account, taken_at, read_at, machines, faulty, next FROM snapshot WHERE account = $1`
	newestSnapshot = selectSnapshot + ` ORDER BY taken_at DESC, id DESC LIMIT 1`
	wholeSnapshots = selectSnapshot + ` AND next = '' AND read_at > 0 AND taken_at < $2 ORDER BY taken_at DESC, id DESC LIMIT $3`
)

// NewestSnapshot is the account's last one, whole or not; nil when there is none.
func (j *Journal) NewestSnapshot(ctx context.Context, account string) (snap *pipeline.Snapshot, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		one, err := scanSnapshot(func(into ...any) error { return s.one(ctx, newestSnapshot, args(account), into...) })
		if have, err := found(err); err != nil || !have {
			return err
		}
		snap = &one
		return nil
	})
	return snap, named(err, "find the newest snapshot of account %q", account)
}

// Snapshots are the account's whole ones that were begun before a time, the
// newest first, but no more than so many.
func (j *Journal) Snapshots(ctx context.Context, account string, before time.Time, most int) (list []pipeline.Snapshot, err error) {
	err = j.read(ctx, func(ctx context.Context, s session) error {
		return s.each(ctx, wholeSnapshots, args(account, nanos(before), most), func(scan func(...any) error) error {
			one, err := scanSnapshot(scan)
			list = append(list, one)
			return err
		})
	})
	return list, named(err, "list the snapshots of account %q", account)
}

func scanSnapshot(scan func(...any) error) (snap pipeline.Snapshot, err error) {
	var taken, read int64
	err = scan(&snap.ID, &snap.Account, &taken, &read, &snap.Machines, &snap.Faulty, &snap.Next)
	snap.TakenAt, snap.ReadAt = instant(taken), instant(read)
	return snap, err
}

const (
	growSnapshot = `
		INSERT INTO snapshot (id, account, taken_at, read_at, machines, faulty, next) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET
			read_at = excluded.read_at, machines = excluded.machines, faulty = excluded.faulty, next = excluded.next`
	lastMachine = `SELECT COALESCE(MAX(seq), 0) FROM machine WHERE snapshot = $1`
	addMachine  = `INSERT INTO machine (snapshot, seq, body) VALUES ($1, $2, $3)`

	// What broke off and was not gone on with for so long is nobody's any more.
	brokenOff      = `SELECT id FROM snapshot WHERE account = $1 AND next <> '' AND read_at < $2`
	brokenOffStays = 24 * time.Hour
)

// Keep adds a page to a snapshot, and what the snapshot is with it.
func (j *Journal) Keep(ctx context.Context, snap pipeline.Snapshot, page []pipeline.Machine) error {
	bodies := make([]string, len(page))
	for i := range page {
		body, err := json.Marshal(&page[i])
		if err != nil {
			return named(err, "keep machine %q", page[i].SerialNumber)
		}
		bodies[i] = string(body)
	}

	err := j.write(ctx, func(ctx context.Context, s session) error {
		if _, err := s.exec(ctx, growSnapshot,
			snap.ID, snap.Account, nanos(snap.TakenAt), nanos(snap.ReadAt), snap.Machines, snap.Faulty, snap.Next); err != nil {
			return err
		}
		return addMachines(ctx, s, snap.ID, bodies)
	})
	if err != nil || !snap.Whole() {
		return named(err, "keep %d machines of snapshot %q", len(page), snap.ID)
	}
	return j.forgetBrokenOff(ctx, snap.Account, snap.ReadAt.Add(-brokenOffStays))
}

// forgetBrokenOff clears away snapshots that nobody went on with since a time.
func (j *Journal) forgetBrokenOff(ctx context.Context, account string, since time.Time) error {
	var gone []string
	err := j.read(ctx, func(ctx context.Context, s session) (err error) {
		gone, err = s.texts(ctx, brokenOff, account, nanos(since))
		return err
	})
	for _, id := range gone {
		if err == nil {
			err = j.forgetSnapshot(ctx, id)
		}
	}
	return named(err, "forget what broke off of account %q", account)
}

func addMachines(ctx context.Context, s session, snapshot string, bodies []string) error {
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
