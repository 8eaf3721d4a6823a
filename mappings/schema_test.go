package mappings

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

var update = flag.Bool("update", false, "write mapping.schema.json anew")

const schemaFile = "mapping.schema.json"

func TestSchemaFileIsWhatTheTypesSay(t *testing.T) {
	t.Parallel()

	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(schemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is stale, run the test with -update:\n%s", schemaFile, diff)
	}
}

func TestSchemaAcceptsEveryGoodMapping(t *testing.T) {
	t.Parallel()

	schema := compiledSchema(t)
	files, err := fs.Glob(os.DirFS("."), "*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	good, err := filepath.Glob("testdata/*.good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, good...) {
		if IsTest(file) {
			continue
		}
		if err := schema.Validate(instance(t, file)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func TestSchemaExplainsEveryKey(t *testing.T) {
	t.Parallel()

	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	unexplained(t, "", doc)
}

// unexplained finds properties of our own without a description that ends with
// a default.
func unexplained(t *testing.T, path string, v any) {
	object, ok := v.(map[string]any)
	if !ok {
		return
	}
	for name, part := range object {
		properties, ok := part.(map[string]any)
		if name != "properties" || !ok {
			unexplained(t, path+"/"+name, part)
			continue
		}
		for key, property := range properties {
			if about, ok := property.(map[string]any)["description"].(string); !ok || !strings.Contains(about, "Default:") && !strings.HasSuffix(about, "required.") && !strings.HasSuffix(about, "Required.") {
				t.Errorf("%s/%s is not explained, or its default is not: %q", path, key, about)
			}
		}
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaFile, doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile(schemaFile)
}

// instance reads a YAML file as an editor does before it asks the schema.
func instance(t *testing.T, file string) any {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc, faults := Read(file, text)
	if doc.Root == nil {
		t.Fatal(faults)
	}
	return plainValue(doc.Root)
}

func plainValue(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			object[n.Content[i].Value] = plainValue(n.Content[i+1])
		}
		return object
	case yaml.SequenceNode:
		list := []any{}
		for _, item := range n.Content {
			list = append(list, plainValue(item))
		}
		return list
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		number, err := strconv.ParseFloat(n.Value, 64)
		if err == nil {
			return number
		}
	}
	return n.Value
}
