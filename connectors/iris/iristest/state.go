package iristest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// controlRoutes lists what only a simulator has. It needs no token and counts as no request.
func (si *Simulator) controlRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simulator/state", si.getState)
	mux.HandleFunc("GET /simulator/serials", si.getSerials)
	mux.HandleFunc("POST /simulator/serials", si.postSerials)
	mux.HandleFunc("GET /simulator/history/", si.getHistory)
	mux.HandleFunc("GET /simulator/held/", si.getHeld)
	mux.HandleFunc("GET /simulator/definitions", si.listDefinitions)
	mux.HandleFunc("POST /simulator/definitions", si.postDefinitions)
	mux.HandleFunc("GET /simulator/clock", si.getClock)
	mux.HandleFunc("POST /simulator/clock", si.postClock)
	mux.HandleFunc("GET /simulator/faults", si.getFaults)
	mux.HandleFunc("POST /simulator/faults", si.postFaults)
	mux.HandleFunc("DELETE /simulator/faults", si.deleteFaults)
	mux.HandleFunc("GET /simulator/{$}", si.getOverview)
	mux.HandleFunc("/simulator/", notServed)
	return mux
}

// getState writes the bodies as they came: an encoder would tidy them.
func (si *Simulator) getState(w http.ResponseWriter, _ *http.Request) {
	state := si.State()
	counts, _ := json.Marshal(state.Counts) // numbers

	w.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriterSize(w, 1<<16)
	_, _ = out.WriteString(`{"documents":{`)
	for i, identifier := range slices.Sorted(maps.Keys(state.Documents)) {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		key, _ := json.Marshal(identifier)
		_, _ = out.Write(key)
		_ = out.WriteByte(':')
		_, _ = out.Write(state.Documents[identifier])
	}
	_, _ = out.WriteString(`},"counts":`)
	_, _ = out.Write(counts)
	_, _ = out.WriteString("}\n")
	_ = out.Flush() // the client has gone; there is nobody to tell
}

func (si *Simulator) getHistory(w http.ResponseWriter, r *http.Request) {
	identifier, ok := identifierAfter(w, r, "/simulator/history/")
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	out := bufio.NewWriter(w)
	_ = out.WriteByte('[')
	for i, body := range si.History(identifier) {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		_, _ = out.Write(body)
	}
	_, _ = out.WriteString("]\n")
	_ = out.Flush()
}

// identifierAfter takes the rest of the path, whatever is in it: a slash may come escaped or not.
func identifierAfter(w http.ResponseWriter, r *http.Request, prefix string) (string, bool) {
	escaped := strings.TrimPrefix(r.URL.EscapedPath(), prefix)
	identifier, err := url.PathUnescape(escaped)
	if err != nil {
		writeError(w, http.StatusBadRequest, "bad_request", fmt.Sprintf("identifier %q is not escaped well", escaped))
		return "", false
	}
	return identifier, true
}

func (si *Simulator) getHeld(w http.ResponseWriter, r *http.Request) {
	identifier, ok := identifierAfter(w, r, "/simulator/held/")
	if !ok {
		return
	}
	held := si.Held(identifier)
	if held == nil {
		notFound(w, "not_found", fmt.Sprintf("nothing is held of %q", identifier))
		return
	}
	writeJSON(w, http.StatusOK, held)
}

func (si *Simulator) getSerials(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, si.Serials())
}

func (si *Simulator) postSerials(w http.ResponseWriter, r *http.Request) {
	var serials []string
	if decodeControl(w, r, &serials) {
		si.AddSerials(serials...)
		si.getSerials(w, r)
	}
}

func (si *Simulator) listDefinitions(w http.ResponseWriter, _ *http.Request) {
	si.world.mu.RLock()
	defer si.world.mu.RUnlock()

	views := make([]any, 0, len(si.world.definitions))
	for _, df := range si.world.definitions {
		views = append(views, df.view())
	}
	writeJSON(w, http.StatusOK, views)
}

func (si *Simulator) postDefinitions(w http.ResponseWriter, r *http.Request) {
	var definitions []Definition
	if !decodeControl(w, r, &definitions) {
		return
	}
	if err := si.AddDefinitions(definitions...); err != nil {
		writeError(w, http.StatusBadRequest, "bad_request", err.Error())
		return
	}
	si.listDefinitions(w, r)
}

func (si *Simulator) getClock(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]time.Time{"now": si.clock.now()})
}

func (si *Simulator) postClock(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Advance string `json:"advance"`
	}
	if !decodeControl(w, r, &sent) {
		return
	}
	by, err := time.ParseDuration(sent.Advance)
	if err != nil || by < 0 {
		writeViolations(w, rejected("advance", sent.Advance, "must be a duration such as 15m"))
		return
	}
	si.Advance(by)
	si.getClock(w, r)
}

// faultView is a rule and how often it has happened.
type faultView struct {
	Fault
	Seen     int `json:"seen"`
	Happened int `json:"happened"`
}

func (si *Simulator) getFaults(w http.ResponseWriter, _ *http.Request) {
	si.script.mu.Lock()
	defer si.script.mu.Unlock()

	views := make([]faultView, 0, len(si.script.rules))
	for _, ru := range si.script.rules {
		views = append(views, faultView{Fault: ru.Fault, Seen: ru.seen, Happened: ru.happened})
	}
	writeJSON(w, http.StatusOK, views)
}

func (si *Simulator) postFaults(w http.ResponseWriter, r *http.Request) {
	var faults []Fault
	if !decodeControl(w, r, &faults) {
		return
	}
	if err := si.AddFaults(faults...); err != nil {
		writeError(w, http.StatusBadRequest, "bad_request", err.Error())
		return
	}
	si.getFaults(w, r)
}

func (si *Simulator) deleteFaults(w http.ResponseWriter, _ *http.Request) {
	si.ClearFaults()
	w.WriteHeader(http.StatusNoContent)
}

// decodeControl is strict: what is misspelled here would silently not happen.
func decodeControl(w http.ResponseWriter, r *http.Request, target any) bool {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64*maxBody))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(target)
	if err == nil && decoder.More() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		writeError(w, http.StatusBadRequest, "bad_request", "the body cannot be read: "+err.Error())
		return false
	}
	return true
}
