package local

import (
	"errors"

	"golang.org/x/sys/windows"
)

// inUse tells that a file cannot be replaced or written now because a program has
// it open. Windows says for some of them that access is denied.
func inUse(err error) bool {
	for _, code := range []windows.Errno{
		windows.ERROR_SHARING_VIOLATION, windows.ERROR_LOCK_VIOLATION, windows.ERROR_USER_MAPPED_FILE, windows.ERROR_ACCESS_DENIED,
	} {
		if errors.Is(err, code) {
			return true
		}
	}
	return false
}
