package sftp

import "rentalsync/pipeline"

// A server that cannot be had is no reason to end the work: whoever watches a
// drop tries again later, with what was begun as well.

// awayError says that no connection could be made.
type awayError struct{ error }

// Unwrap is what the attempt failed of.
func (e *awayError) Unwrap() error { return cause(e.error) }

// Is tells that the drop cannot be reached.
func (e *awayError) Is(target error) bool { return target == pipeline.ErrUnreachable }

// Is tells that the drop cannot be reached.
func (e *lostError) Is(target error) bool { return target == pipeline.ErrUnreachable }
