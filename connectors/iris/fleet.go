package iris

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"rentalsync/pipeline"
)

// fleetPath is where the ISO 15143-3 (AEMP 2.0) export begins.
const fleetPath = "/public/api/aemp/v2/15143/-3/Fleet"

// pageSize is how many machines a page holds unless it is the last.
const pageSize = 100

// pageRest is how long one page is to be left alone between two requests.
const pageRest = 15 * time.Minute

// FleetOptions say how the export is asked for.
type FleetOptions struct {
	JSON     bool // default XML, the documented form
	Extended bool // with the insights that IRIS has beyond the standard; default without
}

// Fleet reads the account's whole fleet, page by page.
type Fleet struct {
	client  *Client
	options FleetOptions
}

var _ pipeline.Fleet = (*Fleet)(nil)

// NewFleet makes a reader of the fleet.
func NewFleet(c *Client, options FleetOptions) *Fleet { return &Fleet{client: c, options: options} }

// Pages yields the pages in order, as the pipeline's Fleet demands. Behind an
// error that ends it may be a *pipeline.Later, a *pipeline.Stopped, the gate's,
// or what is wrong with the page. Without a gate every request is made.
//
// https://developers.trackunit.com/docs/export-iso-15143-3-aemp-20
func (f *Fleet) Pages(ctx context.Context, from string, gate pipeline.PageGate) iter.Seq2[pipeline.FleetPage, error] {
	if gate == nil {
		gate = open
	}
	return func(yield func(pipeline.FleetPage, error) bool) {
		left, err := f.begin(from)
		if err != nil {
			yield(pipeline.FleetPage{}, err)
			return
		}
		w := &window{fleet: f, gate: gate, left: left}
		w.read(ctx, yield)
	}
}

// open is the gate that lets everybody through.
func open(ctx context.Context, _ string, ask pipeline.AskFunc) error {
	_, err := ask(ctx)
	return err
}

// pass reads one page through the gate: all that can go wrong with the page goes
// wrong before the gate's eyes.
func (f *Fleet) pass(ctx context.Context, at *pageRef, gate pipeline.PageGate) (page fleetPage, err error) {
	err = gate(ctx, f.client.base.String()+at.path, func(ctx context.Context) (answered bool, err error) {
		ctx, sight := watched(ctx)
		page, err = f.page(ctx, at)
		return sight.answered.Load(), err
	})
	return page, err
}

// pageRef is a page that is to be asked for.
type pageRef struct {
	number int
	path   string // escaped, behind the base URL
	query  url.Values
	leads  bool // what it says decides about the pages after it
}

func numbered(n int) *pageRef {
	return &pageRef{number: n, path: fleetPath + "/" + strconv.Itoa(n)}
}

// query asks for the metadata, which hold the ERP's own reference.
func (f *Fleet) query() url.Values {
	query := url.Values{"addMetadata": {"true"}}
	if f.options.Extended {
		query.Set("addExtendedData", "true")
	}
	return query
}

// begin are the pages that a cursor names; "" names all.
func (f *Fleet) begin(from string) (itinerary, error) {
	if from == "" {
		return itinerary{spans: []span{{from: 1, leads: true}}, query: f.query()}, nil
	}
	return parseCursor(from)
}

// page asks for one page. Beyond the last one IRIS answers 404 or an empty list:
// that is a page with nothing in it.
func (f *Fleet) page(ctx context.Context, at *pageRef) (fleetPage, error) {
	body, err := f.get(ctx, at.path, at.query)
	if at.number > 1 && isStatus(err, http.StatusNotFound) {
		return fleetPage{}, nil
	}
	if err != nil {
		return fleetPage{}, err
	}
	return readPage(body)
}

// get asks for one address of the export.
func (f *Fleet) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	a, err := f.client.do(ctx, call{method: http.MethodGet, path: path, query: query, accept: f.accept()})
	if err != nil {
		return nil, f.verdict(ctx, err)
	}
	return a.body, nil
}

func (f *Fleet) accept() string {
	if f.options.JSON {
		return "application/json"
	}
	return "application/xml"
}

// verdict is the client's, but for a page that was asked for too often: unless
// IRIS says how long, it is the quarter of an hour that has to pass. That is told
// once, by the verdict.
func (f *Fleet) verdict(ctx context.Context, err error) error {
	err = f.client.verdict(ctx, err)
	var later *pipeline.Later
	var limit *RateLimitError
	if errors.As(err, &later) && errors.As(err, &limit) {
		later.After = cmp.Or(limit.After, pageRest)
		later.Cause = &RateLimitError{Lane: limit.Lane, Response: limit.Response}
	}
	return err
}

func isStatus(err error, status int) bool {
	var said *ErrorResponse
	return errors.As(err, &said) && said.Status == status
}

// fleetPage is a page with what leads on from it.
type fleetPage struct {
	pipeline.FleetPage
	links []Link
}

func readPage(body []byte) (p fleetPage, err error) {
	err = readFleet(bytes.NewReader(body), visitor{
		link:    func(l Link) { p.links = append(p.links, l) },
		reading: func(*element) error { return nil },
		equipment: func(e *element) error {
			eq := understand(e, p.count()+1)
			m, err := eq.machine()
			var bad *pipeline.MachineError
			switch {
			case errors.As(err, &bad):
				p.Faulty = append(p.Faulty, bad)
			case err != nil:
				return err
			default:
				p.Machines = append(p.Machines, m)
			}
			return nil
		},
	})
	return p, err
}

// count is how many machines IRIS put on the page.
func (p *fleetPage) count() int { return len(p.Machines) + len(p.Faulty) }

// follow reads the address of the next page. The token goes along with it, so
// that it must lead to the same place, and on.
func (f *Fleet) follow(at *pageRef, href string) (*pageRef, error) {
	base := f.client.base
	to, err := url.Parse(href)
	if err != nil {
		return nil, errors.New("it names a next page whose address cannot be read")
	}

	to = base.JoinPath(at.path).ResolveReference(to)
	if to.Scheme != base.Scheme || !strings.EqualFold(to.Host, base.Host) || to.User != nil {
		return nil, fmt.Errorf("it names a next page at %s://%s, which is not %s://%s; it is not followed", to.Scheme, to.Host, base.Scheme, base.Host)
	}
	name, found := strings.CutPrefix(to.EscapedPath(), base.EscapedPath()+fleetPath+"/")
	number, err := strconv.Atoi(name)
	if !found || err != nil {
		return nil, fmt.Errorf("it names the next page %s, which is no page of the fleet; it is not followed", to.EscapedPath())
	}
	if number <= at.number {
		return nil, fmt.Errorf("it names page %d as the next one, which leads in a circle; it is not followed", number)
	}

	ref := numbered(number)
	ref.query = f.query()
	for name, values := range to.Query() {
		ref.query[name] = values
	}
	return ref, nil
}

// Equipment asks for one machine by its PIN, VIN or serial number.
//
// https://developers.trackunit.com/docs/export-iso-15143-3-aemp-20
func (f *Fleet) Equipment(ctx context.Context, id string) (pipeline.Machine, error) {
	body, err := f.get(ctx, fleetPath+"/Equipment/ID/"+url.PathEscape(id), f.query())
	if err != nil {
		return pipeline.Machine{}, err
	}

	page, err := readPage(body)
	switch {
	case err != nil:
		return pipeline.Machine{}, fmt.Errorf("read equipment %q: %w", id, err)
	case page.count() != 1:
		return pipeline.Machine{}, fmt.Errorf("read equipment %q: found %d machines, want one", id, page.count())
	case len(page.Faulty) == 1:
		return pipeline.Machine{}, page.Faulty[0]
	}
	return page.Machines[0], nil
}
