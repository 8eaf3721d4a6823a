package tabular

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

// The cases that every suite for readers of CSV has, in our words.
func TestAcidCases(t *testing.T) {
	t.Parallel()

	tests := []struct {
		name    string
		text    string
		dialect pipeline.Dialect
		want    []string
	}{
		{name: "a comma in quotes", text: "first,last,address\nJo,Do,\"120 any st., Town\"\n", want: []string{"2: Jo|Do|120 any st., Town"}},
		{name: "empty cells, quoted and not", text: "a,b,c\n1,\"\",\"\"\n2,,\n", want: []string{"2: 1||", "3: 2||"}},
		{name: "a line end in quotes", text: "a,b\n1,\"ha\nha\"\n3,4\n", want: []string{"2: 1|ha\nha", "4: 3|4"}},
		{name: "quotes in quotes", text: "a,b\n1,\"ha \"\"ha\"\" ha\"\n", want: []string{`2: 1|ha "ha" ha`}},
		{name: "quotes at both ends of a value", text: "a,b\n1,\"\"\"ha\"\"\"\n", want: []string{`2: 1|"ha"`}},
		{name: "a value that is one quote", text: "a,b\n1,\"\"\"\"\n", want: []string{`2: 1|"`}},
		{name: "an object of JSON in quotes", text: "k,v\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"at\"\": [102.0, 0.5]}\"\n", want: []string{`2: 1|{"type": "Point", "at": [102.0, 0.5]}`}},
		{name: "letters of any script", text: "a,b\nʤ,東京\n😀,Ж\n", want: []string{"2: ʤ|東京", "3: 😀|Ж"}},
		{name: "a blank around quotes is text", text: "a,b\n1, \"x\"\n", want: []string{`2: 1| "x"`}},
		{name: "a blank behind a closing quote is not", text: "a,b\n1,\"x\" \n2,y\n", want: []string{
			`2! b "\"x\" ": text after the closing quote; a quote inside a quoted value must be doubled`, "3: 2|y",
		}},
		{name: "one column", text: "a\n1\n\"\"\n2\n", want: []string{"2: 1", "3: ", "4: 2"}},
		{name: "no line end at the end", text: "a,b\r\n1,2", want: []string{"2: 1|2"}},
		{name: "a quoted value as the last byte", text: "a,b\n1,\"2\"", want: []string{"2: 1|2"}},
		{name: "a backslash is text", text: "a,b\n\\,\"C:\\x\\\"\n", want: []string{`2: \|C:\x\`}},
		{name: "an apostrophe is text", text: "a,b\n'1,2'\n", want: []string{"2: '1|2'"}},
		{name: "a formula is text", text: "a,b\n=1+1,\"=CMD(\"\"x\"\")\"\n", want: []string{`2: =1+1|=CMD("x")`}},
		{name: "a pipe in a quoted key", text: "KEY|NAME\n\"|PKUP\"|Pickup\n", dialect: pipeline.Dialect{Delimiter: "pipe"}, want: []string{"2: |PKUP|Pickup"}},
		{name: "a pipe in a key without quotes", text: "KEY|NAME\n|PKUP|Pickup\n", dialect: pipeline.Dialect{Delimiter: "pipe"}, want: []string{"2! 3 cells where the header has 2; a delimiter inside a value must be quoted"}},
		{name: "two pipes", text: "a||b\n1|x||\"2||3\"\n", dialect: pipeline.Dialect{Delimiter: "||"}, want: []string{"2: 1|x|2||3"}},
		{name: "three characters", text: "a~|~b\n1~2~|~\"~|~\"\n", dialect: pipeline.Dialect{Delimiter: "~|~"}, want: []string{"2: 1~2|~|~"}},
		{name: "a delimiter beyond ASCII", text: "a§b\n1§2\n", dialect: pipeline.Dialect{Delimiter: "§"}, want: []string{"2: 1|2"}},
		{name: "tabs in a file of Excel", text: string(bomUTF16LE) + encode(t, utf16LE, "sep=\t\r\nNr\tOrt\r\n1\tKöln\r\n"), want: []string{"3: 1|Köln"}},
		{name: "a comment of two characters", text: "-- x\na,b\n--1,2\n1,2\n", dialect: pipeline.Dialect{Comment: "--"}, want: []string{"4: 1|2"}},
		{name: "a totals row is a row", text: "a;b\n1;2\nSUMME;2\n", dialect: semicolon, want: []string{"2: 1|2", "3: SUMME|2"}},
		{name: "a blank tail", text: "a;b\n1;2\n" + strings.Repeat("\r\n", 900), dialect: semicolon, want: []string{"2: 1|2"}},
		{name: "a tail of delimiters is rows", text: "a;b\n1;2\n;\n;\n", dialect: semicolon, want: []string{"2: 1|2", "3: |", "4: |"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readAll(t, tt.text, tt.dialect)
			if got.end != nil {
				t.Errorf("ended with %v", got.end)
			}
			if diff := cmp.Diff(tt.want, got.rows); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
