package iristest

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// contract is held once, however many items name it.
type contract struct {
	id                string
	externalReference string
	contractStatus    string
	startDate         time.Time
	endDate           time.Time
	hiringDepot       string
	customer          *customer
	items             []*item
	createdAt         time.Time
}

// contractFor needs the lock.
func (wo *world) contractFor(reference string, now time.Time) *contract {
	if co := wo.contractOf[reference]; co != nil {
		return co
	}
	co := &contract{id: wo.uuid("contract", reference), externalReference: reference, createdAt: now}
	wo.contracts = append(wo.contracts, co)
	wo.contractOf[reference], wo.contractID[co.id] = co, co
	return co
}

// contractFields are those of a contract that are written wherever one is.
type contractFields struct {
	ExternalReference string          `json:"externalReference"`
	ContractStatus    string          `json:"contractStatus,omitempty"`
	StartDate         moment          `json:"startDate,omitzero"`
	EndDate           moment          `json:"endDate,omitzero"`
	HiringDepot       *depotView      `json:"hiringDepot,omitempty"`
	Customer          *customerFields `json:"customer,omitempty"`
}

func (co *contract) fields() contractFields {
	fields := contractFields{
		ExternalReference: co.externalReference,
		ContractStatus:    co.contractStatus,
		StartDate:         moment(co.startDate),
		EndDate:           moment(co.endDate),
		HiringDepot:       viewDepot(co.hiringDepot),
	}
	if co.customer != nil {
		customer := co.customer.fields()
		fields.Customer = &customer
	}
	return fields
}

// contractView is a contract as GET answers it.
type contractView struct {
	ID string `json:"id"`
	contractFields
	Customer  *customerView `json:"customer,omitempty"`
	CreatedAt moment        `json:"createdAt"`
}

func (co *contract) view() contractView {
	view := contractView{ID: co.id, contractFields: co.fields(), CreatedAt: moment(co.createdAt)}
	if co.customer != nil {
		customer := co.customer.view()
		view.Customer = &customer
	}
	return view
}

// getContracts lists the contracts that synchronizations have made.
func (si *Simulator) getContracts(w http.ResponseWriter, r *http.Request) {
	servePage(si, w, r, func(wo *world) listing[*contract] {
		return listing[*contract]{items: wo.contracts, orders: contractOrders, view: func(co *contract) any { return co.view() }}
	})
}

var contractOrders = map[string]func(a, b *contract) int{
	"externalReference": func(a, b *contract) int { return strings.Compare(a.externalReference, b.externalReference) },
	"startDate":         func(a, b *contract) int { return a.startDate.Compare(b.startDate) },
	"endDate":           func(a, b *contract) int { return a.endDate.Compare(b.endDate) },
	"createdAt":         func(a, b *contract) int { return a.createdAt.Compare(b.createdAt) },
}

func (si *Simulator) getContract(w http.ResponseWriter, r *http.Request) {
	si.world.mu.RLock()
	defer si.world.mu.RUnlock()

	co := si.world.contractID[r.PathValue("id")]
	if co == nil {
		notFound(w, "contract_not_found", "no contract has the id "+r.PathValue("id"))
		return
	}
	writeJSON(w, http.StatusOK, co.view())
}

// itemView is a contract item as GET answers it.
type itemView struct {
	ID         string  `json:"id"`
	ContractID string  `json:"contractId"`
	AssetID    *string `json:"assetId"` // null until an asset matches
	itemFields
}

func (it *item) view() itemView {
	view := itemView{ID: it.id, ContractID: it.contract.id, itemFields: it.fields()}
	if it.rental.asset != nil {
		id := it.rental.asset.id
		view.AssetID = &id
	}
	return view
}

var itemOrders = map[string]func(a, b *item) int{
	"externalReference": func(a, b *item) int { return strings.Compare(a.externalReference, b.externalReference) },
	"onRentDate":        func(a, b *item) int { return a.onRentDate.Compare(b.onRentDate) },
	"offRentDate":       func(a, b *item) int { return a.offRentDate.Compare(b.offRentDate) },
}

// getContractItems lists the items of one contract, which is named by IRIS's id and not by the ERP's.
func (si *Simulator) getContractItems(w http.ResponseWriter, r *http.Request) {
	filter, violations := readItemFilter(r.URL.Query())
	if len(violations) > 0 {
		writeViolations(w, violations...)
		return
	}
	now := si.clock.now()
	servePage(si, w, r, func(wo *world) listing[*item] {
		list := listing[*item]{orders: itemOrders, view: func(it *item) any { return it.view() }}
		if co := wo.contractID[filter.contractID]; co != nil {
			list.items = filter.of(co.items, now)
		}
		return list
	})
}

// itemFilter is what getContractItems may be asked for.
type itemFilter struct {
	contractID string
	active     *bool
	start, end time.Time
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func readItemFilter(values url.Values) (itemFilter, []violation) {
	filter := itemFilter{contractID: values.Get("contractId")}
	var violations []violation
	if !uuidForm.MatchString(filter.contractID) {
		violations = append(violations, rejected("contractId", filter.contractID, "must be a UUID"))
	}
	if text := values.Get("active"); text != "" {
		active, err := strconv.ParseBool(text)
		if err != nil {
			violations = append(violations, rejected("active", text, "must be true or false"))
		}
		filter.active = &active
	}
	violations = append(violations, readTime(values, "start", &filter.start)...)
	return filter, append(violations, readTime(values, "end", &filter.end)...)
}

func readTime(values url.Values, name string, into *time.Time) []violation {
	text := values.Get(name)
	if text == "" {
		return nil
	}
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return []violation{rejected(name, text, "must be a date-time")}
	}
	*into = when
	return nil
}

func (fi itemFilter) of(items []*item, now time.Time) []*item {
	var kept []*item
	for _, it := range items {
		if fi.keeps(it, now) {
			kept = append(kept, it)
		}
	}
	return kept
}

// keeps lets start and end overrule active.
func (fi itemFilter) keeps(it *item, now time.Time) bool {
	if !fi.start.IsZero() || !fi.end.IsZero() {
		return (fi.start.IsZero() || it.endsAfter(fi.start)) && (fi.end.IsZero() || it.startsBefore(fi.end))
	}
	return fi.active == nil || *fi.active == (it.startsBefore(now) && it.endsAfter(now))
}

func (it *item) startsBefore(when time.Time) bool {
	return !it.onRentDate.IsZero() && !it.onRentDate.After(when)
}

func (it *item) endsAfter(when time.Time) bool {
	return it.offRentDate.IsZero() || it.offRentDate.After(when)
}
