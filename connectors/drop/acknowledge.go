package drop

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"rentalsync/pipeline"
)

// Acknowledge says which files show the ERP what became of a delivery. A name like
// "{name}.ack" or "acks/{stem}.ack" is made of the delivery's and lies in the
// inbox, or in a folder of it.
type Acknowledge struct {
	Done   string // what was worked, was seen before or was not wanted; default "": none
	Failed string // what could not be read and lies in the quarantine; default "": none
}

// acknowledgements are the names of both.
type acknowledgements struct{ done, failed acknowledgement }

// acknowledgement is the name of one, in its folder. The zero value is that there
// is none.
type acknowledgement struct {
	folder string
	pattern
}

func parseAcknowledgements(a Acknowledge) (all acknowledgements, err error) {
	if all.done, err = parseAcknowledgement(a.Done); err != nil {
		return all, err
	}
	all.failed, err = parseAcknowledgement(a.Failed)
	return all, err
}

func parseAcknowledgement(text string) (acknowledgement, error) {
	if text == "" {
		return acknowledgement{}, nil
	}
	folder, name := path.Split(text)
	folder = path.Clean(folder)
	if !fs.ValidPath(folder) || hidden(folder) || strings.ContainsAny(folder, `\{}`) {
		return acknowledgement{}, fmt.Errorf(`%q does not lie in the inbox; write it like "{name}.ack" or "acks/{name}.ack"`, text)
	}
	p, err := parsePattern(name)
	return acknowledgement{folder, p}, err
}

// wanted tells whether one is written.
func (a acknowledgement) wanted() bool { return a != acknowledgement{} }

// at is where a delivery's lies.
func (a acknowledgement) at(name string) Path {
	return Path{Inbox, path.Join(a.folder, a.of(encode(path.Base(name))))}
}

// apart refuses names that are those of markers: what is said of one file would tell
// that the next one of its name is whole.
func (all acknowledgements) apart(m marker) error {
	for _, a := range []acknowledgement{all.done, all.failed} {
		if a.wanted() && a.folder == "." && slices.Contains(m, a.pattern) {
			return fmt.Errorf("%q is what the markers of files are called; name it differently, or put it into a folder", a.of("{name}"))
		}
	}
	return nil
}

// is tells whether a name in the inbox is that of an acknowledgement.
func (all acknowledgements) is(name string) bool {
	for _, a := range []acknowledgement{all.done, all.failed} {
		if a.wanted() && a.folder == "." && a.pattern.is(name) {
			return true
		}
	}
	return false
}

// Acknowledge shows the ERP what became of a delivery. What it was shown of an
// earlier delivery of that name is replaced.
func (w *Watcher) Acknowledge(ctx context.Context, d *pipeline.Delivery) error {
	show, other := w.ack.done, w.ack.failed
	switch d.State {
	case pipeline.DeliveryReleased:
		return nil
	case pipeline.DeliveryQuarantined:
		show, other = other, show
	}
	w.moving.Lock()
	defer w.moving.Unlock()

	w.opts.Reached("acknowledge:before")
	if show.wanted() {
		if err := w.write(ctx, show.at(d.Name), acknowledged(d)); err != nil {
			return fmt.Errorf("acknowledge %q: %w; let the user that runs rentalsync write into the inbox", d.Name, err)
		}
		w.opts.Reached("acknowledge:written")
	}
	if other.wanted() && other != show {
		err := w.fs.Remove(ctx, other.at(d.Name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("acknowledge %q: remove what was said before: %w", d.Name, err)
		}
	}
	return nil
}

// acknowledged is what an acknowledgement says, one thing a line.
func acknowledged(d *pipeline.Delivery) string {
	var text strings.Builder
	say := func(key string, value any) { fmt.Fprintf(&text, "%s: %v\n", key, value) }
	say("delivery", d.Name)
	say("state", d.State)
	say("businessDate", d.BusinessDate)
	say("run", d.Run)
	say("read", d.Rows.Read)
	say("mapped", d.Rows.Mapped)
	say("skipped", d.Rows.Skipped)
	say("rejected", d.Rows.Rejected)
	if d.Reason != "" {
		say("reason", strings.Join(strings.Fields(d.Reason), " "))
	}
	return text.String()
}
