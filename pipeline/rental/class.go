package rental

// Class orders sending: what a customer notices first goes first.
type Class uint8

const (
	Closings Class = iota + 1 // a rental ends
	Status                    // an asset's status changes, or a rental begins
	Rest                      // everything else
)

// Compare says what a change from the last state, which may be nil, to the next
// one means for the assets it touches. changed is false when nothing differs.
func Compare(last, next *Record) (class Class, changed bool) {
	if last != nil && last.Digest() == next.Digest() {
		return 0, false
	}
	switch {
	case next.Kind == Item && next.Ended() && (last == nil || !last.Ended()):
		return Closings, true
	case next.Kind == Item && (last == nil || last.Number() != next.Number()):
		return Status, true
	case next.Kind == Asset && (last == nil || last.Text(RentalStatus) != next.Text(RentalStatus)):
		return Status, true
	default:
		return Rest, true
	}
}
