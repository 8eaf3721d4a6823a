package transforms_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"rentalsync/transforms"
)

func TestWallClockBecomesAnInstant(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		zone  string
		clock string
		want  string
		shift transforms.Shift
	}{
		{"winter in Berlin", "Europe/Berlin", "2026-11-21T07:00:00", "2026-11-21T07:00:00+01:00", transforms.Exact},
		{"summer in Berlin", "Europe/Berlin", "2026-07-21T07:00:00", "2026-07-21T07:00:00+02:00", transforms.Exact},
		{"the last second before Berlin's gap", "Europe/Berlin", "2026-03-29T01:59:59", "2026-03-29T01:59:59+01:00", transforms.Exact},
		{"the first second of Berlin's gap", "Europe/Berlin", "2026-03-29T02:00:00", "2026-03-29T03:00:00+02:00", transforms.Gap},
		{"amid Berlin's gap", "Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T03:00:00+02:00", transforms.Gap},
		{"the last second of Berlin's gap", "Europe/Berlin", "2026-03-29T02:59:59", "2026-03-29T03:00:00+02:00", transforms.Gap},
		{"the first second after Berlin's gap", "Europe/Berlin", "2026-03-29T03:00:00", "2026-03-29T03:00:00+02:00", transforms.Exact},
		{"the last second before Berlin's overlap", "Europe/Berlin", "2026-10-25T01:59:59", "2026-10-25T01:59:59+02:00", transforms.Exact},
		{"the first second of Berlin's overlap", "Europe/Berlin", "2026-10-25T02:00:00", "2026-10-25T02:00:00+02:00", transforms.Overlap},
		{"the last second of Berlin's overlap", "Europe/Berlin", "2026-10-25T02:59:59", "2026-10-25T02:59:59+02:00", transforms.Overlap},
		{"the first second after Berlin's overlap", "Europe/Berlin", "2026-10-25T03:00:00", "2026-10-25T03:00:00+01:00", transforms.Exact},
		{"amid New York's gap", "America/New_York", "2026-03-08T02:30:00", "2026-03-08T03:00:00-04:00", transforms.Gap},
		{"amid New York's overlap", "America/New_York", "2026-11-01T01:30:00", "2026-11-01T01:30:00-04:00", transforms.Overlap},
		{"a midnight that São Paulo skipped", "America/Sao_Paulo", "2018-11-04T00:00:00", "2018-11-04T01:00:00-02:00", transforms.Gap},
		{"the last minute before a midnight that São Paulo had twice", "America/Sao_Paulo", "2018-02-17T23:59:59", "2018-02-17T23:59:59-02:00", transforms.Overlap},
		{"amid the half hour that Lord Howe skips", "Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-04T02:30:00+11:00", transforms.Gap},
		{"amid the half hour that Lord Howe has twice", "Australia/Lord_Howe", "2026-04-05T01:45:00", "2026-04-05T01:45:00+11:00", transforms.Overlap},
		{"after the half hour that Lord Howe has twice", "Australia/Lord_Howe", "2026-04-05T02:00:00", "2026-04-05T02:00:00+10:30", transforms.Exact},
		{"a day that Samoa skipped", "Pacific/Apia", "2011-12-30T12:00:00", "2011-12-31T00:00:00+14:00", transforms.Gap},
		{"a zone without changes", "UTC", "2026-11-21T07:00:00", "2026-11-21T07:00:00Z", transforms.Exact},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := newForm(t, "YYYY-MM-DDTHH:mm:ss").Parse(tt.clock)
			if err != nil {
				t.Fatal(err)
			}
			got, shift := c.In(zone(t, tt.zone))
			if got.Format(time.RFC3339) != tt.want || shift != tt.shift {
				t.Errorf("got %s (%s), want %s (%s)", got.Format(time.RFC3339), shift, tt.want, tt.shift)
			}
		})
	}
}

func TestDayBeginsAtItsFirstAndEndsAtItsLastSecond(t *testing.T) {
	t.Parallel()
	day := transforms.Civil{Year: 2026, Month: time.November, Day: 21, Hour: 7, Minute: 30, HasTime: true}
	if got, want := day.StartOfDay().String(), "2026-11-21T00:00:00"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := day.EndOfDay().String(), "2026-11-21T23:59:59"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNoZoneIsUTC(t *testing.T) {
	t.Parallel()
	got, shift := transforms.Civil{Year: 2026, Month: time.November, Day: 21}.In(nil)
	if want := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC); !got.Equal(want) || shift != transforms.Exact {
		t.Errorf("got %s (%s), want %s", got, shift, want)
	}
}

func TestShiftsHaveNames(t *testing.T) {
	t.Parallel()
	for shift, want := range map[transforms.Shift]string{transforms.Exact: "exact", transforms.Gap: "gap", transforms.Overlap: "overlap", 9: "shift 9"} {
		if got := shift.String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// Whatever the zone: the clock shows the time, or it lies in a gap and the
// instant is the gap's end; and no earlier instant shows the same.
func TestInstantIsTheFirstThatShowsTheTime(t *testing.T) {
	t.Parallel()
	names := []string{"Europe/Berlin", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kathmandu", "Pacific/Apia"}
	first, last := time.Date(1995, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/60, time.Date(2036, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/60
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(names).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		clock := nearAChange(time.Unix(60*rapid.Int64Range(first, last).Draw(t, "minute"), 0), loc, rapid.IntRange(-180, 180).Draw(t, "minutes off"))
		c := transforms.Civil{Year: clock.Year(), Month: clock.Month(), Day: clock.Day(), Hour: clock.Hour(), Minute: clock.Minute(), HasTime: true}

		got, shift := c.In(loc)
		shown := time.Date(got.Year(), got.Month(), got.Day(), got.Hour(), got.Minute(), got.Second(), 0, time.UTC)
		before := got.Add(-time.Second)
		shownBefore := time.Date(before.Year(), before.Month(), before.Day(), before.Hour(), before.Minute(), before.Second(), 0, time.UTC)
		twice := false
		for ahead := time.Minute; ahead <= 4*time.Hour; ahead += time.Minute {
			twice = twice || got.Add(ahead).Format(time.DateTime) == clock.Format(time.DateTime)
		}
		switch {
		case shift == transforms.Gap && (shown.Before(clock) || !shownBefore.Before(clock)):
			t.Fatalf("%s in %s: %s is not the end of a gap", c, loc, got)
		case shift != transforms.Gap && !shown.Equal(clock):
			t.Fatalf("%s in %s: the clock shows %s", c, loc, got)
		case shift == transforms.Exact && twice, shift == transforms.Overlap && !twice:
			t.Fatalf("%s in %s: %s, and shown twice is %v", c, loc, shift, twice)
		}
	})
}

// nearAChange gives what a clock could show around the change of the zone's
// offset that follows an instant.
func nearAChange(after time.Time, loc *time.Location, minutes int) time.Time {
	_, change := after.In(loc).ZoneBounds()
	if change.IsZero() {
		change = after.In(loc)
	}
	return time.Date(change.Year(), change.Month(), change.Day(), change.Hour(), change.Minute()+minutes, 0, 0, time.UTC)
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}
