package drop

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"rentalsync/pipeline"
)

// listed is a medium that only lists.
type listed struct {
	FS
	entries []Entry
	err     error
}

func (m *listed) List(context.Context, Path) ([]Entry, error) { return m.entries, m.err }
func (m *listed) Now() time.Time                              { return time.Now() }

func watchListed(t *testing.T, m *listed, o Options) *Watcher {
	t.Helper()
	w, err := New(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestTheMemoryHoldsOnlyWhatIsThere(t *testing.T) {
	t.Parallel()
	m := &listed{}
	w := watchListed(t, m, Options{Settle: time.Hour})
	for _, name := range []string{"a", "b", "c", "d"} {
		m.entries = []Entry{{Name: name}}
		if _, err := w.Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(w.seen) != 1 || w.seen["d"] == nil {
		t.Errorf("remembered are %v, want d alone", w.seen)
	}
}

func TestAClockThatIsSetBackDoesNotHoldAFileForever(t *testing.T) {
	t.Parallel()
	now := time.Unix(1e9, 0)
	m := &listed{entries: []Entry{{Name: "a"}}}
	w := watchListed(t, m, Options{
		Settle: time.Minute, Now: func() time.Time { return now },
		Inspect: func(context.Context, string, io.Reader) (pipeline.Inspected, error) {
			return pipeline.Inspected{}, pipeline.ErrNoMapping
		},
	})
	for _, step := range []time.Duration{0, -24 * time.Hour, time.Minute} {
		now = now.Add(step)
		look, err := w.Scan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if settled := look.Pending[0].Kind == pipeline.NoMapping; settled != (step == time.Minute) {
			t.Errorf("after a step of %s it is %+v", step, look.Pending[0])
		}
	}
}

func TestAnInboxThatCannotBeReadIsAnErrorWithTheCure(t *testing.T) {
	t.Parallel()
	w := watchListed(t, &listed{err: fs.ErrPermission}, Options{})
	if _, err := w.Scan(t.Context()); err == nil || !strings.Contains(err.Error(), "check that the folder") {
		t.Errorf("error is %v", err)
	}
}

func TestWhyAFileWaitsIsLoggedOnce(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	m := &listed{entries: []Entry{{Name: "a"}}}
	w := watchListed(t, m, Options{Settle: time.Hour, Log: slog.New(slog.NewTextHandler(&log, nil))})
	for range 5 {
		if _, err := w.Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := strings.Count(log.String(), "\n"); got != 1 {
		t.Errorf("%d lines are logged:\n%s", got, &log)
	}
}

func TestAMediumThatNoticesNothingNeverWakes(t *testing.T) {
	t.Parallel()
	w := watchListed(t, &listed{}, Options{})
	select {
	case <-w.Wake():
		t.Error("it woke")
	default:
	}
}

func TestWrongOptionsAreNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		key string
		o   Options
	}{
		{"archive", Options{Archive: "a/{x}"}},
		{"quarantine", Options{Quarantine: "q/{x}"}},
		{"marker", Options{Marker: "ok"}},
		{"control", Options{Control: &Control{}}},
		{"acknowledge", Options{Acknowledge: Acknowledge{Done: "ack"}}},
		{"acknowledge", Options{Acknowledge: Acknowledge{Failed: "../{name}.err"}}},
		{"acknowledge", Options{Marker: "*.ok", Acknowledge: Acknowledge{Done: "{stem}.ok"}}},
		{"keep", Options{Archive: ".", Keep: Keep{Archive: time.Hour}}},
		{"keep", Options{Archive: "a/{date}", Quarantine: "a", Keep: Keep{Archive: time.Hour}}},
	} {
		if _, err := New(&listed{}, tt.o); err == nil || !strings.HasPrefix(err.Error(), tt.key+": ") {
			t.Errorf("a wrong %s: error is %v", tt.key, err)
		}
	}
}

func TestFilesAreComparedByEveryByte(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 64<<10)
	for _, tt := range []struct {
		a, b         string
		same, longer bool
	}{
		{"", "", true, false}, {"a", "a", true, false}, {"a", "b", false, false}, {"a", "", false, false}, {"", "a", false, false},
		{"ab", "a", false, true}, {"a", "ab", false, false}, {"ab", "b", false, false},
		{long, long, true, false}, {long, long + "x", false, false}, {long + "x", long, false, true}, {long + "a", long + "b", false, false},
		{long + "ab", long + "a", false, true}, {long + long, long, false, true},
	} {
		same, longer, err := sameBytes(strings.NewReader(tt.a), strings.NewReader(tt.b))
		if err != nil || same != tt.same || longer != tt.longer {
			t.Errorf("%d and %d bytes are the same: %t, longer: %t, %v; want %t, %t", len(tt.a), len(tt.b), same, longer, err, tt.same, tt.longer)
		}
	}
}

// A delivery that was promised a place in the archive can end in the
// quarantine: neither promise may be kept for ever.
func TestADeliveryThatHasComeToItsPlaceIsPromisedNoOther(t *testing.T) {
	t.Parallel()

	w := watchListed(t, &listed{}, Options{})
	w.given = map[string]string{"archive/a.csv": "1", "quarantine/a.csv": "1", "archive/b.csv": "2"}
	w.settlePromise("quarantine/a.csv")
	w.settlePromise("archive/c.csv")
	if _, kept := w.given["archive/b.csv"]; len(w.given) != 1 || !kept {
		t.Errorf("got %v, want the promise to delivery 2 alone", w.given)
	}
}
