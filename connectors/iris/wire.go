package iris

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"strings"
	"sync"
	"time"

	"rentalsync/pipeline/rental"
)

//go:embed wire.yaml
var wireYAML []byte

// Wire says how a document is spelled in a request. It is a compiled profile;
// several goroutines may use it at once.
type Wire struct {
	profile string
	digest  string
	root    *node
}

// DefaultWire is the profile that comes with the program.
func DefaultWire() *Wire { return defaultWire() }

var defaultWire = sync.OnceValue(func() *Wire {
	w, err := LoadWire("wire.yaml", wireYAML)
	if err != nil {
		panic(err) // the file is part of the program, and a test reads it
	}
	return w
})

// Profile is the name that the profile gives itself.
func (w *Wire) Profile() string { return w.profile }

// Digest names what the profile means: it changes when a request would be
// spelled differently, and not when only a comment or the layout changed.
func (w *Wire) Digest() string { return w.digest }

// Places lists every place in a request that the profile can write, with [] for
// the elements of a list.
func (w *Wire) Places() []string {
	var places []string
	w.root.each("", func(place string, _ *leaf) { places = append(places, place) })
	return places
}

// Encode writes the body of a synchronization, and how many fields it clears by
// a rule that the vendor has not confirmed. Equal documents have equal bodies.
func (w *Wire) Encode(d *rental.Document) (body []byte, clears int, err error) {
	e := encoder{document: d, buf: make([]byte, 0, 512+1024*len(d.Items))}
	e.object(w.root, nil)
	if e.err != nil {
		return nil, 0, fmt.Errorf("encode asset %q: %w", d.Key, e.err)
	}
	return e.buf, e.clears, nil
}

// node is a place in the request: an object, the list of items, or a leaf.
type node struct {
	name     string
	key      []byte // the name as JSON, with its colon
	leaf     *leaf
	list     bool
	children []*node
}

// leaf is a place that holds a value.
type leaf struct {
	sources []source // the first that says something is sent
	form    form
	empty   emptyRule
	zone    *time.Location // of a date
}

// source is a field of one part of the document.
type source struct {
	kind  rental.Kind
	field rental.Field // "" is the part's reference
}

// form is how a value is written.
type form uint8

const (
	asText form = iota
	asNumber
	asDateTime
	asDate
	asDepotID
	asDepotReference
	asDepotPlain
)

var formNames = [...]string{
	asText: "text", asNumber: "number", asDateTime: "date-time", asDate: "date",
	asDepotID: "id", asDepotReference: "externalReference", asDepotPlain: "plain",
}

// emptyRule is what is sent for a field that the ERP says is empty.
type emptyRule struct {
	send      []byte // as JSON; nil leaves the field out
	confirmed bool
}

// each visits every leaf below n in the order of the request.
func (n *node) each(prefix string, visit func(place string, l *leaf)) {
	for _, c := range n.children {
		place := prefix + c.name
		switch {
		case c.leaf != nil:
			visit(place, c.leaf)
		case c.list:
			c.each(place+"[].", visit)
		default:
			c.each(place+".", visit)
		}
	}
}

// meaning is the text that the digest is taken of.
func (n *node) meaning() string {
	var out strings.Builder
	n.each("", func(place string, l *leaf) {
		fmt.Fprintf(&out, "%s %s %q", place, formNames[l.form], l.empty.send)
		if l.form == asDate {
			fmt.Fprintf(&out, " in %s", l.zone)
		}
		for _, s := range l.sources {
			fmt.Fprintf(&out, " %s.%s", s.kind, s.field)
		}
		out.WriteByte('\n')
	})
	return out.String()
}

func wireDigest(profile, meaning string) string {
	sum := sha256.Sum256([]byte(meaning))
	return profile + "-" + hex.EncodeToString(sum[:6])
}
