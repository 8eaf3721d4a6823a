package iristest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris/iristest"
	"rentalsync/connectors/iris/iristest/described"
)

const synchronization = "/api/rental/v1/synchronization"

// noon is when the tests live, unless they advance the clock.
var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// caller calls a simulator and reads its answers.
type caller struct {
	*iristest.Simulator
	t     *testing.T
	token string
	door  http.Handler // holds what goes through it to openapi.yaml
}

func newCaller(t *testing.T, options iristest.Options) *caller {
	t.Helper()
	if options.Now == nil {
		options.Now = func() time.Time { return noon }
	}
	si, err := iristest.New(options)
	if err != nil {
		t.Fatal(err)
	}
	ca := &caller{Simulator: si, t: t, token: si.Token(), door: si}
	if len(options.Faults) == 0 { // or what is not allowed happens on purpose
		ca.door = &described.Handler{Server: si, Tell: t.Errorf, Wrong: true}
	}
	return ca
}

// answer is what came back, read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

// do sends a request with the token; headers come in pairs.
func (ca *caller) do(method, target, body string, headers ...string) answer {
	ca.t.Helper()
	r := httptest.NewRequestWithContext(ca.t.Context(), method, target, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+ca.token)
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	ca.door.ServeHTTP(w, r)
	return answer{status: w.Code, header: w.Header(), body: w.Body.String()}
}

func (ca *caller) get(target string, headers ...string) answer {
	ca.t.Helper()
	return ca.do(http.MethodGet, target, "", headers...)
}

func (ca *caller) synchronize(body string, headers ...string) answer {
	ca.t.Helper()
	return ca.do(http.MethodPost, synchronization, body, headers...)
}

func (ca *caller) form(target string, values url.Values, headers ...string) answer {
	ca.t.Helper()
	headers = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
	return ca.do(http.MethodPost, target, values.Encode(), headers...)
}

// want fails unless the status is the one that is wanted.
func (an answer) want(t *testing.T, status int) answer {
	t.Helper()
	if an.status != status {
		t.Fatalf("got status %d, want %d; body %s", an.status, status, an.body)
	}
	return an
}

// wantCode wants an error object with a code.
func (an answer) wantCode(t *testing.T, status int, code string) errorObject {
	t.Helper()
	an.want(t, status)
	got := decoded[errorObject](t, an.body)
	if got.Status != status || got.Code != code || got.Message == "" {
		t.Fatalf("got error object %+v, want status %d and code %s with a message", got, status, code)
	}
	return got
}

type errorObject struct {
	Status     int
	Code       string
	Message    string
	Violations []struct{ Field, Message string }
}

func (eo errorObject) fields() []string {
	var fields []string
	for _, vi := range eo.Violations {
		fields = append(fields, vi.Field)
	}
	return fields
}

// page is the envelope of every list.
type page[T any] struct {
	TotalPages, TotalElements, Number, Size, NumberOfElements int

	Content []T
}

func decoded[T any](t *testing.T, body string) T {
	t.Helper()
	var value T
	if err := json.Unmarshal([]byte(body), &value); err != nil {
		t.Fatalf("decode %q: %v", body, err)
	}
	return value
}

func wantEqual[T any](t *testing.T, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("not as wanted (-want +got):\n%s", diff)
	}
}

// compact makes JSON comparable as text.
func compact(t *testing.T, data []byte) string {
	t.Helper()
	var out bytes.Buffer
	if err := json.Compact(&out, data); err != nil {
		t.Fatalf("compact %q: %v", data, err)
	}
	return out.String()
}

// listening serves over TCP, for what a recorder cannot show.
func listening(t *testing.T, options iristest.Options) *iristest.Server {
	t.Helper()
	options.Now = func() time.Time { return noon }
	return iristest.Start(t, options)
}

func send(t *testing.T, se *iristest.Server, method, path, body string) (answer, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, se.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+se.Token())
	// Without reuse of connections no retry hides what the server did.
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, header: response.Header, body: string(data)}, err
}

// tick is a clock that tests move from outside.
type tick struct{ ahead atomic.Int64 }

func (ti *tick) now() time.Time { return noon.Add(time.Duration(ti.ahead.Load())) }

const whole = `{
  "identifier": "WJX00213",
  "identifierType": "SERIAL_NUMBER",
  "externalReference": "A-100482",
  "rentalStatus": "ON_RENT",
  "owningDepot": {"id": "6f0c7b7e-5d0e-4c7e-9c39-0b3c7d3f4a11"},
  "contractItems": [
    {
      "externalReference": "C-77120/3",
      "onRentDate": "2025-03-03T07:00:00Z",
      "offRentDate": "2025-03-28T16:00:00Z",
      "rentalRate": {"type": "DAILY", "currency": "EUR", "unitPrice": 142.5},
      "orderNumber": "PO-5512",
      "contractedHours": 160,
      "deliveryAddress": "Kirkeveien 4, 0368 Oslo, NO",
      "deliveryDate": "2025-03-03T06:00:00Z",
      "pickupAddress": "Kirkeveien 4, 0368 Oslo, NO",
      "pickupDate": "2025-03-29T08:00:00Z",
      "contract": {
        "externalReference": "C-77120",
        "contractStatus": "OPEN",
        "startDate": "2025-03-01",
        "endDate": "2025-04-30T00:00:00+02:00",
        "hiringDepot": {"id": "6f0c7b7e-5d0e-4c7e-9c39-0b3c7d3f4a11"},
        "customer": {"externalReference": "K-3391", "name": "Nordby Anlegg AS", "type": "CONTRACTOR"}
      }
    }
  ]
}`
