package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline/rental"
)

// Explain tells what is known of an entity. The error is ErrUnknownEntity where
// the flow has never heard of it.
func (x *Explainer) Explain(ctx context.Context, ref rental.Ref) (Explanation, error) {
	e := explaining{Explainer: x, out: Explanation{
		Flow: x.Flow, Ref: ref, Says: []string{}, Fields: []FieldStory{}, NamedBy: []Saying{}, Remarks: []Remark{}, Files: []FileStory{},
	}}
	if err := e.recall(ctx); err != nil {
		return e.out, err
	}

	kinds := map[rental.Kind]func(context.Context) error{
		rental.Asset: e.asset, rental.Item: e.item, rental.Contract: e.contract, rental.Customer: e.customer, rental.Depot: e.depot,
	}
	if err := kinds[ref.Kind](ctx); err != nil {
		return e.out, fmt.Errorf("explain %s: %w", ref, err)
	}
	e.presence()
	if err := e.trace(ctx); err != nil {
		return e.out, fmt.Errorf("find where the fields of %s come from: %w", ref, err)
	}
	return e.out, nil
}

// explaining is one explanation in the making.
type explaining struct {
	*Explainer
	out    Explanation
	past   Past
	record *rental.Record // nil where others only refer to it
}

// recall loads what the journal knows of the entity itself.
func (e *explaining) recall(ctx context.Context) error {
	known, err := e.Journal.Namesakes(ctx, e.Flow, e.out.Key)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(known, func(n Namesake) bool { return n.Kind == e.out.Kind }) {
		return fmt.Errorf("explain %s: %w", e.out.Ref, ErrUnknownEntity)
	}
	if e.past, err = e.Journal.Past(ctx, e.Flow, e.out.Ref); err != nil {
		return err
	}
	if e.record, err = e.load(ctx, e.out.Ref); err != nil {
		return err
	}

	if err := e.remarks(ctx, e.out.Ref); err != nil {
		return err
	}

	e.out.Date = e.past.Date
	e.out.NamedBy = append(e.out.NamedBy, e.past.Sayings...)
	if e.out.Kind != rental.Depot {
		e.out.Reference = e.Assembly.Reference(e.out.Key)
	}
	if e.record != nil {
		e.out.Fields = stories(e.record)
	}
	return e.customs(ctx)
}

// load is what the register holds of an entity; nil where that is nothing.
func (e *explaining) load(ctx context.Context, ref rental.Ref) (*rental.Record, error) {
	_, register, err := e.Journal.Records(ctx, e.Flow, "", []rental.Ref{ref})
	if err != nil {
		return nil, err
	}
	return priorOf(ref, register), nil
}

// remarks adds what the last runs said about an entity, each once.
func (e *explaining) remarks(ctx context.Context, ref rental.Ref) error {
	list, err := e.Journal.Remarks(ctx, e.Flow, ref)
	if err != nil {
		return err
	}
	for _, m := range list {
		same := func(o Remark) bool {
			return o.What == m.What && o.Run == m.Run && o.Origin == m.Origin && o.Says == m.Says
		}
		if !slices.ContainsFunc(e.out.Remarks, same) {
			e.out.Remarks = append(e.out.Remarks, m)
		}
	}
	return nil
}

func (e *explaining) say(format string, args ...any) {
	e.out.Says = append(e.out.Says, fmt.Sprintf(format, args...))
}

// stories lists the fields of a record, in the order in which people read them.
func stories(r *rental.Record) []FieldStory {
	place := map[rental.Field]int{}
	for i, spec := range rental.Specs(r.Kind) {
		place[spec.Field] = i + 1
	}
	told := make([]FieldStory, 0, len(r.Fields))
	for i := range r.Fields {
		told = append(told, storyOf(r.Kind, &r.Fields[i]))
	}
	slices.SortStableFunc(told, func(a, b FieldStory) int {
		return (place[a.Field]+len(place))%(len(place)+1) - (place[b.Field]+len(place))%(len(place)+1)
	})
	return told
}

func storyOf(kind rental.Kind, f *rental.RecordField) FieldStory {
	spec, _ := rental.SpecOf(kind, f.Field)
	told := FieldStory{
		Field: f.Field, Sent: spec.Sent || strings.HasPrefix(string(f.Field), rental.ExtraPrefix),
		Sheet: f.Source.Sheet, Line: f.Source.Line, Column: f.Source.Column, Rule: f.Source.Rule, source: f.Source,
	}
	if !f.Value.IsEmpty() {
		told.Value = &f.Value.Text
	}
	return told
}

// sentAs notes where the document says fields in other words than the register.
func sentAs(list []FieldStory, part *rental.Part) {
	for i := range list {
		sent, has := part.Get(list[i].Field)
		if has && !sent.IsEmpty() && list[i].Value != nil && sent.Text != *list[i].Value {
			list[i].SentAs = sent.Text
		}
	}
}

// presence tells which mappings name the entity, which miss it, and what a run
// that has not closed would change.
func (e *explaining) presence() {
	for i := range e.out.NamedBy {
		e.out.NamedBy[i].Says = e.saying(&e.out.NamedBy[i])
	}
	if e.past.Gone != "" {
		e.say("no file names it any more since %s", e.past.Gone)
	}
	for _, p := range e.past.Pending {
		decide := ""
		if p.State == RunHeld {
			decide = fmt.Sprintf("; rentalsync approve %s or rentalsync discard %[1]s decides", p.Run)
		}
		e.say("run %s of %s is %s and would change %s%s", p.Run, p.Date, p.State, differences(e.record, &p.Record), decide)
	}
}

// saying tells how a mapping speaks of the entity.
func (e *explaining) saying(s *Saying) string {
	at := slices.IndexFunc(e.Mappings, func(m Mapping) bool { return m.Name() == s.Mapping })
	named := fmt.Sprintf("mapping %s names it", s.Mapping)
	if s.Scope != "" {
		named += fmt.Sprintf(" in scope %q", s.Scope)
	}
	if s.Since != "" {
		named += ", with the same words since " + s.Since
	}
	switch {
	case s.Missed != "":
		return fmt.Sprintf("mapping %s has not named it since %s (%s)%s", s.Mapping, s.Missed, nights(s.Nights), e.consequence())
	case s.Before != "":
		return fmt.Sprintf("mapping %s names it in scope %q since %s, before that in %q: a transfer, not an absence", s.Mapping, s.Scope, s.Since, s.Before)
	case at < 0 || e.Mappings[at].Claim(e.out.Kind) == Changes:
		return named + "; its files name what changes, so that nothing follows from absence"
	case e.Mappings[at].Scoped(e.out.Kind):
		return named + "; no later file that speaks for this scope has missed it"
	default:
		return fmt.Sprintf("%s; none of its files, the newest of %s, has missed it", named, s.Newest)
	}
}

// consequence is what follows from the absence of something.
func (e *explaining) consequence() string {
	switch {
	case e.out.Kind == rental.Asset && e.Absent.status() == "":
		return "; absent assets are only reported"
	case e.out.Kind == rental.Asset:
		return fmt.Sprintf("; after %s its rental status becomes %s", nights(e.Absent.nights()), e.Absent.status())
	case e.out.Kind == rental.Item && e.record != nil && e.record.Ended():
		return ""
	case e.out.Kind == rental.Item && !e.Absent.endsItems():
		return "; absent items are only reported, so it stays open"
	case e.out.Kind == rental.Item:
		return fmt.Sprintf("; an item ends after %s", nights(e.Absent.nights()))
	default:
		return "; nothing follows from that"
	}
}

func nights(n int) string {
	if n == 1 {
		return "1 night"
	}
	return fmt.Sprintf("%d nights", n)
}

// differences names what a change would make of the fields.
func differences(have, next *rental.Record) string {
	var list []string
	for i := range next.Fields {
		f := &next.Fields[i]
		if have == nil {
			list = append(list, fmt.Sprintf("%s to %q", f.Field, f.Value.Text))
		} else if was, _ := have.Get(f.Field); was.Text != f.Value.Text {
			list = append(list, fmt.Sprintf("%s from %q to %q", f.Field, was.Text, f.Value.Text))
		}
	}
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

// stamp is a moment as sentences tell it.
func stamp(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }
