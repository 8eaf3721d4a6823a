package drop

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"rentalsync/pipeline"
)

// single is a medium with one file on it.
type single struct {
	FS
	content []byte
}

func (m single) Stat(_ context.Context, file Path) (Entry, error) {
	return Entry{Name: file.Base(), Size: int64(len(m.content))}, nil
}

func (m single) Open(context.Context, Path) (io.ReadCloser, error) {
	return struct {
		*bytes.Reader
		io.Closer
	}{bytes.NewReader(m.content), io.NopCloser(nil)}, nil
}

// FuzzZip reads whatever calls itself an archive: each file of it is read whole,
// or the archive is refused with a verdict.
func FuzzZip(f *testing.F) {
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	for _, name := range []string{"EQUIP.csv", "sub/ITEMS.csv", "sub/"} {
		if _, err := z.Create(name); err != nil {
			f.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(packed.Bytes())
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, content []byte) {
		w := &Watcher{fs: single{content: content}}
		a, err := w.openZip(t.Context(), Path{Inbox, "NIGHT.zip"})
		if err != nil {
			wantVerdict(t, err)
			return
		}
		defer a.close()
		for _, z := range a.files {
			if !fs.ValidPath(z.name) || strings.Contains(z.name, `\`) || len(a.files) > mostMembers {
				t.Fatalf("it lists %q", z.name)
			}
			if err := a.copy(io.Discard, z); err != nil {
				wantVerdict(t, err)
			}
		}
	})
}

// FuzzGunzip reads whatever calls itself a compressed file.
func FuzzGunzip(f *testing.F) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := io.WriteString(z, "Nr;Status\n4711;R\n"); err != nil {
		f.Fatal(err)
	}
	if err := z.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(packed.Bytes())
	f.Fuzz(func(t *testing.T, content []byte) {
		c := newContent("a.csv.gz", bytes.NewReader(content), true)
		c.drain()
		var v verdict
		c.weighed(&v)
		if v.raw.size != int64(len(content)) {
			t.Errorf("%d bytes were read of %d", v.raw.size, len(content))
		}
		if c.err != nil {
			wantVerdict(t, c.err)
		}
	})
}

// wantVerdict checks that an error says something about the file.
func wantVerdict(t *testing.T, err error) {
	t.Helper()
	var unreadable *pipeline.Unreadable
	var short *pipeline.Incomplete
	if !errors.As(err, &unreadable) && !errors.As(err, &short) {
		t.Fatalf("error is %v, want a verdict", err)
	}
}
