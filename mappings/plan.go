package mappings

import (
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// Mapping is a mapping file, compiled. It is safe for use by many goroutines.
type Mapping struct {
	name      string
	describes string
	version   string
	file      string
	includes  []string // the files it takes columns, codes and skips from
	at        Place

	patterns []*pattern // of the file's name, at least one
	dialect  pipeline.Dialect
	claims   [rental.Asset + 1]pipeline.Claim
	prefer   []string
	none     []string
	leave    bool
	hidden   bool // rows that a workbook hides are left out
	number   transforms.NumberFormat
	dates    transforms.DateForm

	tables []*tablePlan // the parts of the file, as the dialect lists them; one where it has no parts
	stamps []stampPlan  // what the content says about when the file was made
}

// tablePlan is what the rows of one table of the file say: a sheet, the records
// of one type, or the whole file.
type tablePlan struct {
	Place
	label    string // the sheet or the records' words; "" for the whole file
	words    []string
	record   pipeline.Slice // where the records have their word
	use      pipeline.TableUse
	columns  []columnPlan
	short    map[string]int // by short name
	headers  map[string]int // by folded header
	skips    []skipPlan
	entities []entityPlan // in working order
	zone     zonePlan
	scope    *fieldPlan
	each     *eachPlan // nil where a row is mapped once
	byNumber bool      // the table has no header: columns are called by their numbers
	inRecord bool      // columns stand at places of a record
}

// eachPlan parts a cell; the row is mapped for each of its parts.
type eachPlan struct {
	column int
	split  string
}

// columnPlan is a column that the mapping speaks of.
type columnPlan struct {
	Place
	name     string   // our short name, or the header where there is none
	headers  []string // as the mapping writes them
	folded   []string
	at       pipeline.Slice // where it stands in a record; the zero value where headers find it
	do       steps
	figure   *transforms.Figure // how its digits are a number; nil where they are as they stand
	none     []string
	noDays   []transforms.Civil // those of none that are dates
	declared bool               // stands under columns
	used     bool
	needed   bool // a file without it cannot be read
}

// skipPlan is a named rule that leaves rows out.
type skipPlan struct {
	name string
	when *transforms.Formula
}

// entityPlan is what a row says about one kind.
type entityPlan struct {
	Place
	kind     rental.Kind
	when     *transforms.Formula
	whenText string
	key      fieldPlan
	ofPart   bool // the key is made of the cell that each: parts
	scope    *fieldPlan
	fields   []fieldPlan // sorted by field name
	identify []candidatePlan
	rates    []ratePlan
}

// candidatePlan is one way to identify an asset.
type candidatePlan struct {
	kind  string
	value fieldPlan
}

// ratePlan is one price an item may have.
type ratePlan struct{ kind, currency, price fieldPlan }

// source says what makes a field's value.
type source uint8

const (
	fromColumn source = iota
	fromFormula
	fromConstant
	fromIdentify // the candidate that was found
	fromRate     // the price that was found
	fromZone     // the zone of the row
)

// reading says how a field's text becomes a value.
type reading uint8

const (
	asText reading = iota
	asNumber
	asImplied
	asDate
)

// fieldPlan is one field and where it has its value from.
type fieldPlan struct {
	Place
	field rental.Field
	label string // asset.rentalStatus, for messages

	from     source
	column   int
	formula  *transforms.Formula
	text     string // of the formula with its =, or the constant
	do       steps
	codes    *transforms.Codes
	table    string // the code table's name
	unknown  policy
	instead  string // the value of an unknown code
	read     reading
	number   transforms.NumberFormat
	implied  int
	date     transforms.DateForm
	day      rental.Day
	clock    *clock
	standby  string // the default
	hasStand bool
	required bool
	allowed  []string
	currency bool
	names    bool // the value names a thing: a key, a reference to one, or an identifier
}

// clock is a time of day.
type clock struct{ hour, minute, second int }

// policy says what an unknown code does.
type policy uint8

const (
	park policy = iota
	leave
	reject
	instead
)

// zonePlan finds the zone of a row.
type zonePlan struct {
	all      *time.Location
	by       int // the column that decides, when all is nil; -1 where no date needs it
	of       map[string]*time.Location
	fallback *time.Location
}
