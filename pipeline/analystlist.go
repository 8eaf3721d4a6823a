package pipeline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// list asks IRIS what it holds, where that was too long ago. What the account does
// not offer, or cannot tell now, is told and is no failure.
func (a *Analyst) list(ctx context.Context, out *Analysis) error {
	if a.Lister == nil {
		return nil
	}
	for _, kind := range []ListingKind{ListedSites, ListedAssets, ListedContracts} {
		if err := a.ask(ctx, out, kind); err != nil {
			return err
		}
	}
	contracts, err := a.count(ctx, ListedContracts)
	if err != nil || contracts == 0 {
		return err
	}
	if contracts > a.Contracts {
		out.Notes = append(out.Notes, fmt.Sprintf("IRIS has %d contracts, more than the %d that are asked for their lines one by one; raise snapshot.findings.contracts to compare rentals as well.", contracts, a.Contracts))
		return nil
	}
	return a.ask(ctx, out, ListedItems)
}

// ask lists a kind anew unless it was listed a short while ago.
func (a *Analyst) ask(ctx context.Context, out *Analysis, kind ListingKind) error {
	at, err := a.Listings.ListedAt(ctx, a.Account, kind)
	if err != nil {
		return err
	}
	if a.Now().Sub(at) < a.ListEvery {
		return nil
	}
	_, err = a.Lister.List(ctx, kind)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	}
	a.Log.Warn("IRIS does not tell what it holds", "flow", a.Flow, "kind", string(kind), "error", err)
	out.Notes = append(out.Notes, unlisted(kind, at, err))
	return nil
}

// unlisted says why a listing is missing or old.
func unlisted(kind ListingKind, last time.Time, err error) string {
	why := err.Error()
	var refused *Refusal
	if errors.As(err, &refused) {
		switch refused.Status {
		case 404:
			why = "this account does not offer it"
		case 403:
			why = "the key of this account may not see it; give it the right to, or leave it"
		}
	}
	text := fmt.Sprintf("IRIS did not list every %s: %s.", kind, why)
	if !last.IsZero() {
		text += fmt.Sprintf(" What it told on %s is used.", last.UTC().Format("2006-01-02 15:04 UTC"))
	}
	return text
}

// count tells how much a listing has.
func (a *Analyst) count(ctx context.Context, kind ListingKind) (n int, err error) {
	for _, err := range a.Listings.Listing(ctx, a.Account, kind) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// degrees reads a latitude or longitude.
func degrees(text string) (float64, bool) {
	n, err := strconv.ParseFloat(text, 64)
	return n, err == nil && math.Abs(n) <= 180
}
