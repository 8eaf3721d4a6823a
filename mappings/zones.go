package mappings

import (
	"fmt"
	"time"
	_ "time/tzdata" // the zones of an admin's mapping exist on every machine

	"rentalsync/transforms"

	"go.yaml.in/yaml/v4"
)

// zones is the zone of all rows, or one for each value of a column.
type zones struct {
	Place
	all      Text
	by       Text
	of       Named[Text]
	fallback Text
}

// DecodeYAML takes a zone, or {by: column, VALUE: zone}.
func (z *zones) DecodeYAML(d *Decoder, n *yaml.Node) {
	z.Place = Place{n.Line, n.Column}
	if n.Kind != yaml.MappingNode {
		z.all.DecodeYAML(d, n)
		return
	}
	d.Pairs(n, func(key, value *yaml.Node) {
		var t Text
		t.DecodeYAML(d, value)
		switch key.Value {
		case "by":
			z.by = t
		case "default":
			z.fallback = t
		default:
			z.of = append(z.of, Entry[Text]{Name: Text{Value: key.Value, Place: Place{key.Line, key.Column}}, Value: t})
		}
	})
	if !z.by.Said() {
		d.Fault(n, `the key "by" is missing`, "name the column that decides, as {by: branch, MUC: Europe/Berlin}")
	}
}

// zones compiles the zones of the file's dates.
func (c *compiler) zones() {
	said := &c.said.File.Timezone
	plan := &c.into.zone
	plan.by = -1
	if said.all.Said() {
		plan.all = c.zone(said.all)
	}
	if len(c.said.Parts) == 0 {
		c.needZone()
	}
	plan.of = map[string]*time.Location{}
	for _, e := range said.of {
		plan.of[e.Name.Value] = c.zone(e.Value)
	}
	if said.fallback.Said() {
		plan.fallback = c.zone(said.fallback)
	}
}

// needZone makes the column that decides on the zone one that the part must have.
// A part without dates can do without it.
func (c *compiler) needZone() {
	if by := c.said.File.Timezone.by; by.Said() && c.into.zone.by < 0 {
		c.into.zone.by = c.column(by)
		c.need(c.into.zone.by)
	}
}

func (z *zones) said() bool { return z.Line > 0 }

// several reports whether rows of one file can have different zones.
func (z *zonePlan) several() bool {
	first := z.fallback
	for _, loc := range z.of {
		if first != nil && loc.String() != first.String() {
			return true
		}
		first = loc
	}
	return false
}

// usualZones are the ones a slip of the finger is compared with. A city that is
// none of them may be anywhere, so no zone is guessed for it.
var usualZones = []string{
	"Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "Europe/Amsterdam", "Europe/Brussels", "Europe/Copenhagen", "Europe/Stockholm",
	"Europe/Oslo", "Europe/Helsinki", "Europe/Warsaw", "Europe/Prague", "Europe/Paris", "Europe/Madrid", "Europe/Lisbon", "Europe/Rome",
	"Europe/London", "Europe/Dublin", "Europe/Athens", "Europe/Istanbul", "America/New_York", "America/Chicago", "America/Denver",
	"America/Phoenix", "America/Los_Angeles", "America/Toronto", "America/Vancouver", "America/Mexico_City", "America/Sao_Paulo",
	"Australia/Sydney", "Australia/Brisbane", "Australia/Perth", "Pacific/Auckland", "Asia/Tokyo", "Asia/Singapore", "Asia/Dubai",
	"Africa/Johannesburg", "UTC",
}

func (c *compiler) zone(said Text) *time.Location {
	if said.Value == "" || said.Value == "Local" {
		c.fault(said.Place, fmt.Sprintf("the zone %q depends on the machine", said.Value), "name it, as Europe/Berlin")
		return time.UTC
	}
	loc, err := time.LoadLocation(said.Value)
	if err != nil {
		cure := "a zone bears the name of one of its cities, like Europe/Berlin or America/Chicago"
		if near, found := transforms.NearestSlip(said.Value, usualZones); found {
			cure = fmt.Sprintf("did you mean %q?", near)
		}
		c.fault(said.Place, fmt.Sprintf("unknown zone %q", said.Value), cure)
		return time.UTC
	}
	return loc
}
