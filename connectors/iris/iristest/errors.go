package iristest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// errorBody is the error object that all REST APIs of IRIS share.
type errorBody struct {
	Status     int         `json:"status"`
	Code       string      `json:"code"`
	Message    string      `json:"message"`
	Violations []violation `json:"violations,omitempty"`
}

// violation says what is wrong with one field of a request.
type violation struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// rejected is a violation in the words that IRIS uses.
func rejected(field, value, why string) violation {
	return violation{Field: field, Message: "value '" + value + "' was rejected: " + why}
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	data, err := json.Marshal(body)
	if err != nil {
		status, data = http.StatusInternalServerError, []byte(`{"status":500,"code":"internal_server_error","message":"the answer cannot be encoded"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data) // the client has gone; there is nobody to tell
}

func writeError(w http.ResponseWriter, status int, code, message string) {
	writeJSON(w, status, errorBody{Status: status, Code: code, Message: message})
}

func writeViolations(w http.ResponseWriter, violations ...violation) {
	writeJSON(w, http.StatusBadRequest, errorBody{
		Status:     http.StatusBadRequest,
		Code:       "constraint_violation",
		Message:    "Constraint violation",
		Violations: violations,
	})
}

// tooMany rounds up: a client that comes back after the time it was told must find the door open.
func tooMany(w http.ResponseWriter, after time.Duration) {
	seconds := int64((after + time.Second - 1) / time.Second)
	w.Header().Set("Retry-After", strconv.FormatInt(max(seconds, 1), 10))
	writeError(w, http.StatusTooManyRequests, "too_many_requests", "too many requests, come back later")
}

func notFound(w http.ResponseWriter, code, message string) {
	writeError(w, http.StatusNotFound, code, message)
}

// notServed is every path that IRIS does not have, or that the simulator does not know of.
func notServed(w http.ResponseWriter, r *http.Request) {
	notFound(w, "not_found", r.Method+" "+r.URL.Path+" is not served here")
}
