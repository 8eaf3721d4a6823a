package iris

import (
	"context"
	"fmt"
	"strings"

	"rentalsync/pipeline"
)

// pagesAhead is how many pages are on their way at once. It is what keeps up
// IRIS's 50 a second when each answer takes more than half a second.
const pagesAhead = 32

// window reads the pages of a fleet in order, and asks for several ahead as soon
// as a page has told which one is the last.
type window struct {
	fleet *Fleet
	gate  pipeline.PageGate
	left  itinerary // that nobody asked for yet
	asked []*asked  // in order
	fail  itinerary // that could not be read
}

// asked is a page on its way.
type asked struct {
	at   *pageRef
	done chan struct{} // closed when the rest is there
	page fleetPage
	err  error
}

// read yields the pages up to the end, or to the first that cannot be read.
// Nothing new is asked for behind that one, but what was asked for before is
// yielded: IRIS would not answer it again for a while. What every page names as
// the next are all that were not yielded.
func (w *window) read(ctx context.Context, yield func(pipeline.FleetPage, error) bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer w.wait()
	defer cancel()

	var failed error
	for {
		if failed == nil {
			w.ask(ctx)
		}
		if len(w.asked) == 0 {
			break
		}
		next, err := w.next()
		if err != nil {
			if failed == nil {
				failed = fmt.Errorf("read fleet page %d: %w", next.at.number, err)
			}
			continue
		}
		page := next.page.FleetPage
		page.Next = w.remaining()
		if !yield(page, nil) {
			return
		}
	}
	if failed != nil {
		yield(pipeline.FleetPage{}, failed)
	}
}

// ask asks for as many pages as may be on their way.
func (w *window) ask(ctx context.Context) {
	for len(w.left.spans) > 0 && len(w.asked) < pagesAhead && (w.left.known() || len(w.asked) == 0) {
		a := &asked{at: w.left.take(), done: make(chan struct{})}
		w.asked = append(w.asked, a)
		go func() {
			defer close(a.done)
			a.page, a.err = w.fleet.pass(ctx, a.at, w.gate)
		}()
	}
}

// next takes the first page that was asked for, and learns from it what comes
// after it.
func (w *window) next() (*asked, error) {
	first := w.asked[0]
	<-first.done
	w.asked = w.asked[1:]

	err := first.err
	if err == nil {
		err = w.learn(first)
	}
	if err != nil {
		w.fail.plus(span{from: first.at.number, leads: first.at.leads})
	}
	return first, err
}

// learn finds where a page leads: by its link, or by counting on when a full
// page has no links at all. One that has links, but none to a next page, is the
// last whatever was said before.
func (w *window) learn(a *asked) error {
	number, page := a.at.number, &a.page
	href := page.href("next")
	switch {
	case href == "" && len(page.links) > 0:
		w.left.cut(number)
		return nil
	case href == "" && page.count() >= pageSize:
		to := numbered(number + 1)
		to.query = w.fleet.query()
		w.lead(a, to, 0)
		return nil
	case href == "" || page.count() == 0:
		return nil
	}

	to, err := w.fleet.follow(a.at, href)
	if err != nil {
		return err
	}
	last := 0
	if end, err := w.fleet.follow(a.at, page.href("last")); err == nil && to.number == number+1 && sameQuery(to, a.at) {
		last = end.number
	}
	w.lead(a, to, last)
	return nil
}

// lead goes on to a page, and up to the last one where that is known.
func (w *window) lead(a *asked, to *pageRef, last int) {
	if a.at.leads {
		w.left.query = to.query
		w.left.plus(span{from: to.number, to: last, leads: true})
	}
}

func sameQuery(a, b *pageRef) bool { return a.query.Encode() == b.query.Encode() }

// remaining spells the pages that were not yielded.
func (w *window) remaining() string {
	all := itinerary{query: w.left.query}
	all.plus(w.fail.spans...)
	for _, a := range w.asked {
		all.plus(span{from: a.at.number, leads: a.at.leads})
	}
	all.plus(w.left.spans...)
	return all.cursor()
}

// wait waits for the pages that are still on their way.
func (w *window) wait() {
	for _, a := range w.asked {
		<-a.done
	}
}

// href is the address of the link of a name.
func (p *fleetPage) href(rel string) string {
	for _, l := range p.links {
		if strings.EqualFold(l.Rel, rel) {
			return l.Href
		}
	}
	return ""
}
