package mappings

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

type sample struct {
	At     Place         `yaml:"-"`
	Name   string        `yaml:"name,required"`
	Code   string        `yaml:"code"`
	Count  int           `yaml:"count"`
	Rate   float64       `yaml:"rate"`
	On     bool          `yaml:"on"`
	Wait   time.Duration `yaml:"wait"`
	Tags   []string      `yaml:"tags"`
	Inner  *sample       `yaml:"inner"`
	Words  map[string]string
	Shared `yaml:",inline"`
}

type Shared struct {
	Columns map[string]string `yaml:"columns"`
}

func TestDecodeFillsValuesAsTheyWereWritten(t *testing.T) {
	t.Parallel()

	var got sample
	faults := Decode("x.yaml", []byte(`
name: 01
code: no
count: 12
rate: 2.5
on: true
wait: 400d
tags: [N, 1.0, "x"]
columns: {A: 0x1F, "null": "null"}
inner: {name: y}
`), &got)
	if len(faults) > 0 {
		t.Fatal(faults)
	}

	want := sample{
		At: Place{2, 1}, Name: "01", Code: "no", Count: 12, Rate: 2.5, On: true, Wait: 400 * 24 * time.Hour,
		Tags: []string{"N", "1.0", "x"}, Shared: Shared{Columns: map[string]string{"A": "0x1F", "null": "null"}},
		Inner: &sample{At: Place{10, 8}, Name: "y"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeTellsEveryFaultWithItsPlaceAndCure(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name, text string
		want       []string
	}{
		{"unknown keys get the nearest name", "name: x\ncolums: {}\n", []string{`x.yaml:2:1: unknown key "colums"; did you mean "columns"?`}},
		{"wrong types are told together", "name: [x]\ncount: many\non: yes\ntags: x\nwait: soon\nrate: {}\n", []string{
			`x.yaml:1:7: expected text, found a list`,
			`x.yaml:2:8: expected a whole number, found "many"`,
			`x.yaml:3:5: expected true or false, found "yes"`,
			`x.yaml:4:7: expected a list, found "x"; a list is written [a, b]`,
			`x.yaml:5:7: "soon" is no span of time; write 30s, 15m, 2h or 7d`,
			`x.yaml:6:7: expected text, found keys with values`,
		}},
		{"a missing key is told where it is missing", "inner: {count: 1}\nname: x\n", []string{`x.yaml:1:8: the key "name" is missing`}},
		{"a key twice", "name: x\ncount: 1\nname: y\n", []string{`x.yaml:3:1: the key "name" stands on line 1 already; remove one of them`}},
		{"a null key", "name: x\ncolumns: {~: y}\n", []string{`x.yaml:2:11: the key "~" means nothing; quote it: "~"`}},
		{"a value that is missing", "name:\n", []string{`x.yaml:1:6: the value is missing; write it, or "" for blank text`}},
		{"a value that is cut by a comment", "name: #1\n", []string{`x.yaml:1:6: the value is missing: what follows # is a comment; quote the value: "#…"`}},
		{"a block that is not indented", "name: x\ninner:\ncount: 1\n", []string{`x.yaml:2:7: expected keys with values, found nothing; indent the lines below that belong to it`}},
		{"tags", "name: !blank(x)\n", []string{`x.yaml:1:7: "!blank(x)" is a tag; quote the formula whole: '=…', or the value if it is text`}},
		{"anchors and aliases", "name: &a x\ncode: *a\n", []string{
			`x.yaml:1:7: "&a" is an anchor; write the value where it is used, or quote it`,
			`x.yaml:2:7: "*a" is an alias; write the value out, or quote the formula whole: '=…'`,
		}},
		{"an alias of nothing", "name: *a\n", []string{`x.yaml:1:7: a value begins with "*"; quote the value whole: '…'`}},
		{"a second document", "name: x\n---\nname: y\n", []string{`x.yaml:2:1: a second document begins; remove the "---" and what follows it`}},
		{"a tab", "name: x\ninner:\n\tname: y\n", []string{`x.yaml:3:1: the line is indented by a tab; indent by spaces`}},
		{"a colon in a formula", "name: =a ? \"b\" : c\n", []string{`x.yaml:1:16: ": " begins a value inside a value; quote the formula whole: '=…'`}},
		{"a quote that is open is told where it was opened", "name: \"a\ncode: \"b\"\ncount: \"1\"\n", []string{`x.yaml:1:7: a quote is opened and not closed on its line; close it on the same line`}},
		{"a quote that goes on over lines is none that is open", "name: \"a\n  b\"\ncode b\ncount: 1\n", []string{`x.yaml:3:1: the line has no colon; write code: b`}},
		{"quotes in a text block are text", "name: |\n  it's a\ncode b\ncount: 1\n", []string{`x.yaml:3:1: the line has no colon; write code: b`}},
		{"no blank behind a colon", "name:\"x\"\ncount: 1\n", []string{`x.yaml:1:1: no blank follows the colon; write name: "x"`}},
		{"no blank behind a colon, below a block", "inner:\n  name:x\n  count: 1\n", []string{`x.yaml:2:3: no blank follows the colon; write name: x`}},
		{"no blank behind a colon inside braces", "inner: {name:x}\nname: x\n", []string{`x.yaml:1:8: the key "name" is missing`, `x.yaml:1:9: unknown key "name:x"; no blank follows the colon, write name: x`}},
		{"nothing but a key without its blank", "inner:\n  name:x\nname: x\n", []string{`x.yaml:2:3: expected keys with values, found "name:x"; no blank follows the colon, write name: x`}},
		{"no colon at all", "name: y\ncode x\ncount: 1\n", []string{`x.yaml:2:1: the line has no colon; write code: x`}},
		{"no colon behind the name of a block", "name: x\ninner\n  name: y\n", []string{`x.yaml:2:1: the line has no colon; write inner:`}},
		{"a full-width colon", "inner:\n  name：x\n  count: 1\n", []string{`x.yaml:2:3: "：" is not the colon of YAML; write name: x`}},
		{"several lines without a colon", "inner:\n  name:x\n  count 1\n  rate: 2\n", []string{`x.yaml:2:3: no blank follows the colon; write name: x`}},
		{"a value that goes on over lines", "name: a\n  b\n  c: d\n", []string{`x.yaml:3:4: ": " begins a value inside a value; a value that holds ": " is quoted: '…'; a formula too`}},
		{"a line that is too deep", "inner:\n  name: x\n   count: 1\n", []string{`x.yaml:3:4: the line is indented deeper than the value above it; indent it like line 2`}},
		{"a no-break space before the first key", "inner:\n\u00a0\u00a0name: x\n  count: 1\n", []string{`x.yaml:2:1: the line is indented by a no-break space; indent by spaces`}},
		{"a no-break space before another key", "inner:\n  name: x\n\u00a0 count: 1\nname: y\n", []string{`x.yaml:3:1: the line is indented by a no-break space; indent by spaces`}},
		{"a merge of nothing", "inner:\n  <<: *x\n  name: y\n", []string{`x.yaml:2:7: "<<" takes keys from another place of the file; write the keys out here; mappings share columns, codes and skip by include:`}},
		{"a merge", "inner:\n  <<: &x {count: 1}\n  name: y\nname: z\n", []string{`x.yaml:2:3: "<<" takes keys from another place of the file; write the keys out here; mappings share columns, codes and skip by include:`}},
		{"a bomb of brackets that the parser refuses", "tags: " + strings.Repeat("[", 20_000) + "\n", []string{`x.yaml:1:10007: more than 40 levels lie inside each other; remove the brackets or indents that hold nothing else`}},
		{"a comma in a formula inside braces", "inner: {name: =f(a, b)}\nname: x\n", []string{`x.yaml:1:15: the comma before "b)" ends the formula; quote the formula whole: '=…'`}},
		{"text after a quote", "name: \"a\" + b\n", []string{`x.yaml:1:11: text follows a closed quote; quote the value whole: '…'`}},
		{"an open quote", "name: \"a\n", []string{`x.yaml:1:7: a quote is opened and not closed on its line; close it on the same line`}},
		{"an open bracket", "tags: [a, b\nname: x\n", []string{`x.yaml:1:7: a bracket is opened and not closed, or a comma is missing; see line 2`}},
		{"wrong indentation", "inner:\n   name: y\n  count: 1\n", []string{`x.yaml:3:3: the line does not fit the ones above it; indent it like its neighbours`}},
		{"a character that YAML keeps for itself", "name: @x\n", []string{`x.yaml:1:7: a value cannot begin with "@"; quote the value: '…'`}},
		{"nothing at all", "# only a comment\n", []string{`x.yaml:1:1: the file is empty`}},
		{"a list where keys belong", "- a\n- b\n", []string{`x.yaml:1:1: expected keys with values, found a list`}},
		{"another encoding", "name: M\xfcller\n", []string{`x.yaml:1:8: byte 0xfc is no UTF-8; save the file as UTF-8`}},
		{"a control character", "name: \x01\n", []string{`x.yaml:1:7: the file holds the control character 0x1; remove it`}},
		{"a control character beyond ASCII", "name: \u0082x\n", []string{`x.yaml:1:7: the file holds the control character 0x82; remove it`}},
		{"a bomb of brackets", "name: x\ntags: " + strings.Repeat("[", 50) + strings.Repeat("]", 50) + "\n", []string{`x.yaml:2:8: expected text, found a list`, `x.yaml:2:47: more than 40 levels lie inside each other; remove the brackets or indents that hold nothing else`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			faults := Decode("x.yaml", []byte(tt.text), &sample{})
			if diff := cmp.Diff(strings.Join(tt.want, "\n"), faults.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlaceFindsValuesByTheirPath(t *testing.T) {
	t.Parallel()

	doc, faults := Read("x.yaml", []byte("flows:\n  - flow: a\n    drop: {local: inbox}\n"))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for path, want := range map[string]Place{
		"flows[0].drop.local": {3, 19},
		"flows[0].drop.sftp":  {3, 11},
		"flows[7]":            {2, 3},
		"":                    {1, 1},
	} {
		if got := doc.Place(path); got != want {
			t.Errorf("Place(%q) = %v, want %v", path, got, want)
		}
	}
}
