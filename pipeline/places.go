package pipeline

import (
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geo"
	"github.com/paulmach/orb/planar"
)

// Point is where a machine was, and when. The zero Point is nowhere.
type Point struct {
	Latitude, Longitude float64
	At                  time.Time
}

// Known reports whether there is a point.
func (p Point) Known() bool { return !p.At.IsZero() }

func (p Point) orb() orb.Point { return orb.Point{p.Longitude, p.Latitude} }

// Kilometres is the way between two points along the surface of the earth.
func (p Point) Kilometres(to Point) float64 { return geo.DistanceHaversine(p.orb(), to.orb()) / 1000 }

// Place is somewhere a machine can be: a site of IRIS by its area, or a depot of
// the ERP by where it lies.
type Place struct {
	Name    string
	Depot   string // the ERP's key, where it is one of its depots
	IsDepot bool   // a depot of IRIS, also one that the ERP does not name

	area   orb.Polygon
	bound  orb.Bound
	centre orb.Point
	radius float64 // metres; 0 where it has an area
}

// has reports whether a point lies in the place.
func (p *Place) has(at orb.Point) bool {
	if p.radius > 0 {
		return geo.DistanceHaversine(p.centre, at) <= p.radius
	}
	return p.bound.Contains(at) && planar.PolygonContains(p.area, at)
}

// size is how large a place is, to tell which of two is the nearer one.
func (p *Place) size() float64 {
	if p.radius > 0 {
		return p.radius * p.radius
	}
	return geo.Area(p.bound)
}

// Places are those that are known of a flow's fleet.
type Places struct {
	list  []*Place
	names map[string]string // of depots by the ERP's keys
	grid  map[cell][]*Place
}

// cell is a square of the map that is looked through at once.
type cell struct{ x, y int16 }

// NewPlaces knows no place yet.
func NewPlaces() *Places { return &Places{names: map[string]string{}, grid: map[cell][]*Place{}} }

// AddArea adds a site with an area: rings of longitude and latitude. One without
// an area is left out, and the answer is false.
func (p *Places) AddArea(name, depot string, isDepot bool, rings [][]Lonlat) bool {
	area := make(orb.Polygon, 0, len(rings))
	for _, ring := range rings {
		line := make(orb.Ring, len(ring))
		for i, at := range ring {
			line[i] = orb.Point(at)
		}
		if n := len(line); n >= 3 && !line.Closed() {
			line = append(line, line[0])
		}
		if len(line) >= 4 {
			area = append(area, line)
		}
	}
	if len(area) == 0 {
		return false
	}
	p.add(&Place{Name: name, Depot: depot, IsDepot: isDepot || depot != "", area: area, bound: area.Bound()})
	return true
}

// AddDepot adds a depot by where it lies, and how far around it is still it.
func (p *Places) AddDepot(name, depot string, at Point, metres float64) {
	centre := at.orb()
	p.add(&Place{Name: name, Depot: depot, IsDepot: true, centre: centre, radius: metres, bound: geo.NewBoundAroundPoint(centre, metres)})
}

// NameDepot gives a depot of the ERP its name.
func (p *Places) NameDepot(key, name string) { p.names[key] = name }

// cellsOf is the most cells a place is kept in; a larger one is looked at always.
const cellsOf = 400

func (p *Places) add(place *Place) {
	p.list = append(p.list, place)
	low, high := cellAt(place.bound.Min), cellAt(place.bound.Max)
	if (int(high.x)-int(low.x)+1)*(int(high.y)-int(low.y)+1) > cellsOf {
		everywhere := cell{x: noCell}
		p.grid[everywhere] = append(p.grid[everywhere], place)
		return
	}
	for x := low.x; x <= high.x; x++ {
		for y := low.y; y <= high.y; y++ {
			p.grid[cell{x, y}] = append(p.grid[cell{x, y}], place)
		}
	}
}

const noCell = 1<<15 - 1

// cellAt is the square of a quarter of a degree that a point lies in.
func cellAt(at orb.Point) cell { return cell{int16(at.Lon() * 4), int16(at.Lat() * 4)} }

// At is where a point lies: in the smallest place that has it; nil is nowhere that
// is known.
func (p *Places) At(at Point) *Place {
	if p == nil || !at.Known() {
		return nil
	}
	var found *Place
	for _, near := range [][]*Place{p.grid[cellAt(at.orb())], p.grid[cell{x: noCell}]} {
		for _, place := range near {
			if place.has(at.orb()) && (found == nil || place.size() < found.size()) {
				found = place
			}
		}
	}
	return found
}

// AtDepot reports whether a point lies in any depot.
func (p *Places) AtDepot(at Point) bool {
	for _, near := range [][]*Place{p.grid[cellAt(at.orb())], p.grid[cell{x: noCell}]} {
		for _, place := range near {
			if place.IsDepot && place.has(at.orb()) {
				return true
			}
		}
	}
	return false
}

// HasDepots reports whether it is known where any depot is.
func (p *Places) HasDepots() bool {
	if p == nil {
		return false
	}
	for _, place := range p.list {
		if place.IsDepot {
			return true
		}
	}
	return false
}

// DepotName is what a depot of the ERP is called.
func (p *Places) DepotName(key string) string {
	if p != nil && p.names[key] != "" {
		return p.names[key]
	}
	return key
}
