package iristest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v4"
)

// Fault is one thing that goes wrong on purpose. Of the rules that are due for a request the first one
// happens; all of them count it. A file of them is a list:
//
//	# the fourth and the fifth request are told to come back in two seconds
//	- {on: POST /api/rental/v1/synchronization, after: 3, times: 2, status: 429, retryAfter: "2"}
//	# this asset is taken, but nobody hears of it
//	- {on: POST /api/rental/v1/synchronization, identifier: WJX00213, times: 1, cutAfter: true}
//	# five of a hundred requests end in a server error
//	- {on: "*", percent: 5, status: 503}
type Fault struct {
	// On is what requests it is about: a method and a path, as in "POST /api/rental/v1/synchronization".
	// A path may end in * for all that begin so; no method is any method. Required; "*" is everything.
	On string `json:"on" yaml:"on"`

	// Identifier narrows it to one asset: the identifier of a synchronization, or the last part of the
	// path of other requests. Default any.
	Identifier string `json:"identifier,omitempty" yaml:"identifier"`

	// After lets so many requests through first. Default 0.
	After int `json:"after,omitempty" yaml:"after"`

	// Every makes it happen at each so manieth request after those. Default 1.
	Every int `json:"every,omitempty" yaml:"every"`

	// Percent makes it happen at so many of a hundred of those, which ones the seed decides. Default 0:
	// at all of them.
	Percent float64 `json:"percent,omitempty" yaml:"percent"`

	// Times is how often it happens at most. Default 0: no end.
	Times int `json:"times,omitempty" yaml:"times"`

	// Latency is waited before anything else, as "200ms". Default none.
	Latency string `json:"latency,omitempty" yaml:"latency"`

	// Status is answered without doing anything. Default 0: the request is served.
	Status int `json:"status,omitempty" yaml:"status"`

	// RetryAfter goes with the status: seconds as "2", or "date:3s" for the HTTP date in three seconds.
	// Default none.
	RetryAfter string `json:"retryAfter,omitempty" yaml:"retryAfter"`

	// Body changes the body of the answer: "html" is a page in its place, "truncated" ends in the middle,
	// "empty" is none, "object" is a JSON object that nobody knows. Default the right one.
	Body string `json:"body,omitempty" yaml:"body"`

	// Cut drops the connection before anything is done. Default false.
	Cut bool `json:"cut,omitempty" yaml:"cut"`

	// CutAfter does what was asked for, and drops the connection instead of answering. Default false.
	CutAfter bool `json:"cutAfter,omitempty" yaml:"cutAfter"`

	// ExpireToken makes the request's access token invalid before the request is looked at. Default false.
	ExpireToken bool `json:"expireToken,omitempty" yaml:"expireToken"`
}

// check returns what is wrong with the rule, and the latency.
func (fa Fault) check() (latency time.Duration, err error) {
	if _, _, err := fa.target(); err != nil {
		return 0, err
	}
	if fa.Latency != "" {
		if latency, err = time.ParseDuration(fa.Latency); err != nil || latency < 0 {
			return 0, fmt.Errorf("latency %q: must be a duration such as 200ms", fa.Latency)
		}
	}
	switch {
	case fa.After < 0, fa.Every < 0, fa.Times < 0:
		return 0, fmt.Errorf("after %d, every %d, times %d: must not be negative", fa.After, fa.Every, fa.Times)
	case !(fa.Percent >= 0 && fa.Percent <= 100):
		return 0, fmt.Errorf("percent %v: must be from 0 to 100", fa.Percent)
	case fa.Status != 0 && (fa.Status < 200 || fa.Status > 599):
		return 0, fmt.Errorf("status %d: must be from 200 to 599", fa.Status)
	case !slices.Contains([]string{"", "html", "truncated", "empty", "object"}, fa.Body):
		return 0, fmt.Errorf("body %q: must be html, truncated, empty or object", fa.Body)
	case fa.RetryAfter != "" && fa.Status == 0:
		return 0, fmt.Errorf("retryAfter %q: needs a status", fa.RetryAfter)
	case fa.ways() > 1:
		return 0, fmt.Errorf("on %q: only one of status, cut, cutAfter and expireToken can happen at once", fa.On)
	case fa.ways() == 0 && fa.Latency == "" && fa.Body == "":
		return 0, fmt.Errorf("on %q: nothing goes wrong; name a status, latency, body, cut, cutAfter or expireToken", fa.On)
	}
	_, err = fa.retryAfter(time.Time{})
	return latency, err
}

func (fa Fault) ways() int {
	n := 0
	for _, way := range []bool{fa.Status != 0, fa.Cut, fa.CutAfter, fa.ExpireToken} {
		if way {
			n++
		}
	}
	return n
}

// target splits On.
func (fa Fault) target() (method, path string, err error) {
	method, path, spaced := strings.Cut(fa.On, " ")
	if !spaced {
		method, path = "", fa.On
	}
	if path != "*" && !strings.HasPrefix(path, "/") {
		return "", "", fmt.Errorf(`on %q: must be a method and a path, as in "POST %s"`, fa.On, synchronizationPath)
	}
	return method, path, nil
}

// retryAfter is the value of the header; clients live in the outer time, so dates do too.
func (fa Fault) retryAfter(outer time.Time) (string, error) {
	text, isDate := strings.CutPrefix(fa.RetryAfter, "date:")
	if isDate {
		in, err := time.ParseDuration(text)
		if err != nil {
			return "", fmt.Errorf("retryAfter %q: must be a number of seconds, or as date:3s", fa.RetryAfter)
		}
		// A date has whole seconds: round up, or it would come too soon.
		return outer.Add(in + time.Second - 1).Truncate(time.Second).UTC().Format(http.TimeFormat), nil
	}
	if strings.Trim(text, "0123456789") != "" {
		return "", fmt.Errorf("retryAfter %q: must be a number of seconds, or as date:3s", fa.RetryAfter)
	}
	return text, nil
}

// ParseFaults reads a list of rules in YAML or JSON.
func ParseFaults(data []byte) ([]Fault, error) {
	var faults []Fault
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	if err := yaml.Load(data, &faults, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("parse faults: %w", err)
	}
	_, err := rulesOf(faults)
	return faults, err
}

// LoadFaults reads a file of rules in YAML or JSON.
func LoadFaults(name string) ([]Fault, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("load faults: %w", err)
	}
	faults, err := ParseFaults(data)
	if err != nil {
		return nil, fmt.Errorf("load faults %q: %w", name, err)
	}
	return faults, nil
}

// rule is a fault at work.
type rule struct {
	Fault
	method, path string
	latency      time.Duration
	dice         uint64 // decides with the count of requests
	seen         int
	happened     int
}

func rulesOf(faults []Fault) ([]*rule, error) {
	rules := make([]*rule, 0, len(faults))
	for i, fa := range faults {
		latency, err := fa.check()
		if err != nil {
			return nil, fmt.Errorf("fault %d: %w", i+1, err)
		}
		method, path, _ := fa.target() // was checked
		rules = append(rules, &rule{Fault: fa, method: method, path: path, latency: latency})
	}
	return rules, nil
}

// about tells whether a request is the rule's business.
func (ru *rule) about(r *http.Request, identifier string) bool {
	if ru.method != "" && ru.method != "*" && ru.method != r.Method {
		return false
	}
	if ru.Identifier != "" && ru.Identifier != identifier {
		return false
	}
	if prefix, open := strings.CutSuffix(ru.path, "*"); open {
		return strings.HasPrefix(r.URL.Path, prefix)
	}
	return ru.path == r.URL.Path
}

// due counts a request that the rule is about.
func (ru *rule) due() bool {
	ru.seen++
	if ru.seen <= ru.After || ru.Times > 0 && ru.happened >= ru.Times {
		return false
	}
	return (ru.seen-ru.After)%max(ru.Every, 1) == 0 && ru.thrown()
}

// thrown decides by the number of the request and not by how many dice were thrown, so that clients who
// come in another order meet as many faults.
func (ru *rule) thrown() bool {
	if ru.Percent == 0 {
		return true
	}
	return rand.New(rand.NewPCG(ru.dice, uint64(ru.seen))).Float64()*100 < ru.Percent
}

// script is the list of rules.
type script struct {
	mu    sync.Mutex
	rules []*rule
	added int // rules so far, those that have ended too
}

// effect is what happens to one request; the zero value is nothing.
type effect struct {
	Fault
	latency time.Duration
}

// next finds out what happens to a request.
func (sc *script) next(w http.ResponseWriter, r *http.Request) effect {
	if sc.empty() {
		return effect{}
	}
	identifier := identifierOf(w, r) // reads the body, which may take its time

	sc.mu.Lock()
	defer sc.mu.Unlock()
	var happens effect
	for _, ru := range sc.rules {
		if ru.about(r, identifier) && ru.due() && happens.On == "" {
			ru.happened++
			happens = effect{Fault: ru.Fault, latency: ru.latency}
		}
	}
	return happens
}

func (sc *script) empty() bool {
	sc.mu.Lock()
	defer sc.mu.Unlock()
	return len(sc.rules) == 0
}

// identifierOf finds the asset that a request is about. A synchronization's body is put back after.
func identifierOf(w http.ResponseWriter, r *http.Request) string {
	if r.URL.Path != synchronizationPath {
		return path.Base(r.URL.Path)
	}
	body, err := readBody(w, r)
	r.Body = io.NopCloser(bytes.NewReader(body))
	var named struct {
		Identifier string `json:"identifier"`
	}
	if err != nil || json.Unmarshal(body, &named) != nil {
		return ""
	}
	return named.Identifier
}

// AddFaults adds rules to those at work.
func (si *Simulator) AddFaults(faults ...Fault) error {
	rules, err := rulesOf(faults)
	if err != nil {
		return err
	}
	si.script.mu.Lock()
	defer si.script.mu.Unlock()
	for _, ru := range rules {
		si.script.added++
		ru.dice = si.options.Seed<<16 + uint64(si.script.added)
	}
	si.script.rules = append(si.script.rules, rules...)
	return nil
}

// ClearFaults ends all that goes wrong on purpose.
func (si *Simulator) ClearFaults() {
	si.script.mu.Lock()
	defer si.script.mu.Unlock()
	si.script.rules = nil
}
