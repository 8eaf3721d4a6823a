package main

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"rentalsync/mappings"
	"rentalsync/pipeline"
)

// prepareConfig says what rentalsync prepare --apply may make in IRIS beside
// external references.
type prepareConfig struct {
	// What may be done about customers: report tells only, create makes those that are missing, update also brings those up to date that are there. Default: report.
	Customers string `yaml:"customers" jsonschema:"enum=report,enum=create,enum=update"`

	// A GeoJSON file with the areas of depots that are missing in IRIS: a polygon each, its property key (or name) the ERP's. Default: none.
	Areas string `yaml:"areas"`

	// How far around the place that a mapping gives a depot its area goes, where that depot is missing in IRIS, such as 150m. Default: no area is made so.
	DepotRadius metres `yaml:"depotRadius" jsonschema:"type=string,example=150m,example=0.5km"`

	areas map[string][][]pipeline.Lonlat
}

// metres is a distance.
type metres float64

// DecodeYAML reads a distance as an admin writes it.
func (m *metres) DecodeYAML(d *mappings.Decoder, n *yaml.Node) {
	text, ok := d.Text(n)
	if !ok {
		return
	}
	got, err := parseMetres(text)
	if err != nil {
		d.Fault(n, err.Error(), "write 150m or 0.5km; a depot is between 10m and 10km around its place")
	}
	*m = got
}

// parseMetres reads 150m or 0.5km.
func parseMetres(text string) (metres, error) {
	number, factor := strings.TrimSuffix(text, "m"), 1.0
	if kilo, cut := strings.CutSuffix(number, "k"); cut {
		number, factor = kilo, 1000
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || math.IsNaN(n) || n*factor < 10 || n*factor > 10_000 || !strings.HasSuffix(text, "m") {
		return 0, fmt.Errorf("%q is no distance for a depot", text)
	}
	return metres(n * factor), nil
}

// prepare checks what may be made in IRIS.
func (ch *configChecker) prepare(f *flowConfig, at string) {
	at += ".prepare"
	ch.choice(at+".customers", f.Prepare.Customers, string(pipeline.ReportCustomers), string(pipeline.CreateCustomers), string(pipeline.UpdateCustomers))
	if f.Prepare.Areas == "" {
		return
	}
	areas, err := readAreas(f.Prepare.Areas)
	if err != nil {
		ch.fault(at+".areas", err.Error(), "name a GeoJSON file: a FeatureCollection of polygons, each with a property key or name")
	}
	f.Prepare.areas = areas
}

// readAreas reads the areas of depots from a GeoJSON file, by key and by name.
func readAreas(path string) (map[string][][]pipeline.Lonlat, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, errors.New(unreadableFile("", err).What)
	}
	return pipeline.ParseAreas(data)
}
