package iristest

import (
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

//go:embed overview.html
var overviewText string

var overviewPage = template.Must(template.New("overview").
	Funcs(template.FuncMap{"escape": url.PathEscape}).
	Parse(overviewText))

// overviewRows is how many documents a page shows; the state has them all.
const overviewRows = 200

// overview is the state for people.
type overview struct {
	Now       time.Time
	Counts    Counts
	Machines  int
	Waiting   int // documents of assets that do not exist yet
	Contracts int
	Customers int
	Faults    int
	Documents []overviewRow
	More      int
}

type overviewRow struct {
	Identifier string
	Accepted   int
	Held       string
}

// toOverview leads a browser that was given the base URL to the page, which is no part of IRIS.
func (si *Simulator) toOverview(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/simulator/", http.StatusTemporaryRedirect)
}

func (si *Simulator) getOverview(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = overviewPage.Execute(w, si.overview()) // the client has gone; there is nobody to tell
}

func (si *Simulator) overview() overview {
	view := overview{Now: si.clock.now(), Counts: si.ledger.counts()}
	view.Documents, view.More = si.ledger.rows()
	for i, row := range view.Documents {
		view.Documents[i].Held = string(si.Held(row.Identifier))
	}

	si.world.mu.RLock()
	view.Machines, view.Waiting = len(si.world.fleet), len(si.world.pending)
	view.Contracts, view.Customers = len(si.world.contracts), len(si.world.customers)
	si.world.mu.RUnlock()

	si.script.mu.Lock()
	view.Faults = len(si.script.rules)
	si.script.mu.Unlock()
	return view
}

// rows returns the first documents, and how many more there are.
func (le *ledger) rows() (rows []overviewRow, more int) {
	le.mu.RLock()
	defer le.mu.RUnlock()

	identifiers := slices.Sorted(maps.Keys(le.accepted))
	shown := min(len(identifiers), overviewRows)
	for _, identifier := range identifiers[:shown] {
		rows = append(rows, overviewRow{Identifier: identifier, Accepted: len(le.accepted[identifier])})
	}
	return rows, len(identifiers) - shown
}
