package iris

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ErrorResponse is an answer that says no. Branch on Code, never on Message.
//
// https://developers.trackunit.com/docs/errors
type ErrorResponse struct {
	Method, URL string
	Status      int
	Code        string // "" when the body is not the common error object
	Message     string
	Violations  []Violation
	After       time.Duration // how long to wait before asking again; 0 when it is not said
	Foreign     bool          // the body is something else than IRIS writes, such as a proxy's page
	Location    string        // where a redirect leads
}

// Violation is one field that was refused.
type Violation struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error says which request was refused, and why.
func (e *ErrorResponse) Error() string {
	text := fmt.Sprintf("%s %s: %d %s", e.Method, e.URL, e.Status, http.StatusText(e.Status))
	if e.Code != "" {
		text += " " + e.Code
	}
	if reason := e.Reason(); reason != "" {
		text += ": " + reason
	}
	return text
}

// Reason is the message with everything that was refused.
func (e *ErrorResponse) Reason() string {
	parts := make([]string, 0, 1+len(e.Violations))
	if e.Message != "" {
		parts = append(parts, e.Message)
	}
	for _, v := range e.Violations {
		parts = append(parts, strings.Trim(v.Field+": "+v.Message, ": "))
	}
	return strings.Join(parts, "; ")
}

// RateLimitError says that no more may be asked for a while.
//
// https://developers.trackunit.com/docs/rate-limit
type RateLimitError struct {
	Lane     string
	After    time.Duration  // 0 when IRIS does not say how long
	Response *ErrorResponse // nil when the request was not made, because an earlier one was told to wait
}

// Error says how long to wait, and for what.
func (e *RateLimitError) Error() string {
	text := fmt.Sprintf("rate limit of %s requests is used up", e.Lane)
	if e.After > 0 {
		text += fmt.Sprintf("; ask again in %s", e.After.Round(time.Second))
	}
	return text
}

// Unwrap returns IRIS's answer, if there was one.
func (e *RateLimitError) Unwrap() error {
	if e.Response == nil {
		return nil
	}
	return e.Response
}

// OpenError says that a request was not made, because the last ones failed.
type OpenError struct {
	Lane  string
	After time.Duration
}

// Error says when the next attempt will be made.
func (e *OpenError) Error() string {
	return fmt.Sprintf("%s requests rest for %s, because the last ones failed", e.Lane, e.After.Round(time.Second))
}

// CallError is a request that got no answer.
type CallError struct {
	Method, URL string
	Err         error
	text        string
}

// Error says which request, and what broke.
func (e *CallError) Error() string { return e.Method + " " + e.URL + ": " + e.text }

// Unwrap returns what broke.
func (e *CallError) Unwrap() error { return e.Err }

// The bounds of what is taken over from an error body.
const (
	maxMessage    = 500
	maxViolations = 20
)

// errorResponse reads an answer that says no, whatever its body is: the common
// error object, an OAuth error, a page of a proxy, half of anything, or nothing.
func errorResponse(req *http.Request, a *answer, hidden *secrets) *ErrorResponse {
	e := &ErrorResponse{Method: req.Method, URL: plainURL(req.URL), Status: a.status, After: a.after}
	if to, err := url.Parse(a.header.Get("Location")); err == nil && a.status/100 == 3 {
		e.Location = plainURL(to)
	}

	body := bytes.TrimSpace(a.body)
	if len(body) > 0 && body[0] != '{' {
		e.Foreign = true
		e.Message = fmt.Sprintf("the answer is no error object of IRIS but %s", describe(a.header.Get("Content-Type")))
		return e
	}

	said := members(body)
	e.Code = clean(text(said["code"]), hidden)
	e.Message = clean(cmp.Or(text(said["message"]), text(said["error_description"]), text(said["detail"]), text(said["error"])), hidden)
	e.Violations = violations(said["violations"], hidden)
	return e
}

// members reads the members of a JSON object as far as they are whole.
func members(body []byte) map[string]json.RawMessage {
	said := map[string]json.RawMessage{}
	in := json.NewDecoder(bytes.NewReader(body))
	if t, err := in.Token(); err != nil || t != json.Delim('{') {
		return said
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return said
		}
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return said
		}
		said[name.(string)] = value
	}
	return said
}

func violations(raw json.RawMessage, hidden *secrets) []Violation {
	var all []Violation
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	all = all[:min(len(all), maxViolations)]
	for i := range all {
		all[i] = Violation{Field: clean(all[i].Field, hidden), Message: clean(all[i].Message, hidden)}
	}
	return all
}

// text is a JSON text or number as text; "" for anything else.
func text(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(raw, &n) == nil {
		return n.String()
	}
	return ""
}

// clean makes a text of IRIS fit for a log line: no secrets, no control
// characters, and an end.
func clean(s string, hidden *secrets) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(hidden.hide(s), "\uFFFD"))

	if len(s) <= maxMessage {
		return s
	}
	cut := maxMessage
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}

func describe(contentType string) string {
	kind, _, _ := strings.Cut(contentType, ";")
	if kind = strings.TrimSpace(kind); kind == "" || len(kind) > 60 {
		return "something else"
	}
	return strings.ToValidUTF8(kind, "")
}

// plainURL is a URL without credentials, query and fragment.
func plainURL(u *url.URL) string {
	plain := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return plain.String()
}
