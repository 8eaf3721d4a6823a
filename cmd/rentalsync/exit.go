package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"rentalsync/mappings"
)

// The exit codes are a promise to whoever calls the program from a script.
const (
	exitFailed      = 1   // it could not be done
	exitFault       = 2   // usage, config or mapping: nothing was begun
	exitAttention   = 3   // done, but something new went wrong in it
	exitInterrupted = 130 // a signal ended it
)

// exitError is the verdict of a command with the exit code it amounts to. One
// without err has been told on stdout already and is silent.
type exitError struct {
	code int
	err  error
	hint string // the cure, on a line of its own
}

// Error says what went wrong.
func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

// Unwrap returns what went wrong.
func (e *exitError) Unwrap() error { return e.err }

// usageFault is a command line that cannot be understood.
func usageFault(hint, format string, args ...any) error {
	return &exitError{code: exitFault, err: fmt.Errorf(format, args...), hint: hint}
}

// attention is the verdict on work that is done, but not all of it well. The
// command has told the details as its answer.
func attention() error { return &exitError{code: exitAttention} }

// exitCode is the number a verdict amounts to.
func exitCode(err error) int {
	var own *exitError
	var faults mappings.Faults
	switch {
	case err == nil:
		return 0
	case errors.As(err, &own):
		return own.code
	case errors.As(err, &faults):
		return exitFault
	default:
		return exitFailed
	}
}

// verdict turns the error of a command that a signal ended into the exit code
// that says so. A command that came to its end all the same keeps its own.
func verdict(ctx context.Context, err error) error {
	var signalled *interrupted
	if err == nil || !errors.As(context.Cause(ctx), &signalled) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.As(err, &signalled) {
		return &exitError{code: exitInterrupted, err: signalled}
	}
	return err
}

// tell says on stderr what went wrong. Faults stand alone on their lines, so
// that an editor can jump to them.
func tell(stderr io.Writer, err error) {
	var own *exitError
	var faults mappings.Faults
	switch {
	case err == nil || errors.As(err, &own) && own.err == nil:
		return
	case errors.As(err, &faults):
		fmt.Fprintln(stderr, faults.Error())
	default:
		fmt.Fprintf(stderr, "rentalsync: %s\n", strings.ReplaceAll(err.Error(), "\n", "\nrentalsync: "))
	}
	if own != nil && own.hint != "" {
		fmt.Fprintf(stderr, "rentalsync: %s\n", own.hint)
	}
}
