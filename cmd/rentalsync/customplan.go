package main

import (
	"context"
	"fmt"
	"io"
	"sync"

	"rentalsync/pipeline"
	"rentalsync/pipeline/rental"
)

// plannedCustom writes down which custom values would be set, and takes them as
// set. It asks IRIS nothing: the custom fields are those that were listed last, and
// everything is taken to be found.
type plannedCustom struct {
	flow    string
	account string
	journal pipeline.ListingJournal

	mu      sync.Mutex
	planned []plannedValue
}

// plannedValue is a custom value as it would be set; an empty one would be taken
// away.
type plannedValue struct {
	Flow string `json:"flow"`
	rental.Ref
	Field string `json:"field"`
	Value string `json:"value"`
}

var _ pipeline.CustomAccount = (*plannedCustom)(nil)

// Account names the account.
func (p *plannedCustom) Account() string { return p.account }

// Fields are the custom fields that the account had when they were listed last.
func (p *plannedCustom) Fields(ctx context.Context) (pipeline.FieldBook, error) {
	return pipeline.ListedFieldBook(ctx, p.journal, p.account)
}

// IDs takes everything to be found.
func (p *plannedCustom) IDs(_ context.Context, _ rental.Kind, wanted []pipeline.CustomTarget) (map[pipeline.CustomTarget]string, error) {
	ids := make(map[pipeline.CustomTarget]string, len(wanted))
	for _, t := range wanted {
		ids[t] = t.Reference
	}
	return ids, nil
}

// SetCustom keeps the values as they would go.
func (p *plannedCustom) SetCustom(_ context.Context, to pipeline.CustomEntity, values []pipeline.CustomValue) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, v := range values {
		p.planned = append(p.planned, plannedValue{p.flow, to.Ref, v.Definition.Key, v.Text})
	}
	return nil
}

// planCustom lets a flow only write down which custom values it would set.
func (f *flow) planCustom(j pipeline.ListingJournal) *plannedCustom {
	p := &plannedCustom{flow: f.config.Flow, account: f.client.Account(), journal: j}
	f.runner.Values.Account = func() pipeline.CustomAccount { return p }
	return p
}

// tellCustom tells how many custom values would be set, once there are any.
func (s *plannedSink) tellCustom(w io.Writer) {
	if n := len(s.custom.planned); n > 0 {
		fmt.Fprintf(w, "%s would set %s\n", s.flow, counted{n, "custom value"})
	}
}
