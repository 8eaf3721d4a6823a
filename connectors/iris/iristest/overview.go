package iristest

import (
	"cmp"
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
	Tables    []overviewTable
}

// overviewTable is one part of what is held.
type overviewTable struct {
	Title   string
	Columns []string
	Rows    [][]string
	More    int
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
	view.Tables = si.world.tables()
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

// tables needs the lock.
func (wo *world) tables() []overviewTable {
	return []overviewTable{
		tableOf("Assets waited for", []string{"identifier", "type", "items"}, wo.waiting(), func(key pendingKey) []string {
			return []string{key.identifier, key.identifierType, strconv.Itoa(len(wo.pending[key].items))}
		}),
		tableOf("Customers", []string{"name", "external reference", "type", "id"}, wo.customers, func(cu *customer) []string {
			return []string{cu.name, cu.externalReference, cu.kind, cu.id}
		}),
		tableOf("Depots", []string{"name", "city", "id"}, wo.depots(), func(st *site) []string {
			return []string{st.name, st.address.City, st.id}
		}),
		tableOf("Custom fields", []string{"key", "type", "of", "values"}, wo.definitions, func(df *definition) []string {
			return []string{df.Key, df.Type, df.EntityType, strconv.Itoa(wo.uses(df))}
		}),
	}
}

func tableOf[T any](title string, columns []string, things []T, row func(T) []string) overviewTable {
	shown := min(len(things), overviewRows)
	table := overviewTable{Title: title, Columns: columns, More: len(things) - shown}
	for _, one := range things[:shown] {
		table.Rows = append(table.Rows, row(one))
	}
	return table
}

func (wo *world) waiting() []pendingKey {
	return slices.SortedFunc(maps.Keys(wo.pending), func(a, b pendingKey) int {
		return cmp.Or(strings.Compare(a.identifier, b.identifier), strings.Compare(a.identifierType, b.identifierType))
	})
}

func (wo *world) depots() (depots []*site) {
	for _, st := range wo.sites {
		if st.kind == "DEPOT" {
			depots = append(depots, st)
		}
	}
	return depots
}

// uses counts the values of a custom field.
func (wo *world) uses(df *definition) (n int) {
	for _, values := range wo.values {
		for _, va := range values {
			if va.definition == df {
				n++
			}
		}
	}
	return n
}
