//go:build !windows

package local

import (
	"errors"
	"syscall"
)

// inUse tells that a file cannot be replaced or written now because a program has
// it open. Network shares of Windows say so too.
func inUse(err error) bool {
	for _, code := range []syscall.Errno{syscall.EBUSY, syscall.ETXTBSY, syscall.EACCES, syscall.EPERM} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}
