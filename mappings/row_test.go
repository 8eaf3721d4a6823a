package mappings

import (
	"strings"
	"testing"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// said flattens what a row gave into lines that can be compared at a glance.
func said(out pipeline.Mapped) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, " ") + "\n") }
	for i := range out.Entities {
		e := &out.Entities[i]
		line(e.String() + ":")
		for _, f := range e.Fields {
			value := f.Value.Text
			if at, ok := f.Value.Time(); ok {
				value = at.UTC().Format(time.RFC3339)
			}
			if f.Value.IsEmpty() {
				value = "nothing"
			}
			line(" ", string(f.Field), "=", value, "("+f.Column+")")
		}
		if e.Scope != "" {
			line("  scope", e.Scope)
		}
	}
	if out.Skip != "" {
		line("skip", out.Skip)
	}
	for _, f := range out.Faults {
		line("fault", f.String())
	}
	for _, f := range out.Warnings {
		line("warning", f.String())
	}
	for _, p := range out.Parked {
		line("parked", p.Ref.String(), string(p.Field), p.Column, p.Code, p.Table, "|", p.Line)
	}
	for _, r := range out.Present {
		line("present", r.String())
	}
	for _, k := range out.Keyless {
		line("keyless", k.Kind.String())
	}
	return b.String()
}

const head = `mapping: x
file: {match: "x.csv", decimal: ",", thousands: ".", dates: DD.MM.YYYY, timezone: Europe/Berlin, none: ["", "-", "00.00.0000"]}
`

func TestRows(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name, mapping string
		header, cells string
		want          string
	}{
		{
			"a column is found by its short name or its header, and blanks around values go",
			head + "columns: {number: Nr}\nasset: {key: number, name: Bezeichnung, make: Marke}\n",
			"Nr;Bezeichnung;Marke", " 4711 ; Bühne ;\u00a0",
			"asset 4711:\n  make = nothing (Marke)\n  name = Bühne (Bezeichnung)\n",
		},
		{
			"a column that the file lacks leaves its field alone, a blank one empties it",
			head + "asset: {key: Nr, name: Bezeichnung, make: Marke}\n", "Nr;Marke", "1;-",
			"asset 1:\n  make = nothing (Marke)\n",
		},
		{
			"with blank: leave a blank cell leaves its field alone, too",
			"mapping: x\nfile: {match: x.csv, blank: leave}\nasset: {key: Nr, make: Marke, name: Name}\n", "Nr;Marke;Name", "1;;x",
			"asset 1:\n  name = x (Name)\n",
		},
		{
			"a default stands in for nothing, and says so",
			head + "asset: {key: Nr, make: {from: Marke, default: Genie}, meterHours: {from: h, default: '1,5'}}\n", "Nr;Marke;h", "1;;-",
			"asset 1:\n  make = Genie (default)\n  meterHours = 1.5 (default)\n",
		},
		{
			"a required value that is missing rejects the row, which still proves its keys",
			head + "asset: {key: Nr, make: {from: Marke, required: true}}\n", "Nr;Marke", "1; ",
			"fault Marke \" \": asset.make is empty; it is required\npresent asset 1\n",
		},
		{
			"steps work in the order written, a column's before a field's",
			head + "columns: {n: {header: Nr, do: [trim, {pad: 6}]}}\nasset: {key: {from: n, do: [{prefix: A}]}, name: n}\n", "Nr", " 47 ",
			"asset A000047:\n  name = 000047 (Nr)\n",
		},
		{
			"codes are literal, and blank ones too",
			head + "codes: {s: {01: ON_RENT, 1: AVAILABLE, \"\": OTHER, N: RETURNED}}\nasset: {key: Nr, rentalStatus: {from: S, codes: s}}\n", "Nr;S", "1;",
			"asset 1:\n  rentalStatus = OTHER (S)\n",
		},
		{
			"01 is not 1",
			head + "codes: {s: {01: ON_RENT, 1: AVAILABLE}}\nasset: {key: Nr, rentalStatus: {from: S, codes: s}}\n", "Nr;S", "1;01 ",
			"asset 1:\n  rentalStatus = ON_RENT (S)\n",
		},
		{
			"a blank code that no table knows means nothing",
			head + "codes: {s: {V: ON_RENT}}\nasset: {key: Nr, rentalStatus: {from: S, codes: s}}\n", "Nr;S", "1;-",
			"asset 1:\n  rentalStatus = nothing (S)\n",
		},
		{
			"an unknown code is parked with the line that would know it",
			head + "codes: {s: {V: ON_RENT}}\nasset: {key: Nr, rentalStatus: {from: S, codes: s}}\n", "Nr;S", "1;Q",
			"asset 1:\nparked asset 1 rentalStatus S Q s | \"Q\": …  # under codes: s:\n",
		},
		{
			"an unknown code of a table without a name, too",
			head + "asset: {key: Nr, rentalStatus: {from: S, codes: {V: ON_RENT}}}\n", "Nr;S", "1;Q",
			"asset 1:\nparked asset 1 rentalStatus S Q  | \"Q\": …  # under asset: rentalStatus: codes:\n",
		},
		{
			"unknown: reject names the near code",
			head + "codes: {s: {V: ON_RENT}}\nasset: {key: Nr, rentalStatus: {from: S, codes: s, unknown: reject}}\n", "Nr;S", "1;v",
			"fault S \"v\": unknown code for asset.rentalStatus; the table knows \"V\"; add \"v\": …  # under codes: s:\npresent asset 1\n",
		},
		{
			"unknown: leave is silent, unknown: OTHER is OTHER",
			head + "codes: {s: {V: ON_RENT}}\nasset: {key: Nr, rentalStatus: {from: S, codes: s, unknown: OTHER}, identifierType: {from: S, codes: {V: ASSET_ID}, unknown: leave}}\n", "Nr;S", "1;Q",
			"asset 1:\n  rentalStatus = OTHER (S)\n",
		},
		{
			"a column with IRIS's own words needs no table, and other words are parked",
			head + "asset: {key: Nr, rentalStatus: {from: S}}\ncustomer: {key: K, type: {from: T}}\n", "Nr;S;K;T", "1;ON_RENT;2;Friend",
			"customer 2:\nasset 1:\n  rentalStatus = ON_RENT (S)\nparked customer 2 type T Friend  | \"Friend\": …  # under customer: type: codes:\n",
		},
		{
			"a word is a column where a column bears it, else a constant",
			head + "columns: {OTHER: Art}\ncustomer: {key: K, type: OTHER}\nasset: {key: Nr, rentalStatus: OTHER}\ndepot: {key: D}\n", "Nr;K;Art;D", "1;2;DEALER;3",
			"depot 3:\ncustomer 2:\n  type = DEALER (Art)\nasset 1:\nparked asset 1 rentalStatus Art DEALER  | \"DEALER\": …  # under asset: rentalStatus: codes:\n",
		},
		{
			"every fault of the row is told at once",
			head + "asset: {key: Nr, meterHours: h}\nitem: {key: Pos, contract: V, asset: Nr, onRentDate: B, dueDate: E}\n", "Nr;h;Pos;V;B;E", "1;1,2,3;;V1;31.02.2026;31.04.2026",
			`fault Pos "": item key is empty; add when: to the block if not every row has one
fault E "31.04.2026": April 2026 has 30 days
fault B "31.02.2026": February 2026 has 28 days
fault h "1,2,3": …
present asset 1
keyless item
`,
		},
		{
			"a fault names the value that was read where steps changed it",
			head + "columns: {begin: {header: B, do: [{removeText: ab}]}, end: E}\nitem: {key: Pos, contract: V, asset: Nr, onRentDate: begin, dueDate: end}\n", "Pos;V;Nr;B;E", "1;2;3;ab 31.02.2026; 31.02.2026",
			`fault E " 31.02.2026": February 2026 has 28 days
fault B "ab 31.02.2026": date "31.02.2026": February 2026 has 28 days
present item 1
`,
		},
		{
			"days begin and end in the zone, unless a time is given",
			head + "item: {key: Pos, contract: V, asset: Nr, onRentDate: B, offRentDate: E, dueDate: {from: E, time: '17:00'}}\n", "Pos;V;Nr;B;E", "1;2;3;01.07.2026;02.07.2026",
			`item 1:
  asset = 3 (Nr)
  contract = 2 (V)
  dueDate = 2026-07-02T15:00:00Z (E)
  offRentDate = 2026-07-02T21:59:59Z (E)
  onRentDate = 2026-06-30T22:00:00Z (B)
`,
		},
		{
			"a time that the clocks skipped moves on, one that they showed twice is the first, with a warning",
			head + "item: {key: Pos, contract: V, asset: Nr, onRentDate: {from: B, time: '02:30'}, dueDate: {from: E, time: '02:30'}}\n", "Pos;V;Nr;B;E", "1;2;3;29.03.2026;25.10.2026",
			`item 1:
  asset = 3 (Nr)
  contract = 2 (V)
  dueDate = 2026-10-25T00:30:00Z (E)
  onRentDate = 2026-03-29T01:00:00Z (B)
warning E "25.10.2026": the clocks showed this time twice; the first one is taken; 2026-10-25T02:30:00+02:00
warning B "29.03.2026": the clocks skipped this time; the next one that exists is taken; 2026-03-29T03:00:00+02:00
`,
		},
		{
			"the row's branch decides the zone",
			"mapping: x\nfile: {match: x.csv, dates: YYYYMMDD, timezone: {by: D, MUC: Europe/Berlin, NYC: America/New_York}}\nitem: {key: Pos, contract: V, asset: Nr, onRentDate: B}\n", "Pos;V;Nr;B;D", "1;2;3;20260701;NYC",
			"item 1:\n  asset = 3 (Nr)\n  contract = 2 (V)\n  onRentDate = 2026-07-01T04:00:00Z (B)\n  zone = America/New_York (D)\n",
		},
		{
			"a branch without a zone is a fault only where there is a date",
			"mapping: x\nfile: {match: x.csv, dates: YYYYMMDD, timezone: {by: D, MUC: Europe/Berlin}}\nitem: {key: Pos, contract: V, asset: Nr, onRentDate: B, dueDate: E}\n", "Pos;V;Nr;B;D;E", "1;2;3;20260701;XXX;",
			"fault D \"XXX\": no zone is known for it; add it under timezone:\npresent item 1\n",
		},
		{
			"the first identifier that is there is taken",
			head + "asset: {key: Nr, identify: [{SERIAL_NUMBER: S}, {EXTERNAL_REFERENCE: Nr}]}\n", "Nr;S", "1;-",
			"asset 1:\n  identifier = 1 (Nr)\n  identifierType = EXTERNAL_REFERENCE (Nr)\n",
		},
		{
			"without any identifier both parts are empty",
			head + "asset: {key: Nr, identify: [{SERIAL_NUMBER: S}, {ASSET_ID: T}]}\n", "Nr;S;T", "1;;",
			"asset 1:\n  identifier = nothing (S)\n  identifierType = nothing (S)\n",
		},
		{
			"of several prices the first that is there is taken, and one of zero only for want of another",
			head + "item: {key: Pos, contract: V, asset: Nr, rate: {choose: [DAILY, WEEKLY], of: [{type: WEEKLY, currency: W, unitPrice: Woche}, {type: DAILY, currency: EUR, unitPrice: Tag}]}}\n", "Pos;V;Nr;W;Woche;Tag", "1;2;3;CHF;350,00;0,00",
			"item 1:\n  asset = 3 (Nr)\n  contract = 2 (V)\n  rate.currency = CHF (W)\n  rate.type = WEEKLY (constant)\n  rate.unitPrice = 350 (Woche)\n",
		},
		{
			"a price that only one period has is that period's", head + "item: {key: Pos, contract: V, asset: Nr, rate: {choose: [DAILY, WEEKLY, MONTHLY], of: [{type: MONTHLY, currency: EUR, unitPrice: Monat}, {type: WEEKLY, currency: EUR, unitPrice: Woche}, {type: DAILY, currency: EUR, unitPrice: Tag}]}}\n", "Pos;V;Nr;Tag;Woche;Monat", "1;2;3;;-;900,00",
			"item 1:\n  asset = 3 (Nr)\n  contract = 2 (V)\n  rate.currency = EUR (constant)\n  rate.type = MONTHLY (constant)\n  rate.unitPrice = 900 (Monat)\n",
		},
		{
			"the currency may follow from the depot", head + "codes: {cur: {ZRH: CHF, MUC: EUR}}\nitem: {key: Pos, contract: V, asset: Nr, rate: {type: DAILY, currency: {from: D, codes: cur}, unitPrice: Tag}}\n", "Pos;V;Nr;Tag;D", "1;2;3;5;ZRH",
			"item 1:\n  asset = 3 (Nr)\n  contract = 2 (V)\n  rate.currency = CHF (D)\n  rate.type = DAILY (constant)\n  rate.unitPrice = 5 (Tag)\n",
		},
		{
			"a price that is nothing makes the whole rate nothing",
			head + "item: {key: Pos, contract: V, asset: Nr, rate: {type: DAILY, currency: EUR, unitPrice: Tag}}\n", "Pos;V;Nr;Tag", "1;2;3;",
			"item 1:\n  asset = 3 (Nr)\n  contract = 2 (V)\n  rate.currency = nothing (Tag)\n  rate.type = nothing (Tag)\n  rate.unitPrice = nothing (Tag)\n",
		},
		{
			"a currency is three capital letters",
			head + "item: {key: Pos, contract: V, asset: Nr, rate: {type: DAILY, currency: W, unitPrice: Tag}}\n", "Pos;V;Nr;Tag;W", "1;2;3;5;€",
			"fault W \"€\": this is no currency; a currency is three capital letters, as EUR\npresent item 1\n",
		},
		{
			"formulas see cleaned cells, and nothing as blank",
			head + "columns: {c: {header: V, do: [upper]}, l: Pos}\nasset: {key: Nr}\nitem: {when: c != \"\", key: =c + \"/\" + l, contract: c, asset: Nr}\n", "Nr;V;Pos", "1;mv-1;10",
			"item MV-1/10:\n  asset = 1 (Nr)\n  contract = MV-1 (V)\nasset 1:\n",
		},
		{
			"an entity whose when does not hold is not in the row",
			head + "columns: {c: V, l: Pos}\nasset: {key: Nr}\nitem: {when: c != \"\", key: =c + \"/\" + l, contract: c, asset: Nr}\n", "Nr;V;Pos", "1;-;10",
			"asset 1:\n",
		},
		{
			"a row in which no when holds is skipped under a name of its own",
			head + "columns: {c: V}\ncontract: {when: c != \"\", key: c}\n", "V", "-", "skip no entity\n",
		},
		{
			"skip sees the cell as it stands in the file, before the column's steps",
			head + "columns: {n: {header: Nr, do: [{pad: 6}]}}\nskip: {totals: n startsWith \"SUM\"}\nasset: {key: n}\n", "Nr", "SUM", "skip totals\npresent asset 000SUM\n",
		},
		{
			"scopes come from a column or stand as written",
			"mapping: x\nfile: {match: x.csv, scope: branch}\ncolumns: {branch: NL}\nasset: {key: Nr}\ndepot: {key: branch, scope: south}\n", "Nr;NL", "1;MUC",
			"depot MUC:\n  scope south\nasset 1:\n  scope MUC\n",
		},
		{
			"custom fields are text, numbers or dates",
			head + "contract: {key: V}\nextra: {contract.projectCode: P, contract.area: {from: m2, number: true}, contract.from: {from: B, date: true}}\n", "V;P;m2;B", "1;007;1.250,50;01.07.2026",
			"contract 1:\n  extra.area = 1250.5 (m2)\n  extra.from = 2026-06-30T22:00:00Z (B)\n  extra.projectCode = 007 (P)\n",
		},
		{
			"a formula that fails rejects the row and names itself",
			head + "columns: {h: Std}\nasset: {key: Nr, name: =number(h) * 2}\n", "Nr;Std", "1;x",
			"fault =number(h) * 2 \"\": …\npresent asset 1\n",
		},
		{
			"digits with implied places become a number",
			head + "asset: {key: Nr, meterHours: {from: h, implied: 2}}\n", "Nr;h", "1;0012345-", "asset 1:\n  meterHours = -123.45 (h)\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out := mapRow(t, compile(t, tt.mapping), strings.Split(tt.header, ";"), strings.Split(tt.cells, ";"))
			if diff := cmp.Diff(tt.want, shortened(said(out), tt.want)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// shortened cuts the lines that are only wanted up to "…".
func shortened(got, want string) string {
	lines := strings.Split(got, "\n")
	for i, wanted := range strings.Split(want, "\n") {
		if start, open := strings.CutSuffix(wanted, "…"); open && i < len(lines) && strings.HasPrefix(lines[i], start) {
			lines[i] = wanted
		}
	}
	return strings.Join(lines, "\n")
}

func TestAControlCharacterIsNoPartOfAName(t *testing.T) {
	t.Parallel()

	m := parseFile(t, "x.yaml", head+`asset: {key: Nr, name: Name, identify: [{SERIAL_NUMBER: Serial}]}
item: {key: Pos, asset: Nr, contract: V}
`)
	header := []string{"Nr", "Serial", "Pos", "V", "Name"}
	for _, tt := range []struct {
		name  string
		cells []string
		want  string
	}{
		{"in the key and in a reference to it", []string{"08\a15", "S1", "1", "C1", "x"}, `fault Nr "08\a15": control character 0x07 is no part of a name; remove it in the ERP, or by do: {removeChars: "\x07"}`},
		{"in an identifier", []string{"0815", "S\v1", "1", "C1", "x"}, `fault Serial "S\v1": control character 0x0B is no part of a name; remove it in the ERP, or by do: {removeChars: "\x0B"}`},
		{"in a reference alone", []string{"0815", "S1", "1", "C\x1a1", "x"}, `fault V "C\x1a1": control character 0x1A is no part of a name; remove it in the ERP, or by do: {removeChars: "\x1A"}`},
		{"in text for people", []string{"0815", "S1", "1", "C1", "a\tb"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for line := range strings.Lines(said(mapRow(t, m, header, tt.cells))) {
				if strings.HasPrefix(line, "fault") {
					got = append(got, strings.TrimSpace(line))
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestADefaultIdentifierSaysSo(t *testing.T) {
	t.Parallel()

	m := parseFile(t, "x.yaml", head+`asset: {key: Nr, identify: [{SERIAL_NUMBER: {from: Serial, default: none}}]}`+"\n")
	want := "asset 1:\n  identifier = none (default)\n  identifierType = SERIAL_NUMBER (default)\n"
	if diff := cmp.Diff(want, said(mapRow(t, m, []string{"Nr", "Serial"}, []string{"1", ""}))); diff != "" {
		t.Error(diff)
	}
}

func TestTheStepOfTheCureRemovesAControlCharacter(t *testing.T) {
	t.Parallel()

	m := parseFile(t, "x.yaml", head+`asset: {key: {from: Nr, do: {removeChars: "\x0B"}}}`+"\n")
	if got := said(mapRow(t, m, []string{"Nr"}, []string{"08\v15"})); got != "asset 0815:\n" {
		t.Errorf("got %s, want asset 0815", got)
	}
}

func TestAMapperUsesTheMemoryOfTheRowBefore(t *testing.T) {
	t.Parallel()

	h := &pipeline.Header{Names: continentalHeader, Line: 1}
	mapper, err := continental(t).Bind(h)
	if err != nil {
		t.Fatal(err)
	}
	rows := []string{
		"4711;B;S1;K1;Kunde;MV;10;21.11.2026;-;;V;MUC;1,00;1",
		"4712;B;S2;;;;;;;;F;MUC;;2",
		"SUMME;;;;;;;;;;;;;",
		"4713;B;S3;K1;Kunde;MV;20;99.11.2026;-;;Q;MUC;1,00;1",
		"4711;B;S1;K1;Kunde;MV;10;21.11.2026;-;;V;MUC;1,00;1",
	}

	var shared pipeline.Mapped
	for _, cells := range rows {
		row := &pipeline.Row{Header: h, Cells: strings.Split(cells, ";"), Origin: origin}
		mapper.Map(row, &shared)
		alone := mapRow(t, continental(t), continentalHeader, row.Cells)
		if diff := cmp.Diff(said(alone), said(shared)); diff != "" {
			t.Errorf("row %s: %s", cells, diff)
		}
	}
}

func TestFieldsAreSorted(t *testing.T) {
	t.Parallel()

	out := mapRow(t, continental(t), continentalHeader, strings.Split("4711;B;S1;K1;Kunde;MV;10;21.11.2026;-;;V;MUC;1,00;1", ";"))
	for _, e := range out.Entities {
		sorted := rental.Entity{Fields: append([]rental.FieldValue(nil), e.Fields...)}
		sorted.Sort()
		if diff := cmp.Diff(sorted.Fields, e.Fields); diff != "" {
			t.Errorf("%s: %s", e.Ref, diff)
		}
	}
}

func TestEveryRowIsMappedSkippedOrRejected(t *testing.T) {
	t.Parallel()

	h := &pipeline.Header{Names: continentalHeader, Line: 1}
	mapper, err := continental(t).Bind(h)
	if err != nil {
		t.Fatal(err)
	}
	cell := rapid.OneOf(
		rapid.SampledFrom([]string{"", "-", "V", "Q", "4711", "SUMME", "21.11.2026", "31.02.2026", "00.00.0000", "1.250,00", "1,2,3", " ", "\x00", "=1+1"}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		var out pipeline.Mapped
		cells := rapid.SliceOfN(cell, 0, len(continentalHeader)+1).Draw(t, "cells")
		mapper.Map(&pipeline.Row{Header: h, Cells: cells, Origin: origin}, &out)

		holds := 0
		for _, one := range []bool{len(out.Entities) > 0, out.Skip != "", len(out.Faults) > 0} {
			if one {
				holds++
			}
		}
		if holds != 1 {
			t.Fatalf("%d of entities, skip and faults hold: %s", holds, said(out))
		}
		for _, e := range out.Entities {
			if e.Key == "" {
				t.Fatalf("an entity without a key: %s", said(out))
			}
		}
	})
}

func TestARowThatLacksAPartOfAKeyHasNone(t *testing.T) {
	t.Parallel()

	header := []string{"C", "L", "NO"}
	for _, tt := range []struct{ name, key, cells, want string }{
		{"both are there", `=C + "/" + L`, "C5,2b", "item C5/2b"},
		{"the line is blank", `=C + "/" + L`, "C5,", ""},
		{"the line means nothing", `=C + "/" + L`, "C5,-", ""},
		{"both are blank", `=C + "/" + L`, ",", ""},
		{"the formula says what the key is then", `=L == "" ? C : C + "/" + L`, "C5,", "item C5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := compile(t, head+"columns: {C: C, L: L}\nitem: {key: '"+tt.key+"', contract: C, asset: NO}\n")
			out := mapRow(t, m, header, append(strings.Split(tt.cells, ","), "1"))
			got := ""
			for _, e := range out.Entities {
				got = e.String()
			}
			if got != tt.want || (tt.want == "") != (len(out.Keyless) == 1) {
				t.Errorf("got %q, want %q: %s", got, tt.want, said(out))
			}
		})
	}
}
