package iris

import (
	"context"
	"net/http"
)

// parallel bounds how many requests are made at once.
type parallel struct {
	next  http.RoundTripper
	slots chan struct{}
}

func newParallel(n int, next http.RoundTripper) *parallel {
	return &parallel{next: next, slots: make(chan struct{}, n)}
}

// RoundTrip makes a request when there is room for it.
func (p *parallel) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-p.slots }()
	return p.next.RoundTrip(req)
}
