package iristest

import (
	"encoding/json"
	"strconv"
	"time"
)

// rental is what IRIS holds of one asset, or of one that it waits for.
type rental struct {
	asset        *asset // nil while it waits
	rentalStatus string
	owningDepot  string
	reference    string // of the asset; kept here while there is none
	items        []*item
}

// item is a contract item as it is held. A zero field is held empty.
type item struct {
	id                string
	externalReference string
	rental            *rental
	contract          *contract
	onRentDate        time.Time
	offRentDate       time.Time
	rate              *rentalRate
	orderNumber       string
	contractedHours   *float64
	deliveryAddress   string
	deliveryDate      time.Time
	pickupAddress     string
	pickupDate        time.Time
}

// rentalRate is written as it is held.
type rentalRate struct {
	Type      string   `json:"type,omitempty"`
	Currency  string   `json:"currency,omitempty"`
	UnitPrice *float64 `json:"unitPrice,omitempty"`
}

// merge upserts by external reference: what is not named stays. It needs the lock; asset is nil when
// there is none yet.
func (wo *world) merge(as *asset, sy synchronization, now time.Time) {
	re := wo.rentalOf(as, sy)
	set(&re.rentalStatus, sy.rentalStatus, wo.nulls)
	set(&re.owningDepot, sy.owningDepot, wo.nulls)
	set(&re.reference, sy.externalReference, wo.nulls)
	if as != nil {
		wo.refer(as, re.reference)
	}
	for _, sent := range sy.items {
		wo.mergeItem(re, sent, now)
	}
}

func (wo *world) rentalOf(as *asset, sy synchronization) *rental {
	if as != nil {
		if as.rental == nil {
			as.rental = &rental{asset: as, reference: as.externalReference}
		}
		return as.rental
	}
	key := pendingKey{sy.identifierType, sy.identifier}
	if wo.pending[key] == nil {
		wo.pending[key] = &rental{}
	}
	return wo.pending[key]
}

func (wo *world) mergeItem(re *rental, sent sentItem, now time.Time) {
	it := wo.items[sent.externalReference]
	if it == nil {
		it = &item{id: wo.uuid("item", sent.externalReference), externalReference: sent.externalReference}
		wo.items[sent.externalReference] = it
	}
	it.moveTo(re)

	set(&it.onRentDate, sent.onRentDate, wo.nulls)
	set(&it.offRentDate, sent.offRentDate, wo.nulls)
	set(&it.orderNumber, sent.orderNumber, wo.nulls)
	setNumber(&it.contractedHours, sent.contractedHours, wo.nulls)
	set(&it.deliveryAddress, sent.deliveryAddress, wo.nulls)
	set(&it.deliveryDate, sent.deliveryDate, wo.nulls)
	set(&it.pickupAddress, sent.pickupAddress, wo.nulls)
	set(&it.pickupDate, sent.pickupDate, wo.nulls)
	it.mergeRate(sent.rate, wo.nulls)
	wo.mergeContract(it, sent.contract, now)
}

func (it *item) mergeRate(sent optional[sentRate], nulls Nulls) {
	if sent.null && nulls == NullsClear {
		it.rate = nil
	}
	if !sent.sent || sent.null {
		return
	}
	if it.rate == nil {
		it.rate = new(rentalRate)
	}
	set(&it.rate.Type, sent.value.kind, nulls)
	set(&it.rate.Currency, sent.value.currency, nulls)
	setNumber(&it.rate.UnitPrice, sent.value.unitPrice, nulls)
}

func (wo *world) mergeContract(it *item, sent optional[sentContract], now time.Time) {
	if sent.null && wo.nulls == NullsClear {
		it.assign(nil)
	}
	if !sent.sent || sent.null {
		return
	}

	co := wo.contractFor(sent.value.externalReference, now)
	it.assign(co)
	set(&co.contractStatus, sent.value.contractStatus, wo.nulls)
	set(&co.startDate, sent.value.startDate, wo.nulls)
	set(&co.endDate, sent.value.endDate, wo.nulls)
	set(&co.hiringDepot, sent.value.hiringDepot, wo.nulls)
	wo.mergeCustomer(co, sent.value.customer, now)
}

func (wo *world) mergeCustomer(co *contract, sent optional[sentCustomer], now time.Time) {
	if sent.null && wo.nulls == NullsClear {
		co.customer = nil
	}
	if !sent.sent || sent.null {
		return
	}
	co.customer = wo.customerFor(sent.value.externalReference, now)
	set(&co.customer.name, sent.value.name, wo.nulls)
	set(&co.customer.kind, sent.value.kind, wo.nulls)
}

// moveTo takes the item away from the asset that had it before: a reference exists once.
func (it *item) moveTo(re *rental) {
	if it.rental == re {
		return
	}
	if it.rental != nil {
		it.rental.items = without(it.rental.items, it)
	}
	it.rental = re
	re.items = append(re.items, it)
}

// assign puts the item on a contract, or on none.
func (it *item) assign(co *contract) {
	if it.contract == co {
		return
	}
	if it.contract != nil {
		it.contract.items = without(it.contract.items, it)
	}
	it.contract = co
	if co != nil {
		co.items = append(co.items, it)
	}
}

func without(items []*item, one *item) []*item {
	kept := items[:0]
	for _, it := range items {
		if it != one {
			kept = append(kept, it)
		}
	}
	return kept
}

// matchPending gives an asset that has appeared, or has a new name, what was kept for it. It needs the
// lock.
func (wo *world) matchPending(as *asset) {
	names := []pendingKey{{byAssetID, as.id}, {bySerial, as.serialNumber}, {byReference, as.externalReference}}
	for _, key := range names {
		kept := wo.pending[key]
		if kept == nil || !as.owned {
			continue
		}
		delete(wo.pending, key)
		wo.adopt(as, kept)
	}
}

func (wo *world) adopt(as *asset, kept *rental) {
	if as.rental == nil {
		as.rental = &rental{asset: as, reference: as.externalReference}
	}
	re := as.rental
	set(&re.rentalStatus, ifAny(kept.rentalStatus), wo.nulls)
	set(&re.owningDepot, ifAny(kept.owningDepot), wo.nulls)
	set(&re.reference, ifAny(kept.reference), wo.nulls)
	for len(kept.items) > 0 {
		kept.items[0].moveTo(re)
	}
	wo.refer(as, re.reference)
}

func ifAny(text string) optional[string] {
	return optional[string]{sent: text != "", value: text}
}

// set is the whole upsert for one value.
func set[T any](held *T, sent optional[T], nulls Nulls) {
	var empty T
	switch {
	case !sent.sent:
	case !sent.null:
		*held = sent.value
	case nulls == NullsClear:
		*held = empty
	}
}

// setNumber is set for numbers, whose zero is a value.
func setNumber(held **float64, sent optional[float64], nulls Nulls) {
	pointer := optional[*float64]{sent: sent.sent, null: sent.null}
	if sent.sent && !sent.null {
		pointer.value = &sent.value
	}
	set(held, pointer, nulls)
}

// unknownDepots names the depots of a request that are no sites.
func (wo *world) unknownDepots(sy synchronization) []violation {
	wo.mu.RLock()
	defer wo.mu.RUnlock()

	var unknown []violation
	look := func(field string, depot optional[string]) {
		if depot.value != "" && wo.siteID[depot.value] == nil {
			unknown = append(unknown, rejected(field, depot.value, "must be the id of a site"))
		}
	}
	look("owningDepot.id", sy.owningDepot)
	for i, it := range sy.items {
		look("contractItems["+strconv.Itoa(i)+"].contract.hiringDepot.id", it.contract.value.hiringDepot)
	}
	return unknown
}

// Held returns what IRIS holds of an asset after all that was sent, in the form of a synchronization, or
// nil. The identifier may be of any type; one that no asset has is found as it was sent.
func (si *Simulator) Held(identifier string) json.RawMessage {
	si.world.mu.RLock()
	defer si.world.mu.RUnlock()

	for _, kind := range []string{bySerial, byReference, byAssetID} {
		re := si.world.pending[pendingKey{kind, identifier}]
		if as := si.world.find(kind, identifier); as != nil && as.rental != nil {
			re = as.rental
		}
		if re == nil {
			continue
		}
		if data, err := json.Marshal(re.view(identifier, kind)); err == nil {
			return data
		}
	}
	return nil
}

// heldView is a rental in the form of a synchronization.
type heldView struct {
	Identifier        string     `json:"identifier"`
	IdentifierType    string     `json:"identifierType"`
	ExternalReference string     `json:"externalReference,omitempty"`
	RentalStatus      string     `json:"rentalStatus,omitempty"`
	OwningDepot       *depotView `json:"owningDepot,omitempty"`
	ContractItems     []heldItem `json:"contractItems,omitempty"`
}

type heldItem struct {
	itemFields
	Contract *contractFields `json:"contract,omitempty"`
}

// itemFields are those of an item that are written wherever one is.
type itemFields struct {
	ExternalReference string      `json:"externalReference"`
	OnRentDate        moment      `json:"onRentDate,omitzero"`
	OffRentDate       moment      `json:"offRentDate,omitzero"`
	RentalRate        *rentalRate `json:"rentalRate,omitempty"`
	OrderNumber       string      `json:"orderNumber,omitempty"`
	ContractedHours   *float64    `json:"contractedHours,omitempty"`
	DeliveryAddress   string      `json:"deliveryAddress,omitempty"`
	DeliveryDate      moment      `json:"deliveryDate,omitzero"`
	PickupAddress     string      `json:"pickupAddress,omitempty"`
	PickupDate        moment      `json:"pickupDate,omitzero"`
}

type depotView struct {
	ID string `json:"id"`
}

func viewDepot(id string) *depotView {
	if id == "" {
		return nil
	}
	return &depotView{ID: id}
}

func (re *rental) view(identifier, identifierType string) heldView {
	view := heldView{
		Identifier:        identifier,
		IdentifierType:    identifierType,
		ExternalReference: re.reference,
		RentalStatus:      re.rentalStatus,
		OwningDepot:       viewDepot(re.owningDepot),
	}
	for _, it := range re.items {
		held := heldItem{itemFields: it.fields()}
		if it.contract != nil {
			fields := it.contract.fields()
			held.Contract = &fields
		}
		view.ContractItems = append(view.ContractItems, held)
	}
	return view
}

// fields copies what the item points to, since the view outlives the lock.
func (it *item) fields() itemFields {
	fields := itemFields{
		ExternalReference: it.externalReference,
		OnRentDate:        moment(it.onRentDate),
		OffRentDate:       moment(it.offRentDate),
		OrderNumber:       it.orderNumber,
		ContractedHours:   it.contractedHours,
		DeliveryAddress:   it.deliveryAddress,
		DeliveryDate:      moment(it.deliveryDate),
		PickupAddress:     it.pickupAddress,
		PickupDate:        moment(it.pickupDate),
	}
	if it.rate != nil {
		rate := *it.rate
		fields.RentalRate = &rate
	}
	return fields
}
