package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/netresearch/go-cron"

	"rentalsync/pipeline"
)

// parseSchedule reads the five fields of a cron schedule.
func parseSchedule(text string) (cron.Schedule, error) {
	if strings.Contains(text, "TZ=") {
		return nil, errors.New("the zone stands in timezone, beside it")
	}
	parser, err := cron.TryNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	if err != nil {
		return nil, err
	}
	times, err := parser.Parse(text)
	if hours := strings.Fields(text); err == nil && len(hours) > 1 && !strings.ContainsAny(hours[1], "*/-") {
		return onceADay{times}, nil
	}
	return times, err
}

// onceADay is a schedule of certain hours. Where clocks are set back, an hour comes
// twice, and what was taken in it is not taken again.
type onceADay struct{ cron.Schedule }

// Next is the next time that the clock on the wall has not shown before.
func (o onceADay) Next(t time.Time) time.Time {
	const wall = "2006-01-02T15:04"
	next := o.Schedule.Next(t)
	if !next.IsZero() && next.Format(wall) <= t.Format(wall) {
		return o.Schedule.Next(next)
	}
	return next
}

// schedule takes a flow's snapshots by the clock. What became due while nobody was
// there is taken once; what fails is tried again, and ends nothing else.
type schedule struct {
	flow    string
	times   cron.Schedule
	zone    *time.Location
	journal scheduleJournal
	take    func(context.Context) (pipeline.Taken, error)
	tell    func(*pipeline.Taken)
	now     func() time.Time
	wait    func(context.Context, time.Duration) error // returns early only when ctx ends
	log     *slog.Logger

	failures int // in a row
}

// scheduleJournal remembers up to when schedules were kept.
type scheduleJournal interface {
	ScheduleKept(ctx context.Context, flow string) (time.Time, error)
	KeepSchedule(ctx context.Context, flow string, at time.Time) error
}

// longestWait is how long the clock is not looked at: a machine may sleep, and a
// clock may be set.
const longestWait = time.Minute

// run keeps the schedule until ctx ends.
func (s *schedule) run(ctx context.Context) {
	for ctx.Err() == nil {
		wait, err := s.step(ctx)
		if err != nil && ctx.Err() == nil {
			wait = s.later(err)
			s.log.Warn("snapshot failed; it is tried again", "flow", s.flow, "in", wait.String(), "error", err)
		}
		s.rest(ctx, s.now().Add(wait))
	}
}

// step takes what is due, and tells how long to wait for what comes next.
func (s *schedule) step(ctx context.Context) (time.Duration, error) {
	kept, err := s.journal.ScheduleKept(ctx, s.flow)
	if err != nil {
		return 0, err
	}
	now := s.now()
	if kept.IsZero() || kept.After(now) { // nobody began before, or the clock was set back
		kept = now
		if err := s.journal.KeepSchedule(ctx, s.flow, now); err != nil {
			return 0, err
		}
	}
	next := s.times.Next(kept.In(s.zone))
	switch {
	case next.IsZero():
		return 24 * time.Hour, nil // a date that does not come, as 30 February
	case next.After(now):
		return next.Sub(now), nil
	}

	taken, err := s.take(ctx)
	if err != nil {
		return 0, err
	}
	s.failures = 0
	s.tell(&taken)
	return 0, s.journal.KeepSchedule(ctx, s.flow, now)
}

// How long to wait before a snapshot is tried again.
const (
	firstAgain   = time.Minute
	longestAgain = 30 * time.Minute
)

// later is how long to wait after a failure: as long as IRIS wants to rest, else
// longer each time.
func (s *schedule) later(err error) time.Duration {
	var resting *pipeline.Resting
	if errors.As(err, &resting) {
		return max(resting.Wait, time.Second)
	}
	wait := min(firstAgain<<min(s.failures, 10), longestAgain)
	s.failures++
	return wait
}

// rest waits until a time by the clock.
func (s *schedule) rest(ctx context.Context, until time.Time) {
	for {
		left := until.Sub(s.now())
		if left <= 0 || s.wait(ctx, min(left, longestWait)) != nil {
			return
		}
	}
}

// keepSchedules starts the schedule of every flow that has one, and gives back what
// waits for their end. Snapshots are taken one after the other: flows of one
// account share theirs.
func (a *app) keepSchedules(ctx context.Context, h *house, tell func(*pipeline.Taken)) (wait func(), err error) {
	var all []*schedule
	var taking sync.Mutex
	for _, f := range h.flows {
		if !f.config.Snapshot.At.Said() {
			continue
		}
		times, err := parseSchedule(f.config.Snapshot.At.Value)
		if err != nil {
			return nil, fmt.Errorf("flow %s: snapshot.at: %w", f.config.Flow, err)
		}
		all = append(all, &schedule{
			flow: f.config.Flow, times: times, zone: f.config.Snapshot.zone, journal: h.journal, tell: tell,
			now: time.Now, wait: sleep, log: a.log,
			take: func(ctx context.Context) (pipeline.Taken, error) {
				taking.Lock()
				defer taking.Unlock()
				return f.snapshotter.Take(ctx)
			},
		})
	}

	var running sync.WaitGroup
	for _, s := range all {
		running.Go(func() { s.run(ctx) })
	}
	return running.Wait, nil
}

// sleep waits, unless ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// schedule finds what is wrong with a schedule of snapshots.
func (ch *configChecker) schedule(f *flowConfig, at string) {
	said := f.Snapshot.At
	if !said.Said() {
		return
	}
	times, err := parseSchedule(said.Value)
	if err != nil {
		ch.fault(at, fmt.Sprintf("%q is no schedule: %v", said.Value, err), `write minute, hour, day of the month, month and day of the week, as "30 4 * * *" for 4:30 every day`)
		return
	}
	const looks = 400 // a year of nights and more
	first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	last := times.Next(first)
	if last.IsZero() {
		ch.fault(at, fmt.Sprintf("%q names a day that never comes", said.Value), `write one such as "30 4 * * *"`)
	}
	for range looks {
		next := times.Next(last)
		if !next.IsZero() && next.Sub(last) < f.IRIS.FleetEvery {
			ch.warn(at, fmt.Sprintf("snapshots come within %s, and IRIS may be asked once in %s", shortly(next.Sub(last)), shortly(f.IRIS.FleetEvery)), "write a longer time between them, or the same one is written again")
			return
		}
		last = next
	}
}
