package pipeline

import (
	"context"
	"fmt"
	"time"
)

// Set is the files that make up one night, where a flow names them.
type Set struct {
	Needs  []string      // mappings, of each of which a file must be there
	Within time.Duration // how long after the first one the others are waited for
	Hold   bool          // whether a night that is not whole by then is held; else it is worked, and says what is missing
}

// Look looks at the drop once, and adds what one look cannot know: since when
// files have been there, and whose set is not whole.
func (in *Intake) Look(ctx context.Context) (Look, error) {
	look, err := in.Drop.Scan(ctx)
	if err != nil {
		return look, fmt.Errorf("look at the drop: %w", err)
	}
	if err := in.remember(ctx, &look); err != nil {
		return look, fmt.Errorf("remember since when files lie in the drop: %w", err)
	}
	return look, nil
}
