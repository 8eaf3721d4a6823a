package transforms_test

import (
	"testing"

	"pgregory.net/rapid"

	"rentalsync/transforms"
)

func TestHeadersAreOneColumn(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, a, b string }{
		{"in another case", "SERIENNR", "Seriennr"},
		{"with other blanks", " Date  Out\t", "DateOut"},
		{"with a no-break space", "Date\u00a0Out", "date out"},
		{"with a byte order mark", "\ufeffKEY", "Key"},
		{"with and without an umlaut", "Gerätenr", "geratenr"},
		{"with a composed and a decomposed umlaut", "Ger\u00e4tenr", "Gera\u0308tenr"},
		{"with accents", "Numéro de série", "NUMERO DE SERIE"},
		{"with a sharp s", "Straße", "STRASSE"},
		{"with a capital sharp s", "STRAẞE", "Strasse"},
		{"in Danish", "Lejekøb på æøå", "LEJEKOB PA AEOA"},
		{"in Polish", "Łódź", "lodz"},
		{"with a dot above a Turkish I", "İade", "iade"},
		{"with a letter that has no dot", "ılık", "ilik"},
		{"with full-width letters", "ＫＥＹ", "key"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if a, b := transforms.Fold(tt.a), transforms.Fold(tt.b); a != b {
				t.Errorf("%q and %q: got %q and %q", tt.a, tt.b, a, b)
			}
		})
	}
}

func TestHeadersAreTwoColumns(t *testing.T) {
	t.Parallel()
	for a, b := range map[string]string{"Nr": "Nr.", "Geräte-Nr": "Gerätenr", "Cust#": "Cust", "Rate1": "Rate2", "Müller": "Mueller"} {
		if transforms.Fold(a) == transforms.Fold(b) {
			t.Errorf("%q and %q are both %q", a, b, transforms.Fold(a))
		}
	}
}

func TestFoldingTwiceIsFoldingOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		header := rapid.String().Draw(t, "header")
		once := transforms.Fold(header)
		if twice := transforms.Fold(once); twice != once {
			t.Fatalf("%q: %q, then %q", header, once, twice)
		}
	})
}

func TestFoldDoesNotAllocateForAFoldedHeader(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { transforms.Fold("seriennr") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNearestIsWhatWasMeant(t *testing.T) {
	t.Parallel()
	columns := []string{"status", "serial", "branch", "customer", "contract", "Gerätenr", "nr", "x"}
	tests := []struct{ name, written, want string }{
		{"two letters changed places", "statsu", "status"},
		{"a letter is missing", "seral", "serial"},
		{"a letter is too many", "brannch", "branch"},
		{"a letter is another one", "custamer", "customer"},
		{"another case is no slip", "STATUS", "status"},
		{"accents are no slip", "geraetenr", "Gerätenr"},
		{"a word that is nothing of the kind", "warehouse", ""},
		{"one slip in a name of two letters", "nt", "nr"},
		{"a single letter is no slip of another", "y", ""},
		{"a single letter in another case is", "X", "x"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, ok := transforms.Nearest(tt.written, columns); got != tt.want || ok != (tt.want != "") {
				t.Errorf("%q: got %q, %v, want %q", tt.written, got, ok, tt.want)
			}
		})
	}
}

func TestNearestDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"rate1", "rate2", "rate3", "date", "rates"}
		shuffled := rapid.Permutation(names).Draw(t, "names")
		if got, _ := transforms.Nearest("rate", shuffled); got != "date" {
			t.Fatalf("among %v: got %q, want the first in alphabetical order", shuffled, got)
		}
	})
}
