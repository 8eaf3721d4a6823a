package notify

import (
	"context"
	"fmt"
	"net/http"

	"github.com/wneessen/go-mail"
)

// Reach finds out whether the webhook answers, without telling it anything. Any
// answer will do: what it makes of a question that is no notice is its own affair.
func (w *Webhook) Reach(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, w.address.String(), http.NoBody)
	if err != nil {
		return fmt.Errorf("address the %s: %w", w.Name(), w.hiding(err))
	}
	req.Header.Set("User-Agent", "rentalsync")
	plain := &http.Client{
		Timeout:       w.client.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := plain.Do(req)
	if err != nil {
		return fmt.Errorf("ask the %s: %w", w.Name(), w.hiding(err))
	}
	return resp.Body.Close()
}

// Reach greets the mail server and logs in, as for a notice, and sends none.
func (m *Mail) Reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, m.Timeout)
	defer cancel()
	client, err := mail.NewClient(m.host, m.options(ctx)...)
	if err != nil {
		return fmt.Errorf("prepare %s: %w", m.Name(), hiding(err, m.secrets()...))
	}
	if err := client.DialWithContext(ctx); err != nil {
		return fmt.Errorf("greet %s: %w", m.Name(), hiding(err, m.secrets()...))
	}
	return client.Close()
}
