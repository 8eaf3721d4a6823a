package pipeline

import (
	"context"
	"iter"
	"time"

	"rentalsync/pipeline/rental"
)

// UnmatchedAsset is an asset that an account did not know when it answered last, or
// did not know once.
type UnmatchedAsset struct {
	Asset      string // the ERP's key
	Reference  string // as it was sent
	Identifier string // as it was sent: identifier type, a blank, identifier

	Status  int // HTTP status
	Code    string
	Message string
	Since   time.Time // when it was not known first
	At      time.Time // when it was answered last

	Ended time.Time // zero while it is not known
	How   string    // what became of it: an outcome
}

// UnmatchedJournal tells what accounts do not know, and what the register and the
// last listings know of that.
type UnmatchedJournal interface {
	ListingJournal

	// UnmatchedAssets yields what an account does not know of a flow, longest first.
	UnmatchedAssets(ctx context.Context, flow, account string) iter.Seq2[UnmatchedAsset, error]

	// UnmatchedAsset is the one of an asset; nil when the account knows it.
	UnmatchedAsset(ctx context.Context, flow, account, asset string) (*UnmatchedAsset, error)

	// UnmatchedCount tells how many there are, and since when the oldest.
	UnmatchedCount(ctx context.Context, flow, account string) (n int, oldest time.Time, err error)

	// EndedUnmatched yields what the account came to know after a time, the last
	// first.
	EndedUnmatched(ctx context.Context, flow, account string, after time.Time) iter.Seq2[UnmatchedAsset, error]

	// Identities yields what the account finds the other assets of a flow by, and
	// their keys.
	Identities(ctx context.Context, flow, account string) iter.Seq2[AssetIdentity, error]

	// DepotUses yields the depots of a flow, and how many assets each owns.
	DepotUses(ctx context.Context, flow string) iter.Seq2[DepotUse, error]

	Known(ctx context.Context, due []Due, account, profile string) ([]Known, error)
	DeliveriesByID(ctx context.Context, ids []string) (map[string]Delivery, error)
}

// AssetIdentity is an asset's key, and what must be its alone, see
// [rental.Record.Identity].
type AssetIdentity struct {
	Key, Identity string
	Gone          bool // no file names it any more
}

// DepotUse is a depot of the register, which may only be referred to, and how many
// assets it owns.
type DepotUse struct {
	rental.Record
	Owns int
}
