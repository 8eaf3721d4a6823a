package rental_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"rentalsync/pipeline/rental"
)

func TestNamesCompareByWhatPeopleReadInThem(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"Nordbau", "NORDBAU", " nord bau ", "Nord-Bau", "Nordbau GmbH", "NORDBAU G.m.b.H.", "Nordbau GmbH & Co. KG", "Nordbau GmbH und Co KG", "Nordbau AG"},
		{"Ærø Maskiner", "ÆRØ MASKINER ApS", "Ærø Maskiner A/S"},
		{"Lift Rental", "Lift Rental Ltd.", "LIFT RENTAL, INC.", "Lift Rental LLC"},
		{"Bergström", "AB Bergström", "Bergstrom AB"},
		{"Dupont Levage", "SARL Dupont Levage", "Dupont Levage S.à r.l."},
		{"Hoch & Tief", "Hoch Tief", "Hoch + Tief UG (haftungsbeschränkt)"},
	} {
		for _, name := range same {
			if got, want := rental.PlainName(name), rental.PlainName(same[0]); got != want {
				t.Errorf("%q reads as %q and %q as %q", name, got, same[0], want)
			}
		}
	}
	if got := rental.PlainName("AG"); got != "ag" {
		t.Errorf("a company that is called AG has the name %q", got)
	}
}

func TestOneSlipOfAFingerIsTheSameCustomerEnteredTwice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, a, b string
		near       bool
	}{
		{"equal but for case and legal form", "Nordbau GmbH", "NORDBAU AG", true},
		{"a wrong letter", "Meyer Bau", "Meier Bau", true},
		{"a missing letter", "Müller Tiefbau", "Müler Tiefbau", true},
		{"an umlaut spelled out", "Müller Tiefbau", "Mueller Tiefbau", true},
		{"letters that changed places", "Nordbau", "Nordbua", true},
		{"a letter too many at the end", "Nordbau", "Nordbaus", true},
		{"two slips", "Nordbau", "Nerdbua", false},
		{"another number", "Arge Los 1", "Arge Los 2", false},
		{"a number more", "Arge Los", "Arge Los 2", false},
		{"short names, which differ by a letter anyway", "BASF", "BASE", false},
		{"names without letters", "---", "***", false},
		{"no names", "", "", false},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			near := nearOf(map[string]string{"2": c.b}, map[string]string{"1": c.a})
			if got := len(near) == 1; got != c.near {
				t.Errorf("%q and %q are near: %v, want %v", c.a, c.b, got, c.near)
			}
		})
	}
}

func TestANewCustomerIsNearTheFirstOfThoseNamedTheSame(t *testing.T) {
	t.Parallel()
	got := nearOf(
		map[string]string{"C7": "Nordbau AG", "C8": "nordbau", "C9": "Südbau"},
		map[string]string{"C3": "NORDBAU", "C2": "Nordbao", "C1": "Westbau"},
	)
	want := []rental.NearName{
		{Key: "C7", Name: "Nordbau AG", Other: "C3", OtherName: "NORDBAU"},
		{Key: "C8", Name: "nordbau", Other: "C3", OtherName: "NORDBAU"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func nearOf(fresh, others map[string]string) []rental.NearName {
	names := rental.NewNearNames()
	for key, name := range fresh {
		names.Add(key, name)
	}
	for key, name := range fresh {
		names.Meet(key, name)
	}
	for key, name := range others {
		names.Meet(key, name)
	}
	return names.Near()
}

// TestNearNamesAreThoseThatComparingEachWithEachFinds draws names that are often
// a slip apart.
func TestNearNamesAreThoseThatComparingEachWithEachFinds(t *testing.T) {
	t.Parallel()
	name := rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]rune("ab1 ")), 3, 8), func(r []rune) string { return string(r) })
	rapid.Check(t, func(rt *rapid.T) {
		fresh, others := keyed("N", rapid.SliceOfN(name, 0, 12).Draw(rt, "new")), keyed("O", rapid.SliceOfN(name, 0, 12).Draw(rt, "others"))

		var want []string
		for key, name := range fresh {
			if anyNear(key, name, fresh) || anyNear(key, name, others) {
				want = append(want, key)
			}
		}
		var got []string
		for _, n := range nearOf(fresh, others) {
			got = append(got, n.Key)
			if n.Other == n.Key || !slowlyNear(n.Name, n.OtherName) {
				rt.Errorf("%+v is not near", n)
			}
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			rt.Errorf("new %v, others %v: got %v, want %v", fresh, others, got, want)
		}
	})
}

func keyed(prefix string, names []string) map[string]string {
	m := map[string]string{}
	for i, name := range names {
		m[fmt.Sprintf("%s%02d", prefix, i)] = name
	}
	return m
}

func anyNear(key, name string, among map[string]string) bool {
	for other, otherName := range among {
		if other != key && slowlyNear(name, otherName) {
			return true
		}
	}
	return false
}

// slowlyNear tries every slip that a name can have.
func slowlyNear(a, b string) bool {
	a, b = rental.PlainName(a), rental.PlainName(b)
	if a == b {
		return a != ""
	}
	if min(len(a), len(b)) < 5 {
		return false
	}
	return slices.Contains(slipsOf(a), b) || slices.Contains(slipsOf(b), a)
}

func slipsOf(name string) (slips []string) {
	letter := func(i int) bool { return name[i] != '1' }
	for i := range len(name) {
		if letter(i) {
			slips = append(slips, name[:i]+name[i+1:], name[:i]+"a"+name[i+1:], name[:i]+"b"+name[i+1:])
		}
		if i > 0 && letter(i) && letter(i-1) {
			slips = append(slips, name[:i-1]+name[i:i+1]+name[i-1:i]+name[i+1:])
		}
	}
	return slips
}

func TestACustomerThatStandsForNobodyInParticularIsAPlaceholder(t *testing.T) {
	t.Parallel()
	placeholders := []string{"CASH", "BAR", "DIVERSE", "WALK-IN", "9999", "  "}
	for _, c := range []struct{ key, name, want string }{
		{"1", "Cash", "CASH"},
		{"1", "CASH SALES", "CASH"},
		{"1", "cash-sales Hamburg", "CASH"},
		{"1", "Walk in customer", "WALK-IN"},
		{"1", "WALKIN", "WALK-IN"},
		{"BAR", "Laufkundschaft", "BAR"},
		{"BAR-HH", "Laufkundschaft", "BAR"},
		{"9999", "Laufkundschaft", "9999"},
		{"1", "Diverse (Mietpark)", "DIVERSE"},
		{"1", "Cashmere Ltd", ""},
		{"1", "Walk Inside", ""},
		{"1", "Walk", ""},
		{"99990", "Barth Bau", ""},
		{"1", "Money for Cash", ""},
		{"1", "", ""},
	} {
		if got, is := rental.Placeholder(c.key, c.name, placeholders); got != c.want || is != (c.want != "") {
			t.Errorf("%s %q is placeholder %q, want %q", c.key, c.name, got, c.want)
		}
	}
}

// BenchmarkNearNames is a first night of a hundred thousand customers.
func BenchmarkNearNames(b *testing.B) {
	const many = 100_000
	list := make([]string, many)
	for i := range list {
		list[i] = fmt.Sprintf("Bauunternehmung %c%c%c%c Müller GmbH", 'A'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i/17576%26)
	}
	for b.Loop() {
		names := rental.NewNearNames()
		for i, name := range list {
			names.Add(fmt.Sprint(i), name)
		}
		for i, name := range list {
			names.Meet(fmt.Sprint(i), name)
		}
		if len(names.Near()) != many {
			b.Fatal("all of them are near")
		}
	}
}
