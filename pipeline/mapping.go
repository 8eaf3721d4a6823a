package pipeline

import "rentalsync/pipeline/rental"

// Claim says what a file's silence about an entity means.
type Claim uint8

const (
	Changes Claim = iota // nothing follows from absence
	All                  // every one that exists is in the file
	Open                 // every open one is in the file
)

var claimNames = [...]string{Changes: "changes", All: "all", Open: "open"}

// String is the claim's word in a mapping.
func (c Claim) String() string { return claimNames[c] }

// Mapping is what an admin wrote about one kind of file.
type Mapping interface {
	// Name is how flows, reports and the register call the mapping.
	Name() string

	// Version changes whenever the mapping would read a file differently.
	Version() string

	// Match reports whether a file's name is one the mapping reads, and what
	// the name says about when the file was made.
	Match(name string) (Stamp, bool)

	// Dialect says how to read the file.
	Dialect() Dialect

	// Stamped reports whether the content says when the file was made, see
	// RowMapper.
	Stamped() bool

	// Claim says what absence of a kind means.
	Claim(rental.Kind) Claim

	// Scoped reports whether the claim on a kind is limited to scopes: a file
	// claims only what it covers, see Mapped and RowMapper.
	Scoped(rental.Kind) bool

	// Kinds lists the kinds the mapping gives, in working order.
	Kinds() []rental.Kind

	// Prefer orders the rental statuses by which two rows about one asset are
	// settled; empty when they must not differ.
	Prefer() []string

	// End is the instant at which a rental ends that ended on a day, of which no
	// row tells the time: the mapping's own time of day, in the zone named, or
	// in the mapping's where none is.
	End(day, zone string) rental.Value

	// Bind finds the mapping's columns under a header. The error is an
	// *Unreadable that names every required column that is missing.
	Bind(h *Header) (RowMapper, error)
}

// Stamp is what a file says about when it was made, by its name or its content.
type Stamp struct {
	Date     string // business date, 2026-11-21; "" when nothing says one
	Sequence string // orders files of one date; "" when nothing does
	Number   int64  // of a file whose mapping numbers them one after the other; 0 when it does not
	Mapping  string // that reads the file, where its content tells, whatever its name; "" when the name does
}

// RowMapper makes entities of the rows under one header. It is used by one
// goroutine.
type RowMapper interface {
	// Map writes into out everything that the row says, or every fault of it.
	// What out held before is overwritten; its memory is used again.
	Map(row *Row, out *Mapped)

	// Covers lists whom the file speaks for, whatever its rows say: the scope that
	// is the same for all of them.
	Covers() []Covered

	// Stamp is what the content says about when the file was made: what stands
	// outside of the rows, or in the row, which is nil where there is none. Of
	// every row but the first it must say the same. The error is an *Unreadable.
	Stamp(row *Row) (Stamp, error)

	// Missing lists the columns that the mapping names and the header lacks.
	// Their fields are left alone.
	Missing() []Fault
}

// Mapped is what a mapping made of one row. Exactly one of these holds: it has
// entities, it was skipped by a named rule, or it has faults.
type Mapped struct {
	Entities []rental.Entity
	Skip     string  // the name of the rule that skipped the row
	Faults   []Fault // the row is rejected, with every fault of it

	Parked   []Parked  // codes that no table knows; their fields are withheld
	Warnings []Fault   // the row is mapped all the same
	Present  []Named   // what a rejected or skipped row still proves to exist
	Keyless  []Unnamed // what a rejected row should have named and did not
	Covers   []Covered // of a scoped mapping: whom the row speaks for, whatever became of it
}

// Covered is a kind in a scope that a file speaks for.
type Covered struct {
	Kind  rental.Kind
	Scope string
}

// Named is an entity that a row proves to exist, in the scope of the row.
type Named struct {
	rental.Ref
	Scope string
}

// Unnamed is something that exists and whose key cannot be read.
type Unnamed struct {
	Kind     rental.Kind
	Scope    string
	Anywhere bool // the scope cannot be read either
}

// Reset empties m and keeps its memory.
func (m *Mapped) Reset() {
	*m = Mapped{
		Entities: m.Entities[:0], Faults: m.Faults[:0], Parked: m.Parked[:0],
		Warnings: m.Warnings[:0], Present: m.Present[:0], Keyless: m.Keyless[:0], Covers: m.Covers[:0],
	}
}

// Parked is a code that no table knows, with the line that would teach it.
type Parked struct {
	Ref    rental.Ref   `json:"-"`
	Field  rental.Field `json:"field"`
	Column string       `json:"column"`
	Code   string       `json:"code"`
	Table  string       `json:"table"`
	Line   string       `json:"yaml"` // the YAML line to add, with the table it belongs to
}
