package main

import (
	"strings"
	"testing"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

func TestPrepareTellsOfCustomersOnlyWhatItKnows(t *testing.T) {
	t.Parallel()

	found := func(how pipeline.FoundHow) []pipeline.PreparedCustomer {
		return []pipeline.PreparedCustomer{{How: how}}
	}
	for _, tt := range []struct {
		name   string
		found  pipeline.Preparation
		policy pipeline.CustomerPolicy
		want   string
		never  string
	}{
		{"a list that broke off says nothing of how many there are", pipeline.Preparation{}, pipeline.ReportCustomers, "how many IRIS has now it does not tell", "0 customers"},
		{"those just made are there now", pipeline.Preparation{InIRIS: 2, CustomersListed: true, Applied: true, Customers: found(pipeline.FoundCreated)}, pipeline.CreateCustomers, "IRIS has 3 customers now; rentals of the register would add up to 0", ""},
		{"missing ones are made by the first rental", pipeline.Preparation{CustomersListed: true, Customers: found(pipeline.FoundMissing)}, pipeline.ReportCustomers, "1 missing: the first rental makes them", "--apply makes"},
		{"missing ones are made with --apply where the config says so", pipeline.Preparation{CustomersListed: true, Customers: found(pipeline.FoundMissing)}, pipeline.CreateCustomers, "1 missing: --apply makes them, else the first rental", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.found.Assets = &rental.Matching{}
			var text strings.Builder
			tellPreparation(&text, &tt.found, tt.policy)
			if !strings.Contains(text.String(), tt.want) || tt.never != "" && strings.Contains(text.String(), tt.never) {
				t.Errorf("got %s, want it to say %q and not %q", text.String(), tt.want, tt.never)
			}
		})
	}
}
