package pipeline

import (
	"fmt"
	"time"
)

// DeliveryState is how far a delivery has come. Each move is journalled before
// its effect on the file, and the effect is redone after a crash.
type DeliveryState uint8

const (
	DeliveryClaimed     DeliveryState = iota + 1 // it is ours: moved out of the inbox
	DeliveryStaged                               // every row is staged, skipped or rejected
	DeliveryClosed                               // the register holds what it says
	DeliveryArchived                             // the file lies in the archive
	DeliveryAcked                                // the ERP can see that it is done; the end
	DeliveryQuarantined                          // cannot be read; the file lies aside with its reason
	DeliveryDuplicate                            // seen before: same content, date and mapping
	DeliverySuperseded                           // a newer night was worked already
	DeliveryReleased                             // given back to the inbox, or gone before we had it
	DeliveryDiscarded                            // its run was held, and a person decided against it
	DeliveryReverted                             // the register held what it says, until its night was taken back
)

var deliveryStates = [...]string{
	DeliveryClaimed: "claimed", DeliveryStaged: "staged", DeliveryClosed: "closed", DeliveryArchived: "archived", DeliveryAcked: "acked",
	DeliveryQuarantined: "quarantined", DeliveryDuplicate: "duplicate", DeliverySuperseded: "superseded",
	DeliveryReleased: "released", DeliveryDiscarded: "discarded", DeliveryReverted: "reverted",
}

// String is the state's name in JSON and in the journal.
func (s DeliveryState) String() string {
	if s == 0 || int(s) >= len(deliveryStates) {
		return fmt.Sprintf("state(%d)", uint8(s))
	}
	return deliveryStates[s]
}

// MarshalText writes the state's name.
func (s DeliveryState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// ParseDeliveryState reads a state's name.
func ParseDeliveryState(name string) (DeliveryState, error) {
	for s := DeliveryClaimed; int(s) < len(deliveryStates); s++ {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown delivery state %q", name)
}

// Delivery is one dropped file.
type Delivery struct {
	ID             string // sorts by the time it was claimed
	Flow           string
	Run            string
	Name           string // as the ERP dropped it
	Mapping        string
	MappingVersion string
	BusinessDate   string // 2026-11-21
	Sequence       string
	Number         int64  // of a file whose mapping numbers them one after the other; 0 where it does not
	Digest         string // of the bytes that were decoded
	Size           int64
	ModTime        time.Time
	ClaimedAt      time.Time
	State          DeliveryState
	Place          string // where the file lies, or is about to: see Drop
	FileDone       bool   // the last move of the file has been made
	Reason         string // why it was quarantined, or what it duplicates
	Again          bool   // it is worked although it was seen before: a person said so
	Replays        string // the delivery whose rejected and parked rows it replays; "" where it speaks for itself
	Rows           RowTotals
}
