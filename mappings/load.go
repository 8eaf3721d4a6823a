package mappings

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FS holds the mappings that admins start from.
//
//go:embed *.yaml
var FS embed.FS

// Load reads the mapping files that paths and globs name, in their order. Files
// with tests (*.test.yaml) are left out. The mappings without a fault are
// returned beside the faults of the others.
func Load(files []string, options Options) ([]*Mapping, Faults) {
	if options.ReadFile == nil {
		options.ReadFile = os.ReadFile
	}
	var l loading
	for _, name := range files {
		for _, path := range l.expand(name) {
			l.load(path, options)
		}
	}
	return l.done()
}

// IsTest reports whether a file holds the tests of a mapping.
func IsTest(file string) bool { return strings.HasSuffix(file, ".test.yaml") }

// loading is the files read so far.
type loading struct {
	files  []loaded
	faults Faults // about names that no file has
	seen   map[string]bool
}

// loaded is what became of one file.
type loaded struct {
	path    string
	mapping *Mapping
	faults  Faults
}

// done gives the mappings. A file that others include need not be a mapping of
// its own, even where a glob names it; its faults are told where it is included.
func (l *loading) done() ([]*Mapping, Faults) {
	included := map[string]bool{}
	for _, f := range l.files {
		for _, path := range f.mapping.includes {
			included[filepath.Clean(path)] = true
		}
	}

	var mappings []*Mapping
	faults := l.faults
	for _, f := range l.files {
		broken := len(f.faults.Broken()) > 0
		if broken && included[filepath.Clean(f.path)] {
			continue
		}
		if !broken {
			mappings = append(mappings, f.mapping)
		}
		faults = append(faults, f.faults...)
	}
	faults.Sort()
	return mappings, slices.Compact(faults)
}

// expand gives the files that a path or a glob names, each once.
func (l *loading) expand(name string) []string {
	if !strings.ContainsAny(name, "*?[") {
		return l.fresh([]string{name})
	}
	found, err := filepath.Glob(name)
	if err != nil {
		l.faults = append(l.faults, Fault{File: name, What: err.Error(), Cure: "* and ? stand for any characters"})
		return nil
	}

	var files []string
	for _, file := range found {
		if !IsTest(file) {
			files = append(files, file)
		}
	}
	if len(files) == 0 {
		l.faults = append(l.faults, Fault{File: name, What: "no mapping file has such a name", Cure: "check the folder, relative to the config file"})
	}
	return l.fresh(files)
}

func (l *loading) fresh(files []string) []string {
	var fresh []string
	for _, file := range files {
		if l.seen == nil {
			l.seen = map[string]bool{}
		}
		if clean := filepath.Clean(file); !l.seen[clean] {
			l.seen[clean] = true
			fresh = append(fresh, file)
		}
	}
	return fresh
}

func (l *loading) load(path string, options Options) {
	data, err := options.ReadFile(path)
	if err != nil {
		l.faults = append(l.faults, Fault{File: path, What: fmt.Sprintf("cannot be read: %v", plainError(err))})
		return
	}
	m, faults := parse(path, data, options)
	l.files = append(l.files, loaded{path: path, mapping: m, faults: faults})
}

// plainError is an error without the path that the fault names already.
func plainError(err error) error {
	var bad *fs.PathError
	if errors.As(err, &bad) {
		return bad.Err
	}
	return err
}
