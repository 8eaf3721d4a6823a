package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// register is the rental rules as a person would keep them on paper, written from
// rental-rules.md: what each row means, what follows from rows that are not
// there, and what IRIS has to hold of it.
type register struct {
	nights int    // absent.nights
	gone   string // absent.asset

	assets    map[string]*heldAsset
	customers map[string]string // names
	contracts map[string]string // customers
	lines     map[string][]*heldItem
	said      map[string]map[string]*word // by feed, then by kind and key
	newest    map[string]string           // date by feed
	today     string
	first     string // the date of the first night that was worked
}

type heldAsset struct{ status string }

// heldItem is one rental under a key of a contract line.
type heldItem struct {
	number             int
	asset, contract    string
	on, due, off       string
	inferred, vanished bool
	planned            bool
	movedTo            string // where the planned end has moved on to
	history            bool   // it had ended before the first night, and nothing changed since
}

// word is what a feed last said of something.
type word struct {
	kind, key, scope, text string
	missedSince            string
	missed                 map[string]bool // dates
}

func newRegister(nights int, gone string) *register {
	return &register{
		nights: nights, gone: gone, assets: map[string]*heldAsset{}, customers: map[string]string{}, contracts: map[string]string{},
		lines: map[string][]*heldItem{}, said: map[string]map[string]*word{}, newest: map[string]string{},
	}
}

// heard is what a run knows beside the register.
type heard struct {
	date     string
	feeds    []*feed
	seen     map[string]bool            // kinds and keys that a row proves to exist
	taken    map[string]map[string]bool // by feed: assets that a row listed
	covered  map[string]map[string]bool // by feed: scopes
	doubted  map[string]bool            // kinds that may exist anywhere unread
	doubtful map[string]bool            // kinds with a scope
}

// work takes in the files of one date.
func (r *register) work(date string, files []*ruleFile) {
	h := &heard{
		date: date, seen: map[string]bool{}, taken: map[string]map[string]bool{}, covered: map[string]map[string]bool{},
		doubted: map[string]bool{}, doubtful: map[string]bool{},
	}
	files = r.admit(h, files)
	if len(files) == 0 {
		return
	}
	before := r.snapshot()
	for _, f := range files {
		r.newest[f.feed.name] = max(r.newest[f.feed.name], date)
		if !slices.Contains(h.feeds, f.feed) {
			h.feeds = append(h.feeds, f.feed)
		}
		if f.torn {
			h.doubt(f.feed)
		}
		for _, row := range f.rows {
			r.row(h, f.feed, row)
		}
	}
	r.judge(h)
	r.moveOn(date)

	r.remember(before, date)
	r.today = max(r.today, date)
}

// admit sets aside what is too old or cannot be read.
func (r *register) admit(h *heard, files []*ruleFile) []*ruleFile {
	files = slices.DeleteFunc(slices.Clone(files), func(f *ruleFile) bool { return f.feed.claims() && r.newest[f.feed.name] > f.date })
	files = slices.DeleteFunc(files, func(f *ruleFile) bool {
		if f.broken {
			h.doubt(f.feed)
		}
		return f.broken
	})
	rank := map[string]int{"machines": 1, "lines": 1, "returns": 2, "fleet": 3} // customers, then items, then assets
	slices.SortStableFunc(files, func(a, b *ruleFile) int {
		return rank[a.feed.name]*1000 + a.sequence - rank[b.feed.name]*1000 - b.sequence
	})
	return files
}

func (h *heard) doubt(f *feed) {
	if f.assets {
		h.doubted["asset"] = true
	}
	if f.items {
		h.doubted["item"] = true
	}
}

// row is one line of a file.
func (r *register) row(h *heard, f *feed, row ruleRow) {
	scope := ""
	if f.scoped {
		scope = row.branch
		if h.covered[f.name] == nil {
			h.covered[f.name] = map[string]bool{}
		}
		h.covered[f.name][scope] = true
	}
	hasItem := f.items && (row.contract != "" || f.name == "returns")
	rejected := row.bad && (f.assets || hasItem)

	if f.assets {
		rejected = h.names("asset", row.machine, scope) || rejected
	}
	if hasItem {
		rejected = h.names("item", row.line, scope) || rejected
	}
	if rejected {
		return
	}
	if f.assets {
		r.asset(h, f, row, scope)
	}
	if hasItem {
		r.item(h, f, row, scope)
	}
}

// names notes that a row proves something to exist; true where its key is missing.
func (h *heard) names(kind, key, scope string) (missing bool) {
	if key == "" {
		h.doubtful[kind+" "+scope] = true
		return true
	}
	h.seen[kind+" "+key] = true
	return false
}

// says notes a feed's word; news is true where it did not say that before.
func (r *register) says(f *feed, kind, key, scope, text string) (news bool) {
	if r.said[f.name] == nil {
		r.said[f.name] = map[string]*word{}
	}
	last := r.said[f.name][kind+" "+key]
	r.said[f.name][kind+" "+key] = &word{kind: kind, key: key, scope: scope, text: text, missed: map[string]bool{}}
	return last == nil || last.text != text || last.missedSince != ""
}

func (r *register) asset(h *heard, f *feed, row ruleRow, scope string) {
	r.says(f, "asset", row.machine, scope, row.status)
	r.assets[row.machine] = &heldAsset{status: row.status}
	if h.taken[f.name] == nil {
		h.taken[f.name] = map[string]bool{}
	}
	h.taken[f.name][row.machine] = true
}

func (r *register) item(h *heard, f *feed, row ruleRow, scope string) {
	news := r.says(f, "item", row.line, scope, fmt.Sprint(row.machine, row.contract, row.out, row.due, row.in, scope))
	if f.name == "returns" {
		if item := r.newestOf(row.line); item != nil {
			item.end(row.in, false)
		}
		return
	}
	r.customers[row.customer], r.contracts[row.contract] = row.name, row.customer

	item := r.newestOf(row.line)
	if item != nil && news && item.follows(row) {
		item.succeeded(row, h.date)
		item = nil
	}
	if item == nil {
		item = &heldItem{number: len(r.lines[row.line]) + 1}
		r.lines[row.line] = append(r.lines[row.line], item)
	}
	item.asset, item.contract, item.on, item.due, item.planned = row.machine, row.contract, row.out, row.due, f.planned
	switch {
	case f.in:
		item.end(row.in, false)
	case f.itemClaim != "" && item.inferred: // named again among the open ones
		item.end("", false)
	}
}

func (r *register) newestOf(line string) *heldItem {
	all := r.lines[line]
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

func (i *heldItem) end(on string, inferred bool) {
	i.off, i.inferred, i.vanished = on, inferred, false
}

// follows reports whether a row begins another rental: on another asset, or after
// the end of the last one.
func (i *heldItem) follows(row ruleRow) bool {
	return i.asset != row.machine || i.off != "" && row.out != i.on && row.out >= i.off
}

// succeeded ends a rental in whose place another one began.
func (i *heldItem) succeeded(row ruleRow, date string) {
	switch {
	case i.off != "":
	case i.on > date:
		i.vanish()
	case row.out > i.on && row.out <= date:
		i.end(row.out, true)
	default:
		i.end(date, true)
	}
}

func (i *heldItem) vanish() {
	i.end(i.on, true)
	i.vanished = true
}

// judge finds what should have been named and was not.
func (r *register) judge(h *heard) {
	for _, f := range h.feeds {
		if f.assetClaim != "" {
			for _, w := range r.missing(h, f, "asset") {
				if r.miss(w, h.date) && r.gone != "report" {
					r.assets[w.key].status = r.gone
				}
			}
		}
		if f.itemClaim != "" {
			r.judgeItems(h, f)
		}
	}
}

func (r *register) judgeItems(h *heard, f *feed) {
	var absent []*word
	gone := map[*heldItem]bool{}
	for _, w := range r.missing(h, f, "item") {
		item := r.newestOf(w.key)
		if item.off == "" && (!f.assets || h.taken[f.name][item.asset]) {
			absent, gone[item] = append(absent, w), true
		}
	}
	for _, w := range absent {
		item := r.newestOf(w.key)
		long := r.miss(w, h.date)
		others := r.openOn(item.asset, h.date, gone)
		if long || len(others) > 0 {
			item.endUnnamed(w.missedSince, others)
		}
	}
}

// missing are the words of a feed on a kind that its files of this run should
// have repeated.
func (r *register) missing(h *heard, f *feed, kind string) []*word {
	var list []*word
	for _, key := range slices.Sorted(maps.Keys(r.said[f.name])) {
		w := r.said[f.name][key]
		if w.kind != kind || f.scoped && !h.covered[f.name][w.scope] {
			continue
		}
		if h.seen[key] { // whatever became of the row
			w.missedSince, w.missed = "", map[string]bool{}
			continue
		}
		if !h.doubted[kind] && !h.doubtful[kind+" "+w.scope] {
			list = append(list, w)
		}
	}
	return list
}

// miss counts a night; true when there were enough.
func (r *register) miss(w *word, date string) bool {
	if w.missedSince == "" {
		w.missedSince = date
	}
	w.missed[date] = true
	return len(w.missed) >= r.nights
}

// openOn are the rentals that an asset stands on.
func (r *register) openOn(asset, date string, but map[*heldItem]bool) []*heldItem {
	var open []*heldItem
	for _, key := range slices.Sorted(maps.Keys(r.lines)) {
		if i := r.newestOf(key); i.asset == asset && i.off == "" && i.on <= date && !but[i] {
			open = append(open, i)
		}
	}
	return open
}

func (i *heldItem) endUnnamed(since string, others []*heldItem) {
	if i.on > since {
		i.vanish()
		return
	}
	off := since
	for _, next := range others {
		if next.on > i.on {
			off = min(off, next.on)
		}
	}
	i.end(off, true)
}

// moveOn lets plans lie ahead while machines are on rent.
func (r *register) moveOn(date string) {
	for _, all := range r.lines {
		i := all[len(all)-1]
		asset := r.assets[i.asset]
		if i.planned && i.off == "" && asset != nil && asset.status == "ON_RENT" && i.plannedEnd() <= date {
			i.movedTo = tomorrow(date)
		}
	}
}

func (i *heldItem) plannedEnd() string { return max(i.due, i.movedTo) }

func tomorrow(date string) string {
	at, _ := time.Parse(time.DateOnly, date)
	return at.AddDate(0, 0, 1).Format(time.DateOnly)
}

// snapshot spells every item, to see which have changed.
func (r *register) snapshot() map[*heldItem]string {
	all := map[*heldItem]string{}
	for _, list := range r.lines {
		for _, i := range list {
			all[i] = i.spelled()
		}
	}
	return all
}

func (i *heldItem) spelled() string {
	return fmt.Sprint(i.asset, i.contract, i.on, i.due, i.off, i.inferred, i.movedTo)
}

// remember notes what is history since the first run.
func (r *register) remember(before map[*heldItem]string, date string) {
	if r.first == "" {
		r.first = date
	}
	for _, list := range r.lines {
		for _, i := range list {
			if before[i] == i.spelled() {
				continue
			}
			i.history = r.today == "" && i.off != ""
		}
	}
}

// documents spell what IRIS has to hold of each machine that was ever told of.
func (r *register) documents() map[string]string {
	docs := map[string]string{}
	for no, a := range r.assets {
		var items []string
		for key, list := range r.lines {
			for _, i := range list {
				if i.asset == no && !i.history {
					items = append(items, "\n"+r.document(key, i))
				}
			}
		}
		slices.Sort(items)
		docs["SN-"+no] = a.status + strings.Join(items, "")
	}
	return docs
}

func (r *register) document(key string, i *heldItem) string {
	if i.number > 1 {
		key = fmt.Sprintf("%s~%d", key, i.number)
	}
	text := fmt.Sprintf("%s of %s from %s", key, i.contract, i.on)
	switch {
	case i.off != "":
		return text + " to " + i.off
	case i.planned:
		return text + " until " + i.plannedEnd() + " for " + r.customers[r.contracts[i.contract]]
	default:
		return text + " open for " + r.customers[r.contracts[i.contract]]
	}
}

// status is what a contract is on tonight's date; "" where IRIS was never told of it.
func (r *register) status(contract string) string {
	for _, list := range r.lines {
		for _, i := range list {
			if i.contract == contract && !i.history && r.assets[i.asset] != nil {
				return r.statusOn(contract, r.today)
			}
		}
	}
	return ""
}

func (r *register) statusOn(contract, date string) string {
	count := map[string]int{}
	for _, list := range r.lines {
		for _, i := range list {
			switch {
			case i.contract != contract:
			case i.vanished:
				count["vanished"]++
			case i.off != "":
				count["ended"]++
			case i.on > date:
				count["ahead"]++
			default:
				count["open"]++
			}
		}
	}
	switch {
	case count["open"] > 0 || count["ahead"] > 0 && count["ended"] > 0:
		return "OPEN"
	case count["ahead"] > 0:
		return "RESERVED"
	case count["ended"] > 0:
		return "COMPLETED"
	default:
		return "CANCELLED"
	}
}
