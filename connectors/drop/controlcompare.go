package drop

import (
	"context"
	"errors"
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
	c, why := w.control.against(s.Name, s.verdict)
	if c == nil {
		p.Kind, p.Why = pipeline.NotWhole, "no control file names it yet"
		return
	}

	s.short = why
	w.control.keep(s.Name, why)
	if why != "" {
		if c.at.After(p.Since) {
			p.Since = c.at
		}
		p.Kind, p.Why = pipeline.NotWhole, why
		p.Late = w.opts.Now().Sub(p.Since) >= w.opts.Incomplete
		return
	}
	if lacks := w.control.lacks(c, names, "names with it"); lacks != "" {
		p.Kind, p.Why = pipeline.Alone, lacks
	}
}

// against finds the control file of a file, and what it has against it.
func (cs *controls) against(name string, v *verdict) (c *control, why string) {
	c, as := cs.of(name)
	if c == nil {
		return nil, ""
	}
	got := v.raw
	if as != name {
		got = v.content
	}
	return c, c.files[as].disagrees(v, got, "the control file "+c.Name)
}

// keep remembers what a look has found against a file, or that it has found nothing.
func (cs *controls) keep(name, why string) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.short[name] = why
}

// keepShort writes down beside a claimed file what its control file has against
// it, so that whoever reads it hears of it.
func (w *Watcher) keepShort(ctx context.Context, from, to Path) error {
	if !w.control.wanted() {
		return nil
	}
	w.control.mu.Lock()
	why, judged := w.control.short[from.Base()]
	w.control.mu.Unlock()
	if !judged {
		var err error
		if why, err = w.weighAgain(ctx, from.Base()); err != nil {
			return err
		}
	}
	if why == "" {
		return nil
	}
	return w.write(ctx, beside(to, shortNote), why)
}

// weighAgain finds what a control file has against a file that was judged by
// another process, which died before it could claim it.
func (w *Watcher) weighAgain(ctx context.Context, name string) (string, error) {
	v, err := w.weigh(ctx, name)
	switch {
	case errors.Is(err, pipeline.ErrNoMapping):
		return "", nil
	case err != nil:
		return "", err
	case v.incomplete != "":
		return "", nil // whoever reads it finds that out as well
	}
	_, why := w.control.against(name, v)
	return why, nil
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
