package iris

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"rentalsync/pipeline"
)

// verdict says what an error means for the caller: a *pipeline.Stopped, when
// nothing can be asked of the account, a *pipeline.Later, when the same may be
// asked again, or the error itself, when it is about this request alone. When
// ctx has ended it is ctx's cause.
func (c *Client) verdict(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}

	var (
		token *TokenError
		limit *RateLimitError
		open  *OpenError
		said  *ErrorResponse
	)
	switch {
	case errors.As(err, &token):
		return c.tokenVerdict(token)
	case errors.As(err, &limit):
		return &pipeline.Later{Status: http.StatusTooManyRequests, After: limit.After, Cause: limit}
	case errors.As(err, &open):
		return &pipeline.Later{After: open.After, Cause: open}
	case errors.As(err, &said):
		return c.answerVerdict(said)
	default:
		return &pipeline.Later{Cause: err}
	}
}

func (c *Client) tokenVerdict(e *TokenError) error {
	if e.Refused() {
		return &pipeline.Stopped{Account: c.account, Cause: e, Hint: e.Hint()}
	}
	return &pipeline.Later{Status: e.Status, After: e.After, Cause: fmt.Errorf("%w; %s", e, e.Hint())}
}

func (c *Client) answerVerdict(e *ErrorResponse) error {
	switch {
	case e.Status == http.StatusUnauthorized:
		return &pipeline.Stopped{Account: c.account, Cause: e,
			Hint: "IRIS does not take a fresh token; check that url and token.url belong together, and token.clientId, token.clientSecret and token.scopes"}
	case e.Status/100 == 3:
		return &pipeline.Stopped{Account: c.account, Cause: e,
			Hint: fmt.Sprintf("IRIS is elsewhere; check url against %q", e.Location)}
	case e.Status >= 500, e.Status == http.StatusRequestTimeout, e.Status == http.StatusTooEarly:
		return &pipeline.Later{Status: e.Status, After: e.After, Cause: e}
	case e.Status == http.StatusNotFound && e.Foreign && !c.validate:
		// IRIS gives no 404 here unless it was asked to: something stands
		// between, or the address is wrong.
		return &pipeline.Later{Status: e.Status, After: e.After, Cause: fmt.Errorf("%w; check url", e)}
	default:
		return e
	}
}
