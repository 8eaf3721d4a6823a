package iris

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"rentalsync/pipeline/rental"
)

// Prober tries on one asset what the vendor does not publish about requests. Each
// trial sends a request that differs from the right one in one thing, and looks
// what IRIS made of it; then the right one is sent again.
type Prober struct {
	Client *Client
	Wire   *Wire

	// DocumentFunc assembles the asset's document as it is now.
	DocumentFunc func(ctx context.Context) (rental.Document, error)

	right rental.Document
	body  map[string]any // of the right document, as it is sent
	rents int            // the place in body of the item that is tried on
	item  *rental.ItemPart

	contract string // its id in IRIS, once that is known
	asset    string
	depot    string // the id of a depot that is not the document's
	trials   []Trial
}

// Trial is one question, and what IRIS answered.
type Trial struct {
	Question string `json:"question"`
	Sent     string `json:"sent"`
	Answer   string `json:"answer,omitempty"` // "" before anything was sent
	Held     string `json:"held,omitempty"`   // what could be read back
	Set      string `json:"set,omitempty"`    // what follows for wire.yaml
}

// ErrNotProbed says that an asset cannot be tried on.
var ErrNotProbed = errors.New("nothing can be tried on this asset")

// Plan tells what Probe would try, and sends nothing.
func (p *Prober) Plan(ctx context.Context) ([]Trial, error) {
	if err := p.begin(ctx); err != nil {
		return nil, err
	}
	for _, t := range p.steps() {
		p.trials = append(p.trials, Trial{Question: t.question, Sent: t.sends})
	}
	return p.trials, nil
}

// Probe tries everything in turn. However it ends, the right document is sent last.
func (p *Prober) Probe(ctx context.Context) (trials []Trial, err error) {
	if err := p.begin(ctx); err != nil {
		return nil, err
	}
	if err := p.greet(ctx); err != nil {
		return p.trials, err
	}
	defer func() { err = errors.Join(err, p.restore(context.WithoutCancel(ctx))); trials = p.trials }()

	p.find(ctx)
	for _, step := range p.steps() {
		if ctx.Err() != nil {
			return p.trials, context.Cause(ctx)
		}
		t := Trial{Question: step.question, Sent: step.sends}
		if err := step.try(ctx, &t); err != nil {
			return append(p.trials, t), fmt.Errorf("try whether %s: %w", step.question, err)
		}
		p.trials = append(p.trials, t)
	}
	return p.trials, nil
}

// begin assembles the document and chooses the item to try on: one whose contract
// or end has a date that can be taken away and put back.
func (p *Prober) begin(ctx context.Context) (err error) {
	if p.right, err = p.DocumentFunc(ctx); err != nil {
		return fmt.Errorf("%w: %w", ErrNotProbed, err)
	}
	if p.body, err = p.encoded(&p.right); err != nil {
		return err
	}
	p.trials, p.item = nil, nil
	for i := range p.right.Items {
		item := &p.right.Items[i]
		if p.item == nil || p.dated(item) && !p.dated(p.item) {
			p.item, p.rents = item, i
		}
	}
	return nil
}

// dated reports whether an item's contract has an end that the ERP tells.
func (p *Prober) dated(item *rental.ItemPart) bool {
	v, said := item.Contract.Get(rental.EndDate)
	return said && !v.IsEmpty()
}

func (p *Prober) encoded(d *rental.Document) (map[string]any, error) {
	raw, _, err := p.Wire.Encode(d)
	if err != nil {
		return nil, err
	}
	var body map[string]any
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	return body, in.Decode(&body)
}

// greet sends the right document: an asset that IRIS does not find is no use.
func (p *Prober) greet(ctx context.Context) error {
	a, err := p.send(ctx, p.body, nil)
	if err != nil {
		return err
	}
	t := Trial{Question: "what the right document is answered with", Sent: "the document of asset " + p.right.Key, Answer: a.words()}
	t.Held = "no body"
	if len(a.body) > 0 {
		t.Held = "a body of " + kindOfBody(a.body)
	}
	p.trials = append(p.trials, t)
	if a.status != http.StatusOK {
		return fmt.Errorf("%w: IRIS answers its document with %s; take one that is matched", ErrNotProbed, a.words())
	}
	return nil
}

func kindOfBody(body []byte) string {
	if json.Valid(body) {
		return "JSON, which is not read"
	}
	return "something else than JSON"
}

// reply is what IRIS said to one request, refusals too.
type reply struct {
	status int
	reason string
	body   []byte
}

func (r reply) words() string {
	return strings.TrimSuffix(fmt.Sprintf("%d %s: %s", r.status, http.StatusText(r.status), strings.TrimSpace(r.reason)), ": ")
}

func (r reply) took() bool { return r.status/100 == 2 }

// send makes a synchronization. A refusal is an answer; an error is only what says
// nothing about the request.
func (p *Prober) send(ctx context.Context, body map[string]any, header map[string]string) (reply, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return reply{}, err
	}
	return p.ask(ctx, call{method: http.MethodPost, path: synchronizationPath, accept: "application/json", body: raw, header: header})
}

func (p *Prober) ask(ctx context.Context, in call) (reply, error) {
	a, err := p.Client.do(ctx, in)
	var refused *ErrorResponse
	switch {
	case err == nil:
		return reply{status: a.status, body: a.body}, nil
	case errors.As(err, &refused) && refused.Status/100 == 4 && refused.aboutRequest():
		return reply{status: refused.Status, reason: refused.Code + " " + refused.Reason()}, nil
	default:
		return reply{}, err
	}
}

// restore sends the right document, as it is by now.
func (p *Prober) restore(ctx context.Context) error {
	now, err := p.DocumentFunc(ctx)
	if err != nil {
		return fmt.Errorf("assemble the right document again: %w", err)
	}
	body, err := p.encoded(&now)
	if err != nil {
		return err
	}
	a, err := p.send(ctx, body, nil)
	t := Trial{Question: "whether the right document is held again", Sent: "the document of asset " + now.Key, Answer: a.words()}
	if err == nil {
		t.Held = p.heldEnd(ctx)
		p.trials = append(p.trials, t)
	}
	if err == nil && !a.took() {
		err = errors.New(a.words())
	}
	if err != nil {
		return fmt.Errorf("send the right document of asset %s again: %w; say rentalsync retry %s", now.Key, err, now.Key)
	}
	return nil
}
