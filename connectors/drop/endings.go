package drop

import (
	"context"
	"errors"
	"io/fs"
	"path"
)

// endings lists the folders in which files of an area end.
func (w *Watcher) endings(ctx context.Context, area Area) ([]Path, error) {
	template, below := w.archive, []string{".", "duplicate", "superseded", "discarded", "control"}
	if area == Quarantine {
		template, below = w.aside, []string{"."}
	}
	var all []Path
	for _, folder := range below {
		found, err := w.matching(ctx, Path{area, folder}, template.globs())
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// matching lists the folders below one that globs name, one of them for each
// step down.
func (w *Watcher) matching(ctx context.Context, at Path, globs []string) ([]Path, error) {
	if len(globs) == 0 {
		return []Path{at}, nil
	}
	names, err := foldersOf(ctx, w.fs, at)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Path
	for _, name := range names {
		if ok, _ := path.Match(globs[0], name); !ok {
			continue
		}
		found, err := w.matching(ctx, Path{at.Area, path.Join(at.Name, name)}, globs[1:])
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// foldersOf lists folders where a medium can.
func foldersOf(ctx context.Context, medium FS, at Path) ([]string, error) {
	lister, can := medium.(FolderLister)
	if !can {
		return nil, errors.New("this medium does not list folders, so what is kept in dated ones cannot be cleared away; set no keep")
	}
	return lister.Folders(ctx, at)
}
