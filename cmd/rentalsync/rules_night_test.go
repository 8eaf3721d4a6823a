package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// company is a rental company with branches and an ERP that nobody would praise:
// it forgets files and rows, mistypes dates, and uses the keys of contract lines
// again. It knows nothing of the rules; it only lives, and drops files.
type company struct {
	random *rand.Rand
	feeds  []*feed

	machines  map[string]*machine
	lines     map[string]*contractLine
	customers map[string]string // names
	returns   []ruleRow         // real dates that the office has not typed yet
	contracts int
}

type machine struct {
	branch string
	status string // while nobody rents it
	hidden int    // nights for which the ERP forgets it
}

type contractLine struct {
	contract, customer, machine string
	out, due, in                string
	listed                      bool
	news                        bool // since the last night
}

// ruleRow is one line of a file. What is empty is an empty cell.
type ruleRow struct {
	branch, machine, status        string
	line, contract, customer, name string
	out, due, in                   string
	bad                            bool // a cell that has to be read cannot be
}

// ruleFile is one dropped file.
type ruleFile struct {
	feed     *feed
	tag      string
	date     string
	sequence int
	rows     []ruleRow
	broken   bool // no mapping can read it
	torn     bool // the last row has lost its cells
}

const (
	branchNames  = "HH M B"
	machineCount = 9
)

func newCompany(seed uint64, feeds []*feed) *company {
	c := &company{
		random: rand.New(rand.NewPCG(seed, 7)), feeds: feeds,
		machines: map[string]*machine{}, lines: map[string]*contractLine{}, customers: map[string]string{},
	}
	for i := range machineCount {
		c.machines[fmt.Sprintf("%03d", i)] = &machine{branch: c.oneOf(strings.Fields(branchNames)), status: "AVAILABLE"}
	}
	for i := range 3 {
		c.customers[fmt.Sprintf("K%d", i)] = fmt.Sprintf("Customer %d", i)
	}
	return c
}

func (c *company) oneOf(list []string) string { return list[c.random.IntN(len(list))] }

// chance is true so often in a hundred.
func (c *company) chance(percent int) bool { return c.random.IntN(100) < percent }

// day is the date of a night.
func day(night int) string {
	return time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC).AddDate(0, 0, night).Format(time.DateOnly)
}

// live is a day at the company.
func (c *company) live(night int) {
	for _, key := range slices.Sorted(maps.Keys(c.lines)) {
		if line := c.lines[key]; line.listed {
			c.goOn(key, line, night)
		} else if line.in != "" && c.chance(12) {
			c.rentAgain(line, night)
		}
	}
	for _, no := range slices.Sorted(maps.Keys(c.machines)) {
		c.moveAbout(no, c.machines[no], night)
	}
	for _, no := range slices.Sorted(maps.Keys(c.customers)) {
		if c.chance(8) {
			c.customers[no] = fmt.Sprintf("Customer %s of night %d", no, night)
		}
	}
}

// goOn is a day in the life of a line that the ERP lists.
func (c *company) goOn(key string, line *contractLine, night int) {
	begun := line.out <= day(night)
	switch dice := c.random.IntN(100); {
	case line.in != "": // told once
		line.listed = false
	case dice < 12 && begun:
		line.in, line.news = max(line.out, day(night-c.random.IntN(2))), true
	case dice < 24:
		line.listed = false
		if begun && c.chance(50) {
			line.in = max(line.out, day(night-c.random.IntN(3)))
			c.returns = append(c.returns, ruleRow{line: key, in: line.in})
		}
	case dice < 30:
		c.swap(line, night)
	case dice < 34:
		line.due, line.news = day(night+c.random.IntN(4)), true
	}
}

// swap lets another machine take the place of one.
func (c *company) swap(line *contractLine, night int) {
	other := c.idle()
	if other == "" {
		return
	}
	line.machine, line.news = other, true
	if line.out < day(night) && c.chance(50) {
		line.out = day(night - c.random.IntN(2))
	}
}

// rentAgain uses the key of a line again, on the same day or later.
func (c *company) rentAgain(line *contractLine, night int) {
	other := c.idle()
	if other == "" || slices.ContainsFunc(c.returns, func(r ruleRow) bool { return c.lines[r.line] == line }) {
		return
	}
	if c.chance(60) && !c.rented(line.machine) {
		other = line.machine
	}
	line.out = max(line.in, day(night-c.random.IntN(2)))
	line.machine, line.due, line.in, line.listed, line.news = other, day(night+2), "", true, true
	if c.chance(30) {
		c.contracts++
		line.contract = fmt.Sprintf("C%02d", c.contracts)
	}
}

// moveAbout rents a machine out, reserves it, moves it to another branch or loses
// sight of it.
func (c *company) moveAbout(no string, m *machine, night int) {
	m.hidden = max(m.hidden-1, 0)
	switch dice := c.random.IntN(100); {
	case dice < 25 && !c.rented(no):
		c.rent(no, day(night-c.random.IntN(2)), night)
	case dice < 32:
		c.rent(no, day(night+1+c.random.IntN(3)), night)
	case dice < 38:
		m.branch = c.oneOf(strings.Fields(branchNames))
	case dice < 42:
		m.hidden = 1 + c.random.IntN(2)
	case dice < 50:
		m.status = c.oneOf([]string{"AVAILABLE", "IN_REPAIR"})
	}
}

func (c *company) rent(machine, out string, night int) {
	if len(c.lines) == 0 || c.chance(70) {
		c.contracts++
	}
	contract := fmt.Sprintf("C%02d", max(c.contracts, 1))
	c.lines[fmt.Sprintf("L%02d", len(c.lines))] = &contractLine{
		contract: contract, customer: fmt.Sprintf("K%d", len(contract+machine)*c.contracts%3), machine: machine,
		out: out, due: day(night + c.random.IntN(5)), listed: true, news: true,
	}
	if night == 0 && c.tellsReturns() && c.chance(30) { // it is over before anybody is told
		over := c.lines[fmt.Sprintf("L%02d", len(c.lines)-1)]
		over.out, over.in = day(-6), day(-2)
	}
	for _, line := range c.lines { // a contract has one customer
		if line.contract == contract {
			line.customer = fmt.Sprintf("K%d", c.contracts%3)
		}
	}
}

// tellsReturns reports whether the ERP's lines say when they ended.
func (c *company) tellsReturns() bool {
	return slices.ContainsFunc(c.feeds, func(f *feed) bool { return f.in && f.name != "returns" })
}

// idle is a machine that nobody rents; "" when there is none.
func (c *company) idle() string {
	var free []string
	for _, no := range slices.Sorted(maps.Keys(c.machines)) {
		if !c.rented(no) {
			free = append(free, no)
		}
	}
	if len(free) == 0 {
		return ""
	}
	return c.oneOf(free)
}

func (c *company) rented(no string) bool {
	for _, line := range c.lines {
		if line.machine == no && line.listed && line.in == "" {
			return true
		}
	}
	return false
}

// drop is what the ERP drops in a night.
func (c *company) drop(night int) []*ruleFile {
	var files []*ruleFile
	for _, f := range c.feeds {
		rows := c.rows(f, night)
		for _, tag := range slices.Sorted(maps.Keys(rows)) {
			files = append(files, &ruleFile{feed: f, tag: tag, date: day(night), sequence: night*10 + 1, rows: rows[tag]})
		}
	}
	for _, line := range c.lines {
		line.news = false
	}
	return c.spoil(files)
}

// rows are what a feed tells, by the file it stands in.
func (c *company) rows(f *feed, night int) map[string][]ruleRow {
	rows := map[string][]ruleRow{}
	add := func(r ruleRow) {
		tag := "ALL"
		if f.split {
			tag = r.branch
		}
		rows[tag] = append(rows[tag], c.mistype(f, r))
	}

	if f.name == "returns" {
		c.tellReturns(add)
		return rows
	}
	told := map[string]bool{}
	for _, key := range slices.Sorted(maps.Keys(c.lines)) {
		line := c.lines[key]
		if f.items && line.listed && !(f.assets && c.machines[line.machine].hidden > 0) && (f.itemClaim != "" || line.news || c.chance(30)) {
			add(c.lineRow(key, line, night))
			told[line.machine] = true
		}
	}
	for _, no := range slices.Sorted(maps.Keys(c.machines)) {
		if f.assets && !told[no] && c.machines[no].hidden == 0 && (f.assetClaim != "" || c.chance(60)) {
			add(c.machineRow(no, night))
		}
	}
	return rows
}

func (c *company) lineRow(key string, line *contractLine, night int) ruleRow {
	r := c.machineRow(line.machine, night)
	r.line, r.contract, r.customer, r.name = key, line.contract, line.customer, c.customers[line.customer]
	r.out, r.due, r.in = line.out, line.due, line.in
	return r
}

func (c *company) machineRow(no string, night int) ruleRow {
	m := c.machines[no]
	r := ruleRow{branch: m.branch, machine: no, status: m.status}
	for _, line := range c.lines {
		if line.machine == no && line.listed && line.in == "" && line.out <= day(night) {
			r.status = "ON_RENT"
		}
	}
	return r
}

// tellReturns types some of the real dates that the office knows.
func (c *company) tellReturns(add func(ruleRow)) {
	c.returns = slices.DeleteFunc(c.returns, func(r ruleRow) bool {
		told := c.chance(50)
		if told {
			add(r)
		}
		return told
	})
}

// mistype makes a row that cannot be taken of one that could.
func (c *company) mistype(f *feed, r ruleRow) ruleRow {
	switch dice := c.random.IntN(100); {
	case dice < 5 && f.name != "returns":
		r.bad = true
	case dice < 6 && f.assets:
		r.machine = ""
	case dice < 7 && r.line != "":
		r.line = ""
	}
	return r
}

// spoil loses files and breaks them.
func (c *company) spoil(files []*ruleFile) []*ruleFile {
	return slices.DeleteFunc(files, func(f *ruleFile) bool {
		dice := c.random.IntN(100)
		f.broken = dice < 3
		f.torn = dice >= 3 && dice < 6
		return dice >= 94
	})
}

// again is what the ERP drops after a night: a file once more, corrected, or one
// of an earlier night.
func (c *company) again(files []*ruleFile, night int) []*ruleFile {
	if len(files) == 0 || !c.chance(25) {
		return nil
	}
	f := *files[c.random.IntN(len(files))]
	f.broken, f.torn = false, false
	f.sequence++
	f.rows = slices.Clone(f.rows)
	if len(f.rows) > 1 && f.feed.itemClaim != "" {
		at := c.random.IntN(len(f.rows))
		f.rows = slices.Delete(f.rows, at, at+1)
	} else {
		f.rows = append(f.rows, f.rows[0]) // the same content would be a duplicate
	}
	if f.feed.claims() && night > 0 && c.chance(40) {
		f.date = day(night - 1)
	}
	return []*ruleFile{&f}
}
