package iris_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"rentalsync/connectors/iris"
)

// BenchmarkSend sends to a server on this machine that does nothing.
func BenchmarkSend(b *testing.B) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token/v2" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprint(w, `{"access_token":"t","expires_in":1200}`)
		}
	}))
	defer server.Close()
	cfg := account(server.URL)
	cfg.Parallel = 8
	c, err := iris.New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()

	l, d := iris.NewLoader(c, nil), document(known)
	b.ReportAllocs()
	b.Run("one at a time", func(b *testing.B) {
		for b.Loop() {
			if _, err := l.Send(b.Context(), d); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("in parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := l.Send(b.Context(), d); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}
