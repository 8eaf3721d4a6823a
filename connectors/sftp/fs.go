package sftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"rentalsync/connectors/drop"
)

// Dirs are the folders of a drop on the server. The inbox is a path of the server;
// one that does not begin with a slash begins where logging in leads to. The
// other two lie in the inbox, unless they begin with a slash.
type Dirs struct {
	Inbox, Archive, Quarantine string
}

// FS is a drop's three folders on a server.
type FS struct {
	client *Client
	dirs   map[drop.Area]string
	clock  clock
}

var (
	_ drop.FS           = (*FS)(nil)
	_ drop.FolderLister = (*FS)(nil)
)

// FS is a drop on the server. The inbox must be there when it is looked into; the
// other folders are made when the first file comes to them.
func (c *Client) FS(dirs Dirs) (*FS, error) {
	f := &FS{client: c, dirs: map[drop.Area]string{drop.Inbox: home(dirs.Inbox)}}
	for area, dir := range map[drop.Area]string{drop.Archive: dirs.Archive, drop.Quarantine: dirs.Quarantine} {
		switch {
		case dir == "":
			return nil, fmt.Errorf("open drop on %s: no folder is given for the %s", c, area)
		case path.IsAbs(dir):
			f.dirs[area] = path.Clean(dir)
		case checkName(path.Clean(dir)) != nil || path.Clean(dir) == ".":
			return nil, fmt.Errorf("open drop on %s: the %s %q is not in the drop; write a folder of it, like archive, or a path of the server, like /var/archive", c, area, dir)
		default:
			f.dirs[area] = path.Join(f.dirs[drop.Inbox], dir)
		}
		if f.dirs[area] == f.dirs[drop.Inbox] {
			return nil, fmt.Errorf("open drop on %s: the %s and the inbox are both %s; they must be different folders", c, area, f.dirs[area])
		}
	}
	return f, nil
}

// home is a folder as the server takes it; one that begins with a tilde is where
// logging in leads to.
func home(dir string) string {
	if dir == "~" {
		return "."
	}
	return path.Clean(strings.TrimPrefix(dir, "~/"))
}

// path is where something lies on the server.
func (f *FS) path(p drop.Path) string { return path.Join(f.dirs[p.Area], p.Name) }

// at does something with one path, once it is known to stay in its area.
func (f *FS) at(ctx context.Context, p drop.Path, do func(s *session, path string) error) error {
	if err := checkPath(p); err != nil {
		return err
	}
	return f.client.work(ctx, func(s *session) error {
		if err := s.walk(ctx, f.dirs[p.Area], p.Dir().Name); err != nil {
			return err
		}
		return do(s, f.path(p))
	})
}

// Now is the server's clock, as well as it can be known: it is read once for each
// connection, when the inbox is first looked into, from the time of a file that we
// write. Where we may not write it is ours, set forward if the server's files are
// ahead of it.
func (f *FS) Now() time.Time { return f.clock.now() }

// List names the plain files of a folder.
func (f *FS) List(ctx context.Context, folder drop.Path) ([]drop.Entry, error) {
	var entries []drop.Entry
	err := f.at(ctx, folder, func(s *session, path string) error {
		infos, err := s.listIn(ctx, folder, path)
		if err != nil {
			return f.unmade(folder, err)
		}
		entries = plainFiles(infos)
		if folder.Area != drop.Inbox {
			return nil
		}
		f.clock.guess(entries)
		return f.readClock(ctx, s)
	})
	return entries, err
}

// Folders names the folders in a folder.
func (f *FS) Folders(ctx context.Context, folder drop.Path) ([]string, error) {
	var names []string
	err := f.at(ctx, folder, func(s *session, path string) error {
		infos, err := s.listIn(ctx, folder, path)
		if err != nil {
			return f.unmade(folder, err)
		}
		names = nil
		for _, info := range infos {
			if info.IsDir() && !strings.HasPrefix(info.Name(), ".") {
				names = append(names, info.Name())
			}
		}
		return nil
	})
	return names, err
}

// listIn lists a folder of a drop, once it is known that it is no link.
func (s *session) listIn(ctx context.Context, folder drop.Path, path string) ([]fs.FileInfo, error) {
	if folder.Name != "." {
		if err := s.folder(ctx, path); err != nil {
			return nil, err
		}
	}
	return s.list(ctx, path)
}

// unmade takes an archive or a quarantine that nothing has come to yet for an
// empty one.
func (f *FS) unmade(folder drop.Path, err error) error {
	if errors.Is(err, fs.ErrNotExist) && folder.Area != drop.Inbox && folder.Name == "." {
		return nil
	}
	return err
}

// plainFiles are those that anybody should see.
func plainFiles(infos []fs.FileInfo) []drop.Entry {
	var entries []drop.Entry
	for _, info := range infos {
		if info.Mode().IsRegular() && !strings.HasPrefix(info.Name(), ".") {
			entries = append(entries, drop.Entry{Name: info.Name(), Size: info.Size(), ModTime: info.ModTime()})
		}
	}
	return entries
}

// Stat looks at one file.
func (f *FS) Stat(ctx context.Context, file drop.Path) (drop.Entry, error) {
	var e drop.Entry
	err := f.at(ctx, file, func(s *session, path string) (err error) {
		e, err = s.plain(ctx, path)
		return err
	})
	return e, err
}

// Open reads a plain file, and is ahead of whoever reads it.
func (f *FS) Open(ctx context.Context, file drop.Path) (io.ReadCloser, error) {
	var src *reader
	err := f.at(ctx, file, func(s *session, path string) (err error) {
		src, err = s.read(ctx, path)
		return err
	})
	if err != nil {
		return nil, err
	}
	return src, nil
}

// WriteFile writes a file whole or not at all. It asks for the text again where
// the connection was lost on the way.
func (f *FS) WriteFile(ctx context.Context, file drop.Path, write func(io.Writer) error) error {
	if err := checkPath(file); err != nil {
		return err
	}
	return f.client.write(ctx, f.dirs[file.Area], file.Name, write)
}

// Remove removes a file or an empty folder. That it is gone after the connection
// was lost on the way is what was asked for.
func (f *FS) Remove(ctx context.Context, p drop.Path) error {
	if p.Name == "." {
		return fmt.Errorf("remove %s: it is the folder of the drop itself", p)
	}
	sent := false
	return f.at(ctx, p, func(s *session, path string) error {
		err := s.remove(ctx, path)
		if sent && errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		sent = true
		return err
	})
}
