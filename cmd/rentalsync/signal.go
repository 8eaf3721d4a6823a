package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// interrupted is the cause of a context that a signal ended.
type interrupted struct{ signal os.Signal }

// Error names the signal.
func (e *interrupted) Error() string { return "ended by a signal: " + e.signal.String() }

// untilSignal gives a context that the first signal cancels, so that what is in
// hand is brought to an end. The second one ends the program at once.
func untilSignal(parent context.Context, stderr io.Writer) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)

	go func() {
		first, ok := <-signals
		if !ok {
			return
		}
		cancel(&interrupted{first})
		if _, ok := <-signals; ok {
			fmt.Fprintln(stderr, "rentalsync: interrupted twice: ending now")
			os.Exit(exitInterrupted)
		}
	}()

	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}
