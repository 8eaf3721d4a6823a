package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// connectTime is how long one question of check --connect may take.
const connectTime = 10 * time.Second

// What a connection turned out to be.
const (
	connectOK      = "ok"
	connectWarning = "warning"
	connectFailed  = "failed"
)

// connected is one line of what check --connect found. Nothing in it is secret.
type connected struct {
	Flow   string `json:"flow"`
	What   string `json:"what"`
	Result string `json:"result"`
	Said   string `json:"said"`
	Cure   string `json:"cure,omitempty"`
}

// connector tries everything that a config names, flow by flow.
type connector struct {
	app  *app
	flow string
	all  []connected
}

// tryConnections tries what every flow reaches for: places, IRIS, and those who are told.
func (a *app) tryConnections(ctx context.Context, c *config) []connected {
	co := &connector{app: a}
	for i := range c.Flows {
		f := &c.Flows[i]
		co.flow = f.Flow
		co.places(ctx, f)
		co.iris(ctx, f)
		co.notifiers(ctx, f)
	}
	return co.all
}

func (co *connector) ok(what, said string, args ...any) {
	co.all = append(co.all, connected{co.flow, what, connectOK, fmt.Sprintf(said, args...), ""})
}

func (co *connector) warn(what, cure, said string, args ...any) {
	co.all = append(co.all, connected{co.flow, what, connectWarning, fmt.Sprintf(said, args...), cure})
}

func (co *connector) failed(what string, err error, cure string) {
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("no answer within %s", connectTime)
	}
	co.all = append(co.all, connected{co.flow, what, connectFailed, err.Error(), cure})
}

// within gives one question its time.
func within(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	return ask(ctx)
}

// longSkew is by how much clocks may differ before somebody has to know.
const longSkew = 2 * time.Minute

// skew says how a clock differs from that of this machine; "" while it does not
// matter.
func skew(theirs, ours time.Time) string {
	ahead := theirs.Sub(ours).Round(time.Second)
	switch {
	case ahead > longSkew:
		return fmt.Sprintf("its clock is %s ahead of this machine's", ahead)
	case ahead < -longSkew:
		return fmt.Sprintf("its clock is %s behind this machine's", -ahead)
	default:
		return ""
	}
}

// notifiers tries to reach whoever is told, without telling anything.
func (co *connector) notifiers(ctx context.Context, f *flowConfig) {
	all, err := f.Notify.notifiers()
	if err != nil {
		co.failed("notify", err, "correct notify in the config")
	}
	for _, n := range all {
		reachable, is := n.(interface{ Reach(context.Context) error })
		if !is {
			continue
		}
		if err := within(ctx, reachable.Reach); err != nil {
			co.failed(n.Name(), err, "check notify in the config, and whether this machine can reach it")
			continue
		}
		co.ok(n.Name(), "it answers; nothing was sent")
	}
}

// anyFailed reports whether something could not be reached or used.
func anyFailed(all []connected) bool {
	for _, c := range all {
		if c.Result == connectFailed {
			return true
		}
	}
	return false
}

// tellConnected writes a line for each, with the cure below it.
func tellConnected(w io.Writer, all []connected) {
	for _, c := range all {
		fmt.Fprintf(w, "%-8s %s, %s: %s\n", c.Result, c.Flow, c.What, strings.ReplaceAll(c.Said, "\n", " "))
		if c.Cure != "" {
			fmt.Fprintf(w, "         %s\n", c.Cure)
		}
	}
}
