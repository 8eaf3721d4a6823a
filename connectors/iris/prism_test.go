package iris_test

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"rentalsync/connectors/iris"
	"rentalsync/connectors/iris/iristest"
)

// Prism is a server that others made, which holds what goes over the line to an
// OpenAPI description. $PRISM is where it is.
func TestPrismAgrees(t *testing.T) {
	t.Parallel()
	program := os.Getenv("PRISM")
	if program == "" {
		t.Skip("$PRISM does not say where prism is; make mock")
	}

	t.Run("with the client and the simulator, in front of which it stands", func(t *testing.T) {
		t.Parallel()
		se := iristest.Start(t, toured)
		cfg := account(se.URL)
		cfg.Transport = through(t, prism(t, program, "proxy", "openapi.yaml", se.URL))
		tour(t, client(t, cfg))
	})
	t.Run("with the client, whose every request it answers by itself", func(t *testing.T) {
		t.Parallel()
		cfg := account("http://iris.test")
		cfg.Transport = through(t, prism(t, program, "mock", "openapi.yaml"))
		c := client(t, cfg)
		tourRentals(t, c)
		tourAssets(t, c)
		tourSites(t, c)
		tourCustomers(t, c)
		if err := failed(iris.NewFleet(c, iris.FleetOptions{JSON: true}).Pages(t.Context(), "", nil)); err != nil {
			t.Error(err)
		}
	})
}

// prism starts prism, and returns its address once it listens.
func prism(t *testing.T, program string, args ...string) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	_ = free.Close() // for prism to take
	_, port, _ := net.SplitHostPort(address)

	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, append(args, "--host", "127.0.0.1", "--port", port)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	listening, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.Contains(lines.Text(), "is listening") {
				close(listening)
			}
		}
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
		_ = cmd.Wait() // it was ended
	})
	select {
	case <-listening:
	case <-ended:
		t.Fatal("prism ended before it listened")
	}
	return address
}

// checked sends everything to one address, and tells of what prism does not
// allow.
type checked struct {
	t    *testing.T
	next http.RoundTripper
}

func through(t *testing.T, address string) http.RoundTripper {
	t.Helper()
	var dialer net.Dialer
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, address)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return checked{t, transport}
}

// RoundTrip makes a request.
func (ch checked) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := ch.next.RoundTrip(req)
	if err == nil && resp.Header.Get("Sl-Violations") != "" {
		ch.t.Errorf("%s %s: %s: %s", req.Method, req.URL.Path, resp.Status, resp.Header.Get("Sl-Violations"))
	}
	return resp, err
}
