package iris

import (
	"bytes"
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

// PageGate is asked before each request of the export, with its address. An
// error ends the reading and is handed on. It is where the rule of one request
// per address and quarter of an hour can be kept, over restarts and for all who
// share the account.
type PageGate func(ctx context.Context, url string) error

// FleetOptions say how the export is asked for.
type FleetOptions struct {
	JSON bool     // default XML, the documented form
	Gate PageGate // default none
}

// Fleet reads the account's whole fleet, page by page.
type Fleet struct {
	client  *Client
	options FleetOptions
}

var _ pipeline.Fleet = (*Fleet)(nil)

// NewFleet makes a reader of the fleet.
func NewFleet(c *Client, options FleetOptions) *Fleet { return &Fleet{client: c, options: options} }

// FleetPage is one page of the export.
type FleetPage struct {
	Number    int
	URL       string // without a query
	Equipment []Equipment
	Links     []Link
}

// Equipment is one machine, or a *pipeline.MachineError in its place.
type Equipment struct {
	Machine pipeline.Machine
	Err     error
}

// Machines yields every machine of every page, as the pipeline's Fleet demands.
func (f *Fleet) Machines(ctx context.Context) iter.Seq2[pipeline.Machine, error] {
	return func(yield func(pipeline.Machine, error) bool) {
		for page, err := range f.Pages(ctx) {
			if err != nil {
				yield(pipeline.Machine{}, err)
				return
			}
			for _, e := range page.Equipment {
				if !yield(e.Machine, e.Err) {
					return
				}
			}
		}
	}
}

// Pages yields the pages in order. An error is the last thing it yields: a
// *pipeline.Later, a *pipeline.Stopped, the gate's, or what is wrong with the
// page.
//
// https://developers.trackunit.com/docs/export-iso-15143-3-aemp-20
func (f *Fleet) Pages(ctx context.Context) iter.Seq2[*FleetPage, error] {
	return func(yield func(*FleetPage, error) bool) {
		for at := numbered(1); at != nil; {
			page, err := f.page(ctx, at)
			if err == nil && page == nil {
				return // beyond the last one
			}
			var next *pageRef
			if err == nil {
				next, err = f.next(at, page)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(page, nil) {
				return
			}
			at = next
		}
	}
}

// pageRef is a page that is to be asked for.
type pageRef struct {
	number int
	path   string // escaped, behind the base URL
	query  url.Values
}

func numbered(n int) *pageRef {
	return &pageRef{number: n, path: fleetPath + "/" + strconv.Itoa(n), query: fleetQuery()}
}

// fleetQuery asks for the metadata, which hold the ERP's own reference.
func fleetQuery() url.Values { return url.Values{"addMetadata": {"true"}} }

// page asks for one page. It is nil when there is none: beyond the last one,
// IRIS answers 404 or an empty list.
func (f *Fleet) page(ctx context.Context, at *pageRef) (*FleetPage, error) {
	body, err := f.get(ctx, at.path, at.query)
	if at.number > 1 && isStatus(err, http.StatusNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}

	page := &FleetPage{Number: at.number, URL: f.client.base.String() + at.path}
	if err := page.read(body); err != nil {
		return nil, fmt.Errorf("read fleet page %d: %w", at.number, err)
	}
	if len(page.Equipment) == 0 {
		return nil, nil
	}
	return page, nil
}

// get asks for one address of the export.
func (f *Fleet) get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	if f.options.Gate != nil {
		if err := f.options.Gate(ctx, f.client.base.String()+path); err != nil {
			return nil, err
		}
	}
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

// verdict is the client's, but for a page that was asked for too often: then it
// is the quarter of an hour that has to pass.
func (f *Fleet) verdict(ctx context.Context, err error) error {
	err = f.client.verdict(ctx, err)
	var later *pipeline.Later
	if errors.As(err, &later) && later.Status == http.StatusTooManyRequests && later.After == 0 {
		later.After = pageRest
	}
	return err
}

func isStatus(err error, status int) bool {
	var said *ErrorResponse
	return errors.As(err, &said) && said.Status == status
}

func (p *FleetPage) read(body []byte) error {
	return readFleet(bytes.NewReader(body), visitor{
		link: func(l Link) { p.Links = append(p.Links, l) },
		equipment: func(e *element) error {
			m, err := machine(e)
			p.Equipment = append(p.Equipment, Equipment{Machine: m, Err: err})
			return nil
		},
	})
}

// next finds the page after a page: where its link leads, or by counting on
// when a full page has no links at all. Nil is the end.
func (f *Fleet) next(at *pageRef, page *FleetPage) (*pageRef, error) {
	for _, l := range page.Links {
		if strings.EqualFold(l.Rel, "next") && l.Href != "" {
			return f.follow(at, l.Href)
		}
	}
	if len(page.Links) == 0 && len(page.Equipment) >= pageSize {
		return numbered(at.number + 1), nil
	}
	return nil, nil
}

// follow reads the address of the next page. The token goes along with it, so
// that it must lead to the same place, and on.
func (f *Fleet) follow(at *pageRef, href string) (*pageRef, error) {
	base := f.client.base
	to, err := url.Parse(href)
	if err != nil {
		return nil, fmt.Errorf("fleet page %d names a next page whose address cannot be read", at.number)
	}

	to = base.JoinPath(at.path).ResolveReference(to)
	if to.Scheme != base.Scheme || !strings.EqualFold(to.Host, base.Host) || to.User != nil {
		return nil, fmt.Errorf("fleet page %d names a next page at %s://%s, which is not %s://%s; it is not followed", at.number, to.Scheme, to.Host, base.Scheme, base.Host)
	}
	name, found := strings.CutPrefix(to.EscapedPath(), base.EscapedPath()+fleetPath+"/")
	number, err := strconv.Atoi(name)
	if !found || err != nil {
		return nil, fmt.Errorf("fleet page %d names the next page %s, which is no page of the fleet; it is not followed", at.number, to.EscapedPath())
	}
	if number <= at.number {
		return nil, fmt.Errorf("fleet page %d names page %d as the next one, which leads in a circle; it is not followed", at.number, number)
	}

	ref := numbered(number)
	for name, values := range to.Query() {
		ref.query[name] = values
	}
	return ref, nil
}

// Equipment asks for one machine by its PIN, VIN or serial number.
//
// https://developers.trackunit.com/docs/export-iso-15143-3-aemp-20
func (f *Fleet) Equipment(ctx context.Context, id string) (pipeline.Machine, error) {
	body, err := f.get(ctx, fleetPath+"/Equipment/ID/"+url.PathEscape(id), fleetQuery())
	if err != nil {
		return pipeline.Machine{}, err
	}

	var page FleetPage
	if err := page.read(body); err != nil {
		return pipeline.Machine{}, fmt.Errorf("read equipment %q: %w", id, err)
	}
	if len(page.Equipment) != 1 {
		return pipeline.Machine{}, fmt.Errorf("read equipment %q: found %d machines, want one", id, len(page.Equipment))
	}
	return page.Equipment[0].Machine, page.Equipment[0].Err
}
