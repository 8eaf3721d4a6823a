package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline/rental"
)

// sheet is an asset's document as it would be now, with all that is known about
// its sending.
type sheet struct {
	Known
	past     Past // of the asset
	document rental.Document
	fault    error // why there is no document
}

// sheetOf assembles the document of an asset, as the dispatcher would.
func (e *explaining) sheetOf(ctx context.Context, asset string, past Past) (sheet, error) {
	known, err := e.Journal.Known(ctx, []Due{{Flow: e.Flow, Asset: asset}}, e.Account, e.Profile)
	if err != nil {
		return sheet{}, err
	}
	s := sheet{Known: known[0], past: past}
	s.document, s.fault = e.Assembly.Document(&s.Parts)
	return s, nil
}

func (e *explaining) asset(ctx context.Context) error {
	s, err := e.sheetOf(ctx, e.out.Key, e.past)
	if err != nil {
		return err
	}
	e.identity(&s)
	sentAs(e.out.Fields, &s.document.Asset)
	if err := e.rentals(ctx, &s); err != nil {
		return err
	}
	if err := e.contractsOf(ctx, &s); err != nil {
		return err
	}
	e.standing(&s)
	if err := e.unmatched(ctx); err != nil {
		return err
	}
	e.out.Answers, e.out.Runs = e.past.Answers, e.past.Outcomes
	return nil
}

// identity tells what IRIS is sent to find the asset by, and why that.
func (e *explaining) identity(s *sheet) {
	if s.Parts.Asset == nil {
		e.say("no delivery has named this asset; others only refer to it, so nothing is sent until one does")
		return
	}
	for _, t := range s.Parts.Twins {
		gone := ""
		if t.Gone {
			gone = ", which no file names any more"
		}
		e.say("asset %s has the same identifier (a twin)%s", t.Key, gone)
	}
	if rule := s.Parts.Asset.SourceOf(rental.RentalStatus).Rule; rule != "" {
		e.say("its rental status is %s by absence, %s", s.Parts.Asset.Text(rental.RentalStatus), rule)
	}
	own := s.Parts.Asset.Text(rental.Identifier)
	if s.fault != nil {
		e.say("IRIS is sent nothing to find it by, because the asset is not sent: %s", s.fault)
		if s.Parts.Asset.Identity() == "" {
			e.say("no candidate of the mapping's identify has a value in the ERP, and no crosswalk knows it: add one of them")
		}
		return
	}

	kind, _ := s.document.Asset.Get(rental.IdentifierType)
	sent := s.document.Identifier()
	switch {
	case kind.Text == "ASSET_ID" && sent == s.Parts.Asset.Text(rental.AssetID):
		e.say("IRIS finds it by its asset id %s, from the crosswalk, which beats every other identifier (the ERP says %q)", sent, own)
	case kind.Text == "EXTERNAL_REFERENCE":
		e.say("IRIS finds it by its external reference %q, as identify says: no identifier before that has a value", sent)
	case sent == own:
		e.say("IRIS finds it by %s %q, as the ERP spells it", kind.Text, sent)
	default:
		e.say("IRIS finds it by %s %q, as IRIS itself spells it, which rentalsync prepare found out (the ERP says %q)", kind.Text, sent, own)
	}
	if why := s.document.Reidentified(&s.Parts, s.FoundBy); why != "" {
		e.say("a changed identifier on a known key is held: %s", why)
	}
}

// endedShown is how many ended rentals of an asset are told.
const endedShown = 20

// rentals tells the asset's items: open ones first, then those ahead, then ended
// ones, the newest first.
func (e *explaining) rentals(ctx context.Context, s *sheet) error {
	items := slices.Clone(s.Parts.Items)
	slices.SortStableFunc(items, func(a, b rental.ItemRecord) int {
		if by := stateOf(&a.Record, e.past.Date) - stateOf(&b.Record, e.past.Date); by != 0 {
			return int(by)
		}
		return strings.Compare(b.Text(rental.OnRentDate), a.Text(rental.OnRentDate))
	})
	ended := 0
	for i := range items {
		if items[i].Ended() {
			if ended++; ended > endedShown {
				continue
			}
		}
		told, err := e.rental(ctx, s, &items[i])
		if err != nil {
			return err
		}
		e.out.Rentals = append(e.out.Rentals, told)
		if !items[i].Ended() {
			if err := e.remarks(ctx, items[i].Ref); err != nil {
				return err
			}
		}
	}
	if ended > endedShown {
		e.say("%d more ended rentals are not told here", ended-endedShown)
	}

	open := make([]rental.Record, 0, len(items))
	for i := range items {
		if !items[i].Ended() {
			open = append(open, items[i].Record)
		}
	}
	if keys := rental.Overlaps(open); len(keys) > 1 {
		e.say("it stands on several items at the same time, %s: all are sent; end the wrong one in the ERP", strings.Join(keys, ", "))
	}
	return nil
}

// contractsOf tells the contracts of the asset's items that have not ended.
func (e *explaining) contractsOf(ctx context.Context, s *sheet) error {
	told := map[string]bool{}
	for i := range s.Parts.Items {
		key := s.Parts.Items[i].Text(rental.ContractRef)
		contract, known := s.Parts.Contracts[key]
		if !known || told[key] || s.Parts.Items[i].Ended() && !s.document.Has(s.Parts.Items[i].Key) {
			continue
		}
		told[key] = true
		story, err := e.contractStory(ctx, &contract)
		if err != nil {
			return err
		}
		e.out.Contracts = append(e.out.Contracts, story)
	}
	return nil
}

// The words for how a document stands.
const (
	standsAccepted = "accepted"
	standsDue      = "due"
	standsHeld     = "held"
	standsDeferred = "deferred"
	standsWaiting  = "waiting"
	standsRejected = "rejected"
	standsOther    = "different"
	standsNever    = "never sent"
)

// standing tells what the document would be now, and whether IRIS holds it.
func (e *explaining) standing(s *sheet) {
	d := &DocumentStory{}
	e.out.Document = d
	d.Left = s.document.Left
	d.State, d.Says = e.stateOf(s)
	if s.fault != nil {
		if !s.Accepted.IsZero() {
			d.Says = append(d.Says, "IRIS still holds what it accepted last")
		}
		return
	}

	body, clears, err := e.EncodeFunc(&s.document)
	if err != nil {
		d.Says = append(d.Says, "it cannot be written as a request: "+err.Error())
		return
	}
	d.Request, d.Clears = body, clears
	if clears > 0 {
		d.Says = append(d.Says, fmt.Sprintf("it clears %d fields, by a rule that the vendor has not confirmed", clears))
	}
	for _, left := range s.document.Left {
		d.Says = append(d.Says, fmt.Sprintf("it goes without %s: %s", left.Ref, left.Why))
	}
}

// stateOf is how a document stands, and why.
func (e *explaining) stateOf(s *sheet) (state string, says []string) {
	var waiting *rental.Waiting
	switch {
	case errors.As(s.fault, &waiting):
		state, says = standsWaiting, []string{"it waits: " + s.fault.Error()}
	case s.fault != nil:
		state, says = standsRejected, []string{"it is not sent: " + s.fault.Error()}
	case s.past.Due != nil:
	case s.Attempt:
		state, says = standsOther, []string{"a request was begun and its answer never came: what IRIS holds is not known, and it is sent again"}
	case s.Accepted == s.document.Digest() && !s.document.Closing():
		state, says = standsAccepted, []string{"IRIS holds exactly this: it equals what was accepted" + e.answeredAt(s)}
	case s.Refused == s.document.FullDigest():
		state, says = standsRejected, []string{fmt.Sprintf("IRIS refused exactly this%s: it is not sent again until something in it, the wire or the mapping changes, or on retry", e.answeredAt(s))}
	case !s.Accepted.IsZero():
		state = standsOther
		says = []string{"it differs from what IRIS accepted last, and nothing has made it due: time alone sends nothing, and the next change of it takes everything along"}
	default:
		state, says = standsNever, []string{"this account never accepted a document of it in this form"}
	}
	if s.past.Due != nil {
		var due string
		if due = e.dueState(s.past.Due); state == "" {
			state = due
		}
		says = append(says, e.dueWhy(s, due))
	}
	return state, append(says, e.reoffer(s)...)
}

func (e *explaining) dueState(d *PastDue) string {
	switch {
	case d.Held:
		return standsHeld
	case d.Attempts > 0:
		return standsDeferred
	default:
		return standsDue
	}
}

// dueWhy tells what a document that is due waits for.
func (e *explaining) dueWhy(s *sheet, state string) string {
	d := s.past.Due
	last := ""
	if len(s.past.Outcomes) > 0 && s.past.Outcomes[0].Why != "" {
		last = ": " + s.past.Outcomes[0].Why
	}
	switch state {
	case standsHeld:
		if d.Fleet {
			return fmt.Sprintf("it is held with the whole fleet in run %s%s; rentalsync approve %s lets it go", d.Run, last, e.Flow)
		}
		return fmt.Sprintf("it is held by itself in run %s%s; rentalsync approve %s lets it go", d.Run, last, e.out.Key)
	case standsDeferred:
		return fmt.Sprintf("it is deferred in run %s, to be tried again not before %s%s", d.Run, stamp(d.At), last)
	}
	if d.Working {
		return fmt.Sprintf("it is being sent now, in run %s", d.Run)
	}
	return fmt.Sprintf("it is due in run %s and goes with its next request", d.Run)
}

// answeredAt is when the account gave its last answer.
func (e *explaining) answeredAt(s *sheet) string {
	for _, a := range s.past.Answers {
		if a.Account == e.Account && a.Profile == e.Profile {
			return " on " + stamp(a.At)
		}
	}
	return ""
}

// reoffer tells when IRIS is asked again about what it did not know, and of
// answers that another account or wire profile gave.
func (e *explaining) reoffer(s *sheet) (says []string) {
	others := 0
	for _, a := range s.past.Answers {
		switch {
		case a.Account != e.Account:
			says = append(says, fmt.Sprintf("account %s answered before, on %s; account %s has to be sent everything anew", a.Account, stamp(a.At), e.Account))
		case a.Profile != e.Profile:
			others++
		case a.Outcome == Unmatched.String() && e.Reoffer > 0:
			says = append(says, fmt.Sprintf("IRIS did not match it (%d); it is offered again with the first run after %s (reoffer %s), even if nothing changes",
				a.Status, stamp(a.At.Add(e.Reoffer)), inDays(e.Reoffer)))
		}
	}
	if others > 0 {
		says = append(says, "it was answered in another wire profile before: what was accepted then does not count in this one")
	}
	return says
}

func inDays(d time.Duration) string {
	if day := 24 * time.Hour; d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return d.String()
}
