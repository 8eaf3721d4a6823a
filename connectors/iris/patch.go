package iris

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// The two forms of a change. The vendor's text speaks of JSON Patch, and its
// table lists plain properties.
const (
	mergePatch = "application/json"            // an object with what changes
	jsonPatch  = "application/json-patch+json" // RFC 6902
)

// patchForms remembers which form an API takes.
type patchForms struct {
	mu     sync.Mutex
	worked map[string]string // media type by the list that is changed
}

func (f *patchForms) of(list string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.worked[list]
}

func (f *patchForms) remember(list, form string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.worked == nil {
		f.worked = map[string]string{}
	}
	f.worked[list] = form
}

// patch changes some properties of one thing in a list; nil takes one away. The
// form that is refused is not used again once the other one worked.
func patch[T any](ctx context.Context, c *Client, list, id string, changes map[string]any) (one T, err error) {
	if form := c.forms.of(list); form != "" {
		return patchAs[T](ctx, c, form, below(list, id), changes)
	}

	var refusal error
	for _, form := range []string{mergePatch, jsonPatch} {
		one, err = patchAs[T](ctx, c, form, below(list, id), changes)
		if err == nil {
			c.forms.remember(list, form)
			return one, nil
		}
		if !isStatus(err, http.StatusBadRequest) && !isStatus(err, http.StatusUnsupportedMediaType) {
			return one, err
		}
		refusal = tellingMore(refusal, err)
	}
	return one, refusal
}

func patchAs[T any](ctx context.Context, c *Client, form, path string, changes map[string]any) (one T, err error) {
	var body any = changes
	if form == jsonPatch {
		body = operations(changes)
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return one, fmt.Errorf("write PATCH %s: %w", path, err)
	}
	one, err = exchange[T](ctx, c, call{
		method: http.MethodPatch, path: path, body: raw, header: map[string]string{"Content-Type": form},
	})

	// An answer that cannot be read, or is empty, has said yes all the same.
	if bad := new(AnswerError); errors.As(err, &bad) {
		return get[T](ctx, c, call{path: path})
	}
	return one, err
}

// operation is one step of a JSON Patch. Adding a property that is there
// replaces it, so that the same patch may be made twice.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value"`
}

func operations(changes map[string]any) []operation {
	var all []operation
	for name, value := range changes {
		all = append(all, operation{Op: "add", Path: "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name), Value: value})
	}
	slices.SortFunc(all, func(a, b operation) int { return cmp.Compare(a.Path, b.Path) })
	return all
}

// tellingMore chooses between what IRIS said to both forms: a fault of the form
// says less than one of a property.
func tellingMore(first, second error) error {
	if first == nil || !tells(first) && tells(second) {
		return second
	}
	return first
}

func tells(err error) bool {
	var said *ErrorResponse
	return errors.As(err, &said) && (len(said.Violations) > 0 ||
		!slices.Contains([]string{"", "bad_request", "constraint_violation", "unsupported_media_type"}, said.Code))
}
