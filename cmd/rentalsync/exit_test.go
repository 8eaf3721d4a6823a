package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"rentalsync/mappings"
)

func TestVerdictsHaveTheirExitCode(t *testing.T) {
	t.Parallel()

	fault := mappings.Faults{{File: "x.yaml", Line: 1, Column: 2, What: "unknown key", Cure: "remove it"}}
	tests := []struct {
		name string
		err  error
		code int
		told string
	}{
		{"nothing went wrong", nil, 0, ""},
		{"it could not be done", errors.New("the disk is full"), 1, "rentalsync: the disk is full\n"},
		{"several things", errors.Join(errors.New("a"), errors.New("b")), 1, "rentalsync: a\nrentalsync: b\n"},
		{"usage, with a hint", usageFault("see --help", "no such thing as %q", "x"), 2, "rentalsync: no such thing as \"x\"\nrentalsync: see --help\n"},
		{"faults stand alone on their lines", fault, 2, "x.yaml:1:2: unknown key; remove it\n"},
		{"faults behind other words", fmt.Errorf("flow x: %w", fault), 2, "x.yaml:1:2: unknown key; remove it\n"},
		{"what was told already", attention(), 3, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stderr strings.Builder
			tell(&stderr, tt.err)
			if exitCode(tt.err) != tt.code || stderr.String() != tt.told {
				t.Errorf("exit %d with %q, want %d with %q", exitCode(tt.err), stderr.String(), tt.code, tt.told)
			}
		})
	}
}

func TestASignalEndsAReadingThatWaits(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancelCause(t.Context())
	stdin, typed := io.Pipe()
	go func() {
		_, _ = io.WriteString(typed, "Nr,Serial\n1,A\n")
		cancel(&interrupted{os.Interrupt}) // and nothing more is ever typed
	}()

	a := &app{stdin: stdin, stdout: io.Discard, stderr: io.Discard, env: environment}
	root := newRootCmd(a)
	root.SetArgs([]string{"rows", "-"})
	if err := verdict(ctx, root.ExecuteContext(ctx)); exitCode(err) != exitInterrupted {
		t.Errorf("exit %d: %v", exitCode(err), err)
	}
}

func TestWorkThatEndedAllTheSameKeepsItsExitCode(t *testing.T) {
	t.Parallel()

	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(&interrupted{os.Interrupt})
	for _, err := range []error{nil, attention(), errors.New("the disk is full")} {
		if got := verdict(ctx, err); exitCode(got) != exitCode(err) {
			t.Errorf("%v became %v", err, got)
		}
	}
	for _, err := range []error{context.Canceled, fmt.Errorf("send: %w", context.Canceled), context.Cause(ctx)} {
		if got := verdict(ctx, err); exitCode(got) != exitInterrupted {
			t.Errorf("%v became %v", err, got)
		}
	}
}
