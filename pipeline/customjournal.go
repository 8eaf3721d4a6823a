package pipeline

import (
	"context"
	"time"

	"rentalsync/pipeline/rental"
)

// CustomJournal keeps which custom values are due, and what an account took of
// them. Values become due when a run closes that changes them, for another account,
// and when somebody asks; they stay due until the account has taken or refused
// them, or nothing is left to be told.
type CustomJournal interface {
	// CustomDue lists up to n entities after one, in their order, whose values are
	// due now and that the account has been told of: the asset's own document was
	// accepted, or one that names the contract or customer, and none of those
	// documents is due. Sites are told of by nobody, and are always among them.
	CustomDue(ctx context.Context, flow, account, profile string, after *CustomDue, n int) ([]CustomDue, error)

	// CustomSending records durably that values are about to be set.
	CustomSending(ctx context.Context, account string, sent []CustomSending) error

	// CustomSettle records what became of the values of entities, what the account
	// holds of them, and what is due again. In a run the newest outcome of a field
	// counts, but what was set stays set.
	CustomSettle(ctx context.Context, run, account string, settled []CustomSettlement) error

	// CustomAgain makes due what was refused, where the account's custom fields are
	// others than those it was refused by.
	CustomAgain(ctx context.Context, flow, account, fields string) error

	// CustomRefused reports whether any values of a flow are refused, and
	// CustomDeferred whether any of those that CustomDue lists had failed for a while.
	CustomRefused(ctx context.Context, flow string) (bool, error)
	CustomDeferred(ctx context.Context, flow, account, profile string) (bool, error)

	// ListedIDs finds ids in the last listing of a kind: by external references, or
	// by serial numbers. What several have is not in the answer.
	ListedIDs(ctx context.Context, account string, kind ListingKind, bySerial bool, texts []string) (map[string]string, error)

	// Unlist takes out of the last listing of a kind what the account does not know
	// any more.
	Unlist(ctx context.Context, account string, kind ListingKind, id string) error
}

// CustomDue is an entity whose custom values are due.
type CustomDue struct {
	Entity   int64 // its number in the journal
	Record   rental.Record
	Attempts int

	// Unmatched says of an asset that the account took its document and knows no
	// such asset.
	Unmatched bool

	// Customers are the customer itself and those that it is the same as, by key;
	// of a customer.
	Customers map[string]*rental.Record

	Held map[string]HeldValue // what the account holds, by the key of the field
}

// HeldValue is what an account holds of one custom field, as far as it was told.
type HeldValue struct {
	Target   string // what it belongs to there: a reference, or an id
	Text     string // "" where it holds none
	Accepted bool
	Attempt  bool // it was about to be set once more, and the answer never recorded
	At       time.Time
}

// CustomSending is what is about to be set for an entity.
type CustomSending struct {
	Entity int64
	Target string
	Fields []string
}

// CustomSettlement is what became of an entity's values.
type CustomSettlement struct {
	Entity int64
	Target string
	Fields []CustomFieldOutcome
	Next   time.Time // where any is deferred: not before
	Open   bool      // of some values the end is not known: they are due as before
}

// HeldCustom is what explains the value of one custom field of an entity.
type HeldCustom struct {
	Field string
	HeldValue
	Last CustomFieldOutcome // the newest; zero where there is none
}
