package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

func TestConfigSchemaAcceptsEveryGoodConfig(t *testing.T) {
	t.Parallel()

	text, err := configSchema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	schema := c.MustCompile("config.json")

	samples, err := filepath.Glob("../../samples/*/rentalsync.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(samples, configs(t, "*.good.yaml")...) {
		if err := schema.Validate(readYAML(t, path)); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	for _, path := range configs(t, "*.bad.yaml") {
		// Only these have faults that a schema can see.
		seen := strings.Contains(path, "missing") || strings.Contains(path, "values") || strings.Contains(path, "gates") || strings.Contains(path, "ready")
		if err := schema.Validate(readYAML(t, path)); (err != nil) != seen {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func readYAML(t *testing.T, path string) any {
	t.Helper()
	var value any
	if err := yaml.Load(readFile(t, path), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

func TestConfigSchemaExplainsEveryKey(t *testing.T) {
	t.Parallel()

	text, err := configSchema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for name, def := range doc.(map[string]any)["$defs"].(map[string]any) {
		properties, _ := def.(map[string]any)["properties"].(map[string]any)
		for key, property := range properties {
			about, _ := property.(map[string]any)["description"].(string)
			if !strings.Contains(about, "Default: ") && !strings.HasSuffix(about, "Required.") {
				t.Errorf("%s.%s is not explained, or its default is not: %q", name, key, about)
			}
		}
	}
	if !bytes.Contains(text, []byte(oneRate)) {
		t.Error("the schema does not take a single rate")
	}
}
