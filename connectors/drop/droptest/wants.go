package droptest

import (
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"

	"rentalsync/connectors/drop"
	"rentalsync/pipeline"
)

// wantReady checks the names of what is ready.
func (b *bench) wantReady(look pipeline.Look, want ...string) {
	b.Helper()
	var got []string
	for _, f := range look.Ready {
		got = append(got, f.Name)
	}
	if !slices.Equal(got, want) {
		b.Fatalf("ready are %q, want %q; pending are %+v", got, want, look.Pending)
	}
}

// wantPending checks that one file alone is pending, and why.
func (b *bench) wantPending(look pipeline.Look, name string, kind pipeline.PendingKind, why string) pipeline.Pending {
	b.Helper()
	if len(look.Pending) != 1 {
		b.Fatalf("pending are %+v, want %q alone; ready are %+v", look.Pending, name, look.Ready)
	}
	p := look.Pending[0]
	if p.Name != name || p.Kind != kind || !strings.Contains(p.Why, why) {
		b.Fatalf("pending is %+v, want %q of kind %d because %q", p, name, kind, why)
	}
	return p
}

// wantPendingAmong finds a file among those that are pending.
func (b *bench) wantPendingAmong(look pipeline.Look, name string) pipeline.Pending {
	b.Helper()
	for _, p := range look.Pending {
		if p.Name == name {
			return p
		}
	}
	b.Fatalf("pending are %+v, want %q among them; ready are %+v", look.Pending, name, look.Ready)
	return pipeline.Pending{}
}

// wantUnreadable checks what is said when a claimed file is read.
func (b *bench) wantUnreadable(w *drop.Watcher, place, why string) {
	b.Helper()
	src, err := w.Open(b.Context(), place)
	if err == nil {
		_, err = io.Copy(io.Discard, src)
		b.must(src.Close())
	}
	var said *pipeline.Unreadable
	if !errors.As(err, &said) || !strings.Contains(err.Error(), why) {
		b.Fatalf("reading %s says %v, want that %q", place, err, why)
	}
}

// wantNothing checks that a look found nothing at all.
func (b *bench) wantNothing(look pipeline.Look) {
	b.Helper()
	if len(look.Ready)+len(look.Pending) != 0 {
		b.Fatalf("the look found %+v, want nothing", look)
	}
}

// wantFile checks the content of a file on the medium.
func (b *bench) wantFile(area drop.Area, name, want string) {
	b.Helper()
	got, err := b.content(drop.Path{Area: area, Name: name})
	b.must(err)
	if got != want {
		b.Fatalf("%s/%s holds %q, want %q", area, name, got, want)
	}
}

// content reads a file on the medium.
func (b *bench) content(file drop.Path) (string, error) {
	src, err := b.rig.FS.Open(b.Context(), file)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(src)
	return string(text), errors.Join(err, src.Close())
}

// wantNone checks that a name is free on the medium.
func (b *bench) wantNone(area drop.Area, name string) {
	b.Helper()
	if e, err := b.rig.FS.Stat(b.Context(), drop.Path{Area: area, Name: name}); !errors.Is(err, fs.ErrNotExist) {
		b.Fatalf("%s/%s is there: %+v, %v", area, name, e, err)
	}
}
