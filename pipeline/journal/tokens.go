package journal

import "context"

const (
	keptToken = `SELECT token FROM refresh_token WHERE account = $1`
	keepToken = `
		INSERT INTO refresh_token (account, token, at) VALUES ($1, $2, @now_ms * 1000000)
		ON CONFLICT (account) DO UPDATE SET token = excluded.token, at = excluded.at`
	dropToken = `DELETE FROM refresh_token WHERE account = $1`
)

// Tokens keeps the refresh token of one account, for all who share it. The
// journal's files are for the user's eyes only, and no command shows it.
type Tokens struct {
	journal *Journal
	account string
}

// Tokens returns what keeps an account's refresh token.
func (j *Journal) Tokens(account string) *Tokens { return &Tokens{j, account} }

// Load returns the token that was kept last; "" when there is none.
func (tk *Tokens) Load(ctx context.Context) (refresh string, err error) {
	err = tk.journal.read(ctx, func(ctx context.Context, s session) error {
		_, err := found(s.one(ctx, keptToken, args(tk.account), &refresh))
		return err
	})
	return refresh, named(err, "read the refresh token of account %q", tk.account)
}

// Save keeps a token in place of the last one; "" keeps none.
func (tk *Tokens) Save(ctx context.Context, refresh string) error {
	err := tk.journal.write(ctx, func(ctx context.Context, s session) error {
		if refresh == "" {
			_, err := s.exec(ctx, dropToken, tk.account)
			return err
		}
		_, err := s.exec(ctx, keepToken, tk.account, refresh)
		return err
	})
	return named(err, "keep the refresh token of account %q", tk.account)
}
