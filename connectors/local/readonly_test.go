package local_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rentalsync/connectors/drop"
	"rentalsync/connectors/drop/droptest"
	"rentalsync/connectors/local"
	"rentalsync/pipeline"
)

// The parts that are left out write into the inbox, or hold a file open that is
// moved.
func TestADropThatMayOnlyBeReadKeepsTheSuite(t *testing.T) {
	t.Parallel()
	droptest.Run(t, func(t *testing.T) droptest.Rig {
		r := lend(t, nil)
		return droptest.Rig{FS: r.medium, Uploader: droptest.Folder(r.far.Inbox)}
	}, "readiness", "names", "uploads", "packing", "sets", "keeping", "rare crashes")
}

// lent is a drop whose inbox may only be read.
type lent struct {
	*testing.T
	remote, here *local.FS
	medium       *drop.ReadOnlyFS
	far, near    local.Dirs
}

func lend(t *testing.T, known drop.KnownFunc) *lent {
	t.Helper()
	r := &lent{T: t}
	r.remote, r.far = open(t)
	r.here, r.near = open(t)
	r.medium = drop.ReadOnly(r.remote, r.here, known)
	return r
}

// watch begins anew, as another process does.
func (r *lent) watch(known drop.KnownFunc) *drop.Watcher {
	r.Helper()
	w, err := drop.New(drop.ReadOnly(r.remote, r.here, known), drop.Options{Archive: "archive/{date:YYYY}"})
	if err != nil {
		r.Fatal(err)
	}
	return w
}

func (r *lent) wantReady(w *drop.Watcher, want ...string) {
	r.Helper()
	look, err := w.Scan(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	var got []string
	for _, f := range look.Ready {
		got = append(got, f.Name)
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		r.Fatalf("ready are %q, want %q; pending are %+v", got, want, look.Pending)
	}
}

func (r *lent) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

const place = ".rentalsync/01J/a.csv"

func TestAFileThatMayOnlyBeReadIsCopiedAndWorkedOnce(t *testing.T) {
	t.Parallel()
	r := lend(t, nil)
	write(t, filepath.Join(r.far.Inbox, "a.csv"), "a")
	w := r.watch(nil)
	r.wantReady(w, "a.csv")
	r.must(w.Claim(t.Context(), "a.csv", place))
	r.wantReady(w)
	r.wantReady(r.watch(nil)) // another process remembers
	r.must(w.Move(t.Context(), place, "archive/2026/a.csv", ""))

	wantText(t, filepath.Join(r.near.Archive, "2026/a.csv"), "a")
	wantText(t, filepath.Join(r.far.Inbox, "a.csv"), "a")
	wantNames(t, r.far.Inbox, "a.csv")
	wantNames(t, r.far.Archive)
	wantNames(t, r.far.Quarantine)
}

func TestAFileThatChangedAfterItWasCopiedIsANewOne(t *testing.T) {
	t.Parallel()
	r := lend(t, nil)
	path := filepath.Join(r.far.Inbox, "a.csv")
	write(t, path, "a")
	w := r.watch(nil)
	r.must(w.Claim(t.Context(), "a.csv", place))
	r.must(os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)))
	r.wantReady(w, "a.csv")
}

func TestAFileThatWasWorkedBeforeIsNotListed(t *testing.T) {
	t.Parallel()
	r := lend(t, nil)
	write(t, filepath.Join(r.far.Inbox, "a.csv"), "a")
	write(t, filepath.Join(r.far.Inbox, "b.csv"), "b")
	r.wantReady(r.watch(func(_ context.Context, e drop.Entry) (bool, error) { return e.Name == "a.csv", nil }), "b.csv")

	down := errors.New("the journal is down")
	w := r.watch(func(context.Context, drop.Entry) (bool, error) { return false, down })
	if _, err := w.Scan(t.Context()); !errors.Is(err, down) {
		t.Errorf("error is %v", err)
	}
}

func TestAFileThatIsGivenBackIsListedAgain(t *testing.T) {
	t.Parallel()
	r := lend(t, nil)
	path := filepath.Join(r.far.Inbox, "a.csv")
	write(t, path, "a")
	w := r.watch(nil)
	r.must(w.Claim(t.Context(), "a.csv", place))
	r.must(w.Unclaim(t.Context(), place, "a.csv"))
	r.must(w.Unclaim(t.Context(), place, "a.csv"))
	r.wantReady(r.watch(nil), "a.csv")

	r.must(w.Claim(t.Context(), "a.csv", place))
	r.must(os.Remove(path))
	r.must(w.Unclaim(t.Context(), place, "a.csv"))
	r.wantReady(r.watch(nil), "a.csv") // the copy is all there is
	r.must(w.Claim(t.Context(), "a.csv", place))
	wantText(t, filepath.Join(r.near.Inbox, place), "a")
	r.wantReady(w)
}

func TestAFileThatIsGivenBackBesideANewerOneIsKept(t *testing.T) {
	t.Parallel()
	r := lend(t, nil)
	path := filepath.Join(r.far.Inbox, "a.csv")
	write(t, path, "a")
	w := r.watch(nil)
	r.must(w.Claim(t.Context(), "a.csv", place))
	write(t, path, "newer")
	r.must(w.Unclaim(t.Context(), place, "a.csv"))
	r.wantReady(w, "a (2).csv", "a.csv")
}

func TestAFileThatChangesWhileItIsCopiedIsNotClaimed(t *testing.T) {
	t.Parallel()
	r := lend(t, nil)
	path := filepath.Join(r.far.Inbox, "a.csv")
	write(t, path, "a")
	w, err := drop.New(drop.ReadOnly(growing{r.remote, path}, r.here, nil), drop.Options{})
	r.must(err)
	if err := w.Claim(t.Context(), "a.csv", place); !errors.Is(err, pipeline.ErrFileGone) {
		t.Errorf("error is %v", err)
	}
	wantNames(t, r.near.Inbox)
	r.wantReady(r.watch(nil), "a.csv")
}

// growing is a medium whose files grow when they are opened.
type growing struct {
	drop.FS
	path string
}

func (g growing) Open(ctx context.Context, p drop.Path) (io.ReadCloser, error) {
	src, err := g.FS.Open(ctx, p)
	return src, errors.Join(err, os.WriteFile(g.path, []byte("abc"), 0o600))
}

func TestNothingIsEverWrittenWhereOnlyReadingIsAllowed(t *testing.T) {
	t.Parallel()
	r := lend(t, nil)
	write(t, filepath.Join(r.far.Inbox, "a.csv"), "a")
	a := drop.Path{Area: drop.Inbox, Name: "a.csv"}
	if err := r.medium.WriteFile(t.Context(), a, func(io.Writer) error { return nil }); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("writing: %v", err)
	}
	r.must(r.medium.Remove(t.Context(), a))
	if _, err := r.medium.Stat(t.Context(), a); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	wantText(t, filepath.Join(r.far.Inbox, "a.csv"), "a")
}
