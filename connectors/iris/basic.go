package iris

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
)

// basic puts the client's id and secret on requests to the token server. The
// vendor's text puts them together as they are, while OAuth has them escaped
// first; for most secrets that is the same. Where it is not, the other spelling
// is tried when the server does not know the client, and kept when it does then.
type basic struct {
	next       http.RoundTripper
	id, secret string
	escaped    atomic.Bool // which spelling worked
}

// RoundTrip makes a request in the name of the client.
func (b *basic) RoundTrip(req *http.Request) (*http.Response, error) {
	escaped := b.escaped.Load()
	first, err := b.next.RoundTrip(b.signed(req, escaped))
	if err != nil || b.sameEitherWay() || !unknownClient(first) {
		return first, err
	}

	again, err := rewound(req)
	if err != nil {
		return nil, err
	}
	second, err := b.next.RoundTrip(b.signed(again, !escaped))
	if err != nil || unknownClient(second) {
		return first, nil //nolint:nilerr // the first answer says it
	}
	b.escaped.Store(!escaped)
	return second, nil
}

func (b *basic) sameEitherWay() bool {
	return url.QueryEscape(b.id) == b.id && url.QueryEscape(b.secret) == b.secret
}

func (b *basic) signed(req *http.Request, escaped bool) *http.Request {
	signed := req.Clone(req.Context())
	if escaped {
		signed.SetBasicAuth(url.QueryEscape(b.id), url.QueryEscape(b.secret))
	} else {
		signed.SetBasicAuth(b.id, b.secret)
	}
	return signed
}

// unknownClient reports whether a server does not know who asks, and leaves the
// answer to be read.
func unknownClient(resp *http.Response) bool {
	if resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusBadRequest {
		return false
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close() // it is in memory
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return err == nil && text(members(body)["error"]) == "invalid_client"
}
