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
	"maps"
	"slices"
	"time"

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
	Holds      HoldJournal
	Replays    ReplayJournal   // default: rows are never worked again
	Crosswalk  *CrosswalkCheck // default: what people say of who is who is taken as it is
	Absent     AbsentPolicy
	Set        Set             // default: files are worked as they come
	Again      map[string]bool // files, by name, that are worked although they were seen before; default: none
	Incomplete time.Duration   // how long a file may be incomplete before it is late
	Now        func() time.Time
	Log        *slog.Logger

	sighted map[string]Sighting // what was seen of the drop before the look in hand
}

// Work stages every delivery of a run, and finds out what the run lacks. A
// delivery that turns out to be seen before, too old, unreadable or still changing
// leaves the run, which is then staged anew without it. Whatever an interrupted
// attempt staged is forgotten first, so Work may be repeated.
func (in *Intake) Work(ctx context.Context, run Run) (Run, error) {
	for {
		if err := in.Stage.ClearStage(ctx, run.ID); err != nil {
			return run, fmt.Errorf("clear the stage of run %s: %w", run.ID, err)
		}
		again, err := in.attempt(ctx, &run)
		if err != nil || !again {
			return run, err
		}
	}
}

// attempt stages the run's deliveries once; again is true when one of them had
// to leave after some of it was staged.
func (in *Intake) attempt(ctx context.Context, run *Run) (again bool, err error) {
	crew, err := in.muster(ctx, run)
	if err != nil {
		return false, err
	}
	in.sort(*run, crew.ours)

	byMapping, peers := map[string]*claims{}, map[string]peer{}
	for i := range crew.ours {
		left, err := in.stage(ctx, &crew.ours[i], byMapping, peers)
		if err != nil || left {
			return left, err
		}
	}
	n := night{Intake: in, run: *run, files: crew.ours, lacks: crew.lacks}
	for _, m := range in.Mappings {
		if c := byMapping[m.Name()]; c != nil {
			n.heard = append(n.heard, c)
		}
		if crew.unread[m.Name()] || crew.unread[""] || slices.Contains(crew.lacks, m.Name()) {
			n.silent = append(n.silent, m) // the file that was not read may have named anything
		}
	}
	return false, n.judge(ctx)
}

// crew is the deliveries of a run that speak in it, and who does not.
type crew struct {
	ours   []Delivery
	unread map[string]bool // mappings one of whose files does not speak in this run; "" is any
	lacks  []string        // mappings of the set of which nothing came, for this run or before
}

// misses reports whether what a file may have said is not known: one that was refused,
// unless a better copy of it came. What is in a refused archive may be anything.
func (c *crew) misses(d *Delivery) bool {
	better := func(o Delivery) bool { return o.Name == d.Name && o.Mapping == d.Mapping }
	return (d.Mapping != "" || archiveOf(d.Name) == "") && !slices.ContainsFunc(c.ours, better)
}

// muster finds out which deliveries of a run have anything new to say, and
// journals what the run lacks of its set.
func (in *Intake) muster(ctx context.Context, run *Run) (crew, error) {
	c := crew{unread: map[string]bool{}}
	deliveries, err := in.Deliveries.Deliveries(ctx, run.ID)
	if err != nil {
		return c, fmt.Errorf("load the deliveries of run %s: %w", run.ID, err)
	}

	for i := range deliveries {
		d := &deliveries[i]
		if d.State == DeliveryClaimed || d.State == DeliveryStaged {
			fits, err := in.admit(ctx, d)
			if err != nil {
				return c, err
			}
			if fits {
				c.ours = append(c.ours, *d)
			}
		}
	}

	came, there := map[string]bool{}, map[string]bool{}
	for i := range deliveries {
		d := &deliveries[i]
		if quiet := d.State == DeliveryQuarantined || d.State == DeliveryReleased; !quiet {
			there[d.Mapping] = true
		} else if c.misses(d) {
			c.unread[d.Mapping] = true
		}
		fromInbox := d.State != DeliveryReleased && !d.FileDone // a night is not waited for out of the archive
		came[d.Mapping] = came[d.Mapping] || fromInbox
	}

	lacks, again, err := in.missing(ctx, *run, came, there)
	c.lacks = lacks
	if err != nil || again || slices.Equal(lacks, run.Lacks) {
		return c, err
	}
	run.Lacks = lacks
	if err := in.Deliveries.SaveRun(ctx, *run); err != nil {
		return c, fmt.Errorf("record what run %s lacks: %w", run.ID, err)
	}
	return c, nil
}

// stage reads one delivery into the stage; left is true when the delivery left
// the run instead.
func (in *Intake) stage(ctx context.Context, d *Delivery, byMapping map[string]*claims, peers map[string]peer) (left bool, err error) {
	switch {
	case d.Replays != "":
		return in.stageAgain(ctx, d)
	case d.Mapping == Corrections:
		return in.stageCorrections(ctx, d)
	}
	m, _ := in.mappingNamed(d.Mapping)
	c := byMapping[m.Name()]
	if c == nil {
		if c, err = loadClaims(ctx, in.Stage, d.Flow, m); err != nil {
			return false, err
		}
		byMapping[m.Name()] = c
	}

	later, err := in.later(ctx, d)
	if err != nil {
		return false, err
	}
	s := newStager(in.Stage, d, c, later, peers)
	if s.since, err = in.since(ctx, d, m); err != nil {
		return false, fmt.Errorf("read again what came after %s: %w", d.Name, err)
	}
	digest, err := in.read(ctx, d, m, s)

	if left, err := in.sendAway(ctx, d, digest, err); left || err != nil {
		return left, err
	}

	if why, err := in.overtaken(ctx, d, s); err != nil {
		return false, err
	} else if why != "" {
		return true, in.setAside(ctx, d, DeliverySuperseded, why)
	}

	if err := in.staged(ctx, d, s); err != nil {
		return false, err
	}
	c.delivered(d)
	peers[d.ID] = peer{d.Name, m}
	return false, nil
}

// staged ends the reading of a delivery: the journal has all that it says.
func (in *Intake) staged(ctx context.Context, d *Delivery, s *stager) error {
	if err := s.flush(ctx); err != nil {
		return err
	}
	if err := in.Deliveries.SaveScopes(ctx, d.ID, slices.Sorted(maps.Keys(s.scopes))); err != nil {
		return fmt.Errorf("record for whom %s speaks: %w", d.Name, err)
	}
	d.State, d.MappingVersion, d.Rows = DeliveryStaged, s.claims.mapping.Version(), s.batch.Rows
	if err := in.Deliveries.SaveDelivery(ctx, *d); err != nil {
		return fmt.Errorf("record %s as staged: %w", d.Name, err)
	}
	in.Log.Info("delivery staged", "flow", d.Flow, "delivery", d.Name,
		"read", d.Rows.Read, "mapped", d.Rows.Mapped, "skipped", d.Rows.Skipped, "rejected", d.Rows.Rejected)
	return nil
}

// errMoved says that somebody wrote to a file while it was read.
var errMoved = errors.New("the file changed while it was read")

// read maps every row of a claimed file and returns the digest of the bytes it
// was decoded from. A file whose size or time moved meanwhile is errMoved.
func (in *Intake) read(ctx context.Context, d *Delivery, m Mapping, s *stager) (string, error) {
	return in.decode(ctx, d, func(src io.Reader) error {
		return in.mapRows(ctx, in.Reader.Rows(ctx, src, d.Name, m.Dialect()), m, s)
	})
}

// decode lets somebody read a claimed file, and returns the digest of its bytes.
func (in *Intake) decode(ctx context.Context, d *Delivery, take func(io.Reader) error) (string, error) {
	before, err := in.Drop.Stat(ctx, d.Place)
	if err != nil {
		return "", err
	}
	src, err := in.Drop.Open(ctx, d.Place)
	if err != nil {
		return "", err
	}
	defer src.Close() //nolint:errcheck // it was only read

	sum := sha256.New()
	bytes := io.TeeReader(src, sum)
	if err := take(bytes); err != nil {
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

// blankRow is the reason by which rows without any text are skipped.
const blankRow = "blank row"

func (in *Intake) mapRows(ctx context.Context, rows iter.Seq2[*Row, error], m Mapping, s *stager) error {
	var (
		mapper RowMapper
		header *Header
		mapped Mapped
		bad    *RowError
		empty  *NoRows
	)
	_, name, _ := in.mappingOf(s.delivery.Name)
	stamp := newStamper(m, name)
	who := in.crosswalk(m, s.delivery)
	for row, err := range rows {
		switch {
		case s.again.leaves(row, err):
			continue
		case errors.As(err, &bad):
			s.claims.allKeyless() // what the row would have named is not known
			s.reject(bad.Origin, bad.Header, bad.Cells, nil, bad.Faults)
			continue
		case errors.As(err, &empty): // a wrong header is wrong without rows, too
			bound, err := in.bind(ctx, m, s, rental.Origin{Sheet: empty.Header.Sheet, Line: empty.Header.Line}, empty.Header)
			if err == nil {
				err = stamp.hear(bound, nil)
			}
			if err != nil {
				return err
			}
			continue
		case err != nil:
			return err
		case row.Blank():
			s.skip(blankRow)
			continue
		}

		if row.Header != header {
			header = row.Header
			at := rental.Origin{File: row.Origin.File, Sheet: row.Origin.Sheet, Line: header.Line}
			if mapper, err = in.bind(ctx, m, s, at, header); err != nil {
				return err
			}
		}
		if err := stamp.hear(mapper, row); err != nil {
			return err
		}
		mapper.Map(row, &mapped)
		if err := who.check(ctx, &mapped); err != nil {
			return err
		}
		if err := s.work(ctx, row, &mapped); err != nil {
			return err
		}
	}
	return nil
}

// bind finds the mapping's columns under a header, and warns of those that the
// file lacks, and of what is otherwise than in the file before.
func (in *Intake) bind(ctx context.Context, m Mapping, s *stager, at rental.Origin, h *Header) (RowMapper, error) {
	mapper, err := m.Bind(h)
	if err != nil {
		return nil, err
	}
	drift, err := in.drift(ctx, s.delivery, h, mapper.Missing())
	if err != nil {
		return nil, fmt.Errorf("look at the header of the file before %s: %w", s.delivery.Name, err)
	}
	s.warn(at, mapper.Missing())
	s.warn(at, drift)
	s.speakFor(mapper.Covers())
	return mapper, nil
}
