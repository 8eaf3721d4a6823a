package iris

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
)

// sight is what was seen of one call to the export, over all its attempts. IRIS
// counts what it answers there, whether or not the answer arrived.
type sight struct {
	answered atomic.Bool // with anything but a 401 or a fault of its own
	served   atomic.Bool // with the page
}

// sightKey marks the context of a call that is watched.
type sightKey struct{}

// watched is a context under which the next call is watched.
func watched(ctx context.Context) (context.Context, *sight) {
	seen := new(sight)
	return context.WithValue(ctx, sightKey{}, seen), seen
}

// witness stands where answers come in, and notes which requests to the export
// IRIS answered.
type witness struct {
	next http.RoundTripper
	log  *slog.Logger
}

// RoundTrip makes a request, and tells when it is one that IRIS counts as extra.
func (w *witness) RoundTrip(req *http.Request) (*http.Response, error) {
	seen, _ := req.Context().Value(sightKey{}).(*sight)
	if seen == nil || !byURL(laneOf(req.URL.Path)) {
		return w.next.RoundTrip(req)
	}
	if seen.served.Load() {
		w.log.WarnContext(req.Context(), "a page of the fleet broke off on its way; asking again takes one of IRIS's extra requests", "url", plainURL(req.URL))
	}

	resp, err := w.next.RoundTrip(req)
	if err == nil && resp.StatusCode < 500 && resp.StatusCode != http.StatusUnauthorized {
		seen.answered.Store(true)
		seen.served.Store(resp.StatusCode == http.StatusOK)
	}
	return resp, err
}
