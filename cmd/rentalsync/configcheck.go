package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"rentalsync/connectors/iris"
	"rentalsync/mappings"
	"rentalsync/pipeline/rental"
)

// configChecker finds what a config says that cannot be done, all of it.
// Values that are missing or misspelled have been told by the decoder.
type configChecker struct {
	c      *config
	doc    *mappings.Document
	faults mappings.Faults
}

func checkConfig(c *config, doc *mappings.Document) mappings.Faults {
	ch := configChecker{c: c, doc: doc}
	ch.journal()
	if len(c.Flows) == 0 && doc.Place("flows") != doc.Place("") {
		ch.fault("flows", "there is no flow", "name one: - flow: NAME")
	}
	for i := range c.Flows {
		ch.flow(&c.Flows[i], fmt.Sprintf("flows[%d]", i))
	}
	ch.together()
	return ch.faults
}

func (ch *configChecker) fault(path, what, cure string) {
	ch.faults = append(ch.faults, ch.doc.Fault(path, what, cure))
}

func (ch *configChecker) warn(path, what, cure string) {
	f := ch.doc.Fault(path, what, cure)
	f.Warning = true
	ch.faults = append(ch.faults, f)
}

// choice is a fault where a value is none of the known ones.
func (ch *configChecker) choice(path, value string, known ...string) {
	if value != "" && !slices.Contains(known, value) {
		ch.fault(path, fmt.Sprintf("%q is unknown", value), suggest(value, known))
	}
}

func (ch *configChecker) journal() {
	kind, rest, _ := strings.Cut(ch.c.Journal, ":")
	switch {
	case kind == "postgres" || kind == "postgresql":
		ch.fault("journal", "this version keeps its journal in SQLite", "write sqlite:state/rentalsync.db")
	case kind != "sqlite" || rest == "" || strings.HasPrefix(rest, "//"):
		ch.fault("journal", fmt.Sprintf("%q is no journal", ch.c.Journal), "write sqlite:FILE, such as sqlite:state/rentalsync.db")
	}
}

var flowName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)

func (ch *configChecker) flow(f *flowConfig, at string) {
	if f.Flow != "" && !flowName.MatchString(f.Flow) {
		ch.fault(at+".flow", fmt.Sprintf("%q is no name for a flow", f.Flow), "use letters, digits, - and _")
	}
	ch.drop(f, at)
	ch.mappings(f, at)
	ch.ready(f, at)
	ch.references(f, at)
	ch.gates(f, at)
	ch.absent(f, at)
	ch.history(f, at)
	ch.depots(f, at)
	ch.prepare(f, at)
	ch.iris(&f.IRIS, at+".iris")
	ch.reports(f, at)
	ch.layouts(f, at)
	ch.schedule(f, at+".snapshot.at")
	ch.findings(&f.Snapshot.Findings, at+".snapshot.findings")
	ch.keep(f, at)
	ch.names(f, at)
	ch.shown(f, at)
}

// says reports whether the config names the value at a path.
func (ch *configChecker) says(path string) bool {
	cut := strings.LastIndexByte(path, '.')
	return ch.doc.Place(path) != ch.doc.Place(path[:cut])
}

func (ch *configChecker) mappings(f *flowConfig, at string) {
	for i, pattern := range f.Mappings {
		ch.found(fmt.Sprintf("%s.mappings[%d]", at, i), pattern, "mapping")
	}
	if len(f.Mappings) == 0 && ch.says(at+".mappings") {
		ch.fault(at+".mappings", "there is no mapping", `name one: mappings: ["mappings/*.yaml"]`)
	}
}

func (ch *configChecker) atLeast(path string, span, least time.Duration) {
	if span < least {
		ch.fault(path, shortly(span)+" is too short", fmt.Sprintf("write %s or more", shortly(least)))
	}
}

// shortly writes a span of time as an admin does: 1m, not 1m0s.
func shortly(span time.Duration) string {
	text := span.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// longestReference is the most that IRIS takes as an external reference.
const longestReference = 100

func (ch *configChecker) references(f *flowConfig, at string) {
	at += ".references"
	rest := strings.Replace(f.References, "{key}", "", 1)
	switch {
	case rest == f.References:
		ch.fault(at, fmt.Sprintf("%q lacks {key}: everything would have the same reference", f.References), `write "HH-{key}"`)
	case strings.ContainsAny(rest, "{}"):
		ch.fault(at, fmt.Sprintf("%q holds more than one {…}", f.References), `{key} alone is known: write "HH-{key}"`)
	case len([]rune(rest)) >= longestReference:
		ch.fault(at, "the reference leaves no room for a key", fmt.Sprintf("IRIS takes %d characters with the key", longestReference))
	}
}

func (ch *configChecker) depots(f *flowConfig, at string) {
	for key, site := range f.Depots {
		if strings.TrimSpace(site) == "" {
			ch.fault(at+".depots", fmt.Sprintf("depot %q has no site id", key), "write the id of its site in IRIS")
		}
	}
}

func (ch *configChecker) reports(f *flowConfig, at string) {
	if len(f.Reports.Formats) == 0 {
		ch.fault(at+".reports.formats", "there is no format: nobody would learn what became of a run", "write [xlsx, csv, json] or some of them")
	}
	for i, format := range f.Reports.Formats {
		ch.choice(fmt.Sprintf("%s.reports.formats[%d]", at, i), format, reportFormats...)
	}

	zone, err := time.LoadLocation(f.Snapshot.Timezone)
	if err != nil {
		ch.fault(at+".snapshot.timezone", fmt.Sprintf("%q is no time zone", f.Snapshot.Timezone), "write one such as Europe/Berlin")
		return
	}
	f.Snapshot.zone = zone
}

func (ch *configChecker) iris(i *irisConfig, at string) {
	ch.address(at+".url", i.URL)
	ch.address(at+".token.url", i.Token.URL)
	ch.token(&i.Token, at+".token")

	ch.rate(i.Rate.Rental, at+".rate")
	ch.ceiling(i.Rate.Fleet, at+".rate.fleet", iris.FleetCeiling)
	ch.ceiling(i.Rate.Equipment, at+".rate.equipment", iris.EquipmentCeiling)
	if i.Parallel < 1 {
		ch.fault(at+".parallel", fmt.Sprintf("%d is no number of requests", i.Parallel), "write 1 or more")
	}
	ch.atLeast(at+".fleetEvery", i.FleetEvery, 0)
	ch.wire(i.Wire, at+".wire")
	ch.values(i, at+".values")
}

// slowest is the lowest rate of synchronization: an asset is sent within the
// lease that its worker has on it, or it is sent again.
const slowest rate = 12.0 / 60

func (ch *configChecker) rate(r rate, at string) {
	if r <= 0 || r >= slowest {
		return // what is no rate has been told
	}
	if ch.doc.Place(at+".rental") != ch.doc.Place(at) {
		at += ".rental"
	}
	ch.fault(at, "a request may not wait longer than its lease of 15s", "write 12/m or more")
}

// ceiling warns of a rate that IRIS does not allow, and that is not kept to.
func (ch *configChecker) ceiling(r rate, at string, ceiling float64) {
	if r > rate(ceiling) {
		ch.warn(at, fmt.Sprintf("IRIS answers %v such requests a second at most, and no more are sent", ceiling), fmt.Sprintf("write %v/s or less", ceiling))
	}
}

// wire finds what is wrong with a profile of requests, in the profile itself.
func (ch *configChecker) wire(file, at string) {
	if file == "" {
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		ch.fault(at, fmt.Sprintf("%q cannot be read", file), "the path is relative to the config")
		return
	}
	_, err = iris.LoadWire(file, data)
	ch.faults = append(ch.faults, wireFaults(file, err)...)
}

// wireFaults takes the faults of a profile out of the error that joins them.
func wireFaults(file string, err error) mappings.Faults {
	var one *iris.WireFault
	var several interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &several):
		var faults mappings.Faults
		for _, part := range several.Unwrap() {
			faults = append(faults, wireFaults(file, part)...)
		}
		return faults
	case errors.As(err, &one):
		return mappings.Faults{{File: one.File, Line: one.Line, Column: one.Column, What: one.What}}
	default:
		return mappings.Faults{{File: file, What: err.Error()}}
	}
}

// address finds what is wrong with the address of a server.
func (ch *configChecker) address(path, address string) {
	if address == "" {
		return
	}
	host, secure := hostOf(address)
	switch {
	case host == "" && strings.Contains(address, "@"): // never told again: it may hold a password
		ch.fault(path, "an address must not hold a name or a password", "write https://HOST, and the secrets under token as ${env:NAME} or ${file:PATH}")
	case host == "":
		ch.fault(path, fmt.Sprintf("%q is no address", address), "write https://HOST")
	case !secure && !loopback(host):
		ch.warn(path, "secrets would go over the network in clear text", "write https://")
	}
}

// hostOf is the host of a web address, "" when it is none, and whether the way
// there is secure.
func hostOf(address string) (host string, secure bool) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return "", false
	}
	return strings.ToLower(u.Host), u.Scheme == "https"
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (ch *configChecker) token(t *tokenConfig, at string) {
	for _, s := range []struct {
		key   string
		value interface{ Value() (string, error) }
	}{
		{"clientId", t.ClientID}, {"clientSecret", t.ClientSecret}, {"username", t.Username}, {"password", t.Password},
	} {
		if _, err := s.value.Value(); err != nil {
			what, cure, _ := strings.Cut(err.Error(), "; ")
			ch.fault(at+"."+s.key, what, cure)
		}
	}

	if t.ClientSecret.clear() {
		ch.warn(at+".clientSecret", "the secret stands here in clear text", "write ${env:NAME} or ${file:PATH}")
	}
	if t.Password.clear() {
		ch.warn(at+".password", "the password stands here in clear text", "write ${env:NAME} or ${file:PATH}")
	}
	switch {
	case t.Username.given() && !t.Password.given():
		ch.fault(at, "there is a username and no password", "add password: ${env:NAME}")
	case !t.Username.given() && t.Password.given():
		ch.fault(at, "there is a password and no username", "add username")
	}
}

// enumerations are the fields whose values IRIS has a list of; where kinds share
// a name, the kind stands before it: contract.status.
func enumerations() []string {
	var names []string
	for _, kind := range rental.Kinds() {
		for _, spec := range rental.Specs(kind) {
			if spec.Values != nil {
				names = append(names, string(spec.Field), kind.String()+"."+string(spec.Field))
			}
		}
	}
	return names
}

func (ch *configChecker) values(i *irisConfig, at string) {
	for field := range i.Values {
		if known := enumerations(); !slices.Contains(known, field) {
			ch.fault(at+"."+field, fmt.Sprintf("IRIS has no list of values for %q", field), suggest(field, known))
		}
	}
}

// together finds flows that would get in each other's way.
func (ch *configChecker) together() {
	for i := range ch.c.Flows {
		f, at := &ch.c.Flows[i], fmt.Sprintf("flows[%d]", i)
		ch.folders(f, at)

		for j := range i {
			other := &ch.c.Flows[j]
			if f.Flow != "" && f.Flow == other.Flow {
				ch.fault(at+".flow", fmt.Sprintf("flow %q is there twice", f.Flow), "give each flow a name of its own")
			}
			if f.Drop.place() != "" && f.Drop.place() == other.Drop.place() {
				ch.fault(at+".drop."+f.Drop.kind(), fmt.Sprintf("flow %q reads the same folder", other.Flow), "give each flow a folder of its own")
			}
			if f.IRIS.URL != "" && f.References == other.References && f.IRIS.account() == other.IRIS.account() {
				ch.fault(at+".references", fmt.Sprintf("flow %q has the same references in the same IRIS account", other.Flow), `tell them apart, such as "HH-{key}"`)
			}
		}
	}
}
