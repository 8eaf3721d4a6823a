package iris

import "net/http"

// auth puts the account's token on every request. When IRIS does not take it,
// it is renewed once, and the request is made once more; a second 401 is left
// to the caller.
type auth struct {
	next   http.RoundTripper
	tokens *tokens
}

// RoundTrip makes a request with a token.
func (a *auth) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := a.tokens.get(req.Context())
	if err != nil {
		return nil, err
	}

	resp, err := a.next.RoundTrip(authorized(req, token))
	if err != nil || resp.StatusCode != http.StatusUnauthorized {
		return resp, err
	}

	a.tokens.drop(req.Context(), token)
	if token, err = a.tokens.get(req.Context()); err != nil {
		return nil, err
	}
	again, err := rewound(req)
	if err != nil {
		return nil, err
	}
	return a.next.RoundTrip(authorized(again, token))
}

// authorized leaves the caller's request as it is, so that no token lives
// longer than the attempt.
func authorized(req *http.Request, token string) *http.Request {
	with := req.Clone(req.Context())
	with.Header.Set("Authorization", "Bearer "+token)
	return with
}
