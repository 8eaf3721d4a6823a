package iris

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestErrorResponseOfAnyBody(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ä", maxMessage)
	for _, tt := range []struct {
		name, body string
		want       string
		foreign    bool
	}{
		{"the common error object", `{"status":400,"code":"bad_value","message":"no such value"}`, "400 Bad Request bad_value: no such value", false},
		{"violations", `{"code":"constraint_violation","message":"Constraint violation","violations":[{"field":"a","message":"must be"},{"field":"","message":"whole"}]}`,
			"400 Bad Request constraint_violation: Constraint violation; a: must be; whole", false},
		{"an error of OAuth", `{"error":"invalid_token","error_description":"it has expired"}`, "400 Bad Request: it has expired", false},
		{"one that breaks off", `{"code":"bad_value","message":"no su`, "400 Bad Request bad_value", false},
		{"a code that is a number", `{"code":17}`, "400 Bad Request 17", false},
		{"a code that is an object", `{"code":{},"message":[]}`, "400 Bad Request", false},
		{"violations that are none", `{"violations":"many"}`, "400 Bad Request", false},
		{"nothing", " ", "400 Bad Request", false},
		{"a page", "<html>", "400 Bad Request: the answer is no error object of IRIS but text/html", true},
		{"control characters", `{"message":"a\u0000\nb"}`, "400 Bad Request: a  b", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := errorOf(tt.body)
			if text := strings.TrimPrefix(got.Error(), "POST https://iris.test/x: "); text != tt.want || got.Foreign != tt.foreign {
				t.Errorf("got %q, want %q", text, tt.want)
			}
		})
	}

	got := errorOf(`{"message":"` + long + `"}`).Message
	if len(got) > maxMessage+3 || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
		t.Errorf("a long message became %d bytes, %q", len(got), got[max(0, len(got)-10):])
	}
}

func errorOf(body string) *ErrorResponse {
	u, _ := url.Parse("https://me:hush@iris.test/x?token=hush#y")
	a := &answer{status: 400, header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, body: []byte(body)}
	return errorResponse(&http.Request{Method: http.MethodPost, URL: u}, a, newSecrets(TokenConfig{}))
}

func TestRetryAfterInBothForms(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 21, 23, 59, 50, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "0": 0, "-3": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second, "1.5": 1500 * time.Millisecond,
		"soon": 0, "NaN": 0, "1e99": 24 * time.Hour,
		"Sun, 22 Nov 2026 00:00:00 GMT":  10 * time.Second,
		"Sunday, 22-Nov-26 00:00:05 GMT": 15 * time.Second,
		"Sun Nov 22 00:00:00 2026":       10 * time.Second,
		"Sat, 21 Nov 2026 23:00:00 GMT":  0,
		"Sun, 22 Nov 2099 00:00:00 GMT":  24 * time.Hour,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q is %s, want %s", value, got, want)
		}
	}
}

func TestLanes(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/api/rental/v1/synchronization":                               LaneRental,
		"/base/api/rental/v1/contract-items":                           LaneRental,
		"/public/api/aemp/v2/15143/-3/Fleet/12":                        LaneFleet,
		"/base/public/api/aemp/v2/15143/-3/Fleet/Equipment/ID/OT 12/7": LaneEquipment,
		"/api/asset/v1/assets":                                         LaneOther,
	} {
		if got := laneOf(path); got != want {
			t.Errorf("%s goes by %s, want %s", path, got, want)
		}
	}
}
