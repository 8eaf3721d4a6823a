package mappings

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

const layoutSchemaFile = "layout.schema.json"

func TestStartingLayoutsHaveNoFaultAndNoWarning(t *testing.T) {
	t.Parallel()

	all, faults := StartingLayouts()
	if len(faults) > 0 {
		t.Error(faults)
	}
	if lints := LintLayouts(all); len(lints) > 0 {
		t.Error(lints)
	}
	if len(all) != 5 {
		t.Errorf("%d layouts, want 5", len(all))
	}
	for _, l := range all {
		if "layouts/"+l.Name+".yaml" != l.Path() {
			t.Errorf("layout %s stands in %s", l.Name, l.Path())
		}
		if text, err := Layouts.ReadFile(l.Path()); err != nil || !bytes.HasPrefix(text, []byte("# yaml-language-server: $schema=../layout.schema.json\n")) {
			t.Errorf("%s does not begin with its modeline: %v", l.Path(), err)
		}
	}
}

func TestGoodLayoutsHaveNoFault(t *testing.T) {
	t.Parallel()

	for _, file := range mustGlob(t, "testdata/layout/*.good.yaml") {
		if l, faults := ParseLayout(file, mustRead(t, file)); l == nil || len(faults) > 0 {
			t.Errorf("%s: %v", file, faults)
		}
	}
}

func TestBadLayoutsAreToldWhatIsWrong(t *testing.T) {
	t.Parallel()

	for _, file := range mustGlob(t, "testdata/layout/*.bad.yaml") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			body, want, _ := strings.Cut(string(mustRead(t, file)), "# want: ")
			want = strings.ReplaceAll("# want: "+want, "# want: ", "bad.yaml:")

			_, faults := ParseLayout("bad.yaml", []byte(body))
			got := faults.Error() + "\n"
			if *update {
				wants := strings.ReplaceAll(got, "bad.yaml:", "# want: ")
				if err := os.WriteFile(file, []byte(body+wants), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if len(faults) == 0 {
				t.Error("no fault at all")
			}
		})
	}
}

func mustRead(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestLayoutsOfOneFlowKeepApart(t *testing.T) {
	t.Parallel()

	one := func(path, name, file string) *Layout {
		l, faults := ParseLayout(path, []byte("layout: "+name+"\nof: snapshot\nfile: {name: \""+file+"\"}\ncolumns: [{from: asset.key}]\n"))
		if l == nil {
			t.Fatal(faults)
		}
		return l
	}
	got := LintLayouts([]*Layout{
		one("a.yaml", "a", "A.csv"), one("b.yaml", "a", "B.csv"), one("c.yaml", "c", "A.csv"), one("d.yaml", "d", "{layout}.csv"), one("e.yaml", "e", "{layout}.csv"),
	}).Error()
	want := `b.yaml:1:9: the layout "a" stands in a.yaml already; give it another name
c.yaml:3:14: the layout of a.yaml writes files of the same name; give them another name`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSchemaOfLayoutsIsWhatTheTypesSay(t *testing.T) {
	t.Parallel()

	want, err := LayoutSchema()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(layoutSchemaFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(want), string(mustRead(t, layoutSchemaFile))); diff != "" {
		t.Errorf("%s is stale, run the test with -update:\n%s", layoutSchemaFile, diff)
	}
}

func TestSchemaOfLayoutsAcceptsTheGoodAndExplainsEveryKey(t *testing.T) {
	t.Parallel()

	text, err := LayoutSchema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	unexplained(t, "", doc)

	c := jsonschema.NewCompiler()
	if err := c.AddResource(layoutSchemaFile, doc); err != nil {
		t.Fatal(err)
	}
	schema := c.MustCompile(layoutSchemaFile)
	for _, file := range append(mustGlob(t, "layouts/*.yaml"), mustGlob(t, "testdata/layout/*.good.yaml")...) {
		if err := schema.Validate(instance(t, file)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	for _, file := range []string{"testdata/layout/fields.bad.yaml", "testdata/layout/keys.bad.yaml"} {
		if schema.Validate(instance(t, file)) == nil {
			t.Errorf("%s is taken for a good one", file)
		}
	}
}
