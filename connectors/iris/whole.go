package iris

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// The bounds of an answer: a page of a hundred machines is far below a
// megabyte, and what any other answer says is short.
const (
	maxPage   = 32 << 20
	maxAnswer = 1 << 20
)

// errTooLong is the verdict on an answer that no server of ours would give.
var errTooLong = errors.New("answer is too long")

// whole reads every answer to its end while the attempt lasts, so that a line
// that breaks in the middle is a failed attempt, and connections can be used
// again.
type whole struct{ next http.RoundTripper }

// RoundTrip returns a response whose body is in memory.
func (w *whole) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := w.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }() // what matters was read

	limit := int64(maxAnswer)
	if req.Method == http.MethodGet {
		limit = maxPage
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))

	// Only a page is worth what is in it. For everything else the status line
	// has said it all: a synchronization that was accepted stays accepted when
	// the line breaks after it.
	if req.Method == http.MethodGet && resp.StatusCode == http.StatusOK {
		if err != nil {
			return nil, fmt.Errorf("answer breaks off after %d bytes: %w", len(body), err)
		}
		if int64(len(body)) > limit {
			return nil, fmt.Errorf("%w: more than %d bytes", errTooLong, limit)
		}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// deadline ends an attempt that takes too long, its token included.
type deadline struct {
	next    http.RoundTripper
	timeout time.Duration
}

// lateError says that an attempt took too long.
type lateError struct{ timeout time.Duration }

func (e *lateError) Error() string { return fmt.Sprintf("no answer within %s", e.timeout) }

// RoundTrip makes one attempt. The answer is in memory when it returns.
func (d *deadline) RoundTrip(req *http.Request) (*http.Response, error) {
	late := &lateError{d.timeout}
	ctx, cancel := context.WithTimeoutCause(req.Context(), d.timeout, late)
	defer cancel()

	resp, err := d.next.RoundTrip(req.WithContext(ctx))
	if token := new(TokenError); err != nil && errors.Is(context.Cause(ctx), late) && !errors.As(err, &token) {
		return nil, late
	}
	return resp, err
}

// sleep waits, or returns the cause of ctx's end.
func sleep(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return ctxCause(ctx)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func ctxCause(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return context.Cause(ctx)
}

// rewound is a request for another attempt: its body begins anew.
func rewound(req *http.Request) (*http.Request, error) {
	if req.GetBody == nil {
		return req, nil
	}
	body, err := req.GetBody()
	if err != nil {
		return nil, err
	}
	again := req.Clone(req.Context())
	again.Body = body
	return again, nil
}
