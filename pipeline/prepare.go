package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"time"

	"rentalsync/pipeline/rental"
)

// Preparer brings an account and a register together before the first night, and
// whenever somebody wants to know how well they fit: which machine is which, which
// depots and customers are there, which custom fields. It only looks, unless it is
// told to apply. Doing it again is fine at any time.
type Preparer struct {
	Flow      string
	Directory Directory
	Journal   PrepareJournal
	Assembly  rental.Assembly
	Profile   string // how documents are spelled for the account
	Mappings  []Mapping
	Depots    DepotAreas
	Customers CustomerPolicy
	Outbox    Outbox
	Forms     []Form[*Preparation]
	Now       func() time.Time
	Log       *slog.Logger
}

// PrepareJournal is what preparing needs to know, and keeps.
type PrepareJournal interface {
	ListingJournal

	// Register yields what the register holds of a kind, in the order of keys,
	// without assets that no file names any more.
	Register(ctx context.Context, flow string, kind rental.Kind) iter.Seq2[rental.Record, error]

	// Keys yields every key of a flow, also those that others only refer to.
	Keys(ctx context.Context, flow string) iter.Seq2[rental.Ref, error]

	// Spellings yields how an account spells the identifiers of a flow's assets,
	// and SaveSpellings keeps those that changed and forgets those of named assets.
	Spellings(ctx context.Context, flow, account string) iter.Seq2[rental.Spelling, error]
	SaveSpellings(ctx context.Context, flow, account string, list []rental.Spelling, gone []string) error

	// Answered is the DispatchJournal's, and Retry opens a run that sends assets
	// once more.
	Answered(ctx context.Context, flow, account, profile string) (bool, error)
	Retry(ctx context.Context, r Run, assets []string) error

	// NewestSnapshot and Machines are the SnapshotJournal's.
	NewestSnapshot(ctx context.Context, account string) (*Snapshot, error)
	Machines(ctx context.Context, snapshot string) iter.Seq2[Machine, error]
}

// Preparation is what came of it.
type Preparation struct {
	Flow    string    `json:"flow"`
	Account string    `json:"account"`
	At      time.Time `json:"at"`
	Applied bool      `json:"applied"` // else nothing was changed

	Refused []RefusedArea `json:"refused"` // of these the account tells nothing

	Assets     *rental.Matching   `json:"-"`
	References ReferenceCounts    `json:"references"`
	NotSet     []RefusedReference `json:"notSet,omitempty"`
	Spelled    int                `json:"spelled"` // assets that are sent, or would be, in IRIS's spelling
	Resent     int                `json:"resent"`  // documents that are sent again because of that

	Sites     int                `json:"sites"`
	Depots    []PreparedDepot    `json:"depots"`
	InIRIS    int                `json:"customersInIris"` // before any was created
	Customers []PreparedCustomer `json:"-"`
	Fields    []PreparedField    `json:"customFields"`

	CustomersListed bool `json:"customersListed"` // else nobody knows how many there are

	Files []string `json:"files"`
}

// RefusedArea is a part of the account that it does not show.
type RefusedArea struct {
	Area string `json:"area"`
	Why  string `json:"why"`
}

// Prepare compares everything, and writes down what it found. With apply it also
// changes what may be changed. It answers with what it got to, also with an error.
func (p *Preparer) Prepare(ctx context.Context, apply bool) (*Preparation, error) {
	out := &Preparation{Flow: p.Flow, Account: p.Directory.Account(), At: p.Now(), Applied: apply, Assets: &rental.Matching{}}
	steps := []struct {
		area string
		do   func(context.Context, *Preparation) error
	}{
		{"assets", p.assets},
		{"sites", p.depots},
		{"customers", p.customers},
		{"custom fields", p.fields},
	}

	var failed error
	for _, step := range steps {
		err := step.do(ctx, out)
		var refusal *Refusal
		if errors.As(err, &refusal) {
			out.Refused = append(out.Refused, RefusedArea{step.area, err.Error()})
			continue
		}
		if failed = err; failed != nil {
			break
		}
	}
	if ctx.Err() != nil {
		return out, errors.Join(failed, context.Cause(ctx))
	}
	return out, errors.Join(failed, p.write(ctx, out, failed == nil && len(out.Refused) == 0))
}

// list asks the account for all of a kind, and keeps it.
func (p *Preparer) list(ctx context.Context, kind ListingKind) error {
	_, err := (&Lister{Directory: p.Directory, Journal: p.Journal, Now: p.Now}).List(ctx, kind)
	return err
}

// allListed reads back what was listed just now.
func allListed[T any](ctx context.Context, p *Preparer, kind ListingKind) ([]T, error) {
	var all []T
	for one, err := range ReadListing[T](p.Journal.Listing(ctx, p.Directory.Account(), kind)) {
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// write puts what was found into the outbox, under the day's name. What is not all
// of it takes the place of no earlier one: somebody may be deciding in that.
func (p *Preparer) write(ctx context.Context, out *Preparation, whole bool) error {
	day := out.At.Format(time.DateOnly)
	if !whole {
		day += "_unfinished"
	}
	for _, form := range p.Forms {
		name := fmt.Sprintf("%s_prepare_%s.%s", p.Flow, day, form.Ending)
		path, err := p.Outbox.Put(ctx, name, func(w io.Writer) error { return form.Write(ctx, w, out) })
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		out.Files = append(out.Files, path)
	}
	return nil
}

// DepotsFound counts the depots that were found in a way.
func (out *Preparation) DepotsFound(how FoundHow) (n int) {
	for i := range out.Depots {
		if out.Depots[i].How == how {
			n++
		}
	}
	return n
}

// CustomersFound counts the customers that were found in a way.
func (out *Preparation) CustomersFound(how FoundHow) (n int) {
	for i := range out.Customers {
		if out.Customers[i].How == how {
			n++
		}
	}
	return n
}

// FieldsWrong counts the custom fields that somebody has to look at.
func (out *Preparation) FieldsWrong() (n int) {
	for i := range out.Fields {
		if out.Fields[i].Why != "" || out.Fields[i].Unfit > 0 {
			n++
		}
	}
	return n
}
