package iris_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// inTime runs a test in a time of its own, where waiting costs nothing.
func inTime(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, test)
	})
}

// memory is a line to a server without a network: lines that the server cuts
// are cut.
type memory struct{ server http.Handler }

func (m memory) RoundTrip(req *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	wrote, cut := m.serve(w, req)
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	if cut && !wrote {
		return nil, io.EOF
	}

	resp := w.Result()
	resp.Request = req
	body := w.Body.Bytes()
	if want, err := strconv.Atoi(w.Header().Get("Content-Length")); cut || err == nil && want > len(body) {
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), broken{}))
	}
	return resp, nil
}

func (m memory) serve(w *httptest.ResponseRecorder, req *http.Request) (wrote, cut bool) {
	defer func() {
		if p := recover(); p != nil {
			wrote, cut = w.Flushed || w.Body.Len() > 0, true
		}
	}()
	served := req.Clone(req.Context())
	served.RequestURI = req.URL.RequestURI()
	served.RemoteAddr = "192.0.2.1:1234"
	if served.Host == "" {
		served.Host = req.URL.Host
	}
	m.server.ServeHTTP(w, served)
	return true, false
}

// broken is where a line breaks.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
