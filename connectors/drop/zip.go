package drop

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"rentalsync/pipeline"
)

const (
	mostMembers   = 1000    // more than any night has
	mostDirectory = 4 << 20 // bytes that the list of members may take
)

// isZip tells whether a file is an archive by its name.
func isZip(name string) bool { return strings.EqualFold(path.Ext(name), ".zip") }

// splitName parts the name of a file in an archive, NIGHT.zip/EQUIP.csv. Any
// other name has no second part.
func splitName(name string) (lies, member string) {
	if first, rest, found := strings.Cut(name, "/"); found && isZip(first) && rest != "" {
		return first, rest
	}
	return name, ""
}

// archive is a zip that is open.
type archive struct {
	files []*zipped
	size  int64
	close func()
	tap   *tap
}

// zipped is one file in an archive.
type zipped struct {
	*zip.File
	name string // as text
}

// openZip opens an archive and lists what counts of it. The error is a verdict on
// it, or the medium's.
func (w *Watcher) openZip(ctx context.Context, p Path) (*archive, error) {
	at, size, free, err := w.randomly(ctx, p)
	if err != nil {
		return nil, err
	}

	a := &archive{size: size, close: free, tap: &tap{ctx: ctx, src: at, left: mostDirectory}}
	r, err := zip.NewReader(a.tap, size)
	if err == nil || errors.Is(err, zip.ErrInsecurePath) {
		err = a.list(r, size)
	}
	if err = a.verdict(err, at); err != nil {
		free()
		return nil, err
	}
	a.tap.left = -1
	return a, nil
}

// verdict says what an error means for the archive.
func (a *archive) verdict(err error, at io.ReaderAt) error {
	var said *pipeline.Unreadable
	switch {
	case a.tap.err != nil:
		return a.tap.err
	case err == nil, errors.As(err, &said):
		return err
	case errors.Is(err, errTooLong):
		return refused("it holds more than %d files", mostMembers)
	}
	head := make([]byte, 4)
	n, _ := at.ReadAt(head, 0)
	if n < len(head) || bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return &pipeline.Incomplete{Why: "the archive stops before its end"}
	}
	return refused("it is no zip file, although its name says so")
}

// refused is the verdict on an archive that is not unpacked.
func refused(why string, args ...any) error {
	return &pipeline.Unreadable{
		Why:  "the archive is not unpacked: " + fmt.Sprintf(why, args...),
		Hint: "have the ERP pack it differently, or drop its files one by one",
	}
}

// list finds the files that count, or why the archive is refused.
func (a *archive) list(r *zip.Reader, size int64) error {
	if len(r.File) > mostMembers {
		return refused("it holds %d files, and the most is %d", len(r.File), mostMembers)
	}
	var total uint64
	seen := map[string]bool{}
	for _, f := range r.File {
		z := &zipped{f, nameOf(f)}
		if why := z.refuse(); why != "" {
			return refused("%s", why)
		}
		if total += min(f.UncompressedSize64, bombMost+1); bomb(int64(total), size) {
			return refused("it unpacks to more than %d times its size or %d GiB, as no export does", bombRatio, int64(bombMost>>30))
		}
		if z.junk() {
			continue
		}
		if seen[z.name] {
			return refused("it holds %q twice", z.name)
		}
		seen[z.name] = true
		a.files = append(a.files, z)
	}
	if len(a.files) == 0 {
		return refused("it holds no file")
	}
	return nil
}

// nameOf is a member's name as text: before Unicode, names were written as DOS
// did.
func nameOf(f *zip.File) string {
	if !f.NonUTF8 {
		return f.Name
	}
	text, err := charmap.CodePage437.NewDecoder().String(f.Name)
	if err != nil {
		return f.Name
	}
	return text
}

// refuse says why an archive with this member is not unpacked.
func (z *zipped) refuse() string {
	folder := strings.HasSuffix(z.name, "/")
	if why := refuseMember(strings.TrimSuffix(z.name, "/")); why != "" {
		return why
	}
	switch {
	case folder || z.junk():
		return ""
	case !z.Mode().IsRegular():
		return fmt.Sprintf("%q in it is no plain file", z.name)
	case z.Flags&1 != 0:
		return fmt.Sprintf("%q in it is encrypted", z.name)
	case z.Method != zip.Store && z.Method != zip.Deflate:
		return fmt.Sprintf("%q in it is compressed in a way (%d) that is not known here", z.name, z.Method)
	}
	return ""
}

// junk tells whether a member is no file, or one that a file manager added.
func (z *zipped) junk() bool {
	return strings.HasSuffix(z.name, "/") || strings.HasPrefix(z.name, "__MACOSX/") || hidden(z.name) || ignored(path.Base(z.name))
}

// refuseMember says why a file of this name in an archive cannot be taken.
func refuseMember(name string) string {
	if strings.Contains(name, `\`) || !fs.ValidPath(name) || name == "." {
		return fmt.Sprintf("%q in it leads out of it", name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if why := refuse(part); why != "" && !strings.HasPrefix(part, ".") {
			return why
		}
	}
	return ""
}

// find looks for a member.
func (a *archive) find(name string) *zipped {
	for _, z := range a.files {
		if z.name == name {
			return z
		}
	}
	return nil
}
