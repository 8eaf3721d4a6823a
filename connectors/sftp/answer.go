package sftp

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	protocol "github.com/pkg/sftp"
)

// lostError says that a connection ended before the answer came, so that
// nobody knows whether what was asked for was done.
type lostError struct {
	server string
	why    error
}

func (e *lostError) Error() string {
	return fmt.Sprintf("the connection to %s was lost: %v", e.server, e.why)
}

// Unwrap is the cause.
func (e *lostError) Unwrap() error { return cause(e.why) }

// cause is an error unless it would pass for the end of a file: a line has an end of
// its own, and a file that was cut by it is not a short one.
func cause(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// judge tells an answer of the server from the loss of the connection. What is
// neither, such as an answer that makes no sense, ends the connection as well.
func (s *session) judge(err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) ||
		errors.Is(err, io.EOF) || errors.Is(err, fs.ErrClosed) {
		return err
	}
	if status := (*protocol.StatusError)(nil); errors.As(err, &status) {
		return answer(status)
	}
	s.end(err)
	return &lostError{s.server, s.why}
}

// Status codes that version 3 does not name, and that servers send all the same.
const (
	statusFailure      = 4
	statusBadMessage   = 5
	statusUnsupported  = 8
	statusNoSuchPath   = 10
	statusExists       = 11
	statusWriteProtect = 12
	statusNoSpace      = 14
	statusQuota        = 15
)

// answer gives a server's no the meaning that it has here.
func answer(status *protocol.StatusError) error {
	switch status.Code {
	case statusExists:
		return fs.ErrExist
	case statusNoSuchPath:
		return fs.ErrNotExist
	case statusWriteProtect:
		return fs.ErrPermission
	case statusNoSpace, statusQuota:
		return fmt.Errorf("the server has no room left (%w); make room, or ask for more", status)
	}
	return status
}

// refused tells whether a server says no without a reason, or that it cannot.
func refused(err error) bool {
	status := (*protocol.StatusError)(nil)
	return errors.As(err, &status) &&
		(status.Code == statusFailure || status.Code == statusBadMessage || status.Code == statusUnsupported)
}
