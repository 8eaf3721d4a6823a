package iris

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"rentalsync/pipeline"
)

// Config says which account of IRIS to speak to, and how.
type Config struct {
	URL   string // default https://iris.trackunit.com
	Token TokenConfig

	Rates    Rates         // requests a second by lane; 0 is no limit
	Pace     pipeline.Pace // keeps the rates for everything that shares the account; default: for this client alone
	Parallel int           // requests at once; default 2
	Timeout  time.Duration // of one attempt; default 10s

	ValidateAssets bool   // an unknown asset is refused instead of kept until it appears
	UserAgent      string // default rentalsync

	Clock     func() time.Time  // default time.Now
	Transport http.RoundTripper // default one like http.DefaultTransport
	Log       *slog.Logger      // default none
}

// Rates are requests a second, by lane; 0 is no limit.
type Rates struct{ Rental, Fleet, Equipment, Other float64 }

// The defaults of Config.
const (
	DefaultURL      = "https://iris.trackunit.com"
	DefaultParallel = 2
	DefaultTimeout  = 10 * time.Second
)

func (cfg Config) withDefaults() Config {
	if cfg.URL == "" {
		cfg.URL = DefaultURL
	}
	if cfg.Parallel == 0 {
		cfg.Parallel = DefaultParallel
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "rentalsync"
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Pace == nil {
		cfg.Pace = NewLocalPace(cfg.Rates, cfg.Clock)
	}
	return cfg
}

func (cfg Config) check() error {
	var faults []error
	if cfg.Parallel < 1 {
		faults = append(faults, fmt.Errorf("parallel is %d; allow at least 1 request at once", cfg.Parallel))
	}
	if cfg.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout is %s; it must be more than 0", cfg.Timeout))
	}
	for lane, rate := range cfg.Rates.byLane() {
		if !(rate >= 0 && rate <= 1e6) {
			faults = append(faults, fmt.Errorf("rate of %s requests is %v a second; it must be 0 (no limit) or more", lane, rate))
		}
	}
	return errors.Join(append(faults, cfg.Token.check())...)
}

// baseURL reads the address that all paths are put behind.
func baseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("iris url cannot be read; write one like https://iris.trackunit.com")
	case u.User != nil:
		return nil, errors.New("iris url holds credentials; put them under token")
	case u.Scheme != "https" && u.Scheme != "http" || u.Host == "":
		return nil, fmt.Errorf("iris url %q is no web address; write one like https://iris.trackunit.com", text)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("iris url %q has a query; leave it out", plainURL(u))
	}
	u.Path = strings.TrimRight(u.Path, "/")
	u.RawPath = strings.TrimRight(u.RawPath, "/")
	return u, nil
}

// Account names the account that a client of this config speaks for, without a
// secret; no secret is needed to know it.
func (cfg Config) Account() (string, error) {
	base, err := baseURL(cfg.URL)
	if err != nil {
		return "", err
	}
	return account(base, cfg.Token), nil
}

// account names what answers are kept for. With an API user it is the user who
// decides which account of IRIS it is, and several may share a client id.
func account(base *url.URL, t TokenConfig) string {
	name := strings.ToLower(base.Host) + "/" + t.ClientID
	if t.Username != "" {
		name += "/" + t.Username
	}
	return name
}
