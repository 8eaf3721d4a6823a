package pipeline

import (
	"context"
	"fmt"
	"time"

	"rentalsync/pipeline/rental"
)

// Sink takes documents, one at a time, and says what became of each.
type Sink interface {
	// Account names the receiver, and Profile the way documents are spelled for
	// it: answers are kept per both, and another of either means that the whole
	// fleet is to be sent anew.
	Account() string
	Profile() string

	// Encode writes the request body as it would go, and how many fields it
	// clears by a rule that the vendor has not confirmed.
	Encode(d *rental.Document) (body []byte, clears int, err error)

	// Send delivers one document. It may be called by several goroutines and
	// waits for its turn. Its error is a *Later when the document should be
	// tried again and a *Stopped when no document can be sent at all; every
	// other verdict is an Answer. Cancelling ctx ends the call with its cause.
	Send(ctx context.Context, d *rental.Document) (Answer, error)
}

// Answer is what the receiver said to one document.
type Answer struct {
	Outcome Outcome // Matched, Unmatched or Rejected
	Status  int     // HTTP status
	Code    string  // the vendor's error code
	Message string  // in words, without secrets
	Clears  int     // fields cleared by an unconfirmed rule
}

// Later is the verdict that a document should be tried again.
type Later struct {
	Status int
	After  time.Duration // 0: the caller chooses
	Cause  error
}

// Error says why, and what the receiver asked for.
func (e *Later) Error() string {
	if e.After > 0 {
		return fmt.Sprintf("try again in %s: %v", e.After, e.Cause)
	}
	return fmt.Sprintf("try again: %v", e.Cause)
}

// Unwrap returns what went wrong.
func (e *Later) Unwrap() error { return e.Cause }

// Stopped is the verdict that an account takes nothing at all: wrong
// credentials, a refused scope. Somebody has to change something.
type Stopped struct {
	Account string
	Cause   error
	Hint    string
}

// Error says which account, why, and the cure.
func (e *Stopped) Error() string {
	text := fmt.Sprintf("account %s is stopped: %v", e.Account, e.Cause)
	if e.Hint != "" {
		text += "; " + e.Hint
	}
	return text
}

// Unwrap returns what went wrong.
func (e *Stopped) Unwrap() error { return e.Cause }

// Accepted reports whether the receiver now holds the document.
func (a Answer) Accepted() bool { return a.Status == 200 || a.Status == 202 }
