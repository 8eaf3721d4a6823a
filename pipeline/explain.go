package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"time"

	"rentalsync/pipeline/rental"
)

// ExplainJournal tells what the journal knows of one entity. It only reads, and
// may do so beside whoever works the journal.
type ExplainJournal interface {
	// Namesakes are the kinds under which a flow knows a key, assets first, and
	// whether a delivery has told anything of each but its name.
	Namesakes(ctx context.Context, flow, key string) ([]Namesake, error)

	// Keys yields every key of a flow.
	Keys(ctx context.Context, flow string) iter.Seq2[rental.Ref, error]

	// Records returns what the register holds of entities, as prior; see
	// StageJournal.
	Records(ctx context.Context, flow, run string, refs []rental.Ref) (now, prior map[rental.Ref]rental.Record, err error)

	// Known is what the documents of assets are made of; see DispatchJournal.
	Known(ctx context.Context, due []Due, account, profile string) ([]Known, error)

	// Past is what became of one entity so far.
	Past(ctx context.Context, flow string, ref rental.Ref) (Past, error)

	// Remarks are what the rows of the last runs say about one entity beside what
	// the register took of them, the newest first.
	Remarks(ctx context.Context, flow string, ref rental.Ref) ([]Remark, error)

	// Referring lists up to n records of a kind that refer to an entity, by key,
	// and how many there are.
	Referring(ctx context.Context, flow string, to rental.Ref, kind rental.Kind, n int) (list []rental.Record, all int, err error)

	// CustomHeld tells what an account holds of the custom values of one entity, and
	// what became of each last, by the key of the field.
	CustomHeld(ctx context.Context, flow, account string, ref rental.Ref) (map[string]HeldCustom, error)

	// DeliveriesByID finds deliveries; those that are forgotten are left out.
	DeliveriesByID(ctx context.Context, ids []string) (map[string]Delivery, error)
}

// Namesake is a kind under which a key is known.
type Namesake struct {
	Kind  rental.Kind
	Named bool // a delivery has told of it; else others only refer to it
}

// Past is what became of one entity so far, the newest first.
type Past struct {
	Date    string // the newest business date that the flow has closed; "" when none
	Gone    string // an asset: since when no file names it any more
	Sayings []Saying

	// MissedSince is the first business date that missed it when it was missed
	// last, whatever came after; "" when it never was.
	MissedSince string

	Due      *PastDue // nil when nothing is due
	Answers  []PastAnswer
	Outcomes []PastOutcome
	Pending  []PendingChange
}

// Saying is how a mapping speaks of an entity.
type Saying struct {
	Mapping string `json:"mapping"`
	Scope   string `json:"scope,omitempty"`
	Before  string `json:"scopeBefore,omitempty"` // the scope it was named in before that one
	Since   string `json:"since,omitempty"`       // the business date on which it began to say so; "" while a run that has not closed says otherwise
	Newest  string `json:"newest"`                // the newest business date of the mapping's files
	Missed  string `json:"missedSince,omitempty"` // the first business date that missed it
	Nights  int    `json:"nights,omitempty"`      // how many business dates missed it
	Says    string `json:"says"`

	Stage int64 `json:"-"`
}

// PastDue is a document that is due.
type PastDue struct {
	Run      string
	Held     bool // it waits for a person
	Fleet    bool // with the whole fleet, and not for what it says itself
	Working  bool // somebody sends it now
	Attempts int
	At       time.Time
}

// PastAnswer is the last final answer of one account, in one way of spelling.
type PastAnswer struct {
	Account    string    `json:"account"`
	Profile    string    `json:"profile"`
	Outcome    string    `json:"outcome"`
	Status     int       `json:"status"`
	Code       string    `json:"code,omitempty"`
	Message    string    `json:"message,omitempty"`
	At         time.Time `json:"at"`
	Reference  string    `json:"externalReference,omitempty"` // under which it was accepted
	Identifier string    `json:"identifier,omitempty"`        // by which it was found
	Accepted   bool      `json:"accepted"`                    // some document was accepted, if not the last one
}

// PastOutcome is what became of the entity's document in one run.
type PastOutcome struct {
	Date        string    `json:"businessDate"`
	Run         string    `json:"run"`
	Outcome     string    `json:"outcome"`
	Status      int       `json:"status,omitempty"`
	Code        string    `json:"code,omitempty"`
	Why         string    `json:"why,omitempty"`
	CarriedFrom string    `json:"carriedFrom,omitempty"`
	At          time.Time `json:"at"`
}

// PendingChange is what a run that has not closed would change.
type PendingChange struct {
	Run    string
	Date   string
	State  RunState
	Record rental.Record
}

// Remark is something that the rows of a run say about an entity, beside what
// the register took of them.
type Remark struct {
	What     string        `json:"what"` // parked, warning or rejected
	Date     string        `json:"businessDate"`
	Run      string        `json:"run"`
	Delivery string        `json:"delivery"`
	Origin   rental.Origin `json:"origin"`
	Field    rental.Field  `json:"field,omitempty"`
	Code     string        `json:"code,omitempty"`
	YAML     string        `json:"yaml,omitempty"`
	Says     string        `json:"says"`

	Stage   int64    `json:"-"`
	Mapping string   `json:"-"`
	Cells   []string `json:"-"` // of a rejected row
}

// The words for what a remark is.
const (
	RemarkParked   = "parked"
	RemarkWarning  = "warning"
	RemarkRejected = "rejected"
)

// FieldTeller is a Mapping that can tell how it reads a field.
type FieldTeller interface {
	// TellField tells by which rule a field of an entity is made of a row, and
	// which cells it reads. Without a row it tells only the rule.
	TellField(row *Row, ref rental.Ref, field rental.Field) FieldReading
}

// FieldReading is how a field is made of a row.
type FieldReading struct {
	Rule  string
	Cells []ReadCell
}

// ReadCell is a cell as it stands in the file.
type ReadCell struct {
	Column string `json:"column"`
	Text   string `json:"text"`
}

// Explainer tells why the register and IRIS hold of one entity what they hold.
// It changes nothing.
type Explainer struct {
	Flow     string
	Journal  ExplainJournal
	Account  string // the receiver that answers are told of
	Profile  string
	Assembly rental.Assembly
	Mappings []Mapping
	Reader   Reader
	Absent   AbsentPolicy
	Reoffer  time.Duration // after which what IRIS does not know is offered again; 0 is never

	// UnmatchedFunc tells how an asset stands in the register of what the account
	// does not know; nil where it does not. Default: nobody asks.
	UnmatchedFunc func(ctx context.Context, asset string) (*UnmatchedEntry, error)

	// EncodeFunc writes a document as it would be sent; see Sink.
	EncodeFunc func(d *rental.Document) (body []byte, clears int, err error)

	// OpenFunc reads a delivery's file at its place; see Drop.
	OpenFunc func(ctx context.Context, place string) (io.ReadCloser, error)
}

// ErrUnknownEntity says that nobody ever named what is to be explained.
var ErrUnknownEntity = errors.New("no delivery has named it, and nothing refers to it")

// Explanation is what is known of one entity, as data and in sentences.
type Explanation struct {
	Flow string `json:"flow"`
	rental.Ref
	Date      string   `json:"businessDate"` // the newest that the flow has closed
	Reference string   `json:"externalReference,omitempty"`
	Says      []string `json:"says"`

	Fields    []FieldStory    `json:"fields"`
	Rentals   []RentalStory   `json:"rentals,omitempty"`
	Contracts []ContractStory `json:"contracts,omitempty"`
	Customers []PartyStory    `json:"customers,omitempty"`
	Assets    []string        `json:"assets,omitempty"` // those that show a customer or a depot
	NamedBy   []Saying        `json:"namedBy"`

	Document *DocumentStory `json:"document,omitempty"`
	Answers  []PastAnswer   `json:"answers,omitempty"`
	Runs     []PastOutcome  `json:"runs,omitempty"`
	Remarks  []Remark       `json:"remarks"`
	Files    []FileStory    `json:"files"`
}

// FieldStory is one field of the register with where its value comes from.
type FieldStory struct {
	Field  rental.Field `json:"field"`
	Value  *string      `json:"value"`            // nil where it is said to be nothing
	Sent   bool         `json:"sent"`             // it belongs to requests
	SentAs string       `json:"sentAs,omitempty"` // where the request says it in other words
	Custom string       `json:"custom,omitempty"` // of a custom field: what IRIS made of it
	SetAt  *time.Time   `json:"setAt,omitempty"`  // of a custom field: when IRIS took it last

	Delivery string     `json:"delivery,omitempty"` // the file's name
	Date     string     `json:"businessDate,omitempty"`
	Sheet    string     `json:"sheet,omitempty"`
	Line     int        `json:"line,omitempty"`
	Column   string     `json:"column,omitempty"`
	Cells    []ReadCell `json:"cells,omitempty"` // as they stand in the file, where it can still be read
	Rule     string     `json:"rule,omitempty"`
	Mapping  string     `json:"mapping,omitempty"`
	Version  string     `json:"mappingVersion,omitempty"`
	At       *time.Time `json:"at,omitempty"`

	source rental.Source
}

// RentalStory is an item as it stands in a larger story.
type RentalStory struct {
	Key        string       `json:"key"`
	Reference  string       `json:"externalReference"`
	State      string       `json:"state"` // open, ahead, ended, vanished
	Asset      string       `json:"asset"`
	Contract   string       `json:"contract"`
	Customer   string       `json:"customer,omitempty"`
	InDocument bool         `json:"inDocument"`
	Dates      []FieldStory `json:"dates"`
	Says       []string     `json:"says"`
}

// ContractStory is a contract as it stands in a larger story.
type ContractStory struct {
	Key       string   `json:"key"`
	Reference string   `json:"externalReference"`
	Customer  string   `json:"customer,omitempty"`
	Status    string   `json:"status"`
	Derived   bool     `json:"derived"`
	Open      int      `json:"open"`
	Ahead     int      `json:"ahead"`
	Ended     int      `json:"ended"`
	Says      []string `json:"says"`
}

// PartyStory is a customer that was merged with the one that is explained.
type PartyStory struct {
	Key  string `json:"key"`
	Says string `json:"says"`
}

// DocumentStory is the document of an asset as it would be now.
type DocumentStory struct {
	State   string           `json:"state"` // accepted, due, held, deferred, waiting, rejected, other, never
	Says    []string         `json:"says"`
	Clears  int              `json:"clears"`
	Left    []rental.LeftOut `json:"leftOut,omitempty"`
	Request json.RawMessage  `json:"request"` // null while there is none
}

// FileStory is a delivery that some of the fields come from.
type FileStory struct {
	Name    string    `json:"name"`
	Date    string    `json:"businessDate"`
	Mapping string    `json:"mapping"`
	Version string    `json:"mappingVersion"`
	Run     string    `json:"run"`
	At      time.Time `json:"at"`
	Place   string    `json:"place"`
	Unread  string    `json:"unread,omitempty"` // why its cells are not told
}
