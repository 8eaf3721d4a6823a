package pipeline

import (
	"context"
	"fmt"
	"slices"

	"rentalsync/pipeline/rental"
)

// A file that speaks for branches is old where a newer one has spoken for the
// same branch, and it is known only by its rows which branches those are.

// byBranch reports whether all that a mapping claims is limited to scopes.
func byBranch(m Mapping) bool {
	return claimsAnything(m) && !slices.ContainsFunc(m.Kinds(), func(k rental.Kind) bool { return m.Claim(k) != Changes && !m.Scoped(k) })
}

// speakFor keeps whom the delivery claims to speak for.
func (s *stager) speakFor(all []Covered) {
	s.claims.cover(all)
	for _, at := range all {
		if s.claims.mapping.Claim(at.Kind) != Changes {
			s.scopes[at.Scope] = true
		}
	}
}

// overtaken reports why a delivery that was read has nothing to say any more: a
// newer file has spoken for one of its branches.
func (in *Intake) overtaken(ctx context.Context, d *Delivery, s *stager) (why string, err error) {
	for scope := range s.scopes {
		newest, err := in.Deliveries.NewestOfScope(ctx, d.Flow, d.Mapping, scope)
		if err != nil {
			return "", fmt.Errorf("look for newer deliveries than %s: %w", d.Name, err)
		}
		if newest > d.BusinessDate {
			return fmt.Sprintf("%s of %q was worked already", newest, scope) + d.revertFirst(newest), nil
		}
	}
	return "", nil
}
