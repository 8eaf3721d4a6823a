package pipeline

import "context"

// Notice tells a person, who may be asleep, that a run waits for him.
type Notice struct {
	Flow         string   `json:"flow"`
	Run          string   `json:"run"`
	BusinessDate string   `json:"businessDate"`
	Subject      string   `json:"subject"`
	Text         string   `json:"text"` // the page, as people read it
	Breaches     []Breach `json:"breaches"`
}

// Notifier brings notices to people. Its name is told where it fails.
type Notifier interface {
	Name() string

	// Notify brings one notice. It is called again later when it fails, and may
	// bring the same notice twice.
	Notify(ctx context.Context, n Notice) error
}
