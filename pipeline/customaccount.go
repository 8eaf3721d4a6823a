package pipeline

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"rentalsync/pipeline/rental"
)

// CustomAccount is what custom values are set in. What is wrong with the account
// or with the moment is a *Stopped or a *Later, and what is refused a *Refusal.
type CustomAccount interface {
	Account() string

	// Fields are the custom fields that the account has; nil where nobody knows.
	Fields(ctx context.Context) (FieldBook, error)

	// IDs finds the ids of entities of a kind. Those that the account does not show
	// are not in the answer. Beside a *Refusal there may be some.
	IDs(ctx context.Context, kind rental.Kind, wanted []CustomTarget) (map[CustomTarget]string, error)

	// SetCustom sets values of one entity, all of them or none. It is an *Outdated
	// where the id was looked up and is nobody's any more. It may be called by several
	// goroutines.
	SetCustom(ctx context.Context, to CustomEntity, values []CustomValue) error
}

// CustomTarget is how an entity is found in an account.
type CustomTarget struct {
	ID        string // where it is known
	Reference string
	Serial    string // of an asset that is found by it
}

// CustomEntity is an entity of the account.
type CustomEntity struct {
	rental.Ref
	ID     string
	Listed bool // the id was looked up
}

// Outdated is the verdict on an id that the account listed once and does not know
// any more: in another run it is looked up anew.
type Outdated struct{ rental.Ref }

// Error names the entity.
func (e *Outdated) Error() string {
	return fmt.Sprintf("IRIS does not know %s any more under the id that it listed for it; it is looked for again", e.Ref)
}

// listings are the lists in which the kinds are looked up by reference.
var listings = map[rental.Kind]ListingKind{
	rental.Asset: ListedAssets, rental.Customer: ListedCustomers, rental.Contract: ListedContracts,
}

// ListedAccount finds entities in what an account held when it was listed last,
// and lists anew, once for each kind, where one is missing. It is used for one run.
type ListedAccount struct {
	Lister
	IDJournal CustomJournal
	anew      map[ListingKind]error // what was listed anew, and how that ended
}

var _ CustomAccount = (*ListedAccount)(nil)

// Account names the account.
func (a *ListedAccount) Account() string { return a.Directory.Account() }

// Fields lists the custom fields anew, and keeps them.
func (a *ListedAccount) Fields(ctx context.Context) (FieldBook, error) {
	if _, err := a.List(ctx, ListedFields); err != nil {
		return nil, err
	}
	return ListedFieldBook(ctx, a.Journal, a.Account())
}

// ListedFieldBook is the custom fields that an account had when they were listed
// last; nil where they never were.
func ListedFieldBook(ctx context.Context, j ListingJournal, account string) (FieldBook, error) {
	at, err := j.ListedAt(ctx, account, ListedFields)
	if err != nil || at.IsZero() {
		return nil, err
	}
	var all []FieldDefinition
	for d, err := range ReadListing[FieldDefinition](j.Listing(ctx, account, ListedFields)) {
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return NewFieldBook(all), nil
}

// IDs looks entities up in the last listing, and in a new one where any is missing.
// An account that does not give the list refuses; what the last one shows is in the
// answer all the same.
func (a *ListedAccount) IDs(ctx context.Context, kind rental.Kind, wanted []CustomTarget) (map[CustomTarget]string, error) {
	ids, missing, err := a.lookUp(ctx, kind, wanted)
	if err != nil || missing == 0 {
		return ids, err
	}
	if err, done := a.anew[listings[kind]]; done {
		return ids, err
	}
	if err := a.listAnew(ctx, listings[kind]); err != nil {
		return ids, err
	}
	ids, _, err = a.lookUp(ctx, kind, wanted)
	return ids, err
}

// listAnew lists a kind, and remembers how that ended.
func (a *ListedAccount) listAnew(ctx context.Context, kind ListingKind) error {
	if a.anew == nil {
		a.anew = map[ListingKind]error{}
	}
	_, err := a.List(ctx, kind)
	a.anew[kind] = err
	return err
}

// lookUp finds entities by their external references, and assets by their serial
// numbers where those do.
func (a *ListedAccount) lookUp(ctx context.Context, kind rental.Kind, wanted []CustomTarget) (ids map[CustomTarget]string, missing int, err error) {
	var references, serials []string
	for _, t := range wanted {
		references = append(references, t.Reference)
		if t.Serial != "" {
			serials = append(serials, t.Serial)
		}
	}
	by, err := a.IDJournal.ListedIDs(ctx, a.Account(), listings[kind], false, references)
	if err != nil {
		return nil, 0, err
	}
	bySerial := map[string]string{}
	if len(serials) > 0 && len(by) < len(references) {
		if bySerial, err = a.IDJournal.ListedIDs(ctx, a.Account(), listings[kind], true, serials); err != nil {
			return nil, 0, err
		}
	}

	ids = make(map[CustomTarget]string, len(wanted))
	for _, t := range wanted {
		if id := by[t.Reference]; id != "" {
			ids[t] = id
		} else if id := bySerial[t.Serial]; id != "" && t.Serial != "" {
			ids[t] = id
		} else {
			missing++
		}
	}
	return ids, missing, nil
}

// SetCustom sets values of one entity.
func (a *ListedAccount) SetCustom(ctx context.Context, to CustomEntity, values []CustomValue) error {
	err := a.Directory.SetValues(ctx, to.ID, values)
	if err == nil {
		return nil
	}
	var refused *Refusal
	_, fresh := a.anew[listings[to.Kind]]
	if to.Listed && !fresh && errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		if err := a.IDJournal.Unlist(ctx, a.Account(), listings[to.Kind], to.ID); err != nil {
			return err
		}
		return &Outdated{to.Ref}
	}
	return fmt.Errorf("set custom values of %s: %w", to.Ref, err)
}
