package drop

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"time"
)

// Area is one of the folders a drop consists of.
type Area uint8

// The areas of a drop.
const (
	Inbox      Area = iota + 1 // where the ERP leaves files; claimed ones stay below it
	Archive                    // where worked files end
	Quarantine                 // where files end that cannot be read
)

var areas = [...]string{Inbox: "inbox", Archive: "archive", Quarantine: "quarantine"}

// String is the area's name.
func (a Area) String() string {
	if a == 0 || int(a) >= len(areas) {
		return "no area"
	}
	return areas[a]
}

// Path is a place inside an area. Name has forward slashes on every system,
// is never absolute and never leads out of the area; "." is the area itself.
type Path struct {
	Area Area
	Name string
}

// String is the path for people.
func (p Path) String() string { return p.Area.String() + "/" + p.Name }

// Dir is the folder that the path lies in.
func (p Path) Dir() Path { return Path{p.Area, path.Dir(p.Name)} }

// Base is the last part of the path.
func (p Path) Base() string { return path.Base(p.Name) }

// valid tells whether a path stays in its area.
func (p Path) valid() bool {
	return p.Area >= Inbox && p.Area <= Quarantine && fs.ValidPath(p.Name)
}

// Entry is a file as a folder lists it.
type Entry struct {
	Name    string // without its folder
	Size    int64
	ModTime time.Time
}

// ErrNotPlain says that a name is taken by something that is no plain file: a
// folder, a link, a device.
var ErrNotPlain = errors.New("is not a plain file")

// FS is a medium that files are dropped on. Every method can be called from
// several goroutines. Errors answer to errors.Is with fs.ErrNotExist,
// fs.ErrExist and fs.ErrPermission. What a method has done when it returns
// without an error survives a power cut, as far as the medium allows.
type FS interface {
	// List names the plain files of a folder in any order. Names with a dot in
	// front, folders, links and special files are left out. A file that
	// vanishes meanwhile is left out, too.
	List(ctx context.Context, folder Path) ([]Entry, error)

	// Stat looks at one file, without following a link. It fails with
	// ErrNotPlain where the name is taken by something else.
	Stat(ctx context.Context, file Path) (Entry, error)

	// Open reads a plain file from its start. Reads may be small and follow
	// one another to the end, so a medium that is far away reads ahead. Where
	// what it gives is an io.ReaderAt and io.Seeker too, archives are unpacked
	// from it; else they are copied to a temporary file first.
	Open(ctx context.Context, file Path) (io.ReadCloser, error)

	// Rename moves a file within an area or between two, and makes the folders
	// it needs. It never replaces a file: it fails with fs.ErrExist. Within
	// one medium it is one step; from one to another the file is copied under
	// a temporary name, renamed, and only then removed where it was, so that a
	// crash leaves it in both places rather than in none.
	Rename(ctx context.Context, from, to Path) error

	// WriteFile writes a file whole or not at all, makes the folders it needs,
	// and replaces a file of that name.
	WriteFile(ctx context.Context, file Path, write func(io.Writer) error) error

	// Remove removes a file or an empty folder.
	Remove(ctx context.Context, p Path) error

	// Now is the clock that the medium stamps files with.
	Now() time.Time
}

// Waker is an FS that notices when something was dropped. Its events are
// hints: they come for nothing, and fail to come.
type Waker interface {
	Events() <-chan struct{}
}

// FolderLister is an FS that lists folders. Without it nothing is cleared away
// from folders that are named by date.
type FolderLister interface {
	// Folders names the folders in a folder in any order. Names with a dot in
	// front and links are left out.
	Folders(ctx context.Context, folder Path) ([]string, error)
}
