package pipeline

import "context"

// Breach is one limit that a night has gone over: told so that somebody who was
// woken by it understands what happened and what to do.
type Breach struct {
	Gate     string   `json:"gate"` // the key under gates in the config: assetsGone
	What     string   `json:"what"` // "412 of 900 assets are no longer named (46 %); the limit is 5 %"
	Hint     string   `json:"hint"` // what is probably behind it, and where to look
	Examples []string `json:"examples,omitempty"`
}

// Gate looks at what a staged run would change before it closes.
type Gate interface {
	// Judge lists the limits that the run goes over; none lets it pass. It may be
	// asked again about the same run and changes nothing.
	Judge(ctx context.Context, run Run) ([]Breach, error)
}
