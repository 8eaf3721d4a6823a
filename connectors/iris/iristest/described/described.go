// Package described holds what goes over the line to a description of an API: a test puts a [Handler]
// before a server, and hears of every request and every answer that the description does not allow.
package described

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"rentalsync/connectors/iris"
)

// Errorf tells of a violation; it is that of a testing.TB.
type Errorf func(format string, args ...any)

// Handler serves as another handler does, and tells of what openapi.yaml does not allow.
type Handler struct {
	Server http.Handler
	Tell   Errorf

	// Requests that are refused may be wrong: that is what they were refused for. Default false.
	Wrong bool
}

var _ http.Handler = (*Handler)(nil)

// ServeHTTP answers what the server answers.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" || strings.HasPrefix(r.URL.Path, "/simulator/") {
		h.Server.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body) // what is cut short fails in the server
	r.Body = io.NopCloser(bytes.NewReader(body))

	kept := httptest.NewRecorder()
	h.Server.ServeHTTP(kept, r)
	if err := h.check(r, body, kept); err != nil {
		h.Tell("%s %s: %v", r.Method, r.URL.RequestURI(), err)
	}
	for name, values := range kept.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(kept.Code)
	_, _ = w.Write(kept.Body.Bytes())
}

// check holds a request and its answer to the description.
func (h *Handler) check(r *http.Request, body []byte, kept *httptest.ResponseRecorder) error {
	router, err := description()
	if err != nil {
		return err
	}
	route, params, err := findRoute(router, r)
	if err != nil {
		if h.Wrong && kept.Code == http.StatusNotFound {
			return nil
		}
		return err
	}

	r = r.Clone(context.WithoutCancel(r.Context()))
	r.Body = io.NopCloser(bytes.NewReader(body))
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc,
		IncludeResponseStatus: true,
	}}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil && !(h.Wrong && kept.Code >= http.StatusBadRequest) {
		return fmt.Errorf("the request: %w", err)
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: kept.Code, Header: kept.Header(), Options: in.Options,
		Body: io.NopCloser(bytes.NewReader(kept.Body.Bytes())),
	}
	if err := openapi3filter.ValidateResponse(r.Context(), out); err != nil {
		return fmt.Errorf("the answer: %w", err)
	}
	return nil
}

// findRoute takes an id with escaped slashes in it for one part of the path, as IRIS does.
func findRoute(router routers.Router, r *http.Request) (*routers.Route, map[string]string, error) {
	flat := r.Clone(r.Context())
	flat.URL.Path = strings.ReplaceAll(r.URL.EscapedPath(), "%2F", "-")
	flat.URL.RawPath = ""
	return router.FindRoute(flat)
}

// description reads openapi.yaml as if all of it were on the server at hand.
var description = sync.OnceValues(func() (routers.Router, error) {
	// The XML form of the export is text to the description.
	openapi3filter.RegisterBodyDecoder("application/xml", openapi3filter.FileBodyDecoder)

	loader := openapi3.NewLoader()
	document, err := loader.LoadFromData(iris.OpenAPI)
	if err != nil {
		return nil, err
	}
	document.Servers = nil
	for _, item := range document.Paths.Map() {
		item.Servers = nil
	}
	return legacy.NewRouter(document)
})
