package transforms_test

import (
	"testing"

	"pgregory.net/rapid"

	"rentalsync/transforms"
)

func TestSerialNumbersAreEqual(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, a, b string }{
		{"in another case", "gs3216p-123456", "GS3216P-123456"},
		{"with other separators", "GS 3216P/123.456", "GS3216P-123456"},
		{"with a typographic dash", "GS3216P–123456", "GS3216P-123456"},
		{"with a backslash and an underline", `GS\3216_P`, "GS3216P"},
		{"with no-break spaces around", "\u00a0WJX00213 ", "WJX00213"},
		{"without the zeros that a spreadsheet ate", "00041178", "41178"},
		{"with a dash before the zeros", "-0041178", "41178"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if a, b := transforms.NormalizeSerial(tt.a), transforms.NormalizeSerial(tt.b); a != b {
				t.Errorf("%q and %q: got %q and %q", tt.a, tt.b, a, b)
			}
		})
	}
}

func TestSerialNumbersDiffer(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{"WJX00213": "WJX213", "4711": "47110", "0": "", "A#1": "A1"} {
		if transforms.NormalizeSerial(a) == transforms.NormalizeSerial(b) {
			t.Errorf("%q and %q are both %q", a, b, transforms.NormalizeSerial(a))
		}
	}
}

func TestNormalizingASerialTwiceIsNormalizingItOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		serial := rapid.String().Draw(t, "serial")
		once := transforms.NormalizeSerial(serial)
		if twice := transforms.NormalizeSerial(once); twice != once {
			t.Fatalf("%q: %q, then %q", serial, once, twice)
		}
	})
}
