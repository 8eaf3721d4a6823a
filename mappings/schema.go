package mappings

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
)

// languageSource is where the comments of the language's types are read from.
//
//go:embed language.go languageparts.go
var languageSource embed.FS

// Schema is the JSON Schema of mapping files: it completes and explains in any
// editor with a YAML language server.
func Schema() ([]byte, error) {
	return SchemaOf(language{}, "A mapping of rentalsync", languageSource,
		columnBlock{}, ruleBlock{}, numberBlock{}, rateBlock{}, chooseBlock{}, toldBlock{}, countBlock{}, lengthBlock{})
}

// SchemaOf makes a JSON Schema of a type that [Decode] fills. Keys, required
// keys and types come from the type; the comments of its fields, read from the
// Go source, become the descriptions; jsonschema tags add examples and enums.
// More are types that only appear inside of types with a schema of their own.
func SchemaOf(v any, title string, source fs.FS, more ...any) ([]byte, error) {
	comments, err := fieldComments(source)
	if err != nil {
		return nil, fmt.Errorf("read comments for the schema: %w", err)
	}

	w := schemaWriter{types: map[string]reflect.Type{}, comments: comments}
	schema := w.reflector().Reflect(v)
	schema.Title = title
	schema.ID = ""
	for _, part := range more {
		for name, def := range w.reflector().Reflect(part).Definitions {
			schema.Definitions[name] = def
		}
	}
	w.finish(schema)

	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err = enc.Encode(schema)
	return out.Bytes(), err
}

// schemaWriter makes one schema.
type schemaWriter struct {
	types    map[string]reflect.Type // by the names of their definitions
	comments map[string]string       // by Type.Field
}

func (w *schemaWriter) reflector() *jsonschema.Reflector {
	return &jsonschema.Reflector{
		Anonymous: true, FieldNameTag: "yaml", RequiredFromJSONSchemaTags: true,
		Namer: w.name, Mapper: mapType,
		LookupComment: func(t reflect.Type, field string) string { return w.comments[t.Name()+"."+field] },
	}
}

var ownSchema = reflect.TypeFor[interface{ JSONSchema() *jsonschema.Schema }]()

// name gives a type its name among the definitions.
func (w *schemaWriter) name(t reflect.Type) string {
	if t.Kind() == reflect.Struct {
		w.types[t.Name()] = t
	}
	return t.Name()
}

// mapType describes the types that stand where they are used.
func mapType(t reflect.Type) *jsonschema.Schema {
	switch {
	case t.Implements(ownSchema):
		return reflect.Zero(t).Interface().(interface{ JSONSchema() *jsonschema.Schema }).JSONSchema()
	case t == duration:
		return &jsonschema.Schema{Type: "string", Pattern: `^([0-9.]+(ns|us|µs|ms|s|m|h))+$|^[0-9]+[dw]$`, Examples: []any{"30s", "15m", "7d"}}
	case t.Kind() == reflect.String:
		return scalarSchema()
	default:
		return nil
	}
}

// finish adds what tags and comments could not say.
func (w *schemaWriter) finish(s *jsonschema.Schema) {
	for name, def := range s.Definitions {
		t, known := w.types[name]
		if !known {
			continue
		}
		for _, slot := range slotsOf(t, nil) {
			if slot.required {
				def.Required = append(def.Required, slot.name)
			}
		}
		for pair := def.Properties.Oldest(); pair != nil; pair = pair.Next() {
			widen(pair.Value)
		}
	}
}

// anyScalar marks a schema that takes text however YAML would read it.
const anyScalar = "any scalar"

func scalarSchema() *jsonschema.Schema {
	return &jsonschema.Schema{Type: "string", Comments: anyScalar}
}

// widen lets text be written without quotes where YAML sees a number in it.
func widen(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if s.Comments == anyScalar {
		s.Comments = ""
		if len(s.Enum) == 0 {
			s.Type, s.Extras = "", map[string]any{"type": []string{"string", "number", "boolean"}}
		}
	}
	widen(s.Items)
	widen(s.AdditionalProperties)
	for _, part := range s.AnyOf {
		widen(part)
	}
	if s.Properties == nil {
		return
	}
	for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
		widen(pair.Value)
	}
}

// fieldComments reads the comments of struct fields from Go files.
func fieldComments(source fs.FS) (map[string]string, error) {
	comments := map[string]string{}
	names, err := fs.Glob(source, "*.go")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(source, name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				noteFields(comments, spec)
			}
			return true
		})
	}
	return comments, nil
}

func noteFields(comments map[string]string, spec *ast.TypeSpec) {
	structure, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, field := range structure.Fields.List {
		text := field.Doc.Text()
		if text == "" {
			text = field.Comment.Text()
		}
		for _, name := range field.Names {
			comments[spec.Name.Name+"."+name.Name] = strings.Join(strings.Fields(text), " ")
		}
	}
}
