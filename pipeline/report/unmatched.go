package report

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// OfUnmatched is the workbook in which people decide what an account does not know:
// what to do, a form for each kind, what there is to choose from, and what was
// settled not long ago.
func OfUnmatched(u *pipeline.UnmatchedList, zone *time.Location) Book {
	sheets := []Sheet{howTo(u, zone), decideAssets(u.Entries)}
	if len(u.Depots) > 0 {
		sheets = append(sheets, decideDepots(u.Depots))
	}
	sheets = append(sheets, decideCustomers(), surplus(u), settled(u))
	return Book{Sheets: sheets, Zone: zone}
}

// howTo is a page to read.
func howTo(u *pipeline.UnmatchedList, zone *time.Location) Sheet {
	var lines [][]Cell
	say := func(what, text string) { lines = append(lines, []Cell{T(what), T(text)}) }
	say("Flow", u.Flow)
	say("Written", inZone(u.At, zone))
	say("Not known", fmt.Sprintf("%d assets of the ERP that IRIS does not know, or does not let us change", len(u.Entries)))
	if u.ListedAt.IsZero() {
		say("Candidates", "none yet: the assets of IRIS were never listed; say rentalsync unmatched "+u.Flow+" --refresh")
	} else {
		say("Candidates", "by the assets that IRIS listed on "+inZone(u.ListedAt, zone)+"; rentalsync unmatched "+u.Flow+" --refresh lists them anew")
	}
	lines = append(lines, []Cell{})
	for i, step := range []string{
		`Look at the sheets that begin with "Decide". What stands at a customer's comes first.`,
		"In the yellow cell under IRIS choose a candidate from its list, or paste an id from the sheet IRIS assets.",
		"For a customer write its key under ERP key, and under IRIS the key of the customer that it is the same as, or by which IRIS knows it. For a depot the id of its site.",
		"Leave blank what you do not know: a blank cell changes nothing. A dash (-) takes back what was decided before.",
		"Save the workbook, and put it into the inbox, where the ERP puts its files. It may be called anything that holds _unmatched, or CROSSWALK.xlsx.",
		"With the next run what was decided is sent. What IRIS knows then leaves this list by itself.",
	} {
		say(fmt.Sprintf("Step %d", i+1), step)
	}
	return Sheet{Name: "Read me", Plain: true, Columns: []Column{{Width: 14}, {Width: 130}}, Rows: Of(lines, func(line []Cell) []Cell { return line })}
}

// entryColumns are what is told of an asset that is not known.
func entryColumns() []Column {
	return []Column{
		{Title: "Name", Width: 24}, {Title: "Make", Width: 14}, {Title: "Model", Width: 16}, {Title: "Rental status", Width: 16},
		{Title: "Customer", Width: 26}, {Title: "Contract", Width: 16}, {Title: "Identifier as sent", Width: 30}, {Title: "Reference as sent", Width: 18},
		{Title: "Days", Type: Integer, Width: 8}, {Title: "Since", Type: Moment, Width: 18}, {Title: "Answer", Type: Integer, Width: 10},
		{Title: "Why", Width: 60}, {Title: "IRIS said", Width: 40}, {Title: "Why no candidate is sure", Width: 50},
		{Title: "File", Width: 28}, {Title: "Line", Type: Integer, Width: 8}, {Title: "No file names it since", Width: 20},
	}
}

func entryCells(e *pipeline.UnmatchedEntry) []Cell {
	line := Cell{}
	if e.Line > 0 {
		line = N(e.Line)
	}
	return []Cell{
		T(e.Name), T(e.Make), T(e.Model), T(e.RentalStatus), T(e.Tenant()), T(e.Contract), T(e.Identifier), T(e.Reference),
		N(e.Days), At(e.Since), N(e.Status), T(e.Why), T(strings.TrimPrefix(e.Code+": "+e.Message, ": ")), T(e.Doubt),
		T(e.Delivery), line, T(e.Gone),
	}
}

func decideAssets(entries []pipeline.UnmatchedEntry) Sheet {
	return Decide(rental.Asset, entryColumns(), each(entries, func(e *pipeline.UnmatchedEntry) Decision {
		d := Decision{Kind: rental.Asset, Key: e.Asset, Told: entryCells(e)}
		for _, c := range e.Candidates {
			d.Candidates = append(d.Candidates, AssetCandidate(c))
		}
		return d
	}))
}

// AssetCandidate is an asset of IRIS as a form offers it.
func AssetCandidate(c rental.Candidate) Candidate {
	return Candidate{ID: c.IRIS.ID, Why: joined(CandidateMark, c.IRIS.Name, joined(" ", c.IRIS.Brand, c.IRIS.Model), labelled("serial ", c.IRIS.Serial), c.By.About())}
}

func decideDepots(depots []pipeline.DepotChoice) Sheet {
	told := []Column{{Title: "Name", Width: 24}, {Title: "City", Width: 20}, {Title: "Assets", Type: Integer, Width: 10}}
	return Decide(rental.Depot, told, each(depots, func(c *pipeline.DepotChoice) Decision {
		d := Decision{Kind: rental.Depot, Key: c.Key, Told: []Cell{T(c.Name), T(c.City), N(c.Owns)}}
		for _, s := range c.Sites {
			d.Candidates = append(d.Candidates, Candidate{ID: s.ID, Why: joined(CandidateMark, s.Name, s.City, strings.ToLower(s.Type))})
		}
		return d
	}))
}

// blankRows is how many customers can be filled in: nobody asks about them.
const blankRows = 20

// decideCustomers is a form for what only people know: who was merged into whom.
func decideCustomers() Sheet {
	blank := make([]struct{}, blankRows)
	sheet := Decide(rental.Customer, nil, each(blank, func(*struct{}) Decision { return Decision{Kind: rental.Customer} }))
	for i := range sheet.Columns {
		sheet.Columns[i].Fill = sheet.Columns[i].Fill || sheet.Columns[i].Title == KeyTitle
	}
	return sheet
}

// surplus is what there is to choose from.
func surplus(u *pipeline.UnmatchedList) Sheet {
	return Sheet{
		Name: "IRIS assets",
		Columns: []Column{
			{Title: "IRIS id", Width: 40}, {Title: "Name", Width: 26}, {Title: "Brand", Width: 16}, {Title: "Model", Width: 18},
			{Title: "Serial number", Width: 24}, {Title: "External reference", Width: 20}, {Title: "Type", Width: 14},
		},
		Rows: Of(u.Surplus, func(a rental.IRISAsset) []Cell {
			return []Cell{T(a.ID), T(a.Name), T(a.Brand), T(a.Model), T(a.Serial), T(a.Reference), T(a.Kind)}
		}),
	}
}

func settled(u *pipeline.UnmatchedList) Sheet {
	return Sheet{
		Name: "Settled",
		Columns: []Column{
			{Title: "ERP key", Width: 16}, {Title: "Reference as sent", Width: 18}, {Title: "Identifier as sent", Width: 30},
			{Title: "Since", Type: Moment, Width: 18}, {Title: "Until", Type: Moment, Width: 18}, {Title: "How", Width: 14},
		},
		Rows: Of(u.Ended, func(e pipeline.UnmatchedAsset) []Cell {
			return []Cell{T(e.Asset), T(e.Reference), T(e.Identifier), At(e.Since), At(e.Ended), T(e.How)}
		}),
	}
}

// FlatUnmatched is the list of what is not known for machines.
func FlatUnmatched(u *pipeline.UnmatchedList) Sheet {
	return decideAssets(u.Entries)
}

func joined(by string, parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p = strings.TrimSpace(p); p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, by)
}

func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + text
}

// each makes something of every entry of a list.
func each[T, U any](list []T, of func(*T) U) iter.Seq2[U, error] {
	return func(yield func(U, error) bool) {
		for i := range list {
			if !yield(of(&list[i]), nil) {
				return
			}
		}
	}
}
