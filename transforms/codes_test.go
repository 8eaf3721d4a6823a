package transforms_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/transforms"
)

func TestCodesAreLiteral(t *testing.T) {
	t.Parallel()
	codes := transforms.NewCodes(map[string]string{"V": "ON_RENT", "01": "AVAILABLE", "": "NOT_ON_CONTRACT", "s": "TRANSFER", "S": "RESERVED"})
	for raw, want := range map[string]string{"V": "ON_RENT", "01": "AVAILABLE", "": "NOT_ON_CONTRACT", "s": "TRANSFER", "S": "RESERVED"} {
		if got, ok := codes.Lookup(raw); !ok || got != want {
			t.Errorf("%q: got %q, %v, want %q", raw, got, ok, want)
		}
	}
	for _, raw := range []string{"v", "V ", "1", "1.0", " ", "ON_RENT"} {
		if got, ok := codes.Lookup(raw); ok {
			t.Errorf("%q is known as %q", raw, got)
		}
	}
	if diff := cmp.Diff([]string{"", "01", "S", "V", "s"}, codes.Keys()); diff != "" {
		t.Error(diff)
	}
}

func TestNearCodeDiffersByCaseAndBlanksOnly(t *testing.T) {
	t.Parallel()
	codes := transforms.NewCodes(map[string]string{"On Rent": "ON_RENT", "s": "TRANSFER", "S": "RESERVED"})
	for raw, want := range map[string]string{"on rent": "On Rent", "ONRENT": "On Rent", "On\u00a0Rent ": "On Rent", "s ": "S"} {
		if got, ok := codes.Near(raw); !ok || got != want {
			t.Errorf("%q: got %q, %v, want %q", raw, got, ok, want)
		}
	}
	for _, raw := range []string{"On Rent", "s", "Off Rent", ""} {
		if got, ok := codes.Near(raw); ok {
			t.Errorf("%q is near %q", raw, got)
		}
	}
}

func TestNoCodesKnowNothing(t *testing.T) {
	t.Parallel()
	var codes transforms.Codes
	if _, ok := codes.Lookup("V"); ok {
		t.Error("a code is known")
	}
	if _, ok := codes.Near("V"); ok {
		t.Error("a code is near")
	}
	if keys := codes.Keys(); len(keys) > 0 {
		t.Errorf("got %v", keys)
	}
}

func TestCodesDoNotChangeWithTheirMap(t *testing.T) {
	t.Parallel()
	meanings := map[string]string{"V": "ON_RENT"}
	codes := transforms.NewCodes(meanings)
	meanings["V"] = "AVAILABLE"
	if got, _ := codes.Lookup("V"); got != "ON_RENT" {
		t.Errorf("got %q", got)
	}
}
