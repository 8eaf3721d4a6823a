package iris

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"rentalsync/pipeline/rental"
)

// step is one trial before it is made.
type step struct {
	question string
	sends    string
	try      func(ctx context.Context, t *Trial) error
}

// steps are all trials that the document lends itself to.
func (p *Prober) steps() []step {
	all := []step{
		{"contracts can be listed", "GET " + contractsPath, p.tryContracts},
		{"contract items can be read back", "GET " + contractItemsPath, p.tryItems},
	}
	if place := p.Wire.placeOf(rental.Contract, rental.EndDate); place != "" && p.item != nil && p.dated(p.item) {
		all = append(all, p.clearings(place)...)
		all = append(all, step{"a date without a time is taken", place + ": a date", p.tryDate(place)})
	}
	all = append(all, p.depotForms()...)
	all = append(all,
		step{"a field that IRIS does not know is taken", unknownField + `: "x"`, p.tryUnknown},
		step{"an asset that does not exist is refused on request", "another identifier, with X-Validate-Asset-Exists: true", p.tryMissing},
		step{"an asset can be changed by an object", "PATCH with its own external reference, as " + mergePatch, p.tryPatch(mergePatch)},
		step{"an asset can be changed by JSON Patch", "PATCH with its own external reference, as " + jsonPatch, p.tryPatch(jsonPatch)},
	)
	return all
}

// find looks for the contract and the asset in what IRIS lists. Where it lists
// neither, less can be read back, and the trials say so.
func (p *Prober) find(ctx context.Context) {
	p.contract, p.asset, p.depot = "", "", ""
	if p.item != nil {
		for c, err := range p.Client.Contracts(ctx) {
			if err == nil && c.ExternalReference == p.item.Contract.Reference {
				p.contract = c.ID
			}
			if err != nil || p.contract != "" {
				break
			}
		}
	}
	for a, err := range p.Client.Assets(ctx) {
		if err == nil && p.isAsset(&a) {
			p.asset = a.ID
		}
		if err != nil || p.asset != "" {
			break
		}
	}
	p.findDepot(ctx)
}

// findDepot looks for a depot that the document does not name.
func (p *Prober) findDepot(ctx context.Context) {
	taken := map[string]bool{}
	for _, part := range []*rental.Part{&p.right.Asset, p.contractPart()} {
		for _, f := range []rental.Field{rental.OwningDepot, rental.HiringDepot} {
			if part == nil {
				continue
			}
			v, _ := part.Get(f)
			taken[v.Text] = true
		}
	}
	for s, err := range p.Client.Sites(ctx) {
		if err == nil && s.Type == "DEPOT" && !taken[s.ID] {
			p.depot = s.ID
		}
		if err != nil || p.depot != "" {
			break
		}
	}
}

func (p *Prober) contractPart() *rental.Part {
	if p.item == nil {
		return nil
	}
	return &p.item.Contract
}

func (p *Prober) isAsset(a *Asset) bool {
	return a.ExternalReference == p.right.Asset.Reference || a.ID == p.right.Identifier() || a.SerialNumber == p.right.Identifier()
}

func (p *Prober) tryContracts(ctx context.Context, t *Trial) error {
	a, err := p.ask(ctx, call{method: http.MethodGet, path: contractsPath, accept: "application/json"})
	if err != nil {
		return err
	}
	t.Answer, t.Set = a.words(), "nothing"
	switch {
	case !a.took():
		t.Held, t.Set = "not offered", "nothing; custom fields of contracts stay pending, and nothing below can be read back"
	case p.item == nil:
		t.Held = "offered; the asset is on no contract"
	case p.contract == "":
		t.Held = "offered, but the asset's contract is not in it"
	default:
		t.Held = "the asset's contract is in it"
	}
	return nil
}

func (p *Prober) tryItems(ctx context.Context, t *Trial) error {
	if p.contract == "" {
		t.Answer = "not asked: no contract is known by its id"
		return nil
	}
	n, ours := 0, false
	for it, err := range p.Client.ContractItems(ctx, p.contract) {
		if err != nil {
			t.Answer = err.Error()
			return nil
		}
		n++
		ours = ours || it.ExternalReference == p.item.Reference
	}
	t.Answer, t.Set = "200 OK", "nothing"
	t.Held = fmt.Sprintf("%d items, the asset's among them: %t", n, ours)
	return nil
}

// clearings are the ways in which an end might be taken away.
func (p *Prober) clearings(place string) []step {
	short := place[len(p.Wire.itemsPrefix()):]
	way := func(what, sends string, edit func(at map[string]any, name string), set string) step {
		return step{what, sends, p.tryClearing(place, edit, set)}
	}
	return []step{
		way("null clears a field", short+": null", func(at map[string]any, name string) { at[name] = nil }, "endDate: {to: "+short+", empty: null, confirmed: true}"),
		way("leaving a field out clears it", "no "+short, func(at map[string]any, name string) { delete(at, name) }, "endDate: {to: "+short+", empty: omit, confirmed: true}"),
		way("an empty text clears a field", short+`: ""`, func(at map[string]any, name string) { at[name] = "" }, "endDate: {to: "+short+`, empty: {value: ""}, confirmed: true}`),
	}
}

// tryClearing sends the document with the end of the contract edited, looks whether
// it is gone, and puts it back.
func (p *Prober) tryClearing(place string, edit func(at map[string]any, name string), set string) func(context.Context, *Trial) error {
	return func(ctx context.Context, t *Trial) error {
		body, err := p.edited(place, edit)
		if err != nil {
			return err
		}
		a, err := p.sendAndLook(ctx, t, body)
		if err != nil {
			return err
		}
		switch {
		case !a.took():
			t.Set = "nothing: it is refused"
		case t.Held == notRead:
			t.Set = "look in Manager whether the contract still has its end; if not: " + set
		case t.Held == heldNothing:
			t.Set = set
		default:
			t.Set = "nothing: the field stays as it was"
		}
		return p.putBack(ctx)
	}
}

// tryDate sends a date without its time.
func (p *Prober) tryDate(place string) func(context.Context, *Trial) error {
	return func(ctx context.Context, t *Trial) error {
		body, err := p.edited(place, func(at map[string]any, name string) {
			if text, is := at[name].(string); is && len(text) > len("2026-11-21") {
				at[name] = text[:len("2026-11-21")]
			}
		})
		if err != nil {
			return err
		}
		a, err := p.sendAndLook(ctx, t, body)
		if err != nil {
			return err
		}
		t.Set = "dates: date-time"
		if a.took() {
			t.Set = "nothing: dates: date-time says more; as: date is possible"
		}
		return p.putBack(ctx)
	}
}

// depotForms try how a depot is named, where the document names one.
func (p *Prober) depotForms() []step {
	kind, field := rental.Asset, rental.OwningDepot
	site, _ := p.right.Asset.Get(field)
	if p.item != nil {
		if own, said := p.item.Contract.Get(rental.HiringDepot); said && !own.IsEmpty() {
			kind, field, site = rental.Contract, rental.HiringDepot, own
		}
	}
	place := p.Wire.placeOf(kind, field)
	if site.IsEmpty() || place == "" {
		return nil
	}
	way := func(what, sends string, form func(id string) any, set string) step {
		return step{"a depot may be named by " + what, place + ": " + sends, func(ctx context.Context, t *Trial) error {
			if p.depot == "" {
				t.Answer = "not asked: the account lists no other depot to try with"
				return nil
			}
			body, err := p.edited(place, func(at map[string]any, name string) { at[name] = form(p.depot) })
			if err != nil {
				return err
			}
			a, err := p.sendAndLook(ctx, t, body)
			if err != nil {
				return err
			}
			t.Set = "look in Manager which depot it has; then: " + set
			switch t.Held = p.heldDepot(ctx); {
			case !a.took():
				t.Set = "not " + set
			case t.Held == p.depot:
				t.Set = set
			case t.Held != notRead:
				t.Set = "not " + set + ": it is taken and means nothing"
			}
			return p.putBack(ctx)
		}}
	}
	return []step{
		way("an object with its id", `{"id": another depot}`, func(id string) any { return map[string]any{"id": id} }, "depots: id"),
		way("its id alone", "another depot", func(id string) any { return id }, "depots: plain"),
	}
}

// unknownField is what IRIS cannot know.
const unknownField = "rentalsyncProbe"

func (p *Prober) tryUnknown(ctx context.Context, t *Trial) error {
	body, err := copied(p.body)
	if err != nil {
		return err
	}
	body[unknownField] = "x"
	a, err := p.sendAndLook(ctx, t, body)
	if err != nil {
		return err
	}
	t.Held, t.Set = "", "nothing: a wrong name in wire.yaml is refused, and reports show it"
	if a.took() {
		t.Set = "nothing; but IRIS says nothing about wrong names in wire.yaml: read back what matters"
	}
	return p.putBack(ctx)
}

// tryMissing asks for an asset that cannot exist, with nothing beside it.
func (p *Prober) tryMissing(ctx context.Context, t *Trial) error {
	body := map[string]any{}
	for _, f := range []struct {
		field rental.Field
		value string
	}{{rental.Identifier, "RENTALSYNC-PROBE-" + p.right.Key}, {rental.IdentifierType, "SERIAL_NUMBER"}} {
		if err := put(body, p.Wire.placeOf(rental.Asset, f.field), 0, func(at map[string]any, name string) { at[name] = f.value }); err != nil {
			return err
		}
	}
	a, err := p.send(ctx, body, map[string]string{"X-Validate-Asset-Exists": "true"})
	if err != nil {
		return err
	}
	t.Answer, t.Set = a.words(), "iris.validateAssets has no effect"
	if a.status == http.StatusNotFound {
		t.Set = "iris.validateAssets may be used"
	}
	return nil
}

// tryPatch gives the asset the reference that it bears.
func (p *Prober) tryPatch(form string) func(context.Context, *Trial) error {
	return func(ctx context.Context, t *Trial) error {
		if p.asset == "" {
			t.Answer = "not asked: the asset is not in the list of assets"
			return nil
		}
		changes := map[string]any{"externalReference": p.right.Asset.Reference}
		var body any = changes
		if form == jsonPatch {
			body = operations(changes)
		}
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		a, err := p.ask(ctx, call{
			method: http.MethodPatch, path: below(assetsPath, p.asset), accept: "application/json", body: raw,
			header: map[string]string{"Content-Type": form},
		})
		if err != nil {
			return err
		}
		t.Answer, t.Set = a.words(), "nothing: both forms are tried"
		if asset, err := p.Client.Asset(ctx, p.asset); err == nil {
			t.Held = fmt.Sprintf("external reference %q", asset.ExternalReference)
		}
		return nil
	}
}
