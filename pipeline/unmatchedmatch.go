package pipeline

import (
	"cmp"
	"context"
	"hash/maphash"
	"net/http"
	"slices"

	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// surplusShown is how many assets of the account are offered to choose from.
const surplusShown = 5000

// candidates compares what the account does not know with what it lists and no
// other asset of the ERP is known to be.
func (r *UnmatchedRegister) candidates(ctx context.Context, u *UnmatchedList) (err error) {
	if u.ListedAt, err = r.Journal.ListedAt(ctx, r.Account, ListedAssets); err != nil || u.ListedAt.IsZero() || len(u.Entries) == 0 {
		return err
	}
	free, err := r.free(ctx)
	if err != nil {
		return err
	}
	erp := make([]rental.ERPAsset, len(u.Entries))
	for i := range u.Entries {
		erp[i] = u.Entries[i].erp
	}
	u.take(rental.MatchAssets(erp, free), free)
	return nil
}

// free are the assets that the account lists and that are nobody's yet.
func (r *UnmatchedRegister) free(ctx context.Context) ([]rental.IRISAsset, error) {
	taken, err := r.taken(ctx)
	if err != nil {
		return nil, err
	}
	var free []rental.IRISAsset
	for a, err := range ReadListing[AccountAsset](r.Journal.Listing(ctx, r.Account, ListedAssets)) {
		if err != nil {
			return nil, err
		}
		if key, ours := r.Assembly.Key(a.ExternalReference); ours && taken.has("", key) ||
			taken.has("SERIAL_NUMBER", a.SerialNumber) || taken.has("ASSET_ID", a.ID) {
			continue
		}
		free = append(free, rental.IRISAsset{
			ID: a.ID, Reference: a.ExternalReference, Serial: a.SerialNumber, PIN: a.PIN, Name: a.Name,
			Kind: a.AssetType, Brand: a.Brand, Model: a.Model, Devices: a.Devices,
		})
	}
	return free, nil
}

// taken are keys and identities of which only a hash is kept: there may be a
// hundred thousand of them.
type taken struct {
	seed maphash.Seed
	by   map[uint64]struct{}
}

func (t *taken) hash(identity string) uint64 { return maphash.String(t.seed, identity) }

// has reports whether an asset is found so, or has such a key, where the type is "".
func (t *taken) has(identifierType, identifier string) bool {
	if identifier == "" {
		return false
	}
	if identifierType != "" {
		identifier = transforms.NormalizeSerial(identifier)
	}
	_, has := t.by[t.hash(identifierType+" "+identifier)]
	return has
}

func (r *UnmatchedRegister) taken(ctx context.Context) (*taken, error) {
	t := &taken{maphash.MakeSeed(), map[uint64]struct{}{}}
	for a, err := range r.Journal.Identities(ctx, r.Flow, r.Account) {
		if err != nil {
			return nil, err
		}
		t.by[t.hash(" "+a.Key)], t.by[t.hash(a.Identity)] = struct{}{}, struct{}{}
	}
	return t, nil
}

// take keeps what came of comparing.
func (u *UnmatchedList) take(m *rental.Matching, free []rental.IRISAsset) {
	at := make(map[string]*UnmatchedEntry, len(u.Entries))
	for i := range u.Entries {
		at[u.Entries[i].Asset] = &u.Entries[i]
	}
	for _, match := range m.Matched {
		at[match.ERP.Key].Candidates = []rental.Candidate{{IRIS: match.IRIS, By: match.By}}
	}
	for _, d := range m.Doubtful {
		at[d.ERP.Key].Candidates, at[d.ERP.Key].Doubt = d.Candidates, d.Why
	}
	for i := range u.Entries {
		u.Entries[i].dropItself()
	}

	u.Spare = len(free)
	slices.SortFunc(free, func(a, b rental.IRISAsset) int {
		return cmp.Or(cmp.Compare(a.Brand, b.Brand), cmp.Compare(a.Model, b.Model), cmp.Compare(a.Serial, b.Serial), cmp.Compare(a.ID, b.ID))
	})
	u.Surplus = free[:min(len(free), surplusShown)]
}

// dropItself leaves out, of what is not ours to change, the asset that IRIS has found
// and refused: to choose it would change nothing.
func (e *UnmatchedEntry) dropItself() {
	if e.Status != http.StatusForbidden {
		return
	}
	e.Candidates = slices.DeleteFunc(e.Candidates, func(c rental.Candidate) bool { return c.By <= rental.BySerial })
}
