package pipeline

import (
	"context"
	"fmt"
	"slices"

	"rentalsync/pipeline/rental"
)

// rentalState is how far a rental has come on a business date.
type rentalState int

const (
	rentalOpen rentalState = iota
	rentalAhead
	rentalEnded
	rentalVanished
)

func (s rentalState) String() string {
	return [...]string{"open", "ahead", "ended", "vanished"}[s]
}

func stateOf(item *rental.Record, date string) rentalState {
	begins, _ := item.Get(rental.OnRentDate)
	switch {
	case item.Vanished():
		return rentalVanished
	case item.Ended():
		return rentalEnded
	case begins.Day() > date:
		return rentalAhead
	default:
		return rentalOpen
	}
}

// item explains one contract item.
func (e *explaining) item(ctx context.Context) error {
	if e.record == nil {
		e.say("no delivery has named this item")
		return nil
	}
	s, err := e.sheetOfItem(ctx, e.record)
	if err != nil {
		return err
	}
	own := itemIn(&s, e.record)
	told, err := e.rental(ctx, &s, own)
	if err != nil {
		return err
	}
	e.out.Reference = told.Reference
	e.out.Says = append(e.out.Says, told.Says...)
	for i := range s.document.Items {
		if s.document.Items[i].Key == e.out.Key {
			sentAs(e.out.Fields, &s.document.Items[i].Part)
		}
	}
	if err := e.formers(ctx); err != nil {
		return err
	}
	e.out.Answers, e.out.Runs = s.past.Answers, s.past.Outcomes
	if contract, known := s.Parts.Contracts[e.record.Text(rental.ContractRef)]; known {
		story, err := e.contractStory(ctx, &contract)
		if err != nil {
			return err
		}
		e.out.Contracts = append(e.out.Contracts, story)
	}
	return nil
}

// sheetOfItem is the document of the asset that an item stands on.
func (e *explaining) sheetOfItem(ctx context.Context, item *rental.Record) (sheet, error) {
	asset := item.Text(rental.AssetRef)
	if asset == "" {
		return sheet{fault: &rental.Waiting{Why: "the item names no asset"}}, nil
	}
	past, err := e.Journal.Past(ctx, e.Flow, rental.Ref{Kind: rental.Asset, Key: asset})
	if err != nil {
		return sheet{}, err
	}
	return e.sheetOf(ctx, asset, past)
}

// itemIn is an item with what is known of its sending.
func itemIn(s *sheet, item *rental.Record) *rental.ItemRecord {
	for i := range s.Parts.Items {
		if s.Parts.Items[i].Key == item.Key {
			return &s.Parts.Items[i]
		}
	}
	return &rental.ItemRecord{Record: *item}
}

// formers tells the former rentals under the item's key.
func (e *explaining) formers(ctx context.Context) error {
	base, _, former := rental.FormerKey(e.out.Key)
	if former {
		newest, err := e.load(ctx, rental.Ref{Kind: rental.Item, Key: base})
		if err != nil || newest == nil {
			return err
		}
		return e.sibling(ctx, newest)
	}
	for n := e.record.Number() - 1; n > 0; n-- {
		record, err := e.load(ctx, rental.Ref{Kind: rental.Item, Key: fmt.Sprintf("%s~%d", base, n)})
		if err != nil {
			return err
		}
		if record == nil {
			continue
		}
		if err := e.sibling(ctx, record); err != nil {
			return err
		}
	}
	return nil
}

func (e *explaining) sibling(ctx context.Context, item *rental.Record) error {
	s, err := e.sheetOfItem(ctx, item)
	if err != nil {
		return err
	}
	told, err := e.rental(ctx, &s, itemIn(&s, item))
	e.out.Rentals = append(e.out.Rentals, told)
	return err
}

// rentalFields are the fields of an item that tell its course.
var rentalFields = [...]rental.Field{rental.OnRentDate, rental.DueDate, rental.PlannedEnd, rental.OffRentDate}

// rental tells the course of one item, and whether the document of its asset
// holds it.
func (e *explaining) rental(ctx context.Context, s *sheet, item *rental.ItemRecord) (RentalStory, error) {
	past := e.past
	if item.Ref != e.out.Ref {
		var err error
		if past, err = e.Journal.Past(ctx, e.Flow, item.Ref); err != nil {
			return RentalStory{}, err
		}
	}
	told := RentalStory{
		Key: item.Key, Reference: e.Assembly.Reference(item.SentKey()), State: stateOf(&item.Record, e.past.Date).String(),
		Asset: item.Text(rental.AssetRef), Contract: item.Text(rental.ContractRef),
		InDocument: s.fault == nil && s.document.Has(item.Key),
	}
	if contract, known := s.Parts.Contracts[told.Contract]; known {
		told.Customer = contract.Text(rental.CustomerRef)
	}
	for _, f := range stories(&item.Record) {
		if slices.Contains(rentalFields[:], f.Field) {
			told.Dates = append(told.Dates, f)
		}
	}

	told.Says = append(told.Says, e.course(&item.Record, past)...)
	told.Says = append(told.Says, e.generation(&item.Record)...)
	if item.Ref != e.out.Ref {
		told.Says = append(told.Says, e.missed(&item.Record, past)...)
	}
	why := e.inDocument(s, item)
	if why == leftByAcceptance {
		on, err := e.acceptedOn(ctx, s, &item.Record)
		if err != nil {
			return told, err
		}
		why += on
	}
	told.Says = append(told.Says, why)
	return told, nil
}

// course tells how far a rental has come and by which rule.
func (e *explaining) course(item *rental.Record, past Past) (says []string) {
	begins, _ := item.Get(rental.OnRentDate)
	due, _ := item.Get(rental.DueDate)
	ends, _ := item.Get(rental.OffRentDate)
	switch stateOf(item, e.past.Date) {
	case rentalVanished:
		says = append(says, fmt.Sprintf("it is a reservation that vanished before it began: %s; it never happened, so its end is its beginning", item.SourceOf(rental.OffRentDate).Rule))
	case rentalEnded:
		says = append(says, e.ending(item, ends, past)...)
	case rentalAhead:
		says = append(says, fmt.Sprintf("it is planned: it lies ahead of %s and begins on %s", e.past.Date, begins.Day()))
	case rentalOpen:
		says = append(says, "it is open since "+begins.Day())
		if due.Day() != "" && due.Day() < e.past.Date {
			says = append(says, fmt.Sprintf("it is overdue: it was due on %s; a plan never ends a rental", due.Day()))
		}
		if ends.Type == rental.Cleared && past.MissedSince != "" {
			says = append(says, fmt.Sprintf("absence since %s had ended it; it is named again, so that end did not happen and it is open again", past.MissedSince))
		}
	}
	return append(says, planned(item)...)
}

// planned tells where the due date is shown as the end of a rental.
func planned(item *rental.Record) []string {
	end, shown := item.Planned()
	if !shown {
		return nil
	}
	told := fmt.Sprintf("its mapping says offRent: planned, so %s is shown as its end", end.Day())
	if rule := item.SourceOf(rental.PlannedEnd).Rule; rule != "" {
		told += "; the plan moved on, " + rule
	}
	return []string{told}
}

// ending tells why a rental is over.
func (e *explaining) ending(item *rental.Record, ends rental.Value, past Past) []string {
	from := item.SourceOf(rental.OffRentDate)
	rule := from.Rule
	switch {
	case from.BySuccession():
		return []string{fmt.Sprintf("it ended on %s because its key was used for another asset, a swap: %s", ends.Day(), rule)}
	case from.ByAbsence():
		return []string{fmt.Sprintf("it ended on %s by absence, %s; a real date of the ERP replaces this one", ends.Day(), rule)}
	case rule != "":
		return []string{fmt.Sprintf("it ended on %s, %s", ends.Day(), rule)}
	case past.MissedSince != "":
		return []string{fmt.Sprintf("it ended on %s, as the ERP says; that real date replaces what absence since %s had said", ends.Day(), past.MissedSince)}
	default:
		return []string{fmt.Sprintf("it ended on %s, as the ERP says", ends.Day())}
	}
}

// generation tells of a key that was used more than once.
func (e *explaining) generation(item *rental.Record) []string {
	base, number, former := rental.FormerKey(item.Key)
	sent := e.Assembly.Reference(item.SentKey())
	switch {
	case former && item.Number() == number:
		return []string{fmt.Sprintf("it is the former rental number %d under the key %s, which was used again since; IRIS knows it as %q", number, base, sent)}
	case item.Number() > 1:
		return []string{fmt.Sprintf("the key was used again (swap or re-rent): this is rental number %d under it, which IRIS knows as %q", item.Number(), sent)}
	default:
		return nil
	}
}

// missed tells of an item that is no longer named and has not ended.
func (e *explaining) missed(item *rental.Record, past Past) (says []string) {
	for _, s := range past.Sayings {
		if s.Missed == "" || item.Ended() {
			continue
		}
		told := fmt.Sprintf("mapping %s has not named it since %s (%s)", s.Mapping, s.Missed, nights(s.Nights))
		if e.Absent.endsItems() {
			told += fmt.Sprintf("; an item ends after %s", nights(e.Absent.nights()))
		} else {
			told += "; absent items are only reported, so it stays open"
		}
		says = append(says, told)
	}
	return says
}

const leftByAcceptance = "it is no longer in the document: IRIS has accepted its end"

// inDocument tells whether and why the document holds an item.
func (e *explaining) inDocument(s *sheet, item *rental.ItemRecord) string {
	taken := !item.Accepted.IsZero() && item.Accepted == item.Digest()
	switch {
	case s.fault != nil:
		return "nothing of it is sent, because its asset is not: " + s.fault.Error()
	case s.document.Has(item.Key) && item.Ended():
		return "it is in the document until IRIS has accepted its end"
	case s.document.Has(item.Key) && taken:
		return "it is in the document, and IRIS has accepted it as it is"
	case s.document.Has(item.Key):
		return "it is in the document; IRIS has not accepted it as it is now"
	}
	for _, left := range s.document.Left {
		if left.Ref == item.Ref {
			return "it is not in the document: it " + left.Why
		}
	}
	switch {
	case item.Ended() && taken:
		return leftByAcceptance
	case item.History:
		return "it is not in the document: it is history that had ended before the first night of this flow"
	default:
		return "it is not in the document"
	}
}

// acceptedOn is when the end of a rental was accepted, if the last outcomes tell:
// with the first request of the run that said it, or of one after that.
func (e *explaining) acceptedOn(ctx context.Context, s *sheet, item *rental.Record) (string, error) {
	at := slices.IndexFunc(item.Fields, func(f rental.RecordField) bool { return f.Field == rental.OffRentDate })
	if at < 0 {
		return "", nil
	}
	said := item.Fields[at].Source.Delivery
	known, err := e.Journal.DeliveriesByID(ctx, []string{said})
	if err != nil {
		return "", err
	}
	for _, o := range slices.Backward(s.past.Outcomes) {
		if known[said].Run != "" && o.Run >= known[said].Run && (o.Outcome == Matched.String() || o.Outcome == Unmatched.String()) {
			return " on " + stamp(o.At), nil
		}
	}
	return "", nil
}
