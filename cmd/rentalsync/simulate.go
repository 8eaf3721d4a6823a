package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rentalsync/connectors/iris/iristest"
)

func newSimulateCmd(a *app) *cobra.Command {
	var listen, serials, faults, nulls, definitions string
	options := iristest.Options{}
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Plays IRIS, to try things on",
		Long: `simulate serves every part of IRIS that rentalsync uses under one address, with a
fleet of invented machines, until it is interrupted. Its client id, client
secret, user and password are all demo. http://ADDRESS/simulator/ shows what it
holds.

--faults names a YAML file that lists what goes wrong on purpose:

  # the fourth and the fifth request are told to come back in two seconds
  - {on: POST /api/rental/v1/synchronization, after: 3, times: 2, status: 429, retryAfter: "2"}
  # this asset is taken, but the connection drops before the answer
  - {on: POST /api/rental/v1/synchronization, identifier: WJX00213, times: 1, cutAfter: true}
  # every tenth request of any kind is slow
  - {on: "*", every: 10, latency: 3s}
  # five of a hundred requests end in a server error
  - {on: "*", percent: 5, status: 503}

on is a method and a path; the path may end in *, and "*" alone is every request.
Which of them: identifier (of one asset), after (so many pass first), every (so
manieth), percent (so many of a hundred; --seed decides which), times (at most; 0
is no end). What happens: latency, and one of status
(with retryAfter: "2" or "date:3s"), cut (before anything is done), cutAfter (after
it is done) and expireToken; body: html, truncated, empty or object spoils the
answer. Of several rules for a request the first one happens.

--definitions names a YAML file of custom fields that are defined from the start:

  - {key: projectCode, type: STRING, entityType: RENTAL_CONTRACT, maximumLength: 20}
  - {key: colour, type: DROPDOWN, entityType: ASSET, allValues: [red, blue]}`,
		Example: "  rentalsync simulate\n" +
			"  rentalsync simulate --listen 127.0.0.1:8080 --fleet 500 --seed 1 --serials serials.txt\n" +
			"  rentalsync simulate --rate 5 --latency 200ms --faults faults.yaml",
		Args: takes(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			options.Nulls = iristest.Nulls(nulls)
			handler, err := newSimulator(options, serials, faults, definitions)
			if err != nil {
				return err
			}
			return a.serve(cmd.Context(), listen, handler)
		},
	}

	flags := cmd.Flags()
	flags.StringVar(&listen, "listen", "127.0.0.1:8080", "the `ADDRESS` to listen on; port 0 takes a free one")
	flags.IntVar(&options.Fleet, "fleet", 500, "how many machines are invented")
	flags.Uint64Var(&options.Seed, "seed", 1, "decides all that is invented")
	flags.StringVar(&serials, "serials", "", "a `FILE` of serial numbers that exist besides the fleet, one a line")
	flags.DurationVar(&options.Latency, "latency", 0, "what each answer waits")
	flags.Float64Var(&options.Rate, "rate", 0, "requests a second before IRIS says 429; 0 is no limit")
	flags.StringVar(&faults, "faults", "", "a YAML `FILE` of what goes wrong on purpose")
	flags.StringVar(&definitions, "definitions", "", "a YAML `FILE` of custom fields that are defined")
	flags.StringVar(&nulls, "nulls", "ignore", "what a null does to a value that IRIS holds: ignore or clear")
	flags.BoolVar(&options.Strict, "strict", false, "refuse unknown fields and unknown depots")
	return cmd
}

// newSimulator makes a simulator. What the flags say wrong is a fault of usage.
func newSimulator(options iristest.Options, serials, faults, definitions string) (*iristest.Simulator, error) {
	var err error
	if serials != "" {
		if options.Serials, err = readSerials(serials); err != nil {
			return nil, &exitError{code: exitFault, err: err, hint: "--serials names a file with one serial number a line"}
		}
	}
	if faults != "" {
		if options.Faults, err = iristest.LoadFaults(faults); err != nil {
			return nil, &exitError{code: exitFault, err: err, hint: "--faults names a YAML file that lists rules, such as - {on: POST /api/rental/*, times: 2, status: 429}"}
		}
	}
	if definitions != "" {
		if options.Definitions, err = iristest.LoadDefinitions(definitions); err != nil {
			return nil, &exitError{code: exitFault, err: err, hint: "--definitions names a YAML file that lists custom fields, such as - {key: projectCode, type: STRING, entityType: ASSET}"}
		}
	}
	simulator, err := iristest.New(options)
	if err != nil {
		return nil, &exitError{code: exitFault, err: err}
	}
	return simulator, nil
}

func readSerials(path string) ([]string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var serials []string
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		if serial := strings.TrimSpace(line); serial != "" {
			serials = append(serials, serial)
		}
	}
	return serials, nil
}

// serve answers requests until ctx ends, which is how it is meant to end.
func (a *app) serve(ctx context.Context, address string, handler http.Handler) error {
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return &exitError{code: exitFailed, err: err, hint: "name a free address with --listen, such as 127.0.0.1:0"}
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second,
		ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	fmt.Fprintf(a.stderr, "listening on http://%s\n", reachable(listener.Addr()))

	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	select {
	case err = <-served:
	case <-ctx.Done():
		err = errors.Join(shutDown(server), <-served)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// grace is how long requests in hand may take once the server is to end.
const grace = 2 * time.Second

func shutDown(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if err := server.Shutdown(ctx); err == nil {
		return nil
	}
	return server.Close()
}

// reachable is an address that a client on this machine can use.
func reachable(address net.Addr) string {
	if tcp, ok := address.(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		return fmt.Sprintf("localhost:%d", tcp.Port)
	}
	return address.String()
}
