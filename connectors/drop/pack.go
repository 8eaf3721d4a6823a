package drop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"rentalsync/pipeline"
)

// packs are the archives in the inbox some of whose files were claimed. An archive
// stays where it is until all of them are ours, so that a crash loses none: the
// next process lists all of them once more, and what was worked is a duplicate.
type packs struct {
	mu     sync.Mutex
	byName map[string]*pack
}

// pack is one archive, as long as it does not change.
type pack struct {
	Entry
	date  string          // business date of what is in it
	taken map[string]bool // its files, and whether they were claimed
}

// follow begins to follow an archive, unless it is followed already.
func (ps *packs) follow(e Entry, date string, members []string) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.byName[e.Name]
	if p == nil || p.Size != e.Size || !p.ModTime.Equal(e.ModTime) {
		p = &pack{Entry: e, taken: map[string]bool{}}
		for _, name := range members {
			p.taken[name] = false
		}
		ps.byName[e.Name] = p
	}
	if date != "" {
		p.date = date
	}
}

// mark records whether a file of an archive is ours.
func (ps *packs) mark(name, member string, ours bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p := ps.byName[name]; p != nil {
		p.taken[member] = ours
	}
}

// isTaken tells whether a file of an archive is ours.
func (ps *packs) isTaken(name, member string) bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.byName[name]
	return p != nil && p.taken[member]
}

// empty finds an archive all of whose files are ours.
func (ps *packs) empty(name string) (e Entry, date string, ok bool) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	p := ps.byName[name]
	if p == nil {
		return Entry{}, "", false
	}
	for _, taken := range p.taken {
		if !taken {
			return Entry{}, "", false
		}
	}
	return p.Entry, p.date, true
}

func (ps *packs) forget(name string) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	delete(ps.byName, name)
}

// weighZip weighs every file of an archive. One that is refused has the verdict of
// a file that cannot become rows.
func (w *Watcher) weighZip(ctx context.Context, name string) (*verdict, error) {
	at := Path{Inbox, name}
	members, size, err := w.weighMembers(ctx, at)
	var unreadable *pipeline.Unreadable
	var short *pipeline.Incomplete
	if err != nil && !errors.As(err, &unreadable) && !errors.As(err, &short) {
		return nil, err
	}
	v := &verdict{at: w.opts.Now(), members: members}
	if short != nil {
		v.incomplete = short.Error()
	}
	known := err != nil
	for _, m := range members {
		known = known || !m.unknown
		if m.incomplete != "" && v.incomplete == "" {
			v.incomplete = fmt.Sprintf("%s in it is %s", m.name[len(name)+1:], m.incomplete)
		}
	}
	if !known {
		return nil, pipeline.ErrNoMapping
	}

	if len(members) > 0 && !w.control.wanted() {
		v.raw.size = size
		return v, nil
	}
	return v, w.weighFile(ctx, at, v)
}

// weighFile takes the digest of an archive itself, which nobody asks for where its
// files are known one by one.
func (w *Watcher) weighFile(ctx context.Context, at Path, v *verdict) error {
	src, err := w.fs.Open(ctx, at)
	if err != nil {
		return err
	}
	defer letGo(src)
	all := newSumming(until{ctx, src}, w.control.wanted())
	if _, err := io.Copy(io.Discard, all); err != nil {
		return err
	}
	v.digest, v.size, v.raw = all.digest(), all.size, all.sums()
	v.content = v.raw
	return nil
}

func (w *Watcher) weighMembers(ctx context.Context, at Path) (members []packed, size int64, err error) {
	a, err := w.openZip(ctx, at)
	if err != nil {
		return nil, 0, err
	}
	defer a.close()

	for _, z := range a.files {
		v, err := w.weighMember(ctx, a, z, at.Base()+"/"+z.name)
		if err != nil {
			return nil, 0, err
		}
		members = append(members, packed{at.Base() + "/" + z.name, v})
	}
	return members, a.size, nil
}

// weighMember weighs one file of an archive. Also of one that no mapping knows the
// digest is taken, since it is claimed with the others.
func (w *Watcher) weighMember(ctx context.Context, a *archive, z *zipped, name string) (*verdict, error) {
	src, err := a.open(z)
	if err != nil {
		return nil, err
	}
	defer letGo(src)

	kept := &source{ctx: ctx, open: func() (io.ReadCloser, error) { return io.NopCloser(src), nil }}
	v, err := w.weighContent(ctx, name, kept)
	if err == nil && v.unknown {
		c := newContent("", kept, false)
		c.drain()
		c.weighed(v)
		err = c.err
	}
	if kept.err != nil { // that a file is damaged is said of the whole archive
		err = kept.err
	}
	return v, err
}

// list puts the files of an archive into a look.
func (w *Watcher) list(s *sight, late bool, look *pipeline.Look) {
	var names []string
	date := ""
	for _, m := range s.verdict.members {
		names = append(names, m.name[len(s.Name)+1:])
		date = max(date, m.stamp.Date)
	}
	w.packs.follow(s.Entry, date, names)

	for i, m := range s.verdict.members {
		f := pipeline.File{Name: m.name, Size: m.size, ModTime: s.ModTime, Digest: m.digest, Stamp: m.stamp}
		switch {
		case w.packs.isTaken(s.Name, names[i]):
		case m.incomplete == "":
			look.Ready = append(look.Ready, f)
		default:
			look.Pending = append(look.Pending, pipeline.Pending{
				File: f, Kind: pipeline.NotWhole, Why: m.incomplete, Since: m.at, Late: late,
			})
		}
	}
}
