package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"rentalsync/pipeline"
)

// WebhookOptions say where notices are posted to.
type WebhookOptions struct {
	URL     string        // as a whole a secret
	Token   string        // sent as Authorization: Bearer; default: nothing is sent
	Timeout time.Duration // of one notice; default 15s
}

// Webhook posts notices as JSON.
type Webhook struct {
	address *url.URL
	token   string
	client  *http.Client
}

var _ pipeline.Notifier = (*Webhook)(nil)

// NewWebhook checks the address. Nothing is sent before Notify.
func NewWebhook(o WebhookOptions) (*Webhook, error) {
	address, err := url.Parse(o.URL)
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" {
		return nil, errors.New("the address of the webhook is no web address; write https://HOST/PATH")
	}
	if o.Timeout <= 0 {
		o.Timeout = patience
	}
	return &Webhook{address, o.Token, &http.Client{Timeout: o.Timeout, CheckRedirect: sameHost}}, nil
}

// sameHost follows only redirects that bring the notice where it was meant to go.
func sameHost(next *http.Request, before []*http.Request) error {
	first := before[0].URL
	switch {
	case next.URL.Host != first.Host || next.URL.Scheme != first.Scheme:
		return fmt.Errorf("it redirects to %s://%s; write the address that takes notices itself", next.URL.Scheme, next.URL.Host)
	case next.Method != http.MethodPost:
		return errors.New("it redirects in a way that loses the notice; write the address that takes notices itself")
	case len(before) > 3:
		return errors.New("it redirects again and again")
	default:
		return nil
	}
}

// Name is the webhook with its host.
func (w *Webhook) Name() string { return "webhook at " + w.address.Host }

// Notify posts a notice. Every answer but a 2xx is an error.
func (w *Webhook) Notify(ctx context.Context, n pipeline.Notice) error {
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("write a notice for the %s: %w", w.Name(), err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.address.String(), bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("address the %s: %w", w.Name(), w.hiding(err))
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "rentalsync")
	if w.token != "" {
		req.Header.Set("Authorization", "Bearer "+w.token)
	}

	resp, err := w.client.Do(req)
	if err != nil {
		return fmt.Errorf("post to the %s: %w", w.Name(), w.hiding(err))
	}
	defer resp.Body.Close()                                       //nolint:errcheck // it was only read
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10)) // so that the connection can be used again

	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("the %s answered %s; look whether it still takes notices and whether its token is right", w.Name(), resp.Status)
	}
	return nil
}

// hiding leaves out of an error what the HTTP client says of the address.
func (w *Webhook) hiding(err error) error {
	var told *url.Error
	if errors.As(err, &told) {
		err = told.Err
	}
	password, _ := w.address.User.Password()
	return hiding(err, w.address.String(), w.token, password, w.address.RawQuery)
}
