package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

// clockwork is a schedule whose time passes as soon as it is waited for.
type clockwork struct {
	at    time.Time
	until time.Time
	kept  time.Time
	taken []string
	fails []error // one for each try, then none
}

func (c *clockwork) ScheduleKept(context.Context, string) (time.Time, error) { return c.kept, nil }

func (c *clockwork) KeepSchedule(_ context.Context, _ string, at time.Time) error {
	c.kept = at
	return nil
}

// keep runs a schedule from one time to another.
func (c *clockwork) keep(t *testing.T, text, zone, from, until string) []string {
	t.Helper()
	times, err := parseSchedule(text)
	if err != nil {
		t.Fatal(err)
	}
	where, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	c.at, c.until, c.taken = mustTime(t, from), mustTime(t, until), nil
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s := &schedule{
		flow: "f", times: times, zone: where, journal: c, now: func() time.Time { return c.at }, log: slog.New(slog.DiscardHandler),
		tell: func(*pipeline.Taken) {},
		wait: func(ctx context.Context, d time.Duration) error {
			if c.at = c.at.Add(d); !c.at.Before(c.until) {
				stop()
			}
			return ctx.Err()
		},
		take: func(context.Context) (pipeline.Taken, error) {
			when := c.at.In(where).Format("02 15:04:05")
			if len(c.fails) > 0 {
				err := c.fails[0]
				c.fails = c.fails[1:]
				c.taken = append(c.taken, when+" failed")
				return pipeline.Taken{}, err
			}
			c.taken = append(c.taken, when)
			return pipeline.Taken{}, nil
		},
	}
	s.run(ctx)
	return slices.Clone(c.taken)
}

func mustTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestSnapshotsAreTakenByTheClock(t *testing.T) {
	t.Parallel()

	c := &clockwork{}
	got := c.keep(t, "30 4 * * *", "Europe/Berlin", "2026-11-20T12:00:00Z", "2026-11-22T12:00:00Z")
	if diff := cmp.Diff([]string{"21 04:30:00", "22 04:30:00"}, got); diff != "" {
		t.Error(diff)
	}
	got = c.keep(t, "30 4 * * *", "Europe/Berlin", "2026-11-22T12:05:00Z", "2026-11-22T20:00:00Z")
	if len(got) > 0 {
		t.Errorf("a restart takes again: %v", got)
	}
}

func TestWhatWasDueDuringAStandstillIsTakenOnce(t *testing.T) {
	t.Parallel()

	c := &clockwork{kept: mustTime(t, "2026-11-18T12:00:00Z")}
	got := c.keep(t, "30 4 * * *", "UTC", "2026-11-21T09:15:00Z", "2026-11-22T05:00:00Z")
	if diff := cmp.Diff([]string{"21 09:15:00", "22 04:30:00"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAScheduleBegunBeforeItsFirstTimeIsRemembered(t *testing.T) {
	t.Parallel()

	c := &clockwork{}
	c.keep(t, "30 4 * * *", "UTC", "2026-11-21T04:00:00Z", "2026-11-21T04:10:00Z")
	got := c.keep(t, "30 4 * * *", "UTC", "2026-11-21T05:00:00Z", "2026-11-21T06:00:00Z")
	if diff := cmp.Diff([]string{"21 05:00:00"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestASnapshotThatFailsIsTriedAgain(t *testing.T) {
	t.Parallel()

	down := errors.New("no route")
	c := &clockwork{fails: []error{down, down, &pipeline.Resting{Every: 15 * time.Minute, Wait: 14 * time.Minute}, down}}
	got := c.keep(t, "30 4 * * *", "UTC", "2026-11-21T04:00:00Z", "2026-11-22T04:00:00Z")
	want := []string{"21 04:30:00 failed", "21 04:31:00 failed", "21 04:33:00 failed", "21 04:47:00 failed", "21 04:51:00"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestClocksThatAreChangedSkipAndRepeatNothing(t *testing.T) {
	t.Parallel()

	tests := []struct{ name, from, until string }{
		{"spring", "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z"},
		{"autumn", "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &clockwork{}
			if got := c.keep(t, "30 2 * * *", "Europe/Berlin", tt.from, tt.until); len(got) != 2 {
				t.Errorf("taken at %v, want once each day", got)
			}
		})
	}
}

func TestAClockThatIsSetBackStopsNothing(t *testing.T) {
	t.Parallel()

	c := &clockwork{kept: mustTime(t, "2027-01-01T00:00:00Z")}
	got := c.keep(t, "30 4 * * *", "UTC", "2026-11-21T04:00:00Z", "2026-11-21T05:00:00Z")
	if diff := cmp.Diff([]string{"21 04:30:00"}, got); diff != "" {
		t.Error(diff)
	}
}
