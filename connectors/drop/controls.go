package drop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"rentalsync/pipeline"
)

// notes is the folder in which is written down which files of a set were claimed:
// a process that comes after must not take them for missing.
const notes = claims + "/control"

// shortNote is written beside a claimed file that its control file speaks against.
const shortNote = ".why"

// mostControl is as long as a control file may be.
const mostControl = 1 << 20

// controls are the control files in the inbox. The nil value is that there are
// none, and none are wanted.
type controls struct {
	Control
	glob string

	mu    sync.Mutex
	known bool                // the inbox was looked through
	sets  map[string]*control // that have settled, by name
	short map[string]string   // what they have against each file that the last look held against them, if anything
	ended map[string]*control // that this process has archived
}

// control is one control file as it was read.
type control struct {
	Entry
	at     time.Time
	fault  string // why it is not understood
	files  map[string]listing
	taken  map[string]bool // files that were claimed
	parked Path            // where it was archived
}

func newControls(c *Control) (*controls, error) {
	if c == nil {
		return nil, nil
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	glob, err := globOf(c.Match)
	return &controls{Control: *c, glob: glob, sets: map[string]*control{}, short: map[string]string{}, ended: map[string]*control{}}, err
}

// wanted tells whether files have to be listed.
func (cs *controls) wanted() bool { return cs != nil }

// is tells whether a name is that of a control file.
func (cs *controls) is(name string) bool {
	if cs == nil {
		return false
	}
	ok, _ := path.Match(cs.glob, name)
	return ok
}

// of finds the newest control file that names a file, and by which name: of a
// compressed file either the file or what is in it may be meant.
func (cs *controls) of(name string) (c *control, as string) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	return newest(cs.sets, name)
}

func newest(sets map[string]*control, name string) (c *control, as string) {
	plain := name
	if isGzip(name) {
		plain = stemOf(name)
	}
	for _, set := range sets {
		for _, by := range []string{name, plain} {
			if _, named := set.files[by]; named && (c == nil || set.later(c)) {
				c, as = set, by
			}
		}
	}
	return c, as
}

// later tells whether a control file is newer than another one.
func (c *control) later(than *control) bool {
	if d := c.ModTime.Compare(than.ModTime); d != 0 {
		return d > 0
	}
	return c.Name > than.Name
}

// lookControls reads the control files that have settled, and says in a look which
// ones are not whole.
func (w *Watcher) lookControls(ctx context.Context, entries []Entry, seen map[string]*sight, look *pipeline.Look) error {
	if !w.control.wanted() {
		return nil
	}
	there := map[string]bool{}
	for _, e := range entries {
		there[e.Name] = true
	}
	sets := map[string]*control{}
	for _, e := range entries {
		if !w.control.is(e.Name) || ignored(e.Name) {
			continue
		}
		s := w.see(e)
		seen[e.Name] = s
		p := pipeline.Pending{File: s.file(), Since: s.since}
		if p.Kind, p.Why = w.settled(s); p.Why == "" {
			p.Kind, p.Why = w.lookControl(ctx, s, there)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if s.control != nil {
			sets[e.Name] = s.control
		}
		if p.Why != "" && p.Why != gone {
			look.Pending = append(look.Pending, p)
		}
		w.tell(s, p)
	}

	w.control.mu.Lock()
	defer w.control.mu.Unlock()
	w.control.sets, w.control.short, w.control.known = sets, map[string]string{}, true
	return nil
}

// lookControl reads a control file once, and says what is wrong with its set.
func (w *Watcher) lookControl(ctx context.Context, s *sight, there map[string]bool) (pipeline.PendingKind, string) {
	if s.control == nil {
		c, err := w.readControl(ctx, s.Entry)
		if err != nil {
			return explain(err)
		}
		s.control = c
	}
	if s.control.fault != "" {
		return pipeline.NotWhole, "it is a control file that is not understood: " + s.control.fault
	}
	if lacks := w.control.lacks(s.control, there, "names"); lacks != "" {
		return pipeline.NotWhole, lacks
	}
	return 0, ""
}

// mostNamed is how many files a message names.
const mostNamed = 5

// lacks says which files of a set are neither there nor claimed, and how the control
// file speaks of them; "" is that it lacks none.
func (cs *controls) lacks(c *control, there map[string]bool, how string) string {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		if !there[name] && !there[name+".gz"] && !c.taken[name] {
			names = append(names, name)
		}
	}
	is := "are"
	switch more := len(names) - mostNamed; {
	case len(names) == 0:
		return ""
	case len(names) == 1:
		is = "is"
	case more > 0:
		names = append(names[:mostNamed], fmt.Sprintf("%d more", more))
	}
	return fmt.Sprintf("%s, which %s %s, %s missing", strings.Join(names, " and "), c.Name, how, is)
}

// readControl reads a control file and what is noted of its set.
func (w *Watcher) readControl(ctx context.Context, e Entry) (*control, error) {
	text, fault := w.text(ctx, Path{Inbox, e.Name})
	if fault != nil && !errors.Is(fault, errLong) {
		return nil, fault
	}
	now, err := w.fs.Stat(ctx, Path{Inbox, e.Name})
	if err != nil {
		return nil, err
	}
	if now.Size != e.Size || !now.ModTime.Equal(e.ModTime) {
		return nil, errChanged
	}
	c := &control{Entry: e, at: w.opts.Now(), taken: map[string]bool{}}
	if fault == nil {
		c.files, fault = w.control.parse(text)
	}
	if fault != nil {
		c.fault = fault.Error()
	}
	noted, err := w.text(ctx, c.note())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if names, ours := strings.CutPrefix(noted, c.head()); ours {
		for name := range strings.Lines(names) {
			c.taken[strings.TrimSuffix(name, "\n")] = true
		}
	}
	return c, nil
}

// note is where is written down which files of a set were claimed.
func (c *control) note() Path { return Path{Inbox, path.Join(notes, encode(c.Name))} }

// head tells one control file from a later one of its name.
func (c *control) head() string { return fmt.Sprintf("%d %d\n", c.Size, c.ModTime.UnixNano()) }
