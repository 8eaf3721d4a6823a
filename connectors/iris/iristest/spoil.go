package iristest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// serveWith serves a request with what goes wrong on purpose.
func (si *Simulator) serveWith(fault effect, w http.ResponseWriter, r *http.Request) {
	switch {
	case fault.Cut:
		panic(http.ErrAbortHandler)
	case fault.CutAfter:
		si.answer(newKept(), r)
		panic(http.ErrAbortHandler)
	case fault.Status != 0:
		si.answerStatus(fault, w, r)
		return
	case fault.ExpireToken:
		si.tokens.expire(bearer(r))
	}
	if fault.Body == "" {
		si.answer(w, r)
		return
	}
	kept := newKept()
	si.answer(kept, r)
	kept.spoil(w, fault.Body)
}

// answerStatus is the server saying no before it has looked at the request.
func (si *Simulator) answerStatus(fault effect, w http.ResponseWriter, r *http.Request) {
	if after, _ := fault.retryAfter(si.clock.outer()); after != "" {
		w.Header().Set("Retry-After", after)
	}
	kept := newKept()
	kept.status = fault.Status
	kept.header.Set("Content-Type", "application/json")
	if fault.Status >= http.StatusBadRequest {
		body := errorBody{Status: fault.Status, Code: statusCode(fault.Status), Message: "this went wrong on purpose"}
		_ = json.NewEncoder(&kept.body).Encode(body)
	}
	si.ledger.answered(r, fault.Status)
	kept.spoil(w, fault.Body)
}

// statusCode spells a status as the code of an error object.
func statusCode(status int) string {
	text := http.StatusText(status)
	if text == "" {
		text = "status " + strconv.Itoa(status)
	}
	return strings.ReplaceAll(strings.ToLower(text), " ", "_")
}

// kept is an answer that has not gone out.
type kept struct {
	header http.Header
	status int
	body   bytes.Buffer
}

var _ http.ResponseWriter = (*kept)(nil)

func newKept() *kept {
	return &kept{header: make(http.Header)}
}

// Header is that of the answer to be.
func (ke *kept) Header() http.Header { return ke.header }

// WriteHeader keeps the first status.
func (ke *kept) WriteHeader(status int) {
	if ke.status == 0 {
		ke.status = status
	}
}

// Write keeps a part of the body.
func (ke *kept) Write(p []byte) (int, error) {
	ke.WriteHeader(http.StatusOK)
	return ke.body.Write(p)
}

// spoil sends the answer with its body spoiled in the given way.
func (ke *kept) spoil(w http.ResponseWriter, how string) {
	header, body := w.Header(), ke.body.Bytes()
	for name, values := range ke.header {
		header[name] = values
	}
	switch how {
	case "html":
		body = []byte("<!DOCTYPE html><html><head><title>" + http.StatusText(ke.status) + "</title></head><body><h1>Something went wrong</h1></body></html>\n")
		header.Set("Content-Type", "text/html; charset=utf-8")
	case "object":
		body = []byte(`{"result":"ok","correlationId":"7d1c"}`)
		header.Set("Content-Type", "application/json")
	case "empty":
		body = nil
		header.Del("Content-Type")
	}

	// A truncated body has the length of the whole one, so that the client can tell.
	header.Set("Content-Length", strconv.Itoa(len(body)))
	if how == "truncated" && len(body) == 0 {
		header.Set("Content-Length", "16")
	}
	w.WriteHeader(max(ke.status, http.StatusOK))
	if how == "truncated" {
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush() // or the server would answer with nothing at all
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(body)
}
