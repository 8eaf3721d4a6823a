package iris

import (
	"encoding/base64"
	"net/url"
	"strings"
	"sync"
)

// secrets knows the texts that must never be seen, and takes them out of what
// servers and libraries say.
type secrets struct {
	mu    sync.Mutex
	words []string // configured, in every spelling that goes over the line
	live  []string // the last tokens, newest first
}

// tokensKnown is how many tokens back a late answer may still quote one.
const tokensKnown = 8

// mask stands where a secret was.
const mask = "[hidden]"

// shortSecret is the length below which a text is too common a word to be
// looked for.
const shortSecret = 4

func newSecrets(cfg TokenConfig) *secrets {
	s := &secrets{}
	s.know(cfg.ClientSecret, cfg.ClientID, cfg.Username)
	s.know(cfg.Password, cfg.ClientID, cfg.Username)
	s.know(base64.StdEncoding.EncodeToString([]byte(cfg.ClientID + ":" + cfg.ClientSecret)))
	s.know(base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(cfg.ClientID) + ":" + url.QueryEscape(cfg.ClientSecret))))
	if u, err := url.Parse(cfg.URL); err == nil {
		for _, values := range u.Query() { // some gateways take a key there
			for _, v := range values {
				s.know(v, cfg.ClientID, cfg.Username)
			}
		}
	}
	return s
}

// know adds a secret, unless it is one of the names that are no secret.
func (s *secrets) know(secret string, public ...string) {
	for _, p := range public {
		if secret == p {
			return
		}
	}
	for _, w := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
		if len(w) >= shortSecret {
			s.words = append(s.words, w)
		}
	}
}

// token adds a token to the texts that are hidden.
func (s *secrets) token(tokens ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range tokens {
		if len(t) >= shortSecret {
			s.live = append([]string{t}, s.live...)
		}
	}
	s.live = s.live[:min(len(s.live), tokensKnown)]
}

// hide replaces every secret in a text.
func (s *secrets) hide(text string) string {
	for _, w := range s.words {
		text = strings.ReplaceAll(text, w, mask)
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.live {
		text = strings.ReplaceAll(text, t, mask)
	}
	return text
}
