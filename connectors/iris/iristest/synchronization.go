package iristest

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// synchronizationPath is where the whole program leads to.
const synchronizationPath = "/api/rental/v1/synchronization"

// The ways in which an asset can be named.
const (
	byAssetID   = "ASSET_ID"
	bySerial    = "SERIAL_NUMBER"
	byReference = "EXTERNAL_REFERENCE"
)

// synchronization is one request, with what it says and what it does not say.
type synchronization struct {
	identifier        string
	identifierType    string
	externalReference optional[string]
	rentalStatus      optional[string]
	owningDepot       optional[string]
	items             []sentItem
}

type sentItem struct {
	externalReference string
	onRentDate        optional[time.Time]
	offRentDate       optional[time.Time]
	rate              optional[sentRate]
	orderNumber       optional[string]
	contractedHours   optional[float64]
	deliveryAddress   optional[string]
	deliveryDate      optional[time.Time]
	pickupAddress     optional[string]
	pickupDate        optional[time.Time]
	contract          optional[sentContract]
}

type sentRate struct {
	kind      optional[string]
	currency  optional[string]
	unitPrice optional[float64]
}

type sentContract struct {
	externalReference string
	contractStatus    optional[string]
	startDate         optional[time.Time]
	endDate           optional[time.Time]
	hiringDepot       optional[string]
	customer          optional[sentCustomer]
}

type sentCustomer struct {
	externalReference string
	name              optional[string]
	kind              optional[string]
}

// optional is a field that may be absent, null or a value: three different things to an upsert.
type optional[T any] struct {
	sent, null bool
	value      T
}

// parser turns what the schema let through into a synchronization, and finds what a schema cannot.
type parser struct {
	violations []violation
}

func parseSynchronization(body map[string]any) (synchronization, []violation) {
	var pa parser
	sy := synchronization{
		identifier:        body["identifier"].(string),
		identifierType:    body["identifierType"].(string),
		externalReference: field[string](body, "externalReference"),
		rentalStatus:      field[string](body, "rentalStatus"),
		owningDepot:       depot(body, "owningDepot"),
	}
	switch sy.identifierType {
	case byAssetID, bySerial, byReference:
	default:
		pa.reject("identifierType", sy.identifierType, "must be ASSET_ID, SERIAL_NUMBER or EXTERNAL_REFERENCE")
	}

	items, _ := body["contractItems"].([]any)
	for i, one := range items {
		sy.items = append(sy.items, pa.item(one.(map[string]any), "contractItems["+strconv.Itoa(i)+"]"))
	}
	return sy, pa.violations
}

func (pa *parser) reject(field, value, why string) {
	pa.violations = append(pa.violations, rejected(field, value, why))
}

func (pa *parser) item(m map[string]any, at string) sentItem {
	return sentItem{
		externalReference: m["externalReference"].(string),
		onRentDate:        pa.moment(m, at, "onRentDate"),
		offRentDate:       pa.moment(m, at, "offRentDate"),
		rate:              object(m, "rentalRate", rate),
		orderNumber:       field[string](m, "orderNumber"),
		contractedHours:   field[float64](m, "contractedHours"),
		deliveryAddress:   field[string](m, "deliveryAddress"),
		deliveryDate:      pa.moment(m, at, "deliveryDate"),
		pickupAddress:     field[string](m, "pickupAddress"),
		pickupDate:        pa.moment(m, at, "pickupDate"),
		contract: object(m, "contract", func(m map[string]any) sentContract {
			return pa.contract(m, at+".contract")
		}),
	}
}

func rate(m map[string]any) sentRate {
	return sentRate{
		kind:      field[string](m, "type"),
		currency:  field[string](m, "currency"),
		unitPrice: field[float64](m, "unitPrice"),
	}
}

func (pa *parser) contract(m map[string]any, at string) sentContract {
	return sentContract{
		externalReference: m["externalReference"].(string),
		contractStatus:    field[string](m, "contractStatus"),
		startDate:         pa.moment(m, at, "startDate"),
		endDate:           pa.moment(m, at, "endDate"),
		hiringDepot:       depot(m, "hiringDepot"),
		customer: object(m, "customer", func(m map[string]any) sentCustomer {
			return sentCustomer{
				externalReference: m["externalReference"].(string),
				name:              field[string](m, "name"),
				kind:              field[string](m, "type"),
			}
		}),
	}
}

// moment reads a date-time or a date; the schema has seen the form, but not that there is a 31st of June.
func (pa *parser) moment(m map[string]any, at, key string) optional[time.Time] {
	text := field[string](m, key)
	if !text.sent || text.null {
		return optional[time.Time]{sent: text.sent, null: text.null}
	}

	layout := time.RFC3339
	if len(text.value) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	when, err := time.Parse(layout, text.value)
	if err != nil {
		pa.reject(at+"."+key, text.value, "must be a date or a date-time that exists")
	}
	return optional[time.Time]{sent: true, value: when.UTC()}
}

func field[T any](m map[string]any, key string) optional[T] {
	raw, sent := m[key]
	value, _ := raw.(T)
	return optional[T]{sent: sent, null: sent && raw == nil, value: value}
}

func object[T any](m map[string]any, key string, read func(map[string]any) T) optional[T] {
	raw := field[map[string]any](m, key)
	if raw.value == nil {
		return optional[T]{sent: raw.sent, null: raw.null}
	}
	return optional[T]{sent: true, value: read(raw.value)}
}

// depot takes {"id": null} for null.
func depot(m map[string]any, key string) optional[string] {
	raw := field[map[string]any](m, key)
	if raw.value == nil {
		return optional[string]{sent: raw.sent, null: raw.null}
	}
	return field[string](raw.value, "id")
}

// synchronize takes one asset with its items, contracts and customers.
func (si *Simulator) synchronize(w http.ResponseWriter, r *http.Request) {
	value, body, ok := si.decode(w, r, "Synchronization")
	if !ok {
		return
	}
	sy, violations := parseSynchronization(value.(map[string]any))
	if si.options.Strict {
		violations = append(violations, si.world.unknownDepots(sy)...)
	}
	if len(violations) > 0 {
		writeViolations(w, violations...)
		return
	}

	mustExist := strings.EqualFold(r.Header.Get("X-Validate-Asset-Exists"), "true")
	switch si.accept(sy, body, mustExist) {
	case matched:
		w.WriteHeader(http.StatusOK)
	case unmatched:
		w.WriteHeader(http.StatusAccepted)
	case notOwned:
		writeError(w, http.StatusForbidden, "forbidden", "the asset belongs to another account")
	case taken:
		writeViolations(w, rejected("externalReference", sy.externalReference.value, "must be unique"))
	case missing:
		notFound(w, "asset_not_found", "no asset has "+sy.identifierType+" "+strconv.Quote(sy.identifier))
	}
}

// verdict is what becomes of a synchronization that is well formed.
type verdict int

const (
	matched verdict = iota
	unmatched
	notOwned
	missing
	taken
)

// accept merges a request and notes it in one go, so that the history of an asset is in the order in
// which IRIS holds it.
func (si *Simulator) accept(sy synchronization, body []byte, mustExist bool) verdict {
	si.world.mu.Lock()
	defer si.world.mu.Unlock()

	asset := si.world.find(sy.identifierType, sy.identifier)
	switch {
	case asset == nil && mustExist:
		return missing
	case asset != nil && !asset.owned:
		return notOwned
	case si.options.Strict && len(si.world.taken(asset, "", sy.externalReference.value)) > 0:
		return taken
	}

	si.world.merge(asset, sy, si.clock.now())
	si.ledger.accept(sy.identifier, body, asset != nil)
	if asset == nil {
		return unmatched
	}
	return matched
}
