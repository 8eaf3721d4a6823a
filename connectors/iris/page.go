package iris

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// listSizes are how many things of a list are asked for at once: as many as IRIS
// says it gives, and fewer when a list of its does not.
//
// https://developers.trackunit.com/docs/pagination
var listSizes = []int{1000, 100}

// listMost bounds the pages of a list, so that one without an end has one.
const listMost = 100_000

// listPage is the envelope of a page. All of it but the content may be missing:
// what is there says where the list ends.
type listPage[T any] struct {
	Content    []T
	TotalPages *int   `json:"totalPages"`
	Number     *int   `json:"number"` // counted from 0
	Last       *bool  `json:"last"`
	After      string `json:"after"` // of lists with a cursor
	Links      []Link `json:"links"`

	raw json.RawMessage // the content as it came
}

// UnmarshalJSON takes a list without an envelope, too. What holds no list at all
// is no page without anything in it.
func (p *listPage[T]) UnmarshalJSON(body []byte) error {
	p.raw = bytes.Clone(body)
	if bytes.HasPrefix(body, []byte("[")) {
		return json.Unmarshal(body, &p.Content)
	}
	type envelope listPage[T]
	in := struct {
		*envelope
		Content json.RawMessage `json:"content"`
	}{envelope: (*envelope)(p)}
	if err := json.Unmarshal(body, &in); err != nil {
		return err
	}
	if in.Content == nil && p.TotalPages == nil {
		return errors.New("it is no page of a list: it has no content")
	}
	if p.raw = in.Content; p.raw == nil {
		return nil
	}
	return json.Unmarshal(p.raw, &p.Content)
}

// list yields the things of a list, page after page. An error ends it.
func list[T any](ctx context.Context, c *Client, in call) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for page, err := range pages[T](ctx, c, in) {
			if err != nil {
				yield(none, err)
				return
			}
			for _, one := range page.Content {
				if !yield(one, nil) {
					return
				}
			}
		}
	}
}

// pages yields the pages of a list. One that was seen before, under whatever
// name, is an error: such a list would never end.
func pages[T any](ctx context.Context, c *Client, in call) iter.Seq2[listPage[T], error] {
	return func(yield func(listPage[T], error) bool) {
		walk := walk{client: c, path: in.path, seen: map[string]bool{}}
		page, at, err := firstPage[T](ctx, c, in)
		for {
			var next url.Values
			if err == nil {
				next, err = nextPage(&walk, &page, at)
			}
			if err != nil {
				yield(listPage[T]{}, fmt.Errorf("read list %s: %w", in.path, err))
				return
			}
			if !yield(page, nil) || next == nil {
				return
			}
			at = next
			page, err = get[listPage[T]](ctx, c, call{path: in.path, query: at})
		}
	}
}

// firstPage finds out how much the list gives at once.
func firstPage[T any](ctx context.Context, c *Client, in call) (page listPage[T], at url.Values, err error) {
	for _, size := range listSizes {
		at = url.Values{"page": {"0"}, "size": {strconv.Itoa(size)}}
		for name, values := range in.query {
			at[name] = values
		}
		page, err = get[listPage[T]](ctx, c, call{path: in.path, query: at})
		if !isStatus(err, http.StatusBadRequest) {
			break
		}
	}
	return page, at, err
}

// walk is the way through one list.
type walk struct {
	client *Client
	path   string
	seen   map[string]bool // the queries that were asked
	last   []byte          // what the last page held
}

// nextPage is the query of the page after a page; nil is the end. A link leads
// before a cursor does, and a cursor before a count.
func nextPage[T any](w *walk, page *listPage[T], at url.Values) (url.Values, error) {
	if err := w.note(page.Number, at); err != nil {
		return nil, err
	}
	if len(page.Content) > 0 && bytes.Equal(page.raw, w.last) {
		return nil, fmt.Errorf("it leads in a circle: page %s holds what the one before it held", at.Get("page"))
	}
	w.last = page.raw

	for _, l := range page.Links {
		if strings.EqualFold(l.Rel, "next") && l.Href != "" {
			return w.follow(l.Href, at)
		}
	}

	number, _ := strconv.Atoi(at.Get("page"))
	switch {
	case len(page.Content) == 0, page.Last != nil && *page.Last:
		return nil, nil
	case page.TotalPages != nil && number+1 >= *page.TotalPages:
		return nil, nil
	case page.After != "" && page.TotalPages == nil:
		return with(at, "after", page.After), nil
	default:
		return with(at, "page", strconv.Itoa(number+1)), nil
	}
}

// note remembers a page that was read.
func (w *walk) note(number *int, at url.Values) error {
	query := at.Encode()
	switch {
	case w.seen[query]:
		return fmt.Errorf("it leads in a circle: page %s comes again", at.Get("page"))
	case number != nil && at.Has("page") && strconv.Itoa(*number) != at.Get("page"):
		return fmt.Errorf("it leads in a circle: page %s was asked for, and page %d came", at.Get("page"), *number)
	case len(w.seen) >= listMost:
		return fmt.Errorf("it does not end after %d pages", listMost)
	}
	w.seen[query] = true
	return nil
}

// follow reads the query off a link to the next page. The token goes along, so
// that it must lead to the same list.
func (w *walk) follow(href string, at url.Values) (url.Values, error) {
	here, err := url.Parse(w.client.base.String() + w.path)
	if err != nil {
		return nil, err
	}
	to, err := here.Parse(href)
	if err != nil {
		return nil, errors.New("it names a next page whose address cannot be read")
	}
	if to.Scheme != here.Scheme || !strings.EqualFold(to.Host, here.Host) || to.User != nil || to.EscapedPath() != here.EscapedPath() {
		return nil, fmt.Errorf("it names a next page at %s, which is not of the same list; it is not followed", plainURL(to))
	}

	next := to.Query()
	for name, values := range at {
		if !next.Has(name) {
			next[name] = values
		}
	}
	return next, nil
}

func with(query url.Values, name, value string) url.Values {
	next := url.Values{name: {value}}
	for other, values := range query {
		if other != name {
			next[other] = values
		}
	}
	return next
}

// get asks for one thing, or for a page of many. An answer that cannot be read
// is asked for again: somebody on the way may have cut it short.
func get[T any](ctx context.Context, c *Client, in call) (T, error) {
	in.method = http.MethodGet
	for attempt := 0; ; attempt++ {
		one, err := exchange[T](ctx, c, in)
		var bad *AnswerError
		if attempt >= maxRetries || !errors.As(err, &bad) {
			return one, err
		}
		if err := sleep(ctx, backoff(attempt)); err != nil {
			return one, err
		}
	}
}

// exchange makes one request, and reads what came back as JSON.
func exchange[T any](ctx context.Context, c *Client, in call) (one T, err error) {
	in.accept = "application/json"
	a, err := c.do(ctx, in)
	if err != nil {
		return one, err
	}
	if err := json.Unmarshal(a.body, &one); err != nil {
		return one, &AnswerError{Method: in.method, Path: in.path, Type: describe(a.header.Get("Content-Type")), Err: err}
	}
	return one, nil
}

// AnswerError is an answer that says yes, and cannot be read.
type AnswerError struct {
	Method, Path string
	Type         string // what the answer says it is
	Err          error
}

// Error says which answer, and what is wrong with it.
func (e *AnswerError) Error() string {
	return fmt.Sprintf("the answer to %s %s cannot be read (%s): %v", e.Method, e.Path, e.Type, e.Err)
}

// Unwrap returns what the reader said.
func (e *AnswerError) Unwrap() error { return e.Err }

// errNoID says that a path would lead somewhere else than it says, because of what
// stands in it for an id: nothing, or dots.
var errNoID = errors.New("this is no id that can be asked for")

// below is the path of one thing in a list.
func below(list, id string) string { return list + "/" + cmp.Or(url.PathEscape(id), ".") }

// send writes a body as JSON.
func send[T any](ctx context.Context, c *Client, method, path string, body any) (one T, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return one, fmt.Errorf("write %s %s: %w", method, path, err)
	}
	return exchange[T](ctx, c, call{method: method, path: path, body: raw})
}
