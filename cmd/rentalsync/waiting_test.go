package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// gate sets the limits of the yard.
func (y *yard) gate(t *testing.T, limits string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(y.dir, "rentalsync.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	y.write(t, "", map[string]string{"rentalsync.yaml": strings.Replace(string(text), "assetsGone: 40%", limits, 1)})
}

func TestEveryCommandThatIsNamedForWhatWaitsIsUnderstood(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.gate(t, "assetsGone: 40%, first: hold")
	y.drop(t, wholeNight)
	y.once(t, exitAttention)
	y.drop(t, shortNight)
	y.once(t, exitAttention)

	list, _ := y.says(t, exitFault, "approve") // which of the two is meant is not clear
	said := 0
	for line := range strings.Lines(list) {
		if words := strings.Fields(line); len(words) == 3 && words[1] == "approve" {
			y.says(t, 0, "approve", words[2])
			said++
		}
	}
	if said != 2 {
		t.Errorf("the night and the account wait, but it lists\n%s", list)
	}
}

func TestNightsThatWouldBeTakenBackAreNotBlamedOnAFile(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.drop(t, wholeNight)
	y.once(t, 0)
	y.drop(t, newerNight)
	y.once(t, 0)
	y.gate(t, "offRents: 0")
	y.says(t, 0, "revert", "--set", "2026-11-22")
	held := y.once(t, exitAttention)

	page, err := os.ReadFile(filepath.Join(y.dir, "outbox", "yard_2026-11-22_"+held.Runs[0].Run+".held.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(page); !strings.Contains(text, "what those nights brought") || strings.Contains(text, "The ERP gives") {
		t.Errorf("the page says\n%s", text)
	}
	if out, _ := y.says(t, 0, "status"); !strings.Contains(out, "held:      the taking back of the nights from 2026-11-22 on since ") {
		t.Errorf("status says %s", out)
	}
	if out, _ := y.says(t, 0, "discard", "yard"); strings.Contains(out, "archive") {
		t.Errorf("nothing goes to the archive, but discard says %s", out)
	}
}

func TestAPlanTellsThatTheAccountHasToBeApproved(t *testing.T) {
	t.Parallel()
	y := newYard(t)
	y.gate(t, "first: hold")
	y.drop(t, wholeNight)
	const held = "held until rentalsync approve yard"
	if out, _ := y.says(t, exitAttention, "plan"); !strings.Contains(out, "would send 4 documents") || !strings.Contains(out, held) {
		t.Errorf("the first night is planned as %s", out)
	}
	y.once(t, exitAttention)
	if out, _ := y.says(t, exitAttention, "plan", "--json"); !strings.Contains(out, `"accounts":["yard"]`) {
		t.Errorf("what is held is planned as %s", out)
	}
	y.says(t, 0, "approve", "yard")
	if out, _ := y.says(t, 0, "plan"); strings.Contains(out, held) {
		t.Errorf("what was approved is planned as %s", out)
	}
}
