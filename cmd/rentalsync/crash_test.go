package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/cmd/internal/need"
	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// A process that dies may leave anything half done. These tests let real
// processes die and hold what the next ones make of it to what comes of an
// undisturbed one.

// wantAfterNight is what an undisturbed run of the sample's first night leaves.
func wantAfterNight(t *testing.T) (held string, files []string) {
	t.Helper()
	s := newSample(t, crashSample)
	s.drop(t, "1")
	if code, out := s.once(t, ""); code != exitAttention {
		t.Fatalf("once ended with %d: %s", code, out)
	}
	return string(s.accounts[0].held(t)), s.files(t)
}

const crashSample = "../../samples/flat-file"

func TestACrashAtAnyPointOfADeliverysLifeLeavesTheRightEnd(t *testing.T) {
	t.Parallel()
	held, files := wantAfterNight(t)

	for _, point := range slices.Concat(drop.Points(), pipeline.CrashPoints()) {
		if strings.HasPrefix(point, "unclaim:") || strings.HasPrefix(point, "quarantine:") || point == "claim:marker" {
			continue // this night has none; see the drop's own tests
		}
		t.Run(point, func(t *testing.T) {
			t.Parallel()
			s := newSample(t, crashSample)
			s.drop(t, "1")
			if code, out := s.once(t, point); code != crashCode {
				t.Fatalf("the process did not die at %s but ended with %d: %s", point, code, out)
			}
			if code, out := s.once(t, ""); code != 0 && code != exitAttention {
				t.Fatalf("the next once ended with %d: %s", code, out)
			}
			s.holds(t, held, files)
		})
	}
}

func TestAProcessKilledAgainAndAgainLosesNothing(t *testing.T) {
	t.Parallel()
	held, files := wantAfterNight(t)

	for seed := range uint64(6) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 0))
			s := newSample(t, crashSample)
			s.drop(t, "1")
			for range 12 {
				s.kill(t, time.Duration(random.IntN(120))*time.Millisecond)
			}
			if code, out := s.once(t, ""); code != 0 && code != exitAttention {
				t.Fatalf("the last once ended with %d: %s", code, out)
			}
			s.holds(t, held, files)
		})
	}
}

// once runs the program as a process of its own, that dies at a point.
func (s *sample) once(t *testing.T, point string) (code int, out string) {
	t.Helper()
	cmd := s.command(t.Context(), point)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	err := cmd.Run()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), said.String()
}

// kill runs the program and kills it after some time, unless it was faster.
func (s *sample) kill(t *testing.T, after time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), after)
	defer cancel()
	_ = s.command(ctx, "").Run() // however it ends is fine
}

func (s *sample) command(ctx context.Context, point string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "rentalsync", "once", "--json", "-c", filepath.Join(s.dir, "rentalsync.yaml"))
	cmd.Env = append(os.Environ(), "IRIS_CLIENT_SECRET=demo")
	if point != "" {
		cmd.Env = append(cmd.Env, "RENTALSYNC_CRASH_AT="+point)
	}
	return cmd
}

// holds compares IRIS and the folders with what must be there.
func (s *sample) holds(t *testing.T, held string, files []string) {
	t.Helper()
	if diff := cmp.Diff(held, string(s.accounts[0].held(t))); diff != "" {
		t.Errorf("IRIS holds something else (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(files, s.files(t)); diff != "" {
		t.Errorf("files lie elsewhere (-want +got):\n%s", diff)
	}
}

// files lists what lies in the folders of the drop and, without the names that
// differ from run to run, in the outbox.
func (s *sample) files(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, folder := range []string{"inbox", "archive", "quarantine", "outbox"} {
		err := filepath.WalkDir(filepath.Join(s.dir, folder), func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				all = append(all, string(ids.ReplaceAll([]byte(strings.TrimPrefix(path, s.dir)), []byte("RUN"))))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestOtherToolsFindTheJournalSoundAfterKills(t *testing.T) {
	t.Parallel()
	need.Need(t, "sqlite3", "apt-get install sqlite3")
	random := rand.New(rand.NewPCG(99, 0))
	s := newSample(t, crashSample)
	s.drop(t, "1")
	if code, out := s.once(t, "run:claimed"); code != crashCode { // from then on there is a journal, however slow the machine is
		t.Fatalf("once ended with %d: %s", code, out)
	}
	for range 8 {
		s.kill(t, time.Duration(random.IntN(150))*time.Millisecond)
	}

	journal := filepath.Join(s.dir, "state", "rentalsync.db")
	out, err := exec.CommandContext(t.Context(), "sqlite3", journal, "PRAGMA integrity_check; PRAGMA foreign_key_check;").CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "ok" {
		t.Errorf("sqlite3 says %q, %v", out, err)
	}
}
