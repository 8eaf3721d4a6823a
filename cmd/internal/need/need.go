// Package need tells a test that what it is about is missing on this machine.
package need

import (
	"os"
	"os/exec"
	"testing"
)

// Need looks for a program that a test cannot be true without. Where it is
// missing the test is skipped, with the line that installs it; where CI is set
// it fails, so that nothing is skipped for ever.
func Need(t testing.TB, tool, installLine string) {
	t.Helper()
	if _, err := exec.LookPath(tool); err == nil {
		return
	}

	say := t.Skipf
	if os.Getenv("CI") != "" {
		say = t.Fatalf
	}
	say("%s is missing; install it: %s", tool, installLine)
}
