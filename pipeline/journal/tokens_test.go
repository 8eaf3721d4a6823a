package journal_test

import (
	"testing"
	"time"
)

func TestARefreshTokenIsKeptOverRestartsForEachAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, time.Minute)
	kept := func(account string) string {
		t.Helper()
		token, err := w.Tokens(account).Load(t.Context())
		w.must(err)
		return token
	}
	if got := kept("iris/a"); got != "" {
		t.Errorf("before any was kept it is %q", got)
	}
	w.must(w.Tokens("iris/a").Save(t.Context(), "first"))
	w.must(w.Tokens("iris/a").Save(t.Context(), "second"))
	w.must(w.Tokens("iris/b").Save(t.Context(), "other"))
	w.must(w.Close())
	w.store = w.again()

	if a, b := kept("iris/a"), kept("iris/b"); a != "second" || b != "other" {
		t.Errorf("kept are %q and %q", a, b)
	}
	w.must(w.Tokens("iris/a").Save(t.Context(), ""))
	if got := kept("iris/a"); got != "" {
		t.Errorf("after none was to be kept it is %q", got)
	}
}
