package pipeline_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log/slog"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

// shelf is a drop in memory that remembers nothing between two looks, as if each
// was made by another process.
type shelf struct {
	mu      sync.Mutex
	now     func() time.Time
	inspect pipeline.InspectFunc
	inbox   map[string]dropped
	claimed map[string]dropped // by place
	kept    map[string]dropped // by place, files that have ended
	ended   map[string]string  // the reasons, by the place of files that have ended
	away    error              // what every call says while the server is away
	stuck   string             // the name of a file that cannot be claimed
	looks   chan struct{}      // told of each look; nil is nobody
	wake    chan struct{}
	tended  int
}

type dropped struct {
	content string
	at      time.Time
}

// halfway ends the content of a file that is not whole.
const halfway = "..."

func (s *shelf) Scan(ctx context.Context) (look pipeline.Look, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.looks != nil {
		defer func() { s.looks <- struct{}{} }()
	}
	if s.away != nil {
		return look, s.away
	}
	for _, name := range slices.Sorted(maps.Keys(s.inbox)) {
		lies := s.inbox[name]
		f := pipeline.File{Name: name, Size: int64(len(lies.content)), ModTime: lies.at, Digest: digest(lies.content)}
		looked, err := s.inspect(ctx, name, strings.NewReader(lies.content))
		f.Stamp = looked.Stamp
		var short *pipeline.Incomplete
		switch packed := strings.Contains(name, ".zip"); {
		case errors.As(err, &short):
			look.Pending = append(look.Pending, pipeline.Pending{File: f, Kind: pipeline.NotWhole, Why: short.Why, Since: s.now()})
		case errors.Is(err, pipeline.ErrNoMapping) && !packed:
			look.Pending = append(look.Pending, pipeline.Pending{File: f, Kind: pipeline.NoMapping, Why: err.Error(), Since: s.now()})
		default:
			look.Ready = append(look.Ready, f)
		}
	}
	return look, nil
}

func digest(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func (s *shelf) Wake() <-chan struct{} { return s.wake }

func (s *shelf) ClaimPlace(d *pipeline.Delivery) string { return "claimed/" + d.ID + "/" + d.Name }

func (s *shelf) ArchivePlace(_ context.Context, d *pipeline.Delivery) (string, error) {
	return "archive/" + d.ID, nil
}

func (s *shelf) QuarantinePlace(_ context.Context, d *pipeline.Delivery) (string, error) {
	return "quarantine/" + d.Name, nil
}

func (s *shelf) Claim(_ context.Context, name, place string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return s.away
	}
	if name == s.stuck {
		return errors.New("the disk is full")
	}
	if _, done := s.claimed[place]; done {
		return nil
	}
	lies, there := s.inbox[name]
	if !there {
		return pipeline.ErrFileGone
	}
	delete(s.inbox, name)
	s.claimed[place] = lies
	return nil
}

func (s *shelf) Unclaim(_ context.Context, place, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inbox[name] = s.claimed[place]
	delete(s.claimed, place)
	return nil
}

func (s *shelf) Open(_ context.Context, place string) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if path.Ext(place) == ".zip" {
		return nil, &pipeline.Unreadable{Why: "the archive unpacks to 900 GiB", Hint: "have the ERP pack less"}
	}
	lies, here := s.claimed[place]
	if !here {
		if lies, here = s.kept[place]; !here {
			return nil, fs.ErrNotExist
		}
	}
	return io.NopCloser(strings.NewReader(lies.content)), nil
}

func (s *shelf) Stat(_ context.Context, place string) (pipeline.File, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	lies := s.claimed[place]
	return pipeline.File{Size: int64(len(lies.content)), ModTime: lies.at}, nil
}

func (s *shelf) Move(_ context.Context, from, to, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.away != nil {
		return s.away
	}
	if lies, here := s.claimed[from]; here {
		s.kept[to] = lies
	}
	delete(s.claimed, from)
	s.ended[to] = reason
	return nil
}

func (s *shelf) Acknowledge(context.Context, *pipeline.Delivery) error { return nil }

func (s *shelf) Tend(context.Context) error {
	s.tended++
	return nil
}

// lines reads text whose first line names the columns, and whose cells are cut by
// commas.
type lines struct{}

func (lines) Rows(_ context.Context, src io.Reader, name string, _ pipeline.Dialect) iter.Seq2[*pipeline.Row, error] {
	return func(yield func(*pipeline.Row, error) bool) {
		content, err := io.ReadAll(src)
		text := strings.Split(strings.TrimSuffix(string(content), "\n"), "\n")
		switch {
		case err != nil:
			yield(nil, err)
			return
		case strings.HasSuffix(text[len(text)-1], halfway):
			yield(nil, &pipeline.Incomplete{Why: "its end is missing"})
			return
		}
		header := &pipeline.Header{Names: strings.Split(text[0], ","), Line: 1}
		if len(text) == 1 {
			yield(nil, &pipeline.NoRows{Header: header})
			return
		}
		for i, line := range text[1:] {
			row := pipeline.Row{Origin: rental.Origin{File: name, Line: i + 2}, Header: header, Cells: strings.Split(line, ",")}
			if !yield(&row, nil) {
				return
			}
		}
	}
}

// sheet is a mapping whose files are named after it, with their business date and
// their number where they have them: items_20261121_7.csv. A column DATE says the
// business date, too, and FAULT that a row is bad.
type sheet struct {
	name  string
	kind  rental.Kind
	claim pipeline.Claim
	dated bool // the content says the business date
}

func (s *sheet) Name() string                     { return s.name }
func (s *sheet) Version() string                  { return "1" }
func (s *sheet) Dialect() pipeline.Dialect        { return pipeline.Dialect{} }
func (s *sheet) Stamped() bool                    { return s.dated }
func (s *sheet) Claim(rental.Kind) pipeline.Claim { return s.claim }
func (s *sheet) Scoped(rental.Kind) bool          { return false }
func (s *sheet) Kinds() []rental.Kind             { return []rental.Kind{s.kind} }
func (s *sheet) Prefer() []string                 { return nil }
func (s *sheet) End(day, _ string) rental.Value   { return rental.OfTime(noon(day)) }
func noon(day string) time.Time                   { t, _ := time.Parse(time.DateOnly, day); return t.Add(12 * time.Hour) }
func (s *sheet) String() string                   { return s.name }
func (s *sheet) Match(name string) (pipeline.Stamp, bool) {
	parts := strings.Split(strings.TrimSuffix(name, ".csv"), "_")
	if parts[0] != s.name {
		return pipeline.Stamp{}, false
	}
	var stamp pipeline.Stamp
	if len(parts) > 1 {
		day, err := time.Parse("20060102", parts[1])
		if err != nil {
			return stamp, false
		}
		stamp.Date = day.Format(time.DateOnly)
	}
	if len(parts) > 2 {
		stamp.Number, _ = strconv.ParseInt(parts[2], 10, 64)
		stamp.Sequence = fmt.Sprintf("%012d", stamp.Number)
	}
	return stamp, true
}

func (s *sheet) Bind(h *pipeline.Header) (pipeline.RowMapper, error) {
	if !slices.Contains(h.Names, "NO") {
		return nil, &pipeline.Unreadable{Why: "column NO is missing"}
	}
	return &cells{s, h}, nil
}

// cells makes one entity of each row.
type cells struct {
	*sheet
	header *pipeline.Header
}

func (c *cells) cell(row *pipeline.Row, name string) string {
	at := slices.Index(c.header.Names, name)
	if row == nil || at < 0 || at >= len(row.Cells) {
		return ""
	}
	return row.Cells[at]
}

func (c *cells) Map(row *pipeline.Row, out *pipeline.Mapped) {
	out.Reset()
	ref := rental.Ref{Kind: c.kind, Key: c.cell(row, "NO")}
	if why := c.cell(row, "FAULT"); why != "" {
		out.Faults = append(out.Faults, pipeline.Fault{Column: "FAULT", Value: why, What: why})
		out.Present = append(out.Present, pipeline.Named{Ref: ref})
		return
	}
	e := rental.Entity{Ref: ref, Origin: row.Origin}
	for column, field := range map[string]rental.Field{
		"STATUS": rental.RentalStatus, "NAME": rental.Name, "ASSET": rental.AssetRef, "CONTRACT": rental.ContractRef, "OUT": rental.OnRentDate,
	} {
		text := c.cell(row, column)
		value := rental.Of(text)
		if field == rental.OnRentDate {
			value = rental.OfTime(noon(text))
		}
		if text != "" {
			e.Fields = append(e.Fields, rental.FieldValue{Field: field, Value: value, Column: column})
		}
	}
	if c.kind == rental.Asset {
		e.Fields = append(e.Fields,
			rental.FieldValue{Field: rental.IdentifierType, Value: rental.Of("SERIAL_NUMBER")},
			rental.FieldValue{Field: rental.Identifier, Value: rental.Of("S-" + ref.Key)})
	}
	e.Sort()
	out.Entities = append(out.Entities, e)
}

func (c *cells) Covers() []pipeline.Covered { return nil }
func (c *cells) Missing() []pipeline.Fault  { return nil }

func (c *cells) Stamp(row *pipeline.Row) (pipeline.Stamp, error) {
	return pipeline.Stamp{Date: c.cell(row, "DATE")}, nil
}

// depot is a flow with a shelf for a drop: real phases, a real journal, and a
// clock that a test moves.
type depot struct {
	t       *testing.T
	shelf   *shelf
	journal *journal.Journal
	sink    *receiver
	intake  *pipeline.Intake
	gates   *pipeline.Gates
	pages   *pages
	logs    *logged
	now     time.Time
	ticks   atomic.Int64 // no two things happen at the same time
}

// clock is a millisecond later whenever somebody looks at it.
func (d *depot) clock() time.Time {
	return d.now.Add(time.Duration(d.ticks.Add(1)) * time.Millisecond)
}

// pages keeps what is written for people.
type pages struct{ all map[string]string }

func (p *pages) Put(_ context.Context, name string, write func(io.Writer) error) (string, error) {
	var b strings.Builder
	err := write(&b)
	p.all[name] = b.String()
	return name, err
}

// logged keeps what was logged as an error or said to be over.
type logged struct {
	slog.Handler
	mu  sync.Mutex
	all []string
}

func (l *logged) Enabled(context.Context, slog.Level) bool { return true }
func (l *logged) Handle(_ context.Context, r slog.Record) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if strings.Contains(r.Message, "the drop c") {
		l.all = append(l.all, r.Message)
	}
	return nil
}

func newDepot(t *testing.T) *depot {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Options{Path: filepath.Join(t.TempDir(), "journal.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &depot{
		t: t, journal: j, sink: &receiver{account: "one", answer: matched}, now: time.Date(2026, 11, 21, 1, 0, 0, 0, time.UTC),
		pages: &pages{map[string]string{}}, logs: &logged{Handler: slog.DiscardHandler},
	}
	d.shelf = &shelf{now: d.clock, inbox: map[string]dropped{}, claimed: map[string]dropped{}, kept: map[string]dropped{}, ended: map[string]string{}, wake: make(chan struct{})}
	d.intake = &pipeline.Intake{
		Flow: "yard", Drop: d.shelf, Reader: lines{}, Deliveries: j, Stage: j, Holds: j, Now: d.clock, Log: slog.New(slog.DiscardHandler),
		Mappings: []pipeline.Mapping{
			&sheet{name: "assets", kind: rental.Asset, claim: pipeline.All},
			&sheet{name: "items", kind: rental.Item, claim: pipeline.Open},
			&sheet{name: "west", kind: rental.Item, claim: pipeline.Open},
			&sheet{name: "moves", kind: rental.Asset},
			&sheet{name: "dated", kind: rental.Asset, dated: true},
		},
	}
	d.shelf.inspect = d.intake.Inspect
	d.gates = &pipeline.Gates{Journal: j}
	return d
}

// runner is a process that has just started.
func (d *depot) runner() *pipeline.Runner {
	log := slog.New(d.logs)
	d.gates.Set = d.intake.Set
	return &pipeline.Runner{
		Flow: "yard", Intake: d.intake, Deliveries: d.journal, Holds: d.journal, Dispatches: d.journal,
		Closer:     &pipeline.Closer{Drop: d.shelf, Deliveries: d.journal, Stage: d.journal, Holds: d.journal, Gate: d.gates, Now: d.intake.Now, Log: d.intake.Log},
		Dispatcher: &pipeline.Dispatcher{Journal: d.journal, Sink: d.sink, Parallel: 1, Owner: "test", Now: time.Now, Log: d.intake.Log},
		Publisher:  &pipeline.Publisher{Journal: d.journal, Deliveries: d.journal, Outbox: d.pages, Now: d.intake.Now},
		Scan:       time.Hour, Now: d.intake.Now, Log: log,
	}
}

// put lays a file into the inbox.
func (d *depot) put(name, content string) {
	d.shelf.mu.Lock()
	defer d.shelf.mu.Unlock()
	d.shelf.inbox[name] = dropped{content, d.now}
}

// later moves the clock.
func (d *depot) later(by time.Duration) { d.now = d.now.Add(by) }

// once works what is there, and tells what became of runs and files, and what was
// left alone.
func (d *depot) once() []string {
	d.t.Helper()
	result, err := d.runner().Once(d.t.Context())
	d.must(err)
	return tellAll(result)
}

func tellAll(result pipeline.Result) []string {
	all := []string{}
	for _, f := range result.Runs {
		line := f.Run.BusinessDate + " " + f.Run.State.String()
		for _, of := range f.Deliveries {
			line += ", " + of.Name + " " + of.State.String()
		}
		if len(f.Run.Lacks) > 0 {
			line += ", lacks " + strings.Join(f.Run.Lacks, " ")
		}
		all = append(all, line)
	}
	for _, p := range result.Pending {
		all = append(all, p.Name+" "+p.Why)
	}
	return all
}

func (d *depot) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *depot) expect(what string, got any, want any) {
	d.t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		d.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// lastRun is the flow's newest run.
func (d *depot) lastRun() pipeline.Run {
	d.t.Helper()
	runs, err := d.journal.RecentRuns(d.t.Context(), "yard", 1)
	d.must(err)
	return runs[0]
}

// warnings of the flow's newest run.
func (d *depot) warnings() []string {
	d.t.Helper()
	all := []string{}
	for w, err := range d.journal.Warnings(d.t.Context(), d.lastRun().ID) {
		d.must(err)
		all = append(all, w.What)
	}
	return all
}

// holds is what the register has of a field.
func (d *depot) holds(kind rental.Kind, key string, field rental.Field) string {
	d.t.Helper()
	ref := rental.Ref{Kind: kind, Key: key}
	_, prior, err := d.journal.Records(d.t.Context(), "yard", "none", []rental.Ref{ref})
	d.must(err)
	record := prior[ref]
	return record.Text(field)
}
