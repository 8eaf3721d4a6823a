package iris

import (
	"iter"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// The lanes: requests that share a rate.
const (
	LaneRental    = "rental"    // synchronizations
	LaneFleet     = "fleet"     // pages of the fleet snapshot
	LaneEquipment = "equipment" // single machines
	LaneOther     = "other"     // everything else
)

func (r Rates) byLane() iter.Seq2[string, float64] {
	return func(yield func(string, float64) bool) {
		_ = yield(LaneRental, r.Rental) && yield(LaneFleet, r.Fleet) &&
			yield(LaneEquipment, r.Equipment) && yield(LaneOther, r.Other)
	}
}

// laneOf names the lane of a path.
func laneOf(path string) string {
	switch {
	case strings.Contains(path, fleetPath+"/Equipment/"):
		return LaneEquipment
	case strings.Contains(path, fleetPath+"/"):
		return LaneFleet
	case strings.Contains(path, "/api/rental/"):
		return LaneRental
	default:
		return LaneOther
	}
}

// byURL reports whether IRIS limits a lane by each URL, so that one that must
// wait says nothing about the others.
func byURL(lane string) bool { return lane == LaneFleet || lane == LaneEquipment }

// pacer makes every request wait for its turn.
type pacer struct {
	next  http.RoundTripper
	now   func() time.Time
	log   *slog.Logger
	lanes map[string]*lane
}

func newPacer(cfg Config, next http.RoundTripper) *pacer {
	p := &pacer{next: next, now: cfg.Clock, log: cfg.Log, lanes: map[string]*lane{}}
	for name, rate := range cfg.Rates.byLane() {
		p.lanes[name] = newLane(name, rate, cfg)
	}
	return p
}

// RoundTrip makes a request when its turn has come, and lets the lane learn from
// the answer.
func (p *pacer) RoundTrip(req *http.Request) (*http.Response, error) {
	lane := p.lanes[laneOf(req.URL.Path)]
	turn, err := lane.wait(req.Context())
	if err != nil {
		return nil, err
	}

	resp, err := p.next.RoundTrip(req)
	if err != nil || byURL(lane.name) {
		return resp, err
	}
	if err := lane.answered(req.Context(), turn, resp.StatusCode, retryAfter(resp.Header, p.now())); err != nil {
		p.log.Warn("others cannot be told to slow down", "lane", lane.name, "error", err)
	}
	return resp, nil
}

// wantsRest reports whether a Retry-After speaks for more than one request.
func wantsRest(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// turnError says that no turn could be had, which is not IRIS's doing.
type turnError struct{ err error }

func (e *turnError) Error() string { return "wait for a turn: " + e.err.Error() }
func (e *turnError) Unwrap() error { return e.err }
