package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestSamplesPassCheck holds the mappings of the samples to their own tests, as an
// admin does.
func TestSamplesPassCheck(t *testing.T) {
	t.Parallel()
	configs, err := filepath.Glob("../../samples/*/rentalsync.yaml")
	if err != nil || len(configs) == 0 {
		t.Fatalf("found no samples: %v", err)
	}
	for _, config := range configs {
		t.Run(filepath.Base(filepath.Dir(config)), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(filepath.Dir(config))); err != nil {
				t.Fatal(err)
			}
			env := func(name string) (string, bool) { return "demo", name == "IRIS_CLIENT_SECRET" }
			var out, talk bytes.Buffer
			if code := run([]string{"check", "-c", filepath.Join(dir, "rentalsync.yaml")}, nil, &out, &talk, env); code != 0 {
				t.Errorf("check ended with %d:\n%s%s", code, out.String(), talk.String())
			}
		})
	}
}
