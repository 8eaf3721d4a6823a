package mappings

import (
	"embed"
	"fmt"
	"strings"

	"github.com/invopop/jsonschema"

	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
)

// layoutSource is where the comments of the language of layouts are read from.
//
//go:embed layoutlanguage.go
var layoutSource embed.FS

// LayoutSchema is the JSON Schema of layout files. It knows the fields that each
// sort of file can show.
func LayoutSchema() ([]byte, error) {
	return SchemaOf(layoutLanguage{}, "A layout of rentalsync", layoutSource)
}

// JSONSchemaExtend explains what each sort of file can show, where an editor asks
// for it.
func (layoutLanguage) JSONSchemaExtend(s *jsonschema.Schema) {
	for _, of := range pipeline.LayoutsOf() {
		s.AllOf = append(s.AllOf, fieldsSchema(of))
	}
}

// fieldsSchema limits the fields of a file's columns to what it can show.
func fieldsSchema(of pipeline.LayoutOf) *jsonschema.Schema {
	from := &jsonschema.Schema{}
	for _, f := range report.FieldsOf(of) {
		about := strings.ToUpper(f.About[:1]) + f.About[1:] + "."
		from.OneOf = append(from.OneOf, &jsonschema.Schema{Const: f.Name, Description: about})
	}
	if of == pipeline.LayoutRejects {
		from.OneOf = append(from.OneOf, &jsonschema.Schema{Pattern: `^cell\..`, Description: "The cell under this header, as it stood in the file."})
	}
	from.Description = fmt.Sprintf("What the column shows of %s. Default: none, and then value is required.", of)

	column := &jsonschema.Schema{Properties: jsonschema.NewProperties()}
	column.Properties.Set("from", from)
	only, then := &jsonschema.Schema{Properties: jsonschema.NewProperties()}, &jsonschema.Schema{Properties: jsonschema.NewProperties()}
	only.Properties.Set("of", &jsonschema.Schema{Const: string(of), Description: "Required."})
	then.Properties.Set("columns", &jsonschema.Schema{Items: column, Description: "The columns, in their order. Required."})
	return &jsonschema.Schema{If: only, Then: then}
}
