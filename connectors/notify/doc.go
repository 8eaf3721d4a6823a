// Package notify tells people that a run waits for them: by a web address that
// takes JSON, such as that of a chat or an alarm, and by e-mail.
//
// A notice is a few hundred words about numbers, so that one request and a short
// time are all that it gets. Who is told may be told twice, and never of nothing:
// whatever fails is an error, and whoever holds the notice tries again later.
// Addresses of this kind are secrets as a whole; no error and no name shows more
// of them than the host.
package notify

import (
	"errors"
	"strings"
	"time"
)

// patience is how long telling may take where nothing else is said.
const patience = 15 * time.Second

// hiding is an error without what nobody may read, in case that the other side
// repeats it.
func hiding(err error, secrets ...string) error {
	text := err.Error()
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	if text == err.Error() {
		return err
	}
	return errors.New(text)
}
