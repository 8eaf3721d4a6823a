package report

import (
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// OfPreparation is the workbook of how well an account and a register fit: totals
// first, then each list. The sheets to decide on make a crosswalk when they are
// filled in and dropped into the inbox.
func OfPreparation(p *pipeline.Preparation, zone *time.Location) Book {
	sheets := []Sheet{
		preparedSummary(p, zone),
		matchedAssets(p.Assets),
		missingAssets(p.Assets),
		doubtfulAssets(p.Assets),
		surplusAssets(p.Assets),
		preparedDepots(p),
		undecidedDepots(p),
		preparedCustomers(p),
		undecidedCustomers(p),
		preparedFields(p),
	}
	if len(p.NotSet) > 0 {
		sheets = slices.Insert(sheets, 2, refusedReferences(p))
	}
	return Book{Sheets: sheets, Zone: zone}
}

// preparedSummary is a page to read: what there is, and what to do about it.
func preparedSummary(p *pipeline.Preparation, zone *time.Location) Sheet {
	var lines [][]Cell
	say := func(what, note string) { lines = append(lines, []Cell{T(what), {}, T(note)}) }
	count := func(what string, n int, note string) { lines = append(lines, []Cell{T(what), N(n), T(note)}) }
	title := func(text string) { lines = append(lines, []Cell{}, []Cell{T(text)}) }

	say("Flow", p.Flow)
	say("Account", p.Account)
	say("Looked", inZone(p.At, zone))
	say("Changed in IRIS", map[bool]string{true: "what was allowed to be (--apply)", false: "nothing (without --apply)"}[p.Applied])

	if len(p.Refused) > 0 {
		title("WHAT THE ACCOUNT DOES NOT SHOW")
		for _, r := range p.Refused {
			say(r.Area, r.Why)
		}
	}

	title("ASSETS")
	count("Matched", len(p.Assets.Matched), "one asset of the ERP is one of IRIS, beyond doubt")
	count("  without external reference", p.References.Lacking, "rentalsync prepare --apply sets it")
	count("  reference set now", p.References.Set, "")
	count("  reference refused", p.References.Refused, "see the sheet of that name")
	count("  sent as IRIS spells it", p.Spelled, "IRIS finds them only by its own spelling; kept by --apply")
	count("Missing", len(p.Assets.Missing), "nothing in IRIS resembles them: what is sent waits there (202) until the machine is onboarded")
	count("Doubtful", len(p.Assets.Doubtful), "fill in the sheet to decide and drop this workbook into the inbox")
	count("Surplus", len(p.Assets.Surplus), "nothing in the ERP resembles them")
	for _, prefix := range p.Assets.Prefixes {
		count("  bear "+prefix.Text, prefix.Count, map[bool]string{true: "in IRIS", false: "in the ERP"}[prefix.InIRIS]+", before the serial number; they are matched without it")
	}

	title("DEPOTS")
	for _, how := range depotWays {
		count(how.title, p.DepotsFound(how.how), how.note)
	}

	title("CUSTOMERS")
	count("In IRIS", p.InIRIS, "once the Rental API is turned on they are no longer edited by hand in Manager")
	for _, how := range customerWays {
		count(how.title, p.CustomersFound(how.how), how.note)
	}

	return Sheet{
		Name: "Summary", Plain: true,
		Columns: []Column{{Title: "What", Width: 34}, {Title: "Count", Type: Integer, Width: 12}, {Title: "Note", Width: 90}},
		Rows:    Of(lines, func(line []Cell) []Cell { return line }),
	}
}

// way is one way in which things of the ERP are found, as the summary tells it.
type way struct {
	how         pipeline.FoundHow
	title, note string
}

var depotWays = []way{
	{pipeline.FoundByID, "By their id", "the config or the register names the site"},
	{pipeline.FoundByName, "By their name", "put the line into the config: names alone are not sent"},
	{pipeline.FoundCreated, "Created", "put the line into the config"},
	{pipeline.FoundDoubtful, "Doubtful", "somebody has to look"},
	{pipeline.FoundMissing, "Missing", "make a site of type DEPOT, or let --apply make it"},
}

var customerWays = []way{
	{pipeline.FoundByReference, "By their reference", "IRIS knows them"},
	{pipeline.FoundByName, "By their name", "without a reference: the next rental would make them a second time"},
	{pipeline.FoundCreated, "Created", ""},
	{pipeline.FoundDoubtful, "Doubtful", "names that are almost the same, or nobody's"},
	{pipeline.FoundMissing, "Missing", "the first rental makes them"},
}

func matchedAssets(m *rental.Matching) Sheet {
	return Sheet{
		Name: "Matched",
		Columns: append([]Column{
			{Title: "ERP number", Width: 16}, {Title: "Serial number (ERP)", Width: 22}, {Title: "Name (ERP)", Width: 22}, {Title: "Found by", Width: 12}, {Title: "Sent as", Width: 40},
		}, irisColumns...),
		Rows: Of(m.Matched, func(p rental.Match) []Cell {
			sent := ""
			if s, needed := p.Spelling(); needed {
				sent = s.IdentifierType + " " + s.Identifier
			}
			return append([]Cell{T(p.ERP.Key), T(p.ERP.Identifier), T(p.ERP.Name), T(p.By.String()), T(sent)}, irisCells(p.IRIS)...)
		}),
	}
}

// irisColumns tell of an asset of IRIS.
var irisColumns = []Column{
	{Title: "Asset id", Width: 38}, {Title: "Serial number (IRIS)", Width: 22}, {Title: "External reference", Width: 20}, {Title: "Name (IRIS)", Width: 22},
	{Title: "Kind", Width: 12}, {Title: "Maker", Width: 16}, {Title: "Model", Width: 14}, {Title: "Devices", Width: 18},
}

func irisCells(a *rental.IRISAsset) []Cell {
	return []Cell{T(a.ID), T(a.Serial), T(a.Reference), T(a.Name), T(a.Kind), T(a.Brand), T(a.Model), T(strings.Join(a.Devices, ", "))}
}

func missingAssets(m *rental.Matching) Sheet {
	return Sheet{
		Name: "Missing",
		Columns: []Column{
			{Title: "ERP number", Width: 16}, {Title: "Serial number", Width: 22}, {Title: "Name", Width: 24}, {Title: "Maker", Width: 16}, {Title: "Model", Width: 16}, {Title: "What to do", Width: 70},
		},
		Rows: Of(m.Missing, func(a rental.ERPAsset) []Cell {
			do := "onboard the machine in IRIS, or correct its serial number here or there"
			if a.Identifier == "" {
				do = "the ERP gives no serial number: add it, or decide by a crosswalk"
			}
			return []Cell{T(a.Key), T(a.Identifier), T(a.Name), T(a.Make), T(a.Model), T(do)}
		}),
	}
}

// doubtfulAssets is a form: what is filled in makes a crosswalk.
func doubtfulAssets(m *rental.Matching) Sheet {
	told := []Column{
		{Title: "Why", Width: 70}, {Title: "Serial number (ERP)", Width: 22}, {Title: "Name (ERP)", Width: 22}, {Title: "Maker (ERP)", Width: 16}, {Title: "Model (ERP)", Width: 14}, {Title: "Candidates", Type: Integer, Width: 11},
	}
	return Decide(rental.Asset, told, each(m.Doubtful, func(d *rental.Doubt) Decision {
		one := Decision{Kind: rental.Asset, Key: d.ERP.Key, Told: []Cell{
			T(d.Why), T(d.ERP.Identifier), T(d.ERP.Name), T(d.ERP.Make), T(d.ERP.Model), N(d.Among),
		}}
		for _, c := range d.Candidates {
			one.Candidates = append(one.Candidates, Candidate{c.IRIS.ID, candidateWords(c.IRIS)})
		}
		return one
	}))
}

// candidateWords are what a person recognises an asset by.
func candidateWords(a *rental.IRISAsset) string {
	var words []string
	for _, word := range []string{a.Serial, a.Name, a.Brand + " " + a.Model} {
		if word = strings.TrimSpace(word); word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	if a.Reference != "" {
		words = append(words, "bears "+a.Reference)
	}
	return strings.Join(words, ", ")
}

func surplusAssets(m *rental.Matching) Sheet {
	return Sheet{
		Name:    "Surplus",
		Columns: append([]Column{{Title: "What it is", Width: 36}}, irisColumns...),
		Rows: Of(m.Surplus, func(a rental.IRISAsset) []Cell {
			return append([]Cell{T(pipeline.SurplusKind(&a))}, irisCells(&a)...)
		}),
	}
}

func refusedReferences(p *pipeline.Preparation) Sheet {
	return Sheet{
		Name: "Reference refused",
		Columns: []Column{
			{Title: "ERP number", Width: 16}, {Title: "Asset id", Width: 38}, {Title: "External reference", Width: 20}, {Title: "Status", Type: Integer, Width: 8}, {Title: "Why", Width: 90},
		},
		Rows: Of(p.NotSet, func(r pipeline.RefusedReference) []Cell {
			return []Cell{T(r.Asset), T(r.ID), T(r.Reference), N(r.Status), T(r.Why)}
		}),
	}
}

func preparedDepots(p *pipeline.Preparation) Sheet {
	return Sheet{
		Name: "Depots",
		Columns: []Column{
			{Title: "ERP key", Width: 14}, {Title: "Name", Width: 24}, {Title: "Found by", Width: 12}, {Title: "Site", Width: 38}, {Title: "Name in IRIS", Width: 24},
			{Title: "Line for the config", Width: 60}, {Title: "Note", Width: 70},
		},
		Rows: Of(p.Depots, func(d pipeline.PreparedDepot) []Cell {
			return []Cell{T(d.Key), T(d.Name), T(string(d.How)), T(d.Site), T(d.SiteName), T(d.Line), T(d.Why)}
		}),
	}
}

// undecidedDepots is a form for depots that no id names yet: filled in, it does
// what their line in the config would.
func undecidedDepots(p *pipeline.Preparation) Sheet {
	open := slices.DeleteFunc(slices.Clone(p.Depots), func(d pipeline.PreparedDepot) bool { return d.How == pipeline.FoundByID })
	told := []Column{{Title: "Name", Width: 24}, {Title: "Why", Width: 70}}
	return Decide(rental.Depot, told, each(open, func(d *pipeline.PreparedDepot) Decision {
		one := Decision{Kind: rental.Depot, Key: d.Key, Told: []Cell{T(d.Name), T(d.Why)}}
		if d.How == pipeline.FoundByName || d.How == pipeline.FoundCreated {
			one.Candidates = []Candidate{{d.Site, d.SiteName}}
		}
		return one
	}))
}

func preparedFields(p *pipeline.Preparation) Sheet {
	return Sheet{
		Name: "Custom fields",
		Columns: []Column{
			{Title: "Key", Width: 24}, {Title: "Of", Width: 12}, {Title: "Mapping", Width: 24}, {Title: "Column", Width: 18}, {Title: "Type in IRIS", Width: 14},
			{Title: "Values", Type: Integer, Width: 9}, {Title: "That do not fit", Type: Integer, Width: 15}, {Title: "What is wrong", Width: 80},
		},
		Rows: Of(p.Fields, func(f pipeline.PreparedField) []Cell {
			wrong := strings.TrimSuffix(f.Why+"; "+f.Cure, "; ")
			if f.Why == "" {
				wrong = f.Unlike
			}
			return []Cell{T(f.Key), T(f.Kind.String()), T(f.Mapping), T(f.Column), T(f.Type), N(f.Values), N(f.Unfit), T(wrong)}
		}),
	}
}
