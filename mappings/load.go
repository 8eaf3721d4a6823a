package mappings

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	l.faults.Sort()
	return l.mappings, l.faults
}

// LoadFS reads every mapping of a file system, such as [FS].
func LoadFS(files fs.FS, options Options) ([]*Mapping, Faults) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, Faults{{File: "*.yaml", What: err.Error()}}
	}
	options.ReadFile = func(path string) ([]byte, error) { return fs.ReadFile(files, filepath.ToSlash(path)) }

	var l loading
	for _, name := range names {
		if !IsTest(name) {
			l.load(name, options)
		}
	}
	l.faults.Sort()
	return l.mappings, l.faults
}

// IsTest reports whether a file holds the tests of a mapping.
func IsTest(file string) bool { return strings.HasSuffix(file, ".test.yaml") }

// loading is the mappings read so far.
type loading struct {
	mappings []*Mapping
	faults   Faults
	seen     map[string]bool
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
	m, faults := Parse(path, data, options)
	l.faults = append(l.faults, faults...)
	if m != nil {
		l.mappings = append(l.mappings, m)
	}
}

// plainError is an error without the path that the fault names already.
func plainError(err error) error {
	if bad, ok := err.(*fs.PathError); ok {
		return bad.Err
	}
	return err
}
