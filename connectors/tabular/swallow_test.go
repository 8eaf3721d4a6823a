package tabular

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAQuoteThatSwallowsRowsIsNoticed(t *testing.T) {
	t.Parallel()

	const hint = "; close the quote, or say quote: none where quotes mean inches"
	const swallowed = ": the quoted value runs on over lines that are rows of their own: its closing quote is missing" + hint

	doubtful := func(lines int) string {
		return fmt.Sprintf(": the quoted value runs on over %d lines that look like rows, so none of them is read: its closing quote may be missing; say quote: none where quotes mean inches, or take the delimiters out of the note", lines)
	}

	tests := []struct {
		name string
		text string
		want []string
	}{
		{
			name: "when the same column of a later row closes it",
			text: "a;b;c;d\n1;\"12 Rohr;x;y\n2;Bagger;x;y\n3;Rohr 12\";x;y\n4;Bagger;x;y\n",
			want: []string{`2! b "\"12 Rohr;x;y"` + swallowed, "3: 2|Bagger|x|y", `4: 3|Rohr 12"|x|y`, "5: 4|Bagger|x|y"},
		},
		{
			name: "when the next row closes it",
			text: "a;b;c;d\n1;\"12 Rohr;x;y\n2;Rohr 12\";x;y\n",
			want: []string{`2! b "\"12 Rohr;x;y"` + swallowed, `3: 2|Rohr 12"|x|y`},
		},
		{
			name: "when another column closes it",
			text: "a;b;c;d\n1;\"12 Rohr;x;y\n2;Bagger;x;y\n3;x;Rohr 12\";y\n4;Bagger;x;y\n",
			want: []string{`2! b "\"12 Rohr;x;y"` + swallowed, "3: 2|Bagger|x|y", `4: 3|x|Rohr 12"|y`, "5: 4|Bagger|x|y"},
		},
		{
			name: "when the last column closes it",
			text: "a;b;c\n1;x;\"12 Rohr\n2;x;Bagger\n3;x;Rohr 12\"\n",
			want: []string{"2! c \"12 Rohr\n2;x;Bagger\n3;x;Rohr 12\"" + doubtful(3)},
		},
		{
			name: "and a note with lines that look like rows gives none of them",
			text: "a;b;c;d\n1;x;y;\"Checked:\npump;leak;out;12\nhose;torn;out;13\"\n2;x;y;z\n",
			want: []string{"2! d \"Checked:\npump;leak;out;12\nhose;torn;out;13\"" + doubtful(3), "5: 2|x|y|z"},
		},
		{
			name: "when the rows end with a delimiter that the header lacks",
			text: "a;b;c;d\n1;\"12 Rohr;x;y;\n2;Bagger;x;y;\n3;Rohr 12\";x;y;\n",
			want: []string{`2! b "\"12 Rohr;x;y;"` + swallowed, "3: 2|Bagger|x|y", `4: 3|Rohr 12"|x|y`},
		},
		{
			name: "in every row that has one",
			text: "a;b;c;d\n1;\"A;x;y\n2;B\";x;y\n3;\"C;x;y\n4;D\";x;y\n",
			want: []string{`2! b "\"A;x;y"` + swallowed, `3: 2|B"|x|y`, `4! b "\"C;x;y"` + swallowed, `5: 4|D"|x|y`},
		},
		{
			name: "but a note of several lines is a value",
			text: "a;b;c;d\n1;\"Tor 2\nTel.; 0123\nHof\";x;y\n2;\"a;b\nc;d\";x;y\n3;z;x;y\n",
			want: []string{"2: 1|Tor 2\nTel.; 0123\nHof|x|y", "5: 2|a;b\nc;d|x|y", "7: 3|z|x|y"},
		},
		{
			name: "but a note in the first and in the last column is a value",
			text: "a;b;c;d\n\"Tor\n2\";x;y;z\n1;2;3;\"Tor\n2\"\n",
			want: []string{"2: Tor\n2|x|y|z", "4: 1|2|3|Tor\n2"},
		},
		{
			name: "but a note in a table of two columns is a value, whatever its delimiters",
			text: "a;b\n1;\"Street;\nCity; Country\"\n",
			want: []string{"2: 1|Street;\nCity; Country"},
		},
		{
			name: "but a row of several lines with too few cells stays one error",
			text: "a;b;c;d\n1;\"Tor\n2\";x\n2;x;y;z\n",
			want: []string{
				"2! 3 cells where the header has 4; a line break inside a value must be quoted, and a row must not be cut short",
				"4: 2|x|y|z",
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, text := range []string{tt.text, strings.ReplaceAll(tt.text, "\n", "\r\n"), strings.ReplaceAll(tt.text, "\n", "\r")} {
				got := readAll(t, text, semicolon)
				if got.end != nil {
					t.Errorf("ended with %v", got.end)
				}
				for i := range got.rows {
					got.rows[i] = strings.NewReplacer("\r\n", "\n", "\r", "\n", `\r\n`, "\n", `\n`, "\n", `\r`, "\n").Replace(got.rows[i])
				}
				if diff := cmp.Diff(tt.want, got.rows); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestLinesAreCountedBehindDoubledQuotes(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"a;b\n1;\"x\"\"\ny\"\n2;z\n", "a;b\r\n1;\"x\"\"\r\n\"\r\n2;z\r\n"} {
		got := readAll(t, text, semicolon)
		if last := got.rows[len(got.rows)-1]; last != "4: 2|z" {
			t.Errorf("the last row of %q is %q", text, last)
		}
	}
}
