package drop

import (
	"fmt"
	"log/slog"
	"sync"
	"time"

	"rentalsync/pipeline"
)

// Options say when a file is ready and where files end.
type Options struct {
	Settle     time.Duration // how long size and time must not change; default 0: at the first look
	Looks      int           // how many looks must see the same, at least; default 1
	MinAge     time.Duration // how old a file must be; default 0
	Incomplete time.Duration // how long a file may be incomplete before it is late; default 30m
	Marker     string        // the file that must lie beside it: "{name}.ok", "{stem}.ok", or "*.ok" for either; default "": none
	Control    *Control      // the file that lists the others of its set; default nil: none

	Archive     string      // where worked files end, see Template; default "archive"
	Quarantine  string      // where unreadable files end, see Template; default "quarantine"
	Keep        Keep        // how long they stay there; default: for ever
	Acknowledge Acknowledge // what the ERP is shown of each delivery; default: nothing

	Since   func(pipeline.File) time.Time // since when a file is known to lie there as it is, zero for unknown; default: only this process knows
	Inspect pipeline.InspectFunc          // tells whether a file is whole; default: every file is
	Now     func() time.Time              // the clock that settling is judged by; default time.Now
	Log     *slog.Logger                  // default: nothing is logged
	Reached func(point string)            // told before and after each effect, see Points; default: nobody
}

// Watcher is a drop on any medium. One watcher looks after one inbox.
type Watcher struct {
	fs      FS
	opts    Options
	marker  marker
	control *controls
	ack     acknowledgements
	archive Template
	aside   Template

	looking sync.Mutex        // held by a look
	seen    map[string]*sight // what the last look knew, by name

	moving sync.Mutex        // held by a move: folders come and go with them
	given  map[string]string // places that were promised but not used yet, to their delivery
	packs  packs             // archives that are being unpacked
	spools spools            // the archive that was read last
	worked sync.Map          // how a claimed file was when it was last looked at: place to Entry

	tending sync.Mutex
	tended  time.Time       // when it was last cleared up
	alone   map[string]bool // markers that had no file then
}

var _ pipeline.Drop = (*Watcher)(nil)

// New watches the inbox of a medium. The medium stays its owner's to close.
func New(medium FS, o Options) (*Watcher, error) {
	w := &Watcher{
		fs: medium, opts: withDefaults(o),
		given: map[string]string{}, packs: packs{byName: map[string]*pack{}},
	}

	var err error
	if w.archive, err = ParseTemplate(w.opts.Archive); err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	if w.aside, err = ParseTemplate(w.opts.Quarantine); err != nil {
		return nil, fmt.Errorf("quarantine: %w", err)
	}
	if err = o.Keep.check(w.archive, w.aside); err != nil {
		return nil, fmt.Errorf("keep: %w", err)
	}
	if w.marker, err = parseMarker(o.Marker); err != nil {
		return nil, fmt.Errorf("marker: %w", err)
	}
	if w.control, err = newControls(o.Control); err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	if w.ack, err = parseAcknowledgements(o.Acknowledge); err != nil {
		return nil, fmt.Errorf("acknowledge: %w", err)
	}
	if err = w.ack.apart(w.marker); err != nil {
		return nil, fmt.Errorf("acknowledge: %w", err)
	}
	return w, nil
}

func withDefaults(o Options) Options {
	if o.Incomplete <= 0 {
		o.Incomplete = 30 * time.Minute
	}
	if o.Archive == "" {
		o.Archive = "archive"
	}
	if o.Quarantine == "" {
		o.Quarantine = "quarantine"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Since == nil {
		o.Since = func(pipeline.File) time.Time { return time.Time{} }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Reached == nil {
		o.Reached = func(string) {}
	}
	return o
}

// Wake passes on what the medium notices. It never fires where the medium
// notices nothing.
func (w *Watcher) Wake() <-chan struct{} {
	if wk, ok := w.fs.(Waker); ok {
		return wk.Events()
	}
	return nil
}
