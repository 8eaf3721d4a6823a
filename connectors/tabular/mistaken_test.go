package tabular

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"rentalsync/pipeline"
)

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
			[]string{"2! b \"5\\\\x80\": byte 0x80 is no character of iso-8859-15; check encoding: the ERP seems to write another one", "3: 2|5€"},
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
