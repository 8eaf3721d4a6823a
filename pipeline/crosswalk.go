package pipeline

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"rentalsync/pipeline/rental"
	"rentalsync/transforms"
)

// CrosswalkJournal knows what people name in a crosswalk.
type CrosswalkJournal interface {
	// Namesakes are the kinds under which a flow knows a key, and Keys every key.
	Namesakes(ctx context.Context, flow, key string) ([]Namesake, error)
	Keys(ctx context.Context, flow string) iter.Seq2[rental.Ref, error]

	// ListedAt tells when the account was listed last; zero is never. ListedWithID
	// finds what it listed then under an id; nil when nothing was.
	ListedAt(ctx context.Context, account string, kind ListingKind) (time.Time, error)
	ListedWithID(ctx context.Context, account string, kind ListingKind, id string) (*Listed, error)

	// Identities yields what the account finds the other assets of a flow by.
	Identities(ctx context.Context, flow, account string) iter.Seq2[AssetIdentity, error]
}

// CrosswalkCheck looks at what people have written into a crosswalk: a spreadsheet
// may have taken the zeros from a key, and an id may have come from somewhere else.
type CrosswalkCheck struct {
	Account string
	Journal CrosswalkJournal
}

// crosswalkNamed begins the names of the mappings that read who is who.
const crosswalkNamed = "crosswalk"

// crosswalk is one file of who is who that is being read.
type crosswalk struct {
	*CrosswalkCheck
	flow  string
	run   string
	stage StageJournal
	owner map[string]string       // keys of assets that a file names, by their identity; nil until one is looked for
	bare  map[rental.Ref][]string // keys of the flow by what is left of them without zeros in front; nil until one is looked for
}

// crosswalk is what checks a delivery; nil where it is no crosswalk.
func (in *Intake) crosswalk(m Mapping, d *Delivery) *crosswalk {
	if in.Crosswalk == nil || !strings.HasPrefix(m.Name(), crosswalkNamed) {
		return nil
	}
	return &crosswalk{CrosswalkCheck: in.Crosswalk, flow: d.Flow, run: d.Run, stage: in.Stage}
}

// check corrects or rejects what a row says.
func (c *crosswalk) check(ctx context.Context, m *Mapped) error {
	if c == nil {
		return nil
	}
	for i := range m.Entities {
		e := &m.Entities[i]
		if err := c.key(ctx, m, e.Kind, "ERP key", &e.Key); err != nil {
			return err
		}
		for at := range e.Fields {
			if err := c.field(ctx, m, e.Ref, &e.Fields[at]); err != nil {
				return err
			}
		}
	}
	if len(m.Faults) > 0 {
		for i := range m.Entities {
			m.Present = append(m.Present, Named{Ref: m.Entities[i].Ref})
		}
		m.Entities, m.Warnings = m.Entities[:0], m.Warnings[:0]
	}
	return nil
}

// field checks what stands in the IRIS column.
func (c *crosswalk) field(ctx context.Context, m *Mapped, of rental.Ref, f *rental.FieldValue) error {
	if f.Value.IsEmpty() {
		return nil
	}
	switch f.Field {
	case rental.SameAs:
		return c.key(ctx, m, of.Kind, f.Column, &f.Value.Text)
	case rental.AssetID:
		return c.id(ctx, m, ListedAssets, of.Key, f)
	case rental.SiteID:
		return c.id(ctx, m, ListedSites, of.Key, f)
	default:
		return nil
	}
}

// id makes sure that IRIS has listed what is named, where it was ever listed.
func (c *crosswalk) id(ctx context.Context, m *Mapped, kind ListingKind, key string, f *rental.FieldValue) error {
	at, err := c.Journal.ListedAt(ctx, c.Account, kind)
	if err != nil || at.IsZero() {
		return err
	}
	for _, id := range []string{f.Value.Text, strings.ToLower(f.Value.Text)} {
		listed, err := c.Journal.ListedWithID(ctx, c.Account, kind, id)
		if err != nil {
			return err
		}
		if listed != nil {
			f.Value.Text = listed.ID
			return c.alone(ctx, m, key, f, listed)
		}
	}
	m.Faults = append(m.Faults, Fault{
		Column: f.Column, Value: f.Value.Text,
		What: fmt.Sprintf("IRIS had no %s with this id when it was listed on %s", kind, stamp(at)),
		Hint: fmt.Sprintf("copy the id from the workbook; if the %s is newer, say rentalsync unmatched %s --refresh and drop the file again", kind, c.flow),
	})
	return nil
}

// alone makes sure that no other asset of the ERP is found by the serial number of the
// machine that is named: the two would overwrite each other's rentals.
func (c *crosswalk) alone(ctx context.Context, m *Mapped, key string, f *rental.FieldValue, listed *Listed) error {
	if f.Field != rental.AssetID || listed.Serial == "" {
		return nil
	}
	if err := c.owners(ctx); err != nil {
		return err
	}
	owner := c.owner[serialIdentity+transforms.NormalizeSerial(listed.Serial)]
	if owner == "" || owner == key {
		return nil
	}
	m.Faults = append(m.Faults, Fault{
		Column: f.Column, Value: f.Value.Text,
		What: fmt.Sprintf("this machine is asset %s already: IRIS finds that one by its serial number %q", owner, listed.Serial),
		Hint: fmt.Sprintf("choose another machine; or correct the serial number of asset %s in the ERP first, and then drop the file again", owner),
	})
	return nil
}

// serialIdentity begins the identities of assets that are found by serial number.
const serialIdentity = "SERIAL_NUMBER "

// owners looks up once which asset IRIS finds by what. Those that no file names any
// more give way.
func (c *crosswalk) owners(ctx context.Context) error {
	if c.owner != nil {
		return nil
	}
	owner := map[string]string{}
	for a, err := range c.Journal.Identities(ctx, c.flow, c.Account) {
		if err != nil {
			return err
		}
		if !a.Gone {
			owner[a.Identity] = a.Key
		}
	}
	c.owner = owner
	return nil
}

// key finds a key again from which a spreadsheet has taken the zeros in front.
func (c *crosswalk) key(ctx context.Context, m *Mapped, kind rental.Kind, column string, key *string) error {
	known, err := c.knows(ctx, rental.Ref{Kind: kind, Key: *key})
	if known || err != nil {
		return err
	}
	near, err := c.near(ctx, rental.Ref{Kind: kind, Key: *key})
	if err != nil {
		return err
	}
	switch len(near) {
	case 0:
	case 1:
		m.Warnings = append(m.Warnings, Fault{
			Column: column, Value: *key, What: fmt.Sprintf("it was read as %s %s, which differs by zeros in front", kind, near[0]),
			Hint: "format the column as text before keys are pasted into it",
		})
		*key = near[0]
	default:
		m.Faults = append(m.Faults, Fault{
			Column: column, Value: *key, What: fmt.Sprintf("there is no such %s, and several differ from it by zeros in front: %s", kind, strings.Join(near, ", ")),
			Hint: "write the key as the reports show it, in a cell that is formatted as text",
		})
	}
	return nil
}

// knows reports whether anything but a crosswalk has named it.
func (c *crosswalk) knows(ctx context.Context, ref rental.Ref) (bool, error) {
	now, _, err := c.stage.Records(ctx, c.flow, c.run, []rental.Ref{ref})
	if err != nil {
		return false, err
	}
	record, named := now[ref]
	if named {
		return !onlyCrosswalked(&record), nil
	}
	list, err := c.Journal.Namesakes(ctx, c.flow, ref.Key)
	return slices.ContainsFunc(list, func(n Namesake) bool { return n.Kind == ref.Kind && !n.Named }), err
}

// onlyCrosswalked reports whether all that is known of something is what a
// crosswalk says.
func onlyCrosswalked(r *rental.Record) bool {
	return !slices.ContainsFunc(r.Fields, func(f rental.RecordField) bool {
		return f.Field != rental.AssetID && f.Field != rental.SameAs && f.Field != rental.SiteID
	})
}

// near are the keys that differ by zeros in front and that others than a crosswalk
// have named.
func (c *crosswalk) near(ctx context.Context, ref rental.Ref) ([]string, error) {
	if c.bare == nil {
		c.bare = map[rental.Ref][]string{}
		for known, err := range c.Journal.Keys(ctx, c.flow) {
			if err != nil {
				return nil, err
			}
			switch known.Kind {
			case rental.Asset, rental.Customer, rental.Depot:
				c.bare[bareKey(known)] = append(c.bare[bareKey(known)], known.Key)
			}
		}
	}
	var near []string
	for _, key := range c.bare[bareKey(ref)] {
		if key == ref.Key {
			continue
		}
		known, err := c.knows(ctx, rental.Ref{Kind: ref.Kind, Key: key})
		if err != nil {
			return nil, err
		}
		if known {
			near = append(near, key)
		}
	}
	return near, nil
}

func bareKey(ref rental.Ref) rental.Ref {
	ref.Key = strings.TrimLeft(ref.Key, "0")
	return ref
}
