package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"rentalsync/pipeline/rental"
)

// Snapshotter reads the telematics of an account's fleet, stores them, and
// writes them for a flow's ERP and analysts. Flows that share an account share
// its snapshots: IRIS answers for the account.
type Snapshotter struct {
	Flow     string
	Account  string
	Fleet    Fleet
	Journal  SnapshotJournal
	Assembly rental.Assembly // knows the flow's keys by their references
	Outbox   Outbox
	Forms    []Form[SnapshotFleet]
	Analyst  *Analyst
	Hours    *History // default: none

	Layouts   []SnapshotLayout // more files, as the ERP wants them
	Layouting LayoutJournal
	Register  RegisterJournal
	Zone      *time.Location // of the days in names and of the times in files; nil is UTC
	History   time.Duration  // how long snapshots are kept; 0 is for ever

	Every time.Duration // how often IRIS may be asked for the same page
	Now   func() time.Time
	Log   *slog.Logger
}

// Taken tells what Take did.
type Taken struct {
	Snapshot
	Flow   string
	Stored bool      // answered from a snapshot that is still young enough
	Again  time.Time // when IRIS may be asked again
	Files  []string  // where it was written

	LeftOut int // lines of files that could not be written as their layouts want them
}

// Take writes the newest snapshot, after reading it where the stored one is old
// enough for IRIS to be asked again. One that broke off is gone on with while it
// is young: its pages may not be asked for yet. Who comes while another process
// takes one waits, and finds it stored.
func (s *Snapshotter) Take(ctx context.Context) (Taken, error) {
	taken := Taken{Flow: s.Flow}
	end, err := s.Journal.SnapshotTurn(ctx)
	if err != nil {
		return taken, err
	}
	defer end()
	newest, err := s.Journal.NewestSnapshot(ctx, s.Account)
	if err != nil {
		return taken, fmt.Errorf("look for a stored snapshot: %w", err)
	}

	now := s.Now()
	if newest != nil && now.Sub(newest.ReadAt) < s.Every {
		taken.Snapshot, taken.Stored = *newest, newest.Whole()
	} else {
		taken.Snapshot = Snapshot{ID: newID(now), Account: s.Account, TakenAt: now}
	}
	if !taken.Stored {
		if err := s.read(ctx, &taken.Snapshot); err != nil {
			return taken, err
		}
	}
	taken.Again = taken.ReadAt.Add(s.Every)
	err = s.write(ctx, &taken)
	s.forget(ctx)
	return taken, err
}

// keptWhole is how long every snapshot is kept; of older ones the last of each day.
const keptWhole = 30 * 24 * time.Hour

// forget clears away what has been kept for long enough. What cannot be cleared
// away is tried again after the next snapshot.
func (s *Snapshotter) forget(ctx context.Context) {
	if s.History <= 0 {
		return
	}
	now := s.Now()
	n, err := s.Journal.ForgetSnapshots(ctx, s.Account, now.Add(-s.History), now.Add(-keptWhole))
	switch {
	case err != nil && ctx.Err() == nil:
		s.Log.Warn("old snapshots could not be cleared away; it is tried again", "flow", s.Flow, "error", err)
	case n > 0:
		s.Log.Info("old snapshots cleared away", "flow", s.Flow, "snapshots", n)
	}
}

// read goes on with a snapshot until it is whole. A page that was read is kept
// at once, also when nobody waits for the rest any more.
func (s *Snapshotter) read(ctx context.Context, snap *Snapshot) error {
	for page, err := range s.Fleet.Pages(ctx, snap.Next, s.pass) {
		if err != nil {
			return s.brokeOff(snap, err)
		}
		for _, bad := range page.Faulty {
			s.Log.Warn("machine left out", "flow", s.Flow, "error", bad.Error())
		}

		grown := *snap
		grown.ReadAt, grown.Next = s.Now(), page.Next
		grown.Machines += len(page.Machines)
		grown.Faulty += len(page.Faulty)
		if err := s.Journal.Keep(context.WithoutCancel(ctx), grown, page.Machines); err != nil {
			return fmt.Errorf("store the snapshot: %w", err)
		}
		*snap = grown
	}
	return nil
}

// brokeOff says what is left of a snapshot that could not be read to its end.
func (s *Snapshotter) brokeOff(snap *Snapshot, err error) error {
	if snap.ReadAt.IsZero() || s.Every == 0 {
		return err
	}
	until := snap.ReadAt.Add(s.Every).Sub(s.Now())
	return fmt.Errorf("%w; %d machines are kept: a try within %s goes on with the others", err, snap.Machines, short(until))
}

// pass is the gate that every request for a page goes through. A page that was
// not answered does not count as asked for.
func (s *Snapshotter) pass(ctx context.Context, url string, ask AskFunc) error {
	at := s.Now()
	wait, err := s.Journal.Visit(ctx, s.Account, url, at, s.Every)
	if err != nil {
		return err
	}
	if wait > 0 {
		return &Resting{Every: s.Every, Wait: wait}
	}

	answered, err := ask(ctx)
	switch {
	case err == nil:
		return nil
	case !answered:
		return errors.Join(err, s.Journal.TakeBack(context.WithoutCancel(ctx), s.Account, url, at))
	case s.Every == 0:
		return err
	}
	var later *Later
	if errors.As(err, &later) {
		return &Resting{Every: s.Every, Wait: max(s.Every, later.After), Cause: later.Cause}
	}
	return &Resting{Every: s.Every, Wait: s.Every, Cause: err}
}

// Resting is the verdict on a page that may not be asked for yet.
type Resting struct {
	Every time.Duration
	Wait  time.Duration
	Cause error // why it has to be asked for again; nil when it only was asked for before
}

// Error says when it may be.
func (e *Resting) Error() string {
	text := fmt.Sprintf("IRIS answers the same page once in %s; try again in %s", short(e.Every), short(e.Wait))
	if e.Cause != nil {
		text = e.Cause.Error() + "; " + text
	}
	return text
}

// Unwrap returns what went wrong.
func (e *Resting) Unwrap() error { return e.Cause }

// short spells a time to wait as people do: 15m, not 15m0s. It never spells less.
func short(d time.Duration) string {
	text := (d + time.Second - 1).Truncate(time.Second).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}
