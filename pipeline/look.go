package pipeline

import (
	"context"
	"fmt"
)

// Look looks at the drop once, and adds what one look cannot know: since when
// files have been there, and which nights are not whole.
func (in *Intake) Look(ctx context.Context) (Look, error) {
	if err := in.recall(ctx); err != nil {
		return Look{}, fmt.Errorf("recall since when files lie in the drop: %w", err)
	}
	look, err := in.Drop.Scan(ctx)
	if err != nil {
		return look, fmt.Errorf("look at the drop: %w", err)
	}
	if err := in.remember(ctx, &look); err != nil {
		return look, fmt.Errorf("remember since when files lie in the drop: %w", err)
	}
	if err := in.keepTogether(ctx, &look); err != nil {
		return look, fmt.Errorf("find out which nights are whole: %w", err)
	}
	return look, nil
}
