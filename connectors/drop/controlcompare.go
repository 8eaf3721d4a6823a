package drop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"rentalsync/pipeline"
)

// compare holds a file that is whole by its content against its control file.
func (w *Watcher) compare(s *sight, names map[string]bool, p *pipeline.Pending) {
	s.short = ""
	if !w.control.wanted() {
		return
	}
	p.File, p.Since = s.file(), s.verdict.at
	c, as := w.control.of(s.Name)
	if c == nil {
		p.Kind, p.Why = pipeline.NotWhole, "no control file names it yet"
		return
	}

	got := s.verdict.raw
	if as != s.Name {
		got = s.verdict.content
	}
	if s.short = c.files[as].disagrees(s.verdict, got, "the control file "+c.Name); s.short != "" {
		if c.at.After(p.Since) {
			p.Since = c.at
		}
		p.Kind, p.Why = pipeline.NotWhole, s.short
		p.Late = w.opts.Now().Sub(p.Since) >= w.opts.Incomplete
		w.control.mu.Lock()
		w.control.short[s.Name] = s.short
		w.control.mu.Unlock()
		return
	}
	if lacks := w.control.lacks(c, names); lacks != "" {
		p.Kind, p.Why = pipeline.Alone, fmt.Sprintf("%s, which %s names with it, is missing", lacks, c.Name)
	}
}

// keepShort writes down beside a claimed file what its control file has against
// it, so that whoever reads it hears of it.
func (w *Watcher) keepShort(ctx context.Context, from, to Path) error {
	if !w.control.wanted() {
		return nil
	}
	w.control.mu.Lock()
	why := w.control.short[from.Base()]
	w.control.mu.Unlock()
	if why == "" {
		return nil
	}
	return w.write(ctx, beside(to, shortNote), why)
}

// short is what was written down against a claimed file.
func (w *Watcher) short(ctx context.Context, claimed Path) error {
	if !w.control.wanted() || claimed.Area != Inbox {
		return nil
	}
	why, err := w.text(ctx, beside(claimed, shortNote))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	return &pipeline.Incomplete{Why: why}
}
