package tabular

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"rentalsync/pipeline"
)

func TestAQuoteThatSwallowsRowsIsNoticed(t *testing.T) {
	t.Parallel()

	const hint = "; close the quote, or say quote: none where quotes mean inches"
	const swallowed = ": the quoted value runs on over lines that are rows of their own: its closing quote is missing" + hint

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
			want: []string{`2! c "\"12 Rohr"` + swallowed, "3: 2|x|Bagger", `4: 3|x|Rohr 12"`},
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
					got.rows[i] = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(got.rows[i])
				}
				if diff := cmp.Diff(tt.want, got.rows); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

// acid are the cases that every suite for readers of CSV has, in our words.
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

func TestEncodingsThatBreakAreToldByRow(t *testing.T) {
	t.Parallel()

	const both = "2! b \"MÃ¼ller\": the bytes are UTF-8, and mean \"Müller\", in a file that is windows-1252 elsewhere; have the ERP write the whole file in one encoding"
	const notUTF8 = ": bytes that are not utf-8; say the encoding that the ERP writes, such as windows-1252"

	tests := []struct {
		name, declared, text string
		want                 []string
	}{
		{"a row of UTF-8 in windows-1252", "", "a;b\n1;Müller\n2;S\xf6hne\n3;K\xf6ln\n", []string{both, "3: 2|Söhne", "4: 3|Köln"}},
		{"a row of windows-1252 in UTF-8", "", "a;b\n1;Müller\n2;Söhne\n3;K\xf6ln\n", []string{"2: 1|Müller", "3: 2|Söhne", `4! b "K\\xf6ln"` + notUTF8}},
		{"an overlong character", "", "a;b\n1;ü ü ü\n2;\xc0\xaf\n", []string{"2: 1|ü ü ü", `3! b "\\xc0\\xaf"` + notUTF8}},
		{"half of a surrogate", "utf-8", "a;b\n1;\xed\xa0\xbd\n", []string{`2! b "\\xed\\xa0\\xbd"` + notUTF8}},
		{"a character beyond Unicode", "utf-8", "a;b\n1;\xf4\x90\x80\x80\n", []string{`2! b "\\xf4\\x90\\x80\\x80"` + notUTF8}},
		{
			"half of a surrogate in UTF-16", "utf-16le", "a\x00;\x00b\x00\n\x001\x00;\x00\x3d\xd8\n\x002\x00;\x00x\x00\n\x00",
			[]string{"2! b \"\uFFFD\": bytes that are no character of utf-16le; check encoding: the ERP seems to write another one", "3: 2|x"},
		},
		{
			"a byte that iso-8859-15 has not", "iso-8859-15", "a;b\n1;5\x80\n2;5\xa4\n",
			[]string{"2! b \"5\uFFFD\\\\x80\": byte 0x80 is no character of iso-8859-15; check encoding: the ERP seems to write another one", "3: 2|5€"},
		},
		{"iso-8859-1 is windows-1252, as on the web", "iso-8859-1", "a;b\n1;5\x80 \x96 \xe4\n", []string{"2: 1|5€ – ä"}},
		{"latin1 is windows-1252, as on the web", "latin1", "a;b\n1;\x84x\x93\n", []string{"2: 1|„x“"}},
		{"latin9 has the euro sign", "latin9", "a;b\n1;\xa4 \xbd\n", []string{"2: 1|€ œ"}},
		{"cp850", "cp850", "a;b\n1;\x81\x84\x94\xe1\n", []string{"2: 1|üäöß"}},
		{"cp437", "cp437", "a;b\n1;\x81\x84\x94\xe1\n", []string{"2: 1|üäöß"}},
		{"cp852", "cp852", "a;b\n1;\x88\xa5\xe6\n", []string{"2: 1|łąŠ"}},
		{"cp858", "cp858", "a;b\n1;\xd5 \x81\n", []string{"2: 1|€ ü"}},
		{"a quote that closes only in French", "", "a;b\n1;\xab\xc9T\xc9\xbb\n2;\xe4\n", []string{"2: 1|«ÉTÉ»", "3: 2|ä"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readAll(t, tt.text, pipeline.Dialect{Delimiter: ";", Encoding: tt.declared})
			if got.end != nil {
				t.Errorf("ended with %v", got.end)
			}
			if diff := cmp.Diff(tt.want, got.rows); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnEncodingThatIsNotTheDeclaredOneIsRefused(t *testing.T) {
	t.Parallel()

	const unmarked = "the file looks like UTF-16 without a byte order mark: every other byte is zero; say encoding: utf-16le or utf-16be, or have the ERP write UTF-8"
	const text = "Nr;Größe\r\n1;Müller & Söhne\r\n"
	chinese := "号码;名字\r\n" + strings.Repeat("设备编号状态合同开始日期;客户名称地址电话\r\n", 20)

	tests := []struct{ name, declared, text, want string }{
		{"UTF-16LE of which nothing is said", "", encode(t, utf16LE, text), unmarked},
		{"UTF-16BE of which nothing is said", "", encode(t, utf16BE, text), unmarked},
		{"UTF-16 of a few letters", "", encode(t, utf16LE, "a;b\n"), unmarked},
		{"UTF-16 in Cyrillic", "", encode(t, utf16LE, "Номер;Имя\n1;Экскаватор\n"), unmarked},
		{"UTF-16LE in Chinese", "", encode(t, utf16LE, chinese), unmarked},
		{"UTF-16BE in Chinese", "", encode(t, utf16BE, chinese), unmarked},
		{"UTF-16 that is said to be windows-1252", "windows-1252", encode(t, utf16LE, text), unmarked},
		{"UTF-16BE that is said to be utf-16le", "utf-16le", encode(t, utf16BE, text), "the file is not utf-16le: its bytes stand in the other order; say encoding: utf-16be"},
		{"UTF-16LE that is said to be utf-16be", "utf-16be", encode(t, utf16LE, text), "the file is not utf-16be: its bytes stand in the other order; say encoding: utf-16le"},
		{"UTF-8 that is said to be utf-16", "utf-16", text, "the file is not utf-16: it has one byte a letter; leave the encoding out, or say the one that the ERP writes, such as windows-1252"},
		{"UTF-8 that is said to be windows-1252", "windows-1252", text, "the file is UTF-8 from its first to its last letter, and not windows-1252; say encoding: utf-8, or leave the encoding out"},
		{"UTF-8 that is said to be cp850", "cp850", text, "the file is UTF-8 from its first to its last letter, and not cp850; say encoding: utf-8, or leave the encoding out"},
		{"UTF-32", "", "\xff\xfe\x00\x00a\x00\x00\x00", "the file is in UTF-32; have the ERP write UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := readAll(t, tt.text, pipeline.Dialect{Delimiter: ";", Encoding: tt.declared})
			var unreadable *pipeline.Unreadable
			if !errors.As(got.end, &unreadable) || unreadable.Error() != tt.want {
				t.Errorf("ended with %v\nwant %s", got.end, tt.want)
			}
		})
	}
}

func TestWhatIsTakenForTextOfOneKindOnlyByMistake(t *testing.T) {
	t.Parallel()

	tests := []struct{ name, declared, text string }{
		{"NUL bytes here and there", "", "a;b\n1;\x00\n2;x\n3;\x00\n"},
		{"Cyrillic in windows-1251", "windows-1251", "a;b\n" + encode(t, charmap.Windows1251, "1;Экскаватор гусеничный\n")},
		{"Cyrillic in KOI8-R", "koi8-r", "a;b\n" + encode(t, charmap.KOI8R, "1;ЭКСКАВАТОР ГУСЕНИЧНЫЙ\n")},
		{"Greek in iso-8859-7", "iso-8859-7", "a;b\n" + encode(t, charmap.ISO8859_7, "1;εκσκαφέας\n")},
		{"a line end with NUL bytes", "", "a;b\r\n1;\x00\r\n2;x\r\n3;y\x00\r\n"},
		{"Chinese in UTF-16 that is said to be", "utf-16le", encode(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "号码;名字\n设备;编号\n")},
		{"plain ASCII that is said to be windows-1252", "windows-1252", "a;b\n1;plain text of letters\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := readAll(t, tt.text, pipeline.Dialect{Delimiter: ";", Encoding: tt.declared}); got.end != nil || len(got.rows) == 0 {
				t.Errorf("rows %q, ended with %v", got.rows, got.end)
			}
		})
	}
}

func TestALastLineThatIsCutIsNotWhole(t *testing.T) {
	t.Parallel()

	got := readAll(t, "a;b;c\n1;2;3\n2;2", semicolon)
	var incomplete *pipeline.Incomplete
	if !errors.As(got.end, &incomplete) || !strings.Contains(incomplete.Why, "ends in the middle of line 3: it has 2 cells of 3") || len(got.rows) != 1 {
		t.Errorf("rows %q, ended with %v", got.rows, got.end)
	}
	got = readAll(t, "a;b;c\n1;2;3\n2;2\n", semicolon)
	if got.end != nil || len(got.rows) != 2 {
		t.Errorf("a line that ends is a row error: %q, ended with %v", got.rows, got.end)
	}
}

// endless is a text that repeats itself up to a size.
func endless(unit string, size int64) io.Reader {
	return io.LimitReader(&repeating{unit: []byte(strings.Repeat(unit, 1+(64<<10)/len(unit)))}, size)
}

type repeating struct {
	unit []byte
	at   int
}

func (r *repeating) Read(p []byte) (int, error) {
	n := copy(p, r.unit[r.at:])
	r.at = (r.at + n) % len(r.unit)
	return n, nil
}

func TestHostileSizesTakeBoundedMemory(t *testing.T) {
	tests := []struct {
		name    string
		src     io.Reader
		dialect pipeline.Dialect
		rows    int
		want    string // how it ends
	}{
		{"a line of a gibibyte", endless("x", 1<<30), semicolon, 0, "a row is longer than 16 MiB"},
		{"a record of a gibibyte", endless("x", 1<<30), pipeline.Dialect{Format: "fixed"}, 0, "a row is longer than 16 MiB"},
		{"a quote of a gibibyte", io.MultiReader(strings.NewReader("a;b\n1;\""), endless("x", 1<<30)), semicolon, 0, "a row is longer than 16 MiB"},
		{"two million rows", io.MultiReader(strings.NewReader("a;b;c\n"), endless("1;2;3\n", 12_000_000)), semicolon, 2_000_000, "<nil>"},
		{"two million records", endless("123456789\n", 20_000_000), pipeline.Dialect{Format: "fixed", Length: 9}, 2_000_000, "<nil>"},
		{"two million records without line ends", endless("123456789", 18_000_000), pipeline.Dialect{Format: "fixed", Length: 9}, 2_000_000, "<nil>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			rows, end, peak := 0, error(nil), uint64(0)
			for _, err := range New().Rows(t.Context(), tt.src, "f", tt.dialect) {
				if end = err; err == nil {
					rows++
				}
				if rows%500_000 == 0 {
					runtime.ReadMemStats(&after)
					peak = max(peak, after.HeapSys)
				}
			}
			if ending := fmt.Sprint(end); !strings.Contains(ending, tt.want) || rows != tt.rows {
				t.Errorf("%d rows, ended with %v; want %d rows and %q", rows, end, tt.rows, tt.want)
			}
			if peak > before.HeapSys+128<<20 {
				t.Errorf("the heap grew to %d MiB", peak>>20)
			}
		})
	}
}
