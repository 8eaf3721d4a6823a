package main

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"rentalsync/connectors/iris"
)

// iris tries the flow's IRIS account: a token, and one request into each area.
func (co *connector) iris(ctx context.Context, f *flowConfig) {
	token, err := f.IRIS.Token.resolve()
	if err != nil {
		co.failed("token", err, "make the secret available to rentalsync")
		return
	}
	client, err := iris.New(iris.Config{URL: f.IRIS.URL, Token: token, Rates: f.IRIS.Rate.perSecond(), Timeout: connectTime, Log: co.app.log})
	if err != nil {
		co.failed("IRIS", err, "correct iris in the config")
		return
	}
	defer client.Close()

	if !co.token(ctx, client) {
		return // without one there is nothing to be asked
	}
	clock := ""
	for _, area := range iris.Areas() {
		var seen iris.Looked
		err := within(ctx, func(ctx context.Context) (err error) {
			seen, err = client.Look(ctx, area)
			return err
		})
		if err != nil {
			co.failed("IRIS "+area.Name, err, areaCure(err))
			continue
		}
		co.ok("IRIS "+area.Name, "answered in %s", max(seen.Took.Round(time.Millisecond), time.Millisecond))
		if !seen.Date.IsZero() {
			clock = skew(seen.Date, time.Now())
		}
	}
	if clock != "" {
		co.warn("clock of IRIS", "set this machine's clock by a time server: rentals would begin and end at wrong times, and tokens would be renewed too late", "%s", clock)
	}
}

func (co *connector) token(ctx context.Context, client *iris.Client) bool {
	var got iris.SignedIn
	err := within(ctx, func(ctx context.Context) (err error) {
		got, err = client.SignIn(ctx)
		return err
	})
	if err != nil {
		var refused *iris.TokenError
		cure := "check token.url, and whether this machine can reach it"
		if errors.As(err, &refused) {
			cure = refused.Hint()
		}
		co.failed("token", err, cure)
		return false
	}

	said := "given to the " + got.Grant
	if got.Expires > 0 {
		said += ", good for " + got.Expires.Round(time.Second).String()
	}
	if len(got.Granted) > 0 {
		said += ", scopes " + strings.Join(got.Granted, " ")
	}
	if lacks := got.Lacks(); len(lacks) > 0 {
		co.warn("token", "give the API key these scopes in Trackunit Manager, or take them out of token.scopes", "%s; asked for but not granted: %s", said, strings.Join(lacks, " "))
		return true
	}
	co.ok("token", "%s", said)
	return true
}

// areaCure says what a refused look into an area may mean.
func areaCure(err error) string {
	var said *iris.ErrorResponse
	var limit *iris.RateLimitError
	switch {
	case errors.As(err, &limit):
		return "IRIS wants to be asked less often; try again later"
	case !errors.As(err, &said):
		return "check iris.url, and whether this machine can reach it"
	}
	switch said.Status {
	case http.StatusUnauthorized:
		return "IRIS does not take the token; check that iris.url and token.url belong together"
	case http.StatusForbidden:
		return "the subscription may not include it (rentals, customers and custom fields need IrisX), token.scopes may lack it, or it may belong to another account"
	case http.StatusNotFound:
		return "the account may not be offered it, or iris.url leads elsewhere"
	default:
		return "try again later; if it stays so, ask Trackunit's support, and show them the line above"
	}
}
