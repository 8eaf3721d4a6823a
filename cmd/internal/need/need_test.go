package need_test

import (
	"fmt"
	"runtime"
	"testing"

	"rentalsync/cmd/internal/need"
)

// watched is a test that is watched: it notes how it ended.
type watched struct {
	testing.TB
	ended string
}

func (*watched) Helper() {}

func (w *watched) Skipf(format string, args ...any) { w.end("skipped: "+format, args) }

func (w *watched) Fatalf(format string, args ...any) { w.end("failed: "+format, args) }

func (w *watched) end(format string, args []any) {
	w.ended = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func outcome(tool string) string {
	w := &watched{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		need.Need(w, tool, "apt-get install "+tool)
	}()
	<-done
	return w.ended
}

func TestAMissingToolSkipsHereAndFailsInCI(t *testing.T) {
	const missing = "no-such-program is missing; install it: apt-get install no-such-program"

	t.Setenv("CI", "")
	if got := outcome("no-such-program"); got != "skipped: "+missing {
		t.Errorf("at a desk: %q", got)
	}
	t.Setenv("CI", "true")
	if got := outcome("no-such-program"); got != "failed: "+missing {
		t.Errorf("in CI: %q", got)
	}
	if got := outcome("go"); got != "" {
		t.Errorf("with the tool there: %q", got)
	}
}
