package iris

import (
	"context"
	"net/http"
)

// parallel bounds how many requests are made at once: pages of the export apart
// from the rest, which must not wait for them.
type parallel struct {
	next  http.RoundTripper
	slots chan struct{}
	pages chan struct{}
}

func newParallel(n int, next http.RoundTripper) *parallel {
	return &parallel{next: next, slots: make(chan struct{}, n), pages: make(chan struct{}, max(n, pagesAhead))}
}

// RoundTrip makes a request when there is room for it.
func (p *parallel) RoundTrip(req *http.Request) (*http.Response, error) {
	slots := p.slots
	if byURL(laneOf(req.URL.Path)) {
		slots = p.pages
	}
	ctx := req.Context()
	select {
	case slots <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-slots }()
	return p.next.RoundTrip(req)
}
