package sftp

import (
	"errors"
	"io"
	"testing"

	"rentalsync/pipeline"
)

func TestAServerThatCannotBeHadIsUnreachable(t *testing.T) {
	t.Parallel()
	for _, err := range []error{&awayError{io.EOF}, &lostError{"erp.example", io.EOF}} {
		if !errors.Is(err, pipeline.ErrUnreachable) || !errors.Is(err, io.EOF) {
			t.Errorf("%v is not told as unreachable, and of what it failed", err)
		}
	}
	if errors.Is(&awayError{io.EOF}, pipeline.ErrFileGone) {
		t.Error("an error is everything at once")
	}
}
