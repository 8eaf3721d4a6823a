package iristest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Sizes of a page, when the client has no wish, and at most.
const (
	pageSize    = 20
	maxPageSize = 1000
)

// pageBody is the envelope of every list.
type pageBody struct {
	TotalPages       int   `json:"totalPages"`
	TotalElements    int   `json:"totalElements"`
	Number           int   `json:"number"`
	Size             int   `json:"size"`
	NumberOfElements int   `json:"numberOfElements"`
	Content          []any `json:"content"`
}

// listing is a list that can be asked for page by page.
type listing[T any] struct {
	items  []T
	orders map[string]func(a, b T) int // by the property that one may sort by
	view   func(T) any                 // copies, for it outlives the lock
}

// pageQuery is what a client may say about pages.
type pageQuery struct {
	page, size int
	sort       []string
}

// servePage answers one page of what list returns under the lock.
func servePage[T any](si *Simulator, w http.ResponseWriter, r *http.Request, list func(*world) listing[T]) {
	query, violations := readPageQuery(r.URL.Query())
	if len(violations) > 0 {
		writeViolations(w, violations...)
		return
	}
	body, violations := pageOf(si.world, query, list)
	if len(violations) > 0 {
		writeViolations(w, violations...)
		return
	}
	writeJSON(w, http.StatusOK, body)
}

func pageOf[T any](wo *world, query pageQuery, list func(*world) listing[T]) (pageBody, []violation) {
	wo.mu.RLock()
	defer wo.mu.RUnlock()

	li := list(wo)
	compare, violations := li.order(query.sort)
	if len(violations) > 0 {
		return pageBody{}, violations
	}
	items := li.items
	if compare != nil {
		items = slices.Clone(items)
		slices.SortStableFunc(items, compare)
	}

	first := min(query.page*query.size, len(items))
	last := min(first+query.size, len(items))
	body := pageBody{
		TotalPages:       (len(items) + query.size - 1) / query.size,
		TotalElements:    len(items),
		Number:           query.page,
		Size:             query.size,
		NumberOfElements: last - first,
		Content:          make([]any, 0, last-first),
	}
	for _, it := range items[first:last] {
		body.Content = append(body.Content, li.view(it))
	}
	return body, nil
}

// order combines the wishes, the first one leading; nil is the order of creation.
func (li listing[T]) order(wishes []string) (func(a, b T) int, []violation) {
	var compares []func(a, b T) int
	var violations []violation
	for _, wish := range wishes {
		property := strings.TrimLeft(wish, "+- ") // an unescaped plus arrives as a blank
		compare, known := li.orders[property]
		if !known {
			violations = append(violations, rejected("sort", wish, "no such property to sort by"))
			continue
		}
		if strings.HasPrefix(wish, "-") {
			ascending := compare
			compare = func(a, b T) int { return ascending(b, a) }
		}
		compares = append(compares, compare)
	}
	if len(compares) == 0 {
		return nil, violations
	}
	return func(a, b T) int {
		for _, compare := range compares {
			if c := compare(a, b); c != 0 {
				return c
			}
		}
		return 0
	}, violations
}

func readPageQuery(values url.Values) (pageQuery, []violation) {
	query := pageQuery{size: pageSize}
	violations := readInt(values, "page", 0, 1<<31/maxPageSize, &query.page)
	violations = append(violations, readInt(values, "size", 1, maxPageSize, &query.size)...)
	for _, list := range values["sort"] {
		query.sort = append(query.sort, strings.FieldsFunc(list, func(c rune) bool { return c == ',' })...)
	}
	return query, violations
}

func readInt(values url.Values, name string, least, most int, into *int) []violation {
	text := values.Get(name)
	if text == "" {
		return nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < least || number > most {
		return []violation{rejected(name, text, "must be a number from "+strconv.Itoa(least)+" to "+strconv.Itoa(most))}
	}
	*into = number
	return nil
}
