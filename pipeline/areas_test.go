package pipeline_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/pipeline"
)

func TestAreasAreFoundByTheirProperties(t *testing.T) {
	t.Parallel()

	const square = `{"type": "Polygon", "coordinates": [[[10, 53], [11, 53], [11, 54], [10, 53]]]}`
	tests := []struct {
		name, properties, geometry string
		want                       []string
		fails                      string
	}{
		{"a key", `{"key": "N", "name": "Nord"}`, square, []string{"N"}, ""},
		{"a name", `{"name": "Nord"}`, square, []string{"Nord"}, ""},
		{"a key that is blank", `{"key": "", "name": "Nord"}`, square, []string{"Nord"}, ""},
		{"a key that was written as a number", `{"key": 4711}`, square, []string{"4711"}, ""},
		{"a key that is neither text nor number", `{"key": ["N"]}`, square, nil, "feature 1 of the file has no property key or name"},
		{"no properties", `null`, square, nil, "feature 1 of the file has no property key or name"},
		{"a point", `{"key": "N"}`, `{"type": "Point", "coordinates": [10, 53]}`, nil, "feature 1 of the file, N, is no polygon"},
		{"no geometry", `{"key": "N"}`, `null`, nil, "feature 1 of the file, N, is no polygon"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			areas, err := pipeline.ParseAreas(fmt.Appendf(nil, `{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": %s, "geometry": %s}]}`, tt.properties, tt.geometry))
			if told := fmt.Sprint(err); err != nil && told != tt.fails || err == nil && tt.fails != "" {
				t.Fatalf("told %v, want %q", err, tt.fails)
			}
			if diff := cmp.Diff(tt.want, slices.Collect(maps.Keys(areas))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFeatureThatIsNothingIsTold(t *testing.T) {
	t.Parallel()

	_, err := pipeline.ParseAreas([]byte(`{"type": "FeatureCollection", "features": [null]}`))
	if err == nil || err.Error() != "feature 1 of the file is nothing" {
		t.Errorf("told %v", err)
	}
}
