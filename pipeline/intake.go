package pipeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"rentalsync/pipeline/rental"
)

// Intake takes dropped files in: it claims them for a run, reads them by their
// mapping, and stages what they say. It never touches the register.
type Intake struct {
	Flow       string
	Drop       Drop
	Reader     Reader
	Mappings   []Mapping
	Deliveries DeliveryJournal
	Stage      StageJournal
	Now        func() time.Time
	Log        *slog.Logger
}

// Group is the ready files of one business date.
type Group struct {
	Date  string
	Files []File
}

// Groups sorts the files that a look found ready by their business dates, oldest
// first. A file that stayed incomplete for too long is among them: reading it
// says what is missing, and it goes to quarantine. Files that no mapping knows
// are not in any group.
func (in *Intake) Groups(look Look) []Group {
	byDate := map[string][]File{}
	for _, f := range look.workable() {
		if _, stamp, ok := in.mappingOf(f.Name); ok {
			date := in.dateOf(stamp)
			byDate[date] = append(byDate[date], f)
		}
	}

	groups := make([]Group, 0, len(byDate))
	for date, files := range byDate {
		groups = append(groups, Group{Date: date, Files: files})
	}
	slices.SortFunc(groups, func(a, b Group) int { return strings.Compare(a.Date, b.Date) })
	return groups
}

func (in *Intake) mappingOf(name string) (Mapping, Stamp, bool) {
	for _, m := range in.Mappings {
		if stamp, ok := m.Match(name); ok {
			return m, stamp, true
		}
	}
	return nil, Stamp{}, false
}

func (in *Intake) mappingNamed(name string) (Mapping, bool) {
	for _, m := range in.Mappings {
		if m.Name() == name {
			return m, true
		}
	}
	return nil, false
}

// dateOf is the business date of a file: what its name says, else the day it
// arrived.
func (in *Intake) dateOf(s Stamp) string {
	if s.Date != "" {
		return s.Date
	}
	return in.Now().Format(time.DateOnly)
}

// Inspect reads a file to its end and tells whether it is whole by what its
// mapping says of it. What is wrong with single rows does not matter here.
func (in *Intake) Inspect(ctx context.Context, name string, src io.Reader) error {
	m, _, ok := in.mappingOf(name)
	if !ok {
		return ErrNoMapping
	}
	for _, err := range in.Reader.Rows(ctx, src, name, m.Dialect()) {
		var bad *RowError
		if err != nil && !errors.As(err, &bad) {
			return err
		}
	}
	return nil
}

// Claim opens a run for the files of one business date and makes them ours.
// Each delivery is journalled before its file moves. A file that went away
// before it could be claimed is left out.
func (in *Intake) Claim(ctx context.Context, g Group) (Run, error) {
	run := Run{
		ID: newID(in.Now()), Flow: in.Flow, BusinessDate: g.Date,
		State: RunStaging, OpenedAt: in.Now(),
	}
	if err := in.Deliveries.SaveRun(ctx, run); err != nil {
		return run, fmt.Errorf("open a run for %s: %w", g.Date, err)
	}

	for _, f := range g.Files {
		if err := in.claim(ctx, &run, f); err != nil {
			return run, err
		}
	}
	return run, nil
}

func (in *Intake) claim(ctx context.Context, run *Run, f File) error {
	m, stamp, _ := in.mappingOf(f.Name)
	d := Delivery{
		ID: newID(in.Now()), Flow: in.Flow, Run: run.ID, Name: f.Name,
		Mapping: m.Name(), MappingVersion: m.Version(),
		BusinessDate: run.BusinessDate, Sequence: stamp.Sequence,
		Digest: f.Digest, Size: f.Size, ModTime: f.ModTime,
		ClaimedAt: in.Now(), State: DeliveryClaimed,
	}
	d.Place = in.Drop.ClaimPlace(&d)
	if err := in.Deliveries.SaveDelivery(ctx, d); err != nil {
		return fmt.Errorf("claim %s: %w", f.Name, err)
	}

	err := in.Drop.Claim(ctx, d.Name, d.Place)
	if errors.Is(err, ErrFileGone) {
		return in.forget(ctx, &d, "the file was gone before it could be claimed")
	}
	if err != nil {
		return fmt.Errorf("claim %s: %w", f.Name, err)
	}
	return nil
}

// Reclaim finishes the claims of a run that an interrupted process opened.
func (in *Intake) Reclaim(ctx context.Context, run Run) error {
	deliveries, err := in.Deliveries.Deliveries(ctx, run.ID)
	if err != nil {
		return fmt.Errorf("load the deliveries of run %s: %w", run.ID, err)
	}
	for i := range deliveries {
		d := &deliveries[i]
		if d.State != DeliveryClaimed && d.State != DeliveryStaged {
			continue
		}
		err := in.Drop.Claim(ctx, d.Name, d.Place)
		if errors.Is(err, ErrFileGone) {
			err = in.forget(ctx, d, "the file was gone before it could be claimed")
		}
		if err != nil {
			return fmt.Errorf("claim %s again: %w", d.Name, err)
		}
	}
	return nil
}

// forget ends a delivery whose file is not ours any more.
func (in *Intake) forget(ctx context.Context, d *Delivery, why string) error {
	in.Log.Warn("delivery let go", "flow", d.Flow, "delivery", d.Name, "why", why)
	d.State, d.FileDone, d.Reason = DeliveryReleased, true, why
	return in.Deliveries.SaveDelivery(ctx, *d)
}

// Work stages every delivery of a run. A delivery that turns out to be seen
// before, too old, unreadable or still changing leaves the run, which is then
// staged anew without it. Whatever an interrupted attempt staged is forgotten
// first, so Work may be repeated.
func (in *Intake) Work(ctx context.Context, run Run) error {
	for {
		if err := in.Stage.ClearStage(ctx, run.ID); err != nil {
			return fmt.Errorf("clear the stage of run %s: %w", run.ID, err)
		}
		again, err := in.attempt(ctx, run)
		if err != nil || !again {
			return err
		}
	}
}

// attempt stages the run's deliveries once; again is true when one of them had
// to leave after some of it was staged.
func (in *Intake) attempt(ctx context.Context, run Run) (again bool, err error) {
	deliveries, err := in.Deliveries.Deliveries(ctx, run.ID)
	if err != nil {
		return false, fmt.Errorf("load the deliveries of run %s: %w", run.ID, err)
	}

	ours := deliveries[:0]
	for _, d := range deliveries {
		if d.State != DeliveryClaimed && d.State != DeliveryStaged {
			continue
		}
		fits, err := in.admit(ctx, &d)
		if err != nil {
			return false, err
		}
		if fits {
			ours = append(ours, d)
		}
	}
	in.sort(ours)

	byMapping := map[string]*claims{}
	for i := range ours {
		left, err := in.stage(ctx, &ours[i], byMapping)
		if err != nil || left {
			return left, err
		}
	}
	return false, in.miss(ctx, run, byMapping)
}

// admit decides before reading whether a delivery has anything new to say.
func (in *Intake) admit(ctx context.Context, d *Delivery) (bool, error) {
	m, known := in.mappingNamed(d.Mapping)
	if !known {
		return false, in.setAside(ctx, d, DeliveryQuarantined, fmt.Sprintf("mapping %q is not configured any more", d.Mapping))
	}

	twin, err := in.Deliveries.SameDelivery(ctx, *d)
	if err != nil {
		return false, fmt.Errorf("look for duplicates of %s: %w", d.Name, err)
	}
	if twin != nil {
		return false, in.setAside(ctx, d, DeliveryDuplicate, fmt.Sprintf("same content, date and mapping as %s of run %s", twin.Name, twin.Run))
	}

	newest, err := in.Deliveries.NewestDate(ctx, d.Flow, d.Mapping)
	if err != nil {
		return false, fmt.Errorf("look for newer deliveries than %s: %w", d.Name, err)
	}
	if newest > d.BusinessDate && claimsAnything(m) {
		return false, in.setAside(ctx, d, DeliverySuperseded, fmt.Sprintf("%s was worked already", newest))
	}
	return true, nil
}

// claimsAnything reports whether absence from the mapping's files means
// something, so that an older file must not be read after a newer one.
func claimsAnything(m Mapping) bool {
	return slices.ContainsFunc(m.Kinds(), func(k rental.Kind) bool { return m.Claim(k) != Changes })
}

// setAside ends a delivery that does not reach the register. The journal knows
// first; the file follows when the run is settled.
func (in *Intake) setAside(ctx context.Context, d *Delivery, state DeliveryState, why string) error {
	in.Log.Info("delivery set aside", "flow", d.Flow, "delivery", d.Name, "state", state.String(), "why", why)
	d.State, d.Reason, d.Rows = state, why, RowTotals{}
	if err := in.Deliveries.SaveDelivery(ctx, *d); err != nil {
		return fmt.Errorf("set %s aside: %w", d.Name, err)
	}
	return nil
}

// sort puts what others refer to first: customers and depots, then contracts,
// items and assets; files of one mapping in their sequence.
func (in *Intake) sort(ds []Delivery) {
	rank := func(d Delivery) int {
		if m, ok := in.mappingNamed(d.Mapping); ok && len(m.Kinds()) > 0 {
			return int(m.Kinds()[0])
		}
		return 0
	}
	slices.SortStableFunc(ds, func(a, b Delivery) int {
		if r := rank(a) - rank(b); r != 0 {
			return r
		}
		if c := strings.Compare(a.Mapping, b.Mapping); c != 0 {
			return c
		}
		if c := strings.Compare(a.Sequence, b.Sequence); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// stage reads one delivery into the stage; left is true when the delivery left
// the run instead.
func (in *Intake) stage(ctx context.Context, d *Delivery, byMapping map[string]*claims) (left bool, err error) {
	m, _ := in.mappingNamed(d.Mapping)
	c := byMapping[m.Name()]
	if c == nil {
		if c, err = loadClaims(ctx, in.Stage, d.Flow, m); err != nil {
			return false, err
		}
		byMapping[m.Name()] = c
	}

	s := newStager(in.Stage, d, c)
	digest, err := in.read(ctx, d, m, s)

	var unreadable *Unreadable
	var incomplete *Incomplete
	switch {
	case errors.As(err, &unreadable), errors.As(err, &incomplete):
		return true, in.setAside(ctx, d, DeliveryQuarantined, err.Error())
	case errors.Is(err, errMoved), err == nil && digest != d.Digest:
		return true, in.unclaim(ctx, d)
	case err != nil:
		return false, fmt.Errorf("read %s: %w", d.Name, err)
	}

	if err := s.flush(ctx); err != nil {
		return false, err
	}
	d.State, d.MappingVersion, d.Rows = DeliveryStaged, m.Version(), s.batch.Rows
	if err := in.Deliveries.SaveDelivery(ctx, *d); err != nil {
		return false, fmt.Errorf("record %s as staged: %w", d.Name, err)
	}
	in.Log.Info("delivery staged", "flow", d.Flow, "delivery", d.Name,
		"read", d.Rows.Read, "mapped", d.Rows.Mapped, "skipped", d.Rows.Skipped, "rejected", d.Rows.Rejected)
	return false, nil
}

// errMoved says that somebody wrote to a file while it was read.
var errMoved = errors.New("the file changed while it was read")

// read maps every row of a claimed file and returns the digest of the bytes it
// was decoded from. A file whose size or time moved meanwhile is errMoved.
func (in *Intake) read(ctx context.Context, d *Delivery, m Mapping, s *stager) (string, error) {
	before, err := in.Drop.Stat(ctx, d.Place)
	if err != nil {
		return "", err
	}
	src, err := in.Drop.Open(ctx, d.Place)
	if err != nil {
		return "", err
	}
	defer src.Close()

	sum := sha256.New()
	bytes := io.TeeReader(src, sum)
	if err := in.mapRows(ctx, in.Reader.Rows(ctx, bytes, d.Name, m.Dialect()), m, s); err != nil {
		return "", err
	}
	if _, err := io.Copy(io.Discard, bytes); err != nil {
		return "", err
	}

	after, err := in.Drop.Stat(ctx, d.Place)
	if err != nil {
		return "", err
	}
	if after.Size != before.Size || !after.ModTime.Equal(before.ModTime) {
		return "", errMoved
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (in *Intake) mapRows(ctx context.Context, rows iter.Seq2[*Row, error], m Mapping, s *stager) error {
	var (
		mapper RowMapper
		header *Header
		mapped Mapped
		bad    *RowError
	)
	for row, err := range rows {
		if errors.As(err, &bad) {
			s.claims.allKeyless() // what the row would have named is not known
			s.reject(bad.Origin, bad.Header, bad.Cells, bad.Faults)
			continue
		}
		if err != nil {
			return err
		}

		if row.Header != header {
			header = row.Header
			if mapper, err = m.Bind(header); err != nil {
				return err
			}
		}
		mapper.Map(row, &mapped)
		if err := s.add(ctx, row, &mapped); err != nil {
			return err
		}
	}
	return nil
}

// unclaim gives a file back that somebody wrote to after it had settled. It
// will be looked at again.
func (in *Intake) unclaim(ctx context.Context, d *Delivery) error {
	if err := in.Drop.Unclaim(ctx, d.Place, d.Name); err != nil {
		return fmt.Errorf("give back %s, which changed while it was read: %w", d.Name, err)
	}
	return in.forget(ctx, d, "the file changed while it was read; it will be looked at again")
}

// miss stages what the run's files claim to name and did not.
func (in *Intake) miss(ctx context.Context, run Run, byMapping map[string]*claims) error {
	for _, m := range in.Mappings {
		c := byMapping[m.Name()]
		if c == nil {
			continue
		}
		for _, missed := range c.missed() {
			if err := in.Stage.Miss(ctx, run.Flow, run.ID, missed); err != nil {
				return fmt.Errorf("stage what %s did not name: %w", m.Name(), err)
			}
		}
	}
	return nil
}

// newID is a unique name that sorts by the time it was made.
func newID(now time.Time) string {
	return ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String()
}
