package iris

import (
	"context"
	"net/http"
)

// synchronizationPath takes one asset with its contract items, contracts and
// customers.
const synchronizationPath = "/api/rental/v1/synchronization"

// Synchronized is IRIS's answer to a synchronization that it took.
type Synchronized struct {
	Status  int
	Matched bool // false: no such asset yet; what was sent is kept and matched when it appears
}

// Synchronize sends one asset. With Config.ValidateAssets an asset that IRIS
// does not know is refused with 404 instead of kept.
//
// https://developers.trackunit.com/reference/synchronize
func (c *Client) Synchronize(ctx context.Context, body []byte) (Synchronized, error) {
	in := call{method: http.MethodPost, path: synchronizationPath, accept: "application/json", body: body}
	if c.validate {
		in.header = map[string]string{"X-Validate-Asset-Exists": "true"}
	}

	a, err := c.do(ctx, in)
	if err != nil {
		return Synchronized{}, err
	}
	return Synchronized{Status: a.status, Matched: a.status != http.StatusAccepted}, nil
}
