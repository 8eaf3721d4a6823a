package pipeline

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// ListingKind is what a listing lists.
type ListingKind string

// The kinds of listings.
const (
	ListedAssets    ListingKind = "asset"
	ListedSites     ListingKind = "site"
	ListedCustomers ListingKind = "customer"
	ListedContracts ListingKind = "contract"
	ListedItems     ListingKind = "item"
	ListedFields    ListingKind = "field" // definitions of custom fields
)

// Listed is one thing of a listing.
type Listed struct {
	ID        string
	Reference string // its external reference
	Serial    string // of an asset
	Body      []byte // the whole of it, as JSON
}

// ListingJournal keeps what an account of IRIS held when it was last listed: IRIS
// is asked once, and whoever wants to know looks here.
type ListingJournal interface {
	// SaveListing takes the place of the last listing of a kind, in one step once
	// the list has come to its end, and tells how much there is.
	SaveListing(ctx context.Context, account string, kind ListingKind, at time.Time, list iter.Seq2[Listed, error]) (int, error)

	// ListedAt tells when a kind was last listed; zero is never.
	ListedAt(ctx context.Context, account string, kind ListingKind) (time.Time, error)

	// Listing yields the last listing of a kind in the order of ids.
	Listing(ctx context.Context, account string, kind ListingKind) iter.Seq2[Listed, error]

	// ListedBy finds what bears an external reference; nil when nothing does.
	ListedBy(ctx context.Context, account string, kind ListingKind, reference string) (*Listed, error)
}

// Lister lists what an account holds, and keeps it.
type Lister struct {
	Directory Directory
	Journal   ListingJournal
	Now       func() time.Time
}

// List asks the account for all of a kind, and tells how much there is. Items are
// those of the contracts that were listed last.
func (l *Lister) List(ctx context.Context, kind ListingKind) (int, error) {
	n, err := l.Journal.SaveListing(ctx, l.Directory.Account(), kind, l.Now(), l.ask(ctx, kind))
	if err != nil {
		return 0, fmt.Errorf("list every %s of account %s: %w", kind, l.Directory.Account(), err)
	}
	return n, nil
}

func (l *Lister) ask(ctx context.Context, kind ListingKind) iter.Seq2[Listed, error] {
	switch kind {
	case ListedAssets:
		return entries(l.Directory.Assets(ctx), func(a AccountAsset) Listed {
			return Listed{ID: a.ID, Reference: a.ExternalReference, Serial: a.SerialNumber}
		})
	case ListedSites:
		return entries(l.Directory.Sites(ctx), func(s AccountSite) Listed { return Listed{ID: s.ID} })
	case ListedCustomers:
		return entries(l.Directory.Customers(ctx), func(c AccountCustomer) Listed {
			return Listed{ID: c.ID, Reference: c.ExternalReference}
		})
	case ListedContracts:
		return entries(l.Directory.Contracts(ctx), func(c AccountContract) Listed {
			return Listed{ID: c.ID, Reference: c.ExternalReference}
		})
	case ListedFields:
		return entries(l.Directory.Definitions(ctx), func(d FieldDefinition) Listed {
			return Listed{ID: cmp.Or(d.ID, d.Key), Reference: d.Key}
		})
	default:
		return entries(l.items(ctx), func(i AccountItem) Listed {
			return Listed{ID: i.ID, Reference: i.ExternalReference}
		})
	}
}

// items are those of every contract that was listed. The journal is not read while
// IRIS is asked, which takes long.
func (l *Lister) items(ctx context.Context) iter.Seq2[AccountItem, error] {
	return func(yield func(AccountItem, error) bool) {
		var contracts []string
		for c, err := range l.Journal.Listing(ctx, l.Directory.Account(), ListedContracts) {
			if err != nil {
				yield(AccountItem{}, err)
				return
			}
			contracts = append(contracts, c.ID)
		}
		for _, contract := range contracts {
			for item, err := range l.Directory.ContractItems(ctx, contract) {
				if !yield(item, err) || err != nil {
					return
				}
			}
		}
	}
}

// entries keeps everything of a list whole, beside what it is looked up by.
func entries[T any](list iter.Seq2[T, error], known func(T) Listed) iter.Seq2[Listed, error] {
	return func(yield func(Listed, error) bool) {
		for one, err := range list {
			var entry Listed
			if err == nil {
				entry = known(one)
				entry.Body, err = json.Marshal(one)
			}
			if !yield(entry, err) || err != nil {
				return
			}
		}
	}
}

// ReadListing reads a listing back: what an account holds of assets, sites, customers,
// contracts or items, as it was listed last.
func ReadListing[T any](list iter.Seq2[Listed, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for entry, err := range list {
			var one T
			if err == nil {
				err = json.Unmarshal(entry.Body, &one)
			}
			if !yield(one, err) || err != nil {
				return
			}
		}
	}
}
