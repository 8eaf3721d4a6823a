package report

import (
	"fmt"
	"strings"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

func preparedCustomers(p *pipeline.Preparation) Sheet {
	return Sheet{
		Name: "Customers",
		Columns: []Column{
			{Title: "ERP key", Width: 14}, {Title: "Name", Width: 30}, {Title: "External reference", Width: 18}, {Title: "Found by", Width: 12}, {Title: "Customer id", Width: 38},
			{Title: "In IRIS it is", Width: 50}, {Title: "Same name in the ERP", Width: 24}, {Title: "Note", Width: 70},
		},
		Rows: Of(p.Customers, func(c pipeline.PreparedCustomer) []Cell {
			note := c.Why
			switch {
			case c.Updated:
				note = "brought up to date"
			case c.Differs() && note == "":
				note = "IRIS has it otherwise than the ERP"
			}
			return []Cell{T(c.Key), T(c.Name), T(c.Reference), T(string(c.How)), T(c.ID), T(customerWords(c.Candidates)), T(strings.Join(c.Also, ", ")), T(note)}
		}),
	}
}

func customerWords(list []pipeline.AccountCustomer) string {
	var words []string
	for _, c := range list {
		words = append(words, fmt.Sprintf("%s (%s)", c.Name, strings.TrimSuffix("reference "+c.ExternalReference, "reference ")))
	}
	return strings.ReplaceAll(strings.Join(words, "; "), " ()", " (no reference)")
}

// undecidedCustomers is a form for customers that the ERP most likely has more than
// once. Filled in, it says who is the same as whom: in IRIS there is one then.
func undecidedCustomers(p *pipeline.Preparation) Sheet {
	names := map[string]string{}
	var twice []pipeline.PreparedCustomer
	for i := range p.Customers {
		c := &p.Customers[i]
		names[c.Key] = c.Name
		if len(c.Also) > 0 {
			twice = append(twice, *c)
		}
	}
	told := []Column{{Title: "Name", Width: 30}, {Title: "What to do", Width: 70}}
	return Decide(rental.Customer, told, each(twice, func(c *pipeline.PreparedCustomer) Decision {
		one := Decision{Kind: rental.Customer, Key: c.Key, Told: []Cell{
			T(c.Name), T("choose here the customer that stays, and leave that one's own row blank; leave all blank where they are not the same"),
		}}
		for _, key := range c.Also {
			one.Candidates = append(one.Candidates, Candidate{key, names[key]})
		}
		return one
	}))
}
