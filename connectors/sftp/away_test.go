package sftp

import (
	"errors"
	"io"
	"net"
	"testing"

	"rentalsync/pipeline"
)

func TestAServerThatCannotBeHadIsUnreachable(t *testing.T) {
	t.Parallel()
	for _, err := range []error{&awayError{net.ErrClosed}, &lostError{"erp.example", net.ErrClosed}} {
		if !errors.Is(err, pipeline.ErrUnreachable) || !errors.Is(err, net.ErrClosed) {
			t.Errorf("%v is not told as unreachable, and of what it failed", err)
		}
	}
	for _, end := range []error{io.EOF, io.ErrUnexpectedEOF} {
		for _, err := range []error{&awayError{end}, &lostError{"erp.example", end}} {
			if errors.Is(err, end) {
				t.Errorf("%v passes for the end of a file", err)
			}
		}
	}
	if errors.Is(&awayError{io.EOF}, pipeline.ErrFileGone) {
		t.Error("an error is everything at once")
	}
}
