package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"rentalsync/mappings"
)

// rate is a number of requests in a time, kept by the second.
type rate float64

const unlimited = rate(math.MaxFloat64)

var rateUnits = map[string]float64{"s": 1, "m": 60, "h": 3600}

// parseRate reads 5/s, 300/m, 18000/h or none.
func parseRate(text string) (rate, error) {
	if text == "none" {
		return unlimited, nil
	}
	count, unit, _ := strings.Cut(text, "/")
	seconds, known := rateUnits[strings.TrimSpace(unit)]
	n, err := strconv.ParseFloat(strings.TrimSpace(count), 64)
	if err != nil || !known || n <= 0 || n > 1e9 || math.IsNaN(n) {
		return 0, fmt.Errorf("%q is no rate", text)
	}
	return rate(n / seconds), nil
}

// DecodeYAML reads a rate as an admin writes it.
func (r *rate) DecodeYAML(d *mappings.Decoder, n *yaml.Node) {
	text, ok := d.Text(n)
	if !ok {
		return
	}
	got, err := parseRate(text)
	if err != nil {
		d.Fault(n, err.Error(), "write 5/s, 300/m, 18000/h, or none for no limit")
	}
	*r = got
}

// PerSecond is the rate for a limiter; 0 means no limit.
func (r rate) PerSecond() float64 {
	if r == unlimited {
		return 0
	}
	return float64(r)
}

// ratesConfig is how fast each part of the API may be called. A single rate is
// that of rental and other.
type ratesConfig struct {
	// The rate of synchronization, 12/m or more. Default: 5/s.
	Rental rate `yaml:"rental" jsonschema:"type=string,example=5/s,example=300/m,example=none"`

	// The rate of fleet pages. Default: 50/s.
	Fleet rate `yaml:"fleet" jsonschema:"type=string,example=5/s,example=300/m,example=none"`

	// The rate of single machines. Default: 500/s.
	Equipment rate `yaml:"equipment" jsonschema:"type=string,example=5/s,example=300/m,example=none"`

	// The rate of everything else. Default: 5/s.
	Other rate `yaml:"other" jsonschema:"type=string,example=5/s,example=300/m,example=none"`
}

// DecodeYAML reads one rate, or one for each part.
func (r *ratesConfig) DecodeYAML(d *mappings.Decoder, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode {
		d.Decode(n, &r.Rental)
		r.Other = r.Rental
		return
	}
	type parts ratesConfig
	d.Decode(n, (*parts)(r))
}
