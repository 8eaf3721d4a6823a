package pipeline

import (
	"fmt"
	"strconv"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// ParseAreas reads the areas of depots from GeoJSON, each under its property key,
// or else under its name.
func ParseAreas(data []byte) (map[string][][]Lonlat, error) {
	all, err := geojson.UnmarshalFeatureCollection(data)
	if err != nil {
		return nil, fmt.Errorf("the file is no GeoJSON: %w", err)
	}

	areas := map[string][][]Lonlat{}
	for i, f := range all.Features {
		if f == nil {
			return nil, fmt.Errorf("feature %d of the file is nothing", i+1)
		}
		name := areaName(f.Properties)
		polygon, is := f.Geometry.(orb.Polygon)
		switch {
		case name == "":
			return nil, fmt.Errorf("feature %d of the file has no property key or name", i+1)
		case !is || len(polygon) == 0 || len(polygon[0]) < 4:
			return nil, fmt.Errorf("feature %d of the file, %s, is no polygon", i+1, name)
		case areas[name] != nil:
			return nil, fmt.Errorf("the file has two areas of %s", name)
		}
		areas[name] = ringsOf(polygon)
	}
	return areas, nil
}

// areaName is what an area is found by; programs that draw maps write keys of
// digits as numbers.
func areaName(properties geojson.Properties) string {
	for _, one := range []string{"key", "name"} {
		switch value := properties[one].(type) {
		case string:
			if value != "" {
				return value
			}
		case float64:
			return strconv.FormatFloat(value, 'f', -1, 64)
		}
	}
	return ""
}

func ringsOf(polygon orb.Polygon) [][]Lonlat {
	rings := make([][]Lonlat, len(polygon))
	for i, ring := range polygon {
		for _, point := range ring {
			rings[i] = append(rings[i], Lonlat(point))
		}
	}
	return rings
}
