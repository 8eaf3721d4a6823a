package iris

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"net/http"

	"rentalsync/pipeline"
)

const sitesPath = "/api/site/v1/sites"

// Site is a place that the account knows, such as a depot.
//
// https://developers.trackunit.com/docs/sites-api
type Site struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Type   string `json:"type"`   // DEPOT, CONSTRUCTION_SITE, …; may grow
	Status string `json:"status"` // ACTIVE, PLANNED, …; may grow
	Address
	Polygon Polygon `json:"polygon"`
}

// Address is where something is.
type Address struct {
	StreetAddress string   `json:"streetAddress,omitempty"`
	ZipCode       string   `json:"zipCode,omitempty"`
	City          NameOnly `json:"city,omitempty"`
	Country       NameOnly `json:"country,omitempty"`
}

// NameOnly is a name that may come alone or as the name of an object.
type NameOnly string

// UnmarshalJSON takes a text, or an object with a name.
func (n *NameOnly) UnmarshalJSON(body []byte) error {
	if text := text(body); text != "" {
		*n = NameOnly(text)
		return nil
	}
	var object struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal(body, &object) // anything else has no name
	*n = NameOnly(object.Name)
	return nil
}

// UnmarshalJSON takes an address that stands beside the name, or below it.
func (s *Site) UnmarshalJSON(body []byte) error {
	type plain Site
	in := struct {
		*plain
		Below *Address `json:"address"`
	}{plain: (*plain)(s)}
	if err := json.Unmarshal(body, &in); err != nil {
		return err
	}
	if in.Below != nil {
		s.Address = *in.Below
	}
	return nil
}

// Polygon are the rings of an area, the outer one first.
type Polygon [][]pipeline.Lonlat

// geoJSON is a shape, or what a shape lies in.
type geoJSON struct {
	Geometry    *geoJSON        `json:"geometry"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// UnmarshalJSON takes GeoJSON, bare or as the geometry of a feature, and a list
// of points. Of several polygons it is the first. A shape that is no area is
// none.
func (p *Polygon) UnmarshalJSON(body []byte) error {
	*p = nil
	points := json.RawMessage(body)
	if bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		var shape geoJSON
		if json.Unmarshal(body, &shape) != nil {
			return nil
		}
		if shape.Geometry != nil {
			shape = *shape.Geometry
		}
		points = shape.Coordinates
	}
	*p = rings(points)
	return nil
}

func rings(points json.RawMessage) Polygon {
	var (
		many  [][][][]float64
		one   [][][]float64
		outer [][]float64
	)
	switch {
	case json.Unmarshal(points, &many) == nil && len(many) > 0:
		one = many[0]
	case json.Unmarshal(points, &one) == nil:
	case json.Unmarshal(points, &outer) == nil:
		one = [][][]float64{outer}
	}

	var all Polygon
	for _, ring := range one {
		all = append(all, lonlats(ring))
	}
	return all
}

// lonlats leaves the altitude out.
func lonlats(ring [][]float64) []pipeline.Lonlat {
	var all []pipeline.Lonlat
	for _, point := range ring {
		if len(point) >= 2 {
			all = append(all, pipeline.Lonlat{point[0], point[1]})
		}
	}
	return all
}

// NewSite is a site that is to be created. It needs an area; without an address
// IRIS looks up that of the middle of the area.
type NewSite struct {
	Name    string            `json:"name"`
	Type    string            `json:"type"`
	Address *Address          `json:"address,omitempty"`
	Polygon []pipeline.Lonlat `json:"polygon"`
}

// Sites lists the sites of the account.
//
// https://developers.trackunit.com/reference/getsites
func (c *Client) Sites(ctx context.Context) iter.Seq2[Site, error] {
	return list[Site](ctx, c, call{path: sitesPath})
}

// Site asks for one site. One that the account may not see is refused with 403.
//
// https://developers.trackunit.com/reference/getsite
func (c *Client) Site(ctx context.Context, id string) (Site, error) {
	return get[Site](ctx, c, call{path: below(sitesPath, id)})
}

// CreateSite makes a site. It is not made twice by itself: after a line that
// broke the caller looks whether there is one.
//
// https://developers.trackunit.com/reference/createsite
func (c *Client) CreateSite(ctx context.Context, s NewSite) (Site, error) {
	return send[Site](ctx, c, http.MethodPost, sitesPath, s)
}
