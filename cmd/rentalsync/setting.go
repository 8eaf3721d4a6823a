package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"rentalsync/mappings"
)

// lookup is where a config finds what it only names: variables of the
// environment, and files beside it.
type lookup struct {
	env lookupFunc
	dir string
}

// path makes a path relative to the config; blank stays blank.
func (l *lookup) path(p string) string {
	if p == "" || filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(l.dir, filepath.FromSlash(p))
}

// files lists what patterns find, each file once, sorted. Tests of mappings lie
// beside them and are none.
func (l *lookup) files(patterns []string) []string {
	var found []string
	for _, p := range patterns {
		matches, _ := filepath.Glob(l.path(p)) // a bad pattern is told by the check
		found = append(found, matches...)
	}
	found = slices.DeleteFunc(found, func(name string) bool { return strings.HasSuffix(name, testEnding) })
	slices.Sort(found)
	return slices.Compact(found)
}

// testEnding marks the tests beside a mapping.
const testEnding = ".test.yaml"

// setting is text of the config that may be kept elsewhere: ${env:NAME} stands
// for a variable of the environment, ${file:PATH} for what a file holds. Both
// are looked up at each use, so that a renewed secret needs no restart.
type setting struct {
	mappings.Text
	from *lookup
}

var elsewhere = regexp.MustCompile(`\$\{(env|file):([^{}]+)\}`)

// String is the text as it was written.
func (s setting) String() string { return s.Text.Value }

// given reports whether the config says anything.
func (s setting) given() bool { return s.Text.Value != "" }

// Value is the text with everything looked up.
func (s setting) Value() (string, error) {
	if rest := elsewhere.ReplaceAllString(s.Text.Value, ""); strings.Contains(rest, "${") {
		return "", errors.New("${…} is not understood; write ${env:NAME} or ${file:PATH}")
	}

	var faults []error
	value := elsewhere.ReplaceAllStringFunc(s.Text.Value, func(place string) string {
		found, err := s.from.find(elsewhere.FindStringSubmatch(place))
		faults = append(faults, err)
		return found
	})
	return value, errors.Join(faults...)
}

// find looks up one place, given as its whole text, its kind and its name.
func (l *lookup) find(place []string) (string, error) {
	if place[1] == "env" {
		value, found := l.env(place[2])
		if !found || value == "" {
			return "", fmt.Errorf("the environment has no %s; set it for whoever runs rentalsync", place[2])
		}
		return value, nil
	}

	content, err := os.ReadFile(l.path(place[2]))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("there is no file %s; create it, readable for whoever runs rentalsync", l.path(place[2]))
	case err != nil:
		return "", fmt.Errorf("%w; make it readable for whoever runs rentalsync", err)
	}
	value := strings.TrimRight(string(content), "\r\n")
	if value == "" {
		return "", fmt.Errorf("the file %s is empty; write the value into it", l.path(place[2]))
	}
	return value, nil
}

// secret is a setting that must never be seen: however it is printed, logged or
// encoded, it says only that it is one. Value alone gives it away.
type secret struct {
	mappings.Text // always blank: it only tells the schema that this is text
	hidden        *setting
}

const unseen = "[secret]"

// DecodeYAML keeps the text as it was written, unless it is no text.
func (s *secret) DecodeYAML(d *mappings.Decoder, n *yaml.Node) {
	s.hidden = new(setting)
	s.hidden.DecodeYAML(d, n)
}

func (s *secret) bind(from *lookup) {
	if s.hidden != nil {
		s.hidden.from = from
	}
}

func (s secret) given() bool { return s.hidden != nil && s.hidden.given() }

// clear reports whether the secret itself stands in the config.
func (s secret) clear() bool { return s.given() && !strings.Contains(s.hidden.Text.Value, "${") }

// source is where the secret is found; one that stands in the config has none.
func (s secret) source() string {
	if !s.given() || s.clear() {
		return ""
	}
	return s.hidden.Text.Value
}

// Value is the secret itself.
func (s secret) Value() (string, error) {
	if s.hidden == nil {
		return "", nil
	}
	return s.hidden.Value()
}

// String hides the secret.
func (secret) String() string { return unseen }

// GoString hides the secret.
func (secret) GoString() string { return unseen }

// MarshalJSON hides the secret.
func (secret) MarshalJSON() ([]byte, error) { return []byte(`"` + unseen + `"`), nil }

// MarshalText hides the secret.
func (secret) MarshalText() ([]byte, error) { return []byte(unseen), nil }

// LogValue hides the secret.
func (secret) LogValue() slog.Value { return slog.StringValue(unseen) }
