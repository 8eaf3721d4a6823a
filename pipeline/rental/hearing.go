package rental

// Hearing is how the word of a row becomes the next state of an entity.
type Hearing struct {
	Delivery string          // the id of the delivery that the row is of
	Date     string          // its business date
	Later    map[string]bool // the deliveries, by id, whose words stand against this one's
	Again    bool            // the mapping has said the same before: no rental begins anew by it
	Claims   bool            // the mapping names all open items, so that one it names has not ended by absence
	End      EndFunc
}

// Part is what an entity is before a word on it is heard. Where the word begins
// another rental under an item's key, that is what the new rental starts from, and
// former is the one that it follows; else former is nil.
func (h *Hearing) Part(have *Record, e *Entity) (former, from *Record) {
	if have == nil || h.Again || !have.Follows(e, h.Later) {
		return nil, have
	}
	last, next := have.Succeed(e, h.Delivery, h.Date, h.End)
	return &last, &next
}

// Hear is an entity after a word on it, from what Part says it was before.
func (h *Hearing) Hear(from *Record, e *Entity) Record {
	next := MergeLate(from, e, h.Delivery, h.Later)
	if _, said := e.Get(OffRentDate); !said && h.Claims {
		next = next.Reopened(h.Delivery)
	}
	return next
}
