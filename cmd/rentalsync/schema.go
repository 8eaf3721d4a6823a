package main

import (
	"bytes"
	"embed"
	"fmt"

	"github.com/spf13/cobra"

	"rentalsync/mappings"
)

// configSource is where the comments of the config's types are read from.
//
//go:embed analysisconfig.go config.go configdrop.go configgates.go prepareconfig.go rate.go
var configSource embed.FS

func newSchemaCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "schema mapping|layout|config",
		Short: "Writes the JSON Schema of mappings, of layouts or of the config",
		Long: `schema writes the JSON Schema of a kind of file. An editor with a YAML language
server completes and explains a file that begins with the line

  # yaml-language-server: $schema=mapping.schema.json`,
		Example: "  rentalsync schema mapping > mappings/mapping.schema.json\n" +
			"  rentalsync schema layout > mappings/layout.schema.json\n" +
			"  rentalsync schema config > rentalsync.schema.json",
		Args:      takes("mapping, layout or config"),
		ValidArgs: []string{"mapping", "layout", "config"},
		RunE: func(_ *cobra.Command, args []string) error {
			schema, err := schemaOf(args[0])
			if err != nil {
				return err
			}
			_, err = a.stdout.Write(schema)
			return err
		},
	}
}

func schemaOf(kind string) ([]byte, error) {
	switch kind {
	case "mapping":
		return mappings.Schema()
	case "config":
		return configSchema()
	case "layout":
		return mappings.LayoutSchema()
	default:
		return nil, usageFault(suggest(kind, []string{"mapping", "layout", "config"}), "there is no schema of %q", kind)
	}
}

// oneRate is what the reflected schema cannot say: instead of a rate for each
// part, rate: takes a single one.
const oneRate = `"anyOf": [
            {
              "type": "string",
              "examples": [
                "5/s",
                "none"
              ]
            },
            {
              "$ref": "#/$defs/ratesConfig"
            }
          ]`

func configSchema() ([]byte, error) {
	schema, err := mappings.SchemaOf(config{}, "The config of rentalsync", configSource)
	if err != nil {
		return nil, fmt.Errorf("make the schema of the config: %w", err)
	}
	return bytes.Replace(schema, []byte(`"$ref": "#/$defs/ratesConfig"`), []byte(oneRate), 1), nil
}
