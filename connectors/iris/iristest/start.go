package iristest

import (
	"errors"
	"net"
	"net/http"
	"time"
)

// TB is what Start needs of a testing.TB. The simulator is linked into rentalsync, which must not carry
// the testing package.
type TB interface {
	Helper()
	Cleanup(func())
	Fatalf(format string, args ...any)
}

// Server is a simulator that listens.
type Server struct {
	*Simulator
	URL string // such as http://127.0.0.1:40001, without a closing slash

	server *http.Server
	done   chan struct{}
}

// Start serves a new simulator on a free local port until the test ends.
func Start(t TB, options Options) *Server {
	t.Helper()
	si, err := New(options)
	if err != nil {
		t.Fatalf("start simulator: %v", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start simulator: %v", err)
	}

	se := &Server{
		Simulator: si,
		URL:       "http://" + listener.Addr().String(),
		server:    &http.Server{Handler: si, ReadHeaderTimeout: 10 * time.Second},
		done:      make(chan struct{}),
	}
	go func() {
		defer close(se.done)
		if err := se.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			panic("iristest: serve: " + err.Error()) // nothing but Close ends it
		}
	}()
	t.Cleanup(se.Close)
	return se
}

// Close stops listening and drops what is open. Twice is fine.
func (se *Server) Close() {
	_ = se.server.Close()
	<-se.done
}
