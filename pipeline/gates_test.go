package pipeline_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

func limit(t *testing.T, text string) pipeline.Limit {
	t.Helper()
	l, err := pipeline.ParseLimit(text)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestABreachTellsAWokenPersonWhatHappened(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		gate   string
		limits pipeline.Limits
		extent pipeline.Extent
		want   pipeline.Breach
	}{
		{
			"a file that breaks off", pipeline.Limits{AssetsGone: limit(t, "5%")},
			pipeline.Extent{AssetsGone: pipeline.Part{Count: 412, Of: 900, Examples: []string{"4711"}}, Missed: []string{"hamburg-equipment"}},
			pipeline.Breach{
				Gate:     "assetsGone",
				What:     "412 of 900 assets are no longer named (45.8 %); the limit is 5 %",
				Hint:     "probably a truncated file, a filter in the export, or a branch whose file is missing: compare the rows read with those of the night before; look at the files of mapping hamburg-equipment",
				Examples: []string{"4711"},
			},
		},
		{
			"a single asset, by count", pipeline.Limits{AssetsGone: limit(t, "0")},
			pipeline.Extent{AssetsGone: pipeline.Part{Count: 1, Of: 900}},
			pipeline.Breach{
				Gate: "assetsGone",
				What: "1 of 900 assets is no longer named (0.2 %); the limit is 0",
				Hint: "probably a truncated file, a filter in the export, or a branch whose file is missing: compare the rows read with those of the night before",
			},
		},
		{
			"a status that reads differently", pipeline.Limits{OnRentSwing: limit(t, "10%")},
			pipeline.Extent{OnRent: pipeline.OnRent{Before: 512, After: 100, Fleet: 900}},
			pipeline.Breach{
				Gate: "onRentSwing",
				What: "100 assets would be on rent where 512 were so far: 412 fewer (80.5 %); the limit is 10 %",
				Hint: "probably the column of the rental status, or its code table, reads differently from last night, or the file holds only a part of the fleet; else many machines came back at once",
			},
		},
		{
			"a small fleet of which nothing was on rent", pipeline.Limits{OnRentSwing: limit(t, "10%")},
			pipeline.Extent{OnRent: pipeline.OnRent{Before: 0, After: 1, Fleet: 3}},
			pipeline.Breach{
				Gate: "onRentSwing",
				What: "1 asset would be on rent where 0 were so far: 1 more (100 %); the limit is 10 %",
				Hint: "probably the column of the rental status, or its code table, reads differently from last night; else many machines were booked at once",
			},
		},
		{
			"rentals that end by a date", pipeline.Limits{OffRents: limit(t, "20")},
			pipeline.Extent{OffRents: pipeline.Part{Count: 240, Of: 512}},
			pipeline.Breach{
				Gate: "offRents",
				What: "240 of 512 open rentals would end (46.9 %); the limit is 20",
				Hint: "the ERP gives an off-rent date for all of them: probably a default date in the export, or many returns booked at once",
			},
		},
		{
			"rentals that nobody names", pipeline.Limits{OffRents: limit(t, "20")},
			pipeline.Extent{OffRents: pipeline.Part{Count: 240, Of: 512}, Inferred: 230, Missed: []string{"items"}},
			pipeline.Breach{
				Gate: "offRents",
				What: "240 of 512 open rentals would end (46.9 %); the limit is 20",
				Hint: "230 of them end only because no file names them any more: probably a truncated file, a filter in the export, or a branch whose file is missing: compare the rows read with those of the night before; look at the files of mapping items",
			},
		},
		{
			"a depot that loses its assets", pipeline.Limits{DepotsGone: limit(t, "0")},
			pipeline.Extent{DepotsGone: pipeline.Part{Count: 1, Of: 8, Examples: []string{"MUC"}}},
			pipeline.Breach{
				Gate:     "depotsGone",
				What:     "1 of 8 depots that own assets would own none any more (12.5 %); the limit is 0",
				Hint:     "probably the file of a branch is missing or empty, or the export names depots differently from last night",
				Examples: []string{"MUC"},
			},
		},
		{
			"customers with other numbers", pipeline.Limits{NewCustomers: limit(t, "200")},
			pipeline.Extent{NewCustomers: pipeline.Part{Count: 230, Of: 1200}},
			pipeline.Breach{
				Gate: "newCustomers",
				What: "230 customers would be created where 1200 were known (19.2 %); the limit is 200",
				Hint: "probably customer numbers are written differently from last night, such as without leading zeros, or another company's customers are in the file; what is created in IRIS cannot be unmade",
			},
		},
		{
			"the first customers", pipeline.Limits{NewCustomers: limit(t, "50%")},
			pipeline.Extent{NewCustomers: pipeline.Part{Count: 30}},
			pipeline.Breach{
				Gate: "newCustomers",
				What: "30 customers would be created where 0 were known (100 %); the limit is 50 %",
				Hint: "these are the first customers of this flow; what is created in IRIS cannot be unmade, so look at rentalsync plan before you approve",
			},
		},
		{
			"customers entered twice", pipeline.Limits{NearCustomers: limit(t, "0")},
			pipeline.Extent{NearCustomers: pipeline.Part{Count: 2, Of: 12, Examples: []string{"C9 Nordbau AG is like C3 NORDBAU"}}},
			pipeline.Breach{
				Gate:     "nearCustomers",
				What:     "2 of 12 new customers are named nearly as a customer with another number (16.7 %); the limit is 0",
				Hint:     "probably customers were entered twice in the ERP: merge them there, or say by a crosswalk who is who",
				Examples: []string{"C9 Nordbau AG is like C3 NORDBAU"},
			},
		},
		{
			"cash sales", pipeline.Limits{Placeholders: []string{"CASH"}},
			pipeline.Extent{Placeholders: pipeline.Part{Count: 1, Of: 12, Examples: []string{"10 Cash sales (CASH)"}}},
			pipeline.Breach{
				Gate:     "placeholders",
				What:     "1 new customer stands for nobody in particular; no placeholder may become a customer",
				Hint:     "their rentals would all share one portal: skip their rows by a rule in the mapping, or give them no customer there",
				Examples: []string{"10 Cash sales (CASH)"},
			},
		},
	} {
		t.Run(c.gate, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff([]pipeline.Breach{c.want}, c.limits.Breaches(c.extent)); diff != "" {
				t.Errorf("the breach reads otherwise (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAShareOverItsLimitNeverReadsLikeTheLimit(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"5%":    "5001 of 100000 assets are no longer named (5.1 %); the limit is 5 %",
		"5.00%": "5001 of 100000 assets are no longer named (5.1 %); the limit is 5 %",
		"4.99%": "5001 of 100000 assets are no longer named (5.01 %); the limit is 4.99 %",
	} {
		limits := pipeline.Limits{AssetsGone: limit(t, text)}
		breaches := limits.Breaches(pipeline.Extent{AssetsGone: pipeline.Part{Count: 5001, Of: 100_000}})
		if len(breaches) != 1 || breaches[0].What != want {
			t.Errorf("%s: got %+v, want %q", text, breaches, want)
		}
	}
}

// TestAFirstNightCanOnlyGoOverLimitsOnCustomers is what a flow sees that begins:
// everything is new, and nothing was there that could be gone.
func TestAFirstNightCanOnlyGoOverLimitsOnCustomers(t *testing.T) {
	t.Parallel()
	none := limit(t, "0")
	limits := pipeline.Limits{
		AssetsGone: none, OnRentSwing: none, OffRents: none, DepotsGone: none, NewCustomers: none, NearCustomers: none,
		Placeholders: []string{"CASH"},
	}
	var gates []string
	for _, b := range limits.Breaches(pipeline.Extent{
		OnRent:        pipeline.OnRent{After: 512},
		NewCustomers:  pipeline.Part{Count: 30},
		NearCustomers: pipeline.Part{Count: 2, Of: 30},
		Placeholders:  pipeline.Part{Count: 1, Of: 30},
	}) {
		gates = append(gates, b.Gate)
	}
	if diff := cmp.Diff([]string{"newCustomers", "nearCustomers", "placeholders"}, gates); diff != "" {
		t.Error(diff)
	}
}

func TestAGateWithoutLimitsAsksNothing(t *testing.T) {
	t.Parallel()
	gates := pipeline.Gates{} // a journal that is asked would be missing
	if breaches, err := gates.Judge(t.Context(), pipeline.Run{ID: "01KAQ"}); err != nil || breaches != nil {
		t.Errorf("got %v, %v", breaches, err)
	}
}
