package mappings

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// folder holds mapping files on disk.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// loadFS reads every mapping of a file system, such as [FS].
func loadFS(t *testing.T, files fs.FS) ([]*Mapping, Faults) {
	t.Helper()
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	names = slices.DeleteFunc(names, IsTest)
	return Load(names, Options{ReadFile: func(path string) ([]byte, error) { return fs.ReadFile(files, filepath.ToSlash(path)) }})
}

func TestLoadTakesPathsAndGlobsOnceAndLeavesTestsOut(t *testing.T) {
	t.Parallel()

	const file = "file: {match: x.csv}\nasset: {key: Nr}\n"
	dir := folder(t, map[string]string{"b.yaml": "mapping: b\n" + file, "a.yaml": "mapping: a\n" + file, "a.test.yaml": "- name: x\n", "c.txt": ""})
	ms, faults := Load([]string{filepath.Join(dir, "b.yaml"), filepath.Join(dir, "*.yaml")}, Options{})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	var names []string
	for _, m := range ms {
		names = append(names, m.Name())
	}
	if diff := cmp.Diff([]string{"b", "a"}, names); diff != "" {
		t.Error(diff)
	}
}

func TestLoadTellsTheFaultsOfEveryFile(t *testing.T) {
	t.Parallel()

	dir := folder(t, map[string]string{"a.yaml": "mapping: a\n", "b.yaml": "mapping: b\nfile: {match: x.csv}\nasset: {key: Nr}\n"})
	ms, faults := Load([]string{filepath.Join(dir, "*.yaml"), filepath.Join(dir, "no*.yaml"), filepath.Join(dir, "gone.yaml")}, Options{})
	want := `a.yaml:1:1: the key "file" is missing
gone.yaml: cannot be read: no such file or directory
no*.yaml: no mapping file has such a name; check the folder, relative to the config file`
	if diff := cmp.Diff(want, strings.ReplaceAll(faults.Error(), dir+string(filepath.Separator), "")); diff != "" {
		t.Error(diff)
	}
	if len(ms) != 1 {
		t.Errorf("%d mappings, want the one without faults", len(ms))
	}
}

func TestIncludeSharesColumnsCodesAndSkips(t *testing.T) {
	t.Parallel()

	files := fstest.MapFS{
		"common.yaml": {Data: []byte("columns: {number: {header: Nr, do: [{pad: 6}]}, name: Name, unused: U}\ncodes: {status: {V: ON_RENT}, unused: {}}\nskip: {totals: number startsWith \"SUM\"}\n")},
		"a.yaml": {Data: []byte("mapping: a\ninclude: common.yaml\nfile: {match: x.csv}\ncolumns: {name: Bezeichnung, status: S}\n" +
			"asset: {key: number, name: name, rentalStatus: {from: status, codes: status}}\n")},
	}
	ms, faults := loadFS(t, files)
	if len(faults) > 0 || len(ms) != 1 {
		t.Fatal(faults)
	}
	got := said(mapRow(t, ms[0], []string{"Nr", "Name", "Bezeichnung", "S"}, []string{"7", "x", "y", "V"}))
	if diff := cmp.Diff("asset 000007:\n  name = y (Bezeichnung)\n  rentalStatus = ON_RENT (S)\n", got); diff != "" {
		t.Error(diff)
	}
	if got := mapRow(t, ms[0], []string{"Nr", "Bezeichnung", "S"}, []string{"SUM", "", ""}); got.Skip != "totals" {
		t.Errorf("got %s, want a row skipped by the shared rule", said(got))
	}

	version := ms[0].Version()
	files["common.yaml"] = &fstest.MapFile{Data: []byte(strings.Replace(string(files["common.yaml"].Data), "pad: 6", "pad: 8", 1))}
	if ms, _ = loadFS(t, files); ms[0].Version() == version {
		t.Error("another shared column leaves the version as it was")
	}
}

func TestIncludeTellsFaultsWhereTheyStand(t *testing.T) {
	t.Parallel()

	files := fstest.MapFS{
		"common.yaml": {Data: []byte("columns: {number: Nr}\ncodes: {status: {V: ONRENT}}\nskip: {totals: numbr == \"\"}\nasset: {key: number}\n")},
		"a.yaml": {Data: []byte("mapping: a\ninclude: [common.yaml, gone.yaml, ../x.yaml]\nfile: {match: x.csv}\n" +
			"asset: {key: number, rentalStatus: {from: S, codes: status}}\n")},
	}
	_, faults := loadFS(t, files)
	want := `a.yaml:2:24: cannot include "gone.yaml": file does not exist
a.yaml:2:35: cannot include "../x.yaml"; name a .yaml file in the mapping's own folder
common.yaml:2:21: "ONRENT" is no value of asset.rentalStatus; did you mean "ON_RENT"?
common.yaml:3:16: unknown column "numbr"; did you mean number?
common.yaml:4:1: unknown key "asset"; known here: columns, codes, skip`
	if diff := cmp.Diff(want, faults.Error()); diff != "" {
		t.Error(diff)
	}
}
