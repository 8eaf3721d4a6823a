package iris

import (
	"context"
	"errors"
	"net/http"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// Loader sends documents to IRIS, spelled as a wire profile says.
type Loader struct {
	client *Client
	wire   *Wire
}

var _ pipeline.Sink = (*Loader)(nil)

// NewLoader makes a loader; without a wire it is the default one.
func NewLoader(c *Client, w *Wire) *Loader {
	if w == nil {
		w = DefaultWire()
	}
	return &Loader{client: c, wire: w}
}

// Account names the receiver: its host, and who asks.
func (l *Loader) Account() string { return l.client.account }

// Profile names the way documents are spelled.
func (l *Loader) Profile() string { return l.wire.Digest() }

// Encode writes the request body as it would go.
func (l *Loader) Encode(d *rental.Document) (body []byte, clears int, err error) {
	return l.wire.Encode(d)
}

// Send delivers one document, as the pipeline's Sink demands.
func (l *Loader) Send(ctx context.Context, d *rental.Document) (pipeline.Answer, error) {
	body, clears, err := l.Encode(d)
	if err != nil {
		return pipeline.Answer{Outcome: pipeline.Rejected, Code: "not_encodable", Message: err.Error()}, nil
	}

	done, err := l.client.Synchronize(ctx, body)
	if err == nil {
		return accepted(done, clears), nil
	}

	err = l.client.verdict(ctx, err)
	if refusal := new(ErrorResponse); isAnswer(err, &refusal) {
		return refused(refusal, clears), nil
	}
	return pipeline.Answer{}, err
}

// isAnswer reports whether a verdict is on the document, and not on the moment
// or the account.
func isAnswer(err error, refusal **ErrorResponse) bool {
	var (
		later   *pipeline.Later
		stopped *pipeline.Stopped
	)
	return !errors.As(err, &later) && !errors.As(err, &stopped) && errors.As(err, refusal)
}

func accepted(done Synchronized, clears int) pipeline.Answer {
	a := pipeline.Answer{Outcome: pipeline.Matched, Status: done.Status, Clears: clears}
	if !done.Matched {
		a.Outcome = pipeline.Unmatched
		a.Message = "IRIS knows no such asset yet; it keeps the data until one appears"
	}
	return a
}

// refused is the answer to a document that IRIS does not take. An asset that is
// not there, or not ours, is not matched; anything else is the document's fault.
func refused(e *ErrorResponse, clears int) pipeline.Answer {
	a := pipeline.Answer{Outcome: pipeline.Rejected, Status: e.Status, Code: e.Code, Message: e.Reason(), Clears: clears}
	if e.Status == http.StatusForbidden || e.Status == http.StatusNotFound {
		a.Outcome = pipeline.Unmatched
	}
	if a.Message == "" {
		a.Message = http.StatusText(e.Status)
	}
	return a
}
