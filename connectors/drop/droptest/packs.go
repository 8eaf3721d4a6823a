package droptest

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"strings"
	"sync/atomic"

	"rentalsync/connectors/drop"
)

// member is a file to be packed.
type member struct{ name, content string }

// zipped packs files as an ERP does.
func (b *bench) zipped(members ...member) string {
	b.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, m := range members {
		w, err := z.Create(m.name)
		b.must(err)
		_, err = io.WriteString(w, m.content)
		b.must(err)
	}
	b.must(z.Close())
	return out.String()
}

// gzipped compresses one file.
func (b *bench) gzipped(content string) string {
	b.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, err := io.WriteString(z, content)
	b.must(err)
	b.must(z.Close())
	return out.String()
}

// night is the archive that most of these tests drop.
func (b *bench) night() string {
	b.Helper()
	return b.zipped(member{"EQUIP.csv", "equip\n" + whole}, member{"__MACOSX/._EQUIP.csv", "x"}, member{"sub/", ""}, member{"sub/ITEMS.csv", "items\n" + whole}, member{".hidden", "x"})
}

// hostile are archives that are not unpacked, by what is said of them.
func (b *bench) hostile() map[string]string {
	b.Helper()
	many := make([]member, 1001)
	for i := range many {
		many[i] = member{strings.Repeat("x", i%200+1) + string(rune('a'+i%26)) + strings.Repeat("y", i/200) + ".csv", ""}
	}
	damaged := []byte(b.storedZip(zip.FileHeader{Name: "a.csv"}, "row\n"+whole))
	damaged[bytes.Index(damaged, []byte("row\n"))] ^= 1
	encrypted := []byte(b.zipped(member{"a.csv", whole}))
	encrypted[bytes.Index(encrypted, []byte("PK\x01\x02"))+8] |= 1
	strange := []byte(b.zipped(member{"a.csv", whole}))
	strange[bytes.Index(strange, []byte("PK\x01\x02"))+10] = 99
	return map[string]string{
		"leads out of it":     b.zipped(member{"../a.csv", whole}),
		`"/etc/passwd" in it`: b.zipped(member{"/etc/passwd", whole}),
		`b.csv" in it leads`:  b.zipped(member{`a\b.csv`, whole}),
		"250 times":           b.zipped(member{"a.csv", strings.Repeat("0", 32<<20)}),
		"1001 files":          b.zipped(many...),
		"twice":               b.zipped(member{"a.csv", whole}, member{"a.csv", whole}),
		"holds no file":       b.zipped(),
		"no zip file":         "Nr;Status\n4711;R\n",
		"is damaged":          string(damaged),
		"is encrypted":        string(encrypted),
		"(99)":                string(strange),
		"reserved on Windows": b.zipped(member{"CON.csv", whole}),
	}
}

// storedZip packs one file without compressing it.
func (b *bench) storedZip(head zip.FileHeader, content string) string {
	b.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.CreateHeader(&head)
	b.must(err)
	_, err = io.WriteString(w, content)
	b.must(err)
	b.must(z.Close())
	return out.String()
}

// claimPacked claims a file of an archive and checks what came of it.
func (b *bench) claimPacked(w *drop.Watcher, id, name, want string) (place string) {
	b.Helper()
	place = w.ClaimPlace(delivery(id, name))
	b.must(w.Claim(b.Context(), name, place))
	b.wantOpened(w, place, want)
	return place
}

// wantOpened checks what a claimed file gives to its reader.
func (b *bench) wantOpened(w *drop.Watcher, place, want string) {
	b.Helper()
	src, err := w.Open(b.Context(), place)
	b.must(err)
	got, err := io.ReadAll(src)
	b.must(err)
	b.must(src.Close())
	if string(got) != want {
		b.Fatalf("%s gives %q, want %q", place, got, want)
	}
}

// distant reads files only from their start, as servers do, and counts how often an
// archive was fetched.
type distant struct {
	drop.FS
	fetched atomic.Int64
}

// Open reads a file from its start.
func (d *distant) Open(ctx context.Context, file drop.Path) (io.ReadCloser, error) {
	src, err := d.FS.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(file.Name, ".zip") {
		d.fetched.Add(1)
	}
	return struct {
		io.Reader
		io.Closer
	}{src, src}, nil
}
