package pipeline

import (
	"bytes"
	"fmt"
)

// RowTotals counts a run's rows. Read is always the sum of the others.
type RowTotals struct {
	Read     int `json:"read"`
	Mapped   int `json:"mapped"`
	Skipped  int `json:"skipped"`
	Rejected int `json:"rejected"`
}

// Add adds what another delivery counted.
func (t *RowTotals) Add(o RowTotals) {
	t.Read += o.Read
	t.Mapped += o.Mapped
	t.Skipped += o.Skipped
	t.Rejected += o.Rejected
}

// Check returns an error where rows got lost or were counted twice.
func (t RowTotals) Check() error {
	if t.Read != t.Mapped+t.Skipped+t.Rejected {
		return fmt.Errorf("rows do not add up: read %d, mapped %d, skipped %d, rejected %d", t.Read, t.Mapped, t.Skipped, t.Rejected)
	}
	return nil
}

// DocumentTotals counts a run's documents by outcome.
type DocumentTotals map[Outcome]int

// Assembled is how many documents the run had to do with.
func (t DocumentTotals) Assembled() int {
	sum := 0
	for _, n := range t {
		sum += n
	}
	return sum
}

// MarshalJSON writes every outcome, also those that did not happen, with the
// sum before them.
func (t DocumentTotals) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	fmt.Fprintf(&out, `{"assembled":%d`, t.Assembled())
	for _, o := range Outcomes() {
		fmt.Fprintf(&out, `,%q:%d`, o.String(), t[o])
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}
