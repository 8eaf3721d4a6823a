package pipeline

import "rentalsync/pipeline/rental"

// Said is what a mapping last said about one entity, as far as it is needed to
// notice that tonight's file says the same: a hash of its kind and key, and a
// short digest of what was said.
type Said struct {
	Kind   rental.Kind
	Hash   uint64
	Digest uint64
	Scope  string // the scope it was named in
	Absent bool   // a file that claims to name every one of them did not name it
	Stale  bool   // another mapping has changed the entity since
}

// Staged is one entity as it will stand in the register when the run closes.
type Staged struct {
	Record  rental.Record
	Changed bool         // other than the register has it now
	Class   rental.Class // where it changed: how urgent that is
	Said    Said         // what the delivery's mapping says about it now; no hash where a rule and no row said it
	Former  string       // the key whose last rental this one keeps, where the key was used again
}

// Batch is what a run adds to its stage in one short transaction: all that came
// of some consecutive rows of one delivery. Rows and Skips are the delivery's
// counts up to and with this batch.
type Batch struct {
	Flow     string
	Run      string
	Delivery string
	Mapping  string

	Entities []Staged
	Rejects  []Reject
	Parked   []ParkedCode
	Warnings []Warning
	Reworked []Reworked // rows of earlier deliveries that are settled by this one
	Rows     RowTotals
	Skips    map[string]int
}

// Reject is a row that was not taken, as it stood in the file.
type Reject struct {
	Delivery string // the delivery's id
	Origin   rental.Origin
	Root     RowID // the row that was rejected first, where this is it once more
	Header   []string
	Cells    []string
	Types    []CellType // as in Row
	Faults   []Fault
}

// ParkedCode is a mapped row with a withheld field.
type ParkedCode struct {
	Delivery string
	Origin   rental.Origin
	Parked
}

// Warning is something about a mapped row that a person may want to know.
type Warning struct {
	Delivery string
	Origin   rental.Origin
	Unjudged rental.Kind // absence of this kind was not judged; 0 in any other warning
	Fault
}

// Absent is something that a file claiming to name every one of its kind did not
// name, as the register has it.
type Absent struct {
	Record rental.Record
	Since  string // the first business date that missed it; "" when it is this run's
	Nights int    // the business dates before this run's that missed it since
	Found  bool   // a row proves it to exist, if only by its key: it is not missed any more
	Moved  bool   // another mapping names it now: what the first one said is forgotten

	Elsewhere map[string]string // the business dates of what other mappings say of it, by their names
}

// Closed tells what closing a run changed.
type Closed struct {
	Changed   map[rental.Kind]int
	Due       int // dispatches the run has to do with
	CarriedIn int // of these, left by earlier runs
	Absent    int // assets newly missed
}
