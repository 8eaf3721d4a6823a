package iris

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// SignedIn is what came of asking for a token. The token itself is not told.
type SignedIn struct {
	Grant   string        // how it was asked for
	Expires time.Duration // how long it is good for; 0 when the server does not say
	Asked   []string      // scopes that were asked for
	Granted []string      // scopes as the server names them; none when it does not say
}

// Lacks are the scopes that were asked for and not granted.
func (s SignedIn) Lacks() []string {
	var lacks []string
	granted := " " + strings.Join(s.Granted, " ") + " "
	for _, scope := range s.Asked {
		if len(s.Granted) > 0 && !strings.Contains(granted, " "+scope+" ") {
			lacks = append(lacks, scope)
		}
	}
	return lacks
}

// SignIn asks for a token, as any request would. The error is a *TokenError, or
// the cause of ctx's end.
func (c *Client) SignIn(ctx context.Context) (SignedIn, error) {
	if _, err := c.tokens.get(ctx); err != nil {
		return SignedIn{}, err
	}
	return c.tokens.signedIn(), nil
}

// Area is a part of the API that is allowed, or not, as a whole.
type Area struct {
	Name string
	path string
	gone bool // what is asked for is not there
}

// Areas are the parts of the API that are used. Of the fleet a machine is asked
// for that nobody has: a page may be read only once in a quarter of an hour.
func Areas() []Area {
	return []Area{
		{Name: "rental contracts", path: "/api/rental/v1/contracts"},
		{Name: "assets", path: "/api/asset/v1/assets"},
		{Name: "sites", path: "/api/site/v1/sites"},
		{Name: "customers", path: "/api/customer/v1/customers"},
		{Name: "custom field definitions", path: "/api/custom-fields/v1/definitions"},
		{Name: "fleet telematics", path: fleetPath + "/Equipment/ID/rentalsync-check", gone: true},
	}
}

// Looked is what one request into an area showed.
type Looked struct {
	Took time.Duration
	Date time.Time // IRIS's clock, in whole seconds; zero when it does not say
}

// Look asks for the least that shows whether an area may be used. Its error is
// that of any request.
func (c *Client) Look(ctx context.Context, area Area) (Looked, error) {
	in := call{method: http.MethodGet, path: area.path, accept: "application/json"}
	if !area.gone {
		in.query = url.Values{"size": {"1"}}
	}

	begun := c.now()
	a, err := c.do(ctx, in)
	if area.gone && isStatus(err, http.StatusNotFound) {
		err = nil // it was let in, and there is no such machine
	}
	if err != nil {
		return Looked{}, fmt.Errorf("look for %s: %w", area.Name, err)
	}

	seen := Looked{Took: c.now().Sub(begun)}
	if a != nil {
		seen.Date, _ = http.ParseTime(a.header.Get("Date")) // a clock that is not told is none
	}
	return seen, nil
}
