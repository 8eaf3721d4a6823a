package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// feed is one kind of file that an ERP drops, in its own words and order.
type feed struct {
	name                  string
	assets, items         bool
	assetClaim, itemClaim string // all, open; "" is changes
	scoped                bool   // claims speak of branches
	split                 bool   // there is a file for each branch
	in                    bool   // there is a column of returns
	planned               bool   // due dates are shown as ends

	prefix    string
	delimiter string
	dates     string // as a mapping spells it
	order     []string
	headers   map[string]string
	codes     map[string]string // by status
}

func (f *feed) claims() bool { return f.assetClaim != "" || f.itemClaim != "" }

// styles are the ways in which the company's ERP may export.
var styles = []string{"one file a branch", "a fleet and its lines", "lines by branch", "what changed"}

// newFeeds are the files of an ERP in the words of a seed.
func newFeeds(seed uint64, style string) []*feed {
	random := rand.New(rand.NewPCG(seed, 11))
	in, planned := random.IntN(2) == 0, random.IntN(3) == 0
	returns := &feed{name: "returns", items: true, in: true}

	var feeds []*feed
	switch style {
	case "one file a branch":
		feeds = []*feed{{name: "machines", assets: true, items: true, assetClaim: "all", itemClaim: "open", scoped: true, split: true, in: in, planned: planned}, returns}
	case "a fleet and its lines":
		feeds = []*feed{{name: "fleet", assets: true, assetClaim: "all"}, {name: "lines", items: true, itemClaim: "open", in: in, planned: planned}, returns}
	case "lines by branch":
		feeds = []*feed{{name: "fleet", assets: true, assetClaim: "all", scoped: true, split: true}, {name: "lines", items: true, itemClaim: "open", scoped: true, split: true, in: in, planned: planned}, returns}
	default:
		feeds = []*feed{{name: "fleet", assets: true}, {name: "lines", items: true, in: true, planned: planned}}
	}
	for _, f := range feeds {
		f.dress(random)
	}
	return feeds
}

// words are headers that ERPs have for a column.
var words = map[string][]string{
	"machine": {"Masch.-Nr.", "EQUIPMENT", "Gerät"}, "serial": {"Seriennr", "SERIAL_NO", "S/N"}, "status": {"Status", "STATE", "Zustand"},
	"branch": {"Niederlassung", "BRANCH", "Filiale"}, "line": {"Position", "LINE_ID", "Vorgang"}, "contract": {"Mietvertrag", "CONTRACT_NO", "Vertrag"},
	"customer": {"Kundennr", "CUST_NO", "Debitor"}, "name": {"Kunde", "CUSTOMER NAME", "Firma"},
	"out": {"Mietbeginn", "OUT", "Von"}, "due": {"Mietende geplant", "DUE", "Bis"}, "in": {"Rückgabe", "RETURNED", "Zurück am"},
}

// dress gives a feed names, an order and a form.
func (f *feed) dress(random *rand.Rand) {
	f.prefix = fmt.Sprintf("%s%d", strings.ToUpper(f.name[:3]), random.IntN(90))
	f.delimiter = []string{",", ";", "|"}[random.IntN(3)]
	f.dates = []string{"YYYY-MM-DD", "DD.MM.YYYY", "MM/DD/YYYY"}[random.IntN(3)]
	f.codes = map[string]string{"ON_RENT": "V", "AVAILABLE": "F", "IN_REPAIR": "R"}
	if random.IntN(2) == 0 {
		f.codes = map[string]string{"ON_RENT": "1", "AVAILABLE": "0", "IN_REPAIR": "9"}
	}

	f.order = f.columns()
	random.Shuffle(len(f.order), func(i, j int) { f.order[i], f.order[j] = f.order[j], f.order[i] })
	f.headers = map[string]string{}
	for _, column := range f.order {
		f.headers[column] = words[column][random.IntN(len(words[column]))]
	}
}

func (f *feed) columns() []string {
	var all []string
	if f.name == "returns" {
		return []string{"line", "in"}
	}
	if f.assets {
		all = append(all, "serial", "status")
	}
	if f.items {
		all = append(all, "line", "contract", "customer", "name", "out", "due")
	}
	if f.items && f.in {
		all = append(all, "in")
	}
	return append(all, "machine", "branch")
}

// mapping is what an admin would write for the feed.
func (f *feed) mapping() string {
	var b strings.Builder
	fmt.Fprintf(&b, "mapping: %s\nfile:\n  match: %q\n  delimiter: %q\n  dates: %s\n  timezone: UTC\n", f.name, f.match(), f.delimiter, f.dates)
	if f.claims() {
		fmt.Fprintf(&b, "  contains: {%s}\n", strings.Join(f.contains(), ", "))
	}
	if f.scoped {
		b.WriteString("  scope: branch\n")
	}
	b.WriteString("columns:\n")
	for _, column := range f.order {
		fmt.Fprintf(&b, "  %s: %q\n", column, f.headers[column])
	}

	if f.assets {
		fmt.Fprintf(&b, "codes:\n  status: {%q: ON_RENT, %q: AVAILABLE, %q: IN_REPAIR}\n", f.codes["ON_RENT"], f.codes["AVAILABLE"], f.codes["IN_REPAIR"])
		b.WriteString("asset:\n  key: machine\n  identify: [{SERIAL_NUMBER: serial}]\n  rentalStatus: {from: status, codes: status, unknown: reject}\n")
	}
	if f.items {
		b.WriteString(f.itemBlocks())
	}
	return b.String()
}

func (f *feed) itemBlocks() string {
	if f.name == "returns" {
		return "item:\n  key: line\n  offRentDate: in\n"
	}
	text := "customer: {when: contract != \"\", key: customer, name: name}\ncontract: {when: contract != \"\", key: contract, customer: customer}\n" +
		"item:\n  when: contract != \"\"\n  key: line\n  contract: contract\n  asset: machine\n  onRentDate: out\n  dueDate: due\n"
	if f.in {
		text += "  offRentDate: in\n"
	}
	if f.planned {
		text += "  offRent: planned\n"
	}
	return text
}

// match has a sequence where files follow one another.
func (f *feed) match() string {
	if f.claims() {
		return f.prefix + "_*_{date:YYYYMMDD}.csv"
	}
	return f.prefix + "_*_{date:YYYYMMDD}_{seq}.csv"
}

func (f *feed) contains() []string {
	var all []string
	if f.assetClaim != "" {
		all = append(all, "asset: "+f.assetClaim)
	}
	if f.itemClaim != "" {
		all = append(all, "item: "+f.itemClaim)
	}
	return all
}

// fileName is what the ERP calls a file.
func (rf *ruleFile) fileName() string {
	name := fmt.Sprintf("%s_%s_%s", rf.feed.prefix, rf.tag, strings.ReplaceAll(rf.date, "-", ""))
	if !rf.feed.claims() {
		name += fmt.Sprintf("_%04d", rf.sequence)
	}
	return name + ".csv"
}

// text is the file as it lies in the drop.
func (rf *ruleFile) text() string {
	f := rf.feed
	var b strings.Builder
	if rf.broken {
		return "Fehler beim Export" + f.delimiter + "siehe Protokoll\n"
	}
	headers := make([]string, len(f.order))
	for i, column := range f.order {
		headers[i] = f.headers[column]
	}
	b.WriteString(strings.Join(headers, f.delimiter) + "\n")
	for _, row := range rf.rows {
		cells := make([]string, len(f.order))
		for i, column := range f.order {
			cells[i] = f.cell(row, column)
		}
		b.WriteString(strings.Join(cells, f.delimiter) + "\n")
	}
	if rf.torn {
		b.WriteString(strings.Join(slices.Repeat([]string{"?"}, len(f.order)+2), f.delimiter) + "\n")
	}
	return b.String()
}

func (f *feed) cell(r ruleRow, column string) string {
	switch column {
	case "machine":
		return r.machine
	case "serial":
		return "SN-" + r.machine
	case "status":
		if r.bad {
			return "Q"
		}
		return f.codes[r.status]
	case "branch":
		return r.branch
	case "line":
		return r.line
	case "contract":
		return r.contract
	case "customer":
		return r.customer
	case "name":
		return r.name
	case "out":
		if r.bad {
			return "gestern"
		}
		return f.date(r.out)
	case "due":
		return f.date(r.due)
	default:
		return f.date(r.in)
	}
}

// date spells a day as the feed does.
func (f *feed) date(day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return at.Format(map[string]string{"YYYY-MM-DD": "2006-01-02", "DD.MM.YYYY": "02.01.2006", "MM/DD/YYYY": "01/02/2006"}[f.dates])
}
