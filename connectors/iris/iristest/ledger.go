package iristest

import (
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
)

// ledger keeps what was sent, apart from what it did: every accepted body, once, as it came.
type ledger struct {
	mu       sync.RWMutex
	accepted map[string][]json.RawMessage // by identifier as sent; never changed, only added to

	matched   atomic.Int64
	unmatched atomic.Int64
	rejected  atomic.Int64
	throttled atomic.Int64
	requests  atomic.Int64
}

func newLedger() *ledger {
	return &ledger{accepted: make(map[string][]json.RawMessage)}
}

// accept notes a synchronization that was answered with 200 or 202.
func (le *ledger) accept(identifier string, body []byte, found bool) {
	if found {
		le.matched.Add(1)
	} else {
		le.unmatched.Add(1)
	}
	le.mu.Lock()
	defer le.mu.Unlock()
	le.accepted[identifier] = append(le.accepted[identifier], body)
}

// answered counts the answers that say no.
func (le *ledger) answered(r *http.Request, status int) {
	switch status {
	case http.StatusTooManyRequests:
		le.throttled.Add(1)
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound:
		if r.Method == http.MethodPost && r.URL.Path == synchronizationPath {
			le.rejected.Add(1)
		}
	}
}

// Counts are the numbers of what has happened so far.
type Counts struct {
	Matched   int64 `json:"matched"`   // synchronizations answered with 200
	Unmatched int64 `json:"unmatched"` // synchronizations answered with 202
	Rejected  int64 `json:"rejected"`  // synchronizations answered with 400, 403 or 404
	Throttled int64 `json:"throttled"` // requests answered with 429
	Requests  int64 `json:"requests"`  // all but those below /simulator/
}

func (le *ledger) counts() Counts {
	return Counts{
		Matched:   le.matched.Load(),
		Unmatched: le.unmatched.Load(),
		Rejected:  le.rejected.Load(),
		Throttled: le.throttled.Load(),
		Requests:  le.requests.Load(),
	}
}

// State is what GET /simulator/state answers.
type State struct {
	// Documents are the last accepted requests by their identifier, as they were sent.
	Documents map[string]json.RawMessage `json:"documents"`
	Counts    Counts                     `json:"counts"`
}

// State returns the last accepted requests and the counts.
func (si *Simulator) State() State {
	le := si.ledger
	le.mu.RLock()
	defer le.mu.RUnlock()

	documents := make(map[string]json.RawMessage, len(le.accepted))
	for identifier, bodies := range le.accepted {
		documents[identifier] = bodies[len(bodies)-1]
	}
	return State{Documents: documents, Counts: le.counts()}
}

// History returns every accepted request of an identifier, oldest first, as it was sent.
func (si *Simulator) History(identifier string) []json.RawMessage {
	si.ledger.mu.RLock()
	defer si.ledger.mu.RUnlock()
	bodies := si.ledger.accepted[identifier]
	return bodies[:len(bodies):len(bodies)] // to add to it is not to add to ours
}
