package iristest

import (
	"sync"
	"time"
)

// bucket lets a number of requests a second through, and a second's worth of them at once.
type bucket struct {
	mu     sync.Mutex
	rate   float64
	tokens float64
	filled time.Time
}

func newBucket(rate float64, now time.Time) *bucket {
	return &bucket{rate: rate, tokens: max(rate, 1), filled: now}
}

// take returns how long to wait when there is no token left.
func (bu *bucket) take(now time.Time) (free bool, after time.Duration) {
	if bu.rate == 0 {
		return true, 0
	}
	bu.mu.Lock()
	defer bu.mu.Unlock()

	if since := now.Sub(bu.filled); since > 0 {
		bu.tokens = min(bu.tokens+since.Seconds()*bu.rate, max(bu.rate, 1))
		bu.filled = now
	}
	if bu.tokens < 1 {
		return false, time.Duration((1 - bu.tokens) / bu.rate * float64(time.Second))
	}
	bu.tokens--
	return true, 0
}

// What the export takes in a second, over all who ask for one account.
const (
	pagesEachSecond    = 50
	machinesEachSecond = 500
)

// The export's rule: one request per URL in so long, and a pool of more that come back after so long.
const (
	urlEvery = 15 * time.Minute
	urlExtra = 50
	urlBack  = 30 * 24 * time.Hour
)

// urlRule holds the export's rule for each path. The query is no part of it: that is the stricter
// reading of "per URL".
type urlRule struct {
	mu    sync.Mutex
	paths map[string]*urlUse
}

type urlUse struct {
	served time.Time
	extras []time.Time // when one of the pool was used, oldest first
}

func newURLRule() *urlRule {
	return &urlRule{paths: make(map[string]*urlUse)}
}

// take returns how long to wait when the path was asked for too often.
func (ur *urlRule) take(path string, now time.Time) (free bool, after time.Duration) {
	ur.mu.Lock()
	defer ur.mu.Unlock()

	use, known := ur.paths[path]
	if !known {
		ur.paths[path] = &urlUse{served: now}
		return true, 0
	}
	for len(use.extras) > 0 && now.Sub(use.extras[0]) >= urlBack {
		use.extras = use.extras[1:]
	}

	since := now.Sub(use.served)
	if since < urlEvery && len(use.extras) >= urlExtra {
		return false, urlEvery - since
	}
	if since < urlEvery {
		use.extras = append(use.extras, now)
	}
	use.served = now
	return true, 0
}
