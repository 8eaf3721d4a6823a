package drop

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
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

// claimMember unpacks a file of an archive to its claim place.
func (w *Watcher) claimMember(ctx context.Context, from, to Path, member string) error {
	e, err := w.fs.Stat(ctx, from)
	if err != nil {
		return err
	}
	a, err := w.openZip(ctx, from)
	if err == nil {
		defer a.close()
		err = w.unpack(ctx, a, member, to)
	}
	if unfit(err) {
		return fmt.Errorf("%w: the archive is not the one that was looked at: %w", pipeline.ErrFileGone, err)
	}
	if err != nil {
		return err
	}

	names := make([]string, len(a.files))
	for i, z := range a.files {
		names[i] = z.name
	}
	w.packs.follow(e, "", names)
	w.packs.mark(from.Base(), member, true)
	return nil
}

func (w *Watcher) unpack(ctx context.Context, a *archive, member string, to Path) error {
	z := a.find(member)
	if z == nil {
		return fmt.Errorf("%w: %q is not in the archive", pipeline.ErrFileGone, member)
	}
	return w.fs.WriteFile(ctx, to, func(out io.Writer) error { return a.copy(out, z) })
}

// unfit tells whether an error is a verdict on an archive.
func unfit(err error) bool {
	var unreadable *pipeline.Unreadable
	var short *pipeline.Incomplete
	return errors.As(err, &unreadable) || errors.As(err, &short)
}

// finishPack moves an archive to where worked files end, once all of its files are
// ours.
func (w *Watcher) finishPack(ctx context.Context, at Path) error {
	e, date, done := w.packs.empty(at.Base())
	if !done {
		return nil
	}
	now, err := w.fs.Stat(ctx, at)
	if err != nil || now.Size != e.Size || !now.ModTime.Equal(e.ModTime) {
		w.packs.forget(at.Base()) // another one has come, or it is gone
		return nil
	}
	if err := w.noteTaken(ctx, at.Base()); err != nil {
		return err
	}
	d := &pipeline.Delivery{ID: "archive " + at.Base(), Name: at.Base(), BusinessDate: date}
	place, err := w.promise(ctx, d, Path{Archive, path.Join(w.archive.folder(w.dateOf(d)), at.Base())})
	if err != nil {
		return err
	}
	to, err := parsePlace(place)
	if err != nil {
		return err
	}
	w.opts.Reached("pack:before")
	if err := w.fs.Rename(ctx, at, to); err != nil {
		return fmt.Errorf("archive %s, which is unpacked: %w", at, err)
	}
	w.opts.Reached("pack:archived")
	w.settlePromise(place)
	w.packs.forget(at.Base())
	w.removeMarkers(ctx, at)
	return nil
}

// packHolds tells whether an archive in the inbox holds the very file that was
// unpacked from it.
func (w *Watcher) packHolds(ctx context.Context, at Path, member string, unpacked Path) (bool, error) {
	if there, err := w.exists(ctx, at); err != nil || !there {
		return false, err
	}
	a, err := w.openZip(ctx, at)
	if unfit(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer a.close()
	z := a.find(member)
	if z == nil {
		return false, nil
	}
	if here, err := w.exists(ctx, unpacked); err != nil || !here {
		return err == nil, err // it was removed before
	}
	sum, size, err := w.checksum(ctx, unpacked)
	return err == nil && sum == z.CRC32 && size == int64(z.UncompressedSize64), err
}

// checksum is a file's as archives keep it.
func (w *Watcher) checksum(ctx context.Context, p Path) (uint32, int64, error) {
	src, err := w.fs.Open(ctx, p)
	if err != nil {
		return 0, 0, err
	}
	defer letGo(src)
	sum := crc32.NewIEEE()
	size, err := io.Copy(sum, until{ctx, src})
	return sum.Sum32(), size, err
}

// repack gives back what is still in its archive.
func (w *Watcher) repack(ctx context.Context, unpacked, at Path, member string) error {
	w.opts.Reached("unclaim:before")
	if here, err := w.exists(ctx, unpacked); err != nil {
		return err
	} else if here {
		if err := w.fs.Remove(ctx, unpacked); err != nil {
			return err
		}
	}
	w.packs.mark(at.Base(), member, false)
	w.opts.Reached("unclaim:after")
	w.tidy(ctx, unpacked)
	return nil
}
