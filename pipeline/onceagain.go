package pipeline

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// ErrNotThere says that no file of a name lies in a drop or in its archive.
var ErrNotThere = errors.New("no such file lies in the inbox or in the archive")

// ErrInQuarantine says that a file lies in the quarantine.
var ErrInQuarantine = errors.New("the file lies in the quarantine")

// AgainJournal knows the files that lie in the archive.
type AgainJournal interface {
	// DeliveriesNamed are those of a flow that have a name, or an id, and
	// DeliveriesAt those whose file lies under it, newest first.
	DeliveriesNamed(ctx context.Context, flow, name string) ([]Delivery, error)
	DeliveriesAt(ctx context.Context, flow, name string) ([]Delivery, error)

	// WorkAgain opens a run with a delivery whose file lies in the archive.
	WorkAgain(ctx context.Context, r Run, d Delivery) error
}

// InInbox reports whether a file of a name lies in the drop. It is then worked
// although it may have been seen before.
func (r *Runner) InInbox(ctx context.Context, name string) (bool, error) {
	look, err := r.Intake.Look(ctx)
	if err != nil {
		return false, err
	}
	there := slices.ContainsFunc(look.Ready, func(f File) bool { return f.Name == name }) ||
		slices.ContainsFunc(look.Pending, func(p Pending) bool { return p.Name == name })
	if there {
		if r.Intake.Again == nil {
			r.Intake.Again = map[string]bool{}
		}
		r.Intake.Again[name] = true
	}
	return there, nil
}

// InArchive finds the delivery whose file somebody names who wants it worked again,
// by its name or by its path in the archive; the newest of several. The error is
// ErrNotThere where there is none.
func (r *Runner) InArchive(ctx context.Context, journal AgainJournal, file string) (Delivery, error) {
	name := path.Base(file)
	named, err := journal.DeliveriesNamed(ctx, r.Flow, name)
	if err != nil {
		return Delivery{}, err
	}
	lying, err := journal.DeliveriesAt(ctx, r.Flow, name)
	if err != nil {
		return Delivery{}, err
	}
	var best Delivery
	for _, d := range slices.Concat(lying, named) {
		if d.FileDone && d.Replays == "" && d.State.archived() && (best.ID == "" || closer(file, d.Place, best.Place)) {
			best = d
		}
	}
	switch {
	case best.ID != "":
		return best, nil
	case slices.ContainsFunc(named, func(d Delivery) bool { return d.State == DeliveryQuarantined }):
		return best, ErrInQuarantine
	default:
		return best, ErrNotThere
	}
}

// closer reports whether a path names one place rather than another.
func closer(file, place, than string) bool {
	return alike(file, place) > alike(file, than)
}

// alike counts the folders and the name that two paths share at their ends.
func alike(a, b string) int {
	x, y := strings.Split(path.Clean(a), "/"), strings.Split(path.Clean(b), "/")
	n := 0
	for n < len(x) && n < len(y) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return n
}

// archived reports whether the file of a delivery in this state lies in the archive.
func (s DeliveryState) archived() bool {
	switch s {
	case DeliveryClosed, DeliveryArchived, DeliveryAcked, DeliveryDuplicate, DeliverySuperseded, DeliveryDiscarded, DeliveryReverted:
		return true
	}
	return false
}

// WorkWhole opens a run that works all of a file again, by the mapping that knows
// its name today. The next Once works it.
func (r *Runner) WorkWhole(ctx context.Context, journal AgainJournal, of Delivery) error {
	m, known := r.Intake.mappingNamed(of.Mapping)
	if byName, _, has := r.Intake.mappingOf(of.Name); has {
		m, known = byName, true
	}
	if !known {
		return fmt.Errorf("work %s again: %w", of.Name, ErrNoMapping)
	}
	run, d := WorkAgain(of, r.Now())
	d.Mapping, d.MappingVersion = m.Name(), m.Version()
	return journal.WorkAgain(ctx, run, d)
}
