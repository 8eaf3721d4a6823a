package iristest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// customer is made by hand or by a synchronization that names one that is not known.
type customer struct {
	id                string
	externalReference string
	name              string
	kind              string
	address           siteAddress
	createdAt         time.Time
}

// customerFor needs the lock.
func (wo *world) customerFor(reference string, now time.Time) *customer {
	if cu := wo.customerOf[reference]; cu != nil {
		return cu
	}
	cu := &customer{id: wo.uuid("customer", reference), createdAt: now}
	wo.addCustomer(cu)
	wo.referCustomer(cu, reference)
	return cu
}

func (wo *world) addCustomer(cu *customer) {
	wo.customers = append(wo.customers, cu)
	wo.customerID[cu.id] = cu
}

// referCustomer gives a customer its reference; the last one that asks for it has it.
func (wo *world) referCustomer(cu *customer, reference string) {
	if wo.customerOf[cu.externalReference] == cu {
		delete(wo.customerOf, cu.externalReference)
	}
	cu.externalReference = reference
	if reference != "" {
		wo.customerOf[reference] = cu
	}
}

// customerFields are those of a customer that are written wherever one is.
type customerFields struct {
	ExternalReference string `json:"externalReference,omitempty"`
	Name              string `json:"name,omitempty"`
	Type              string `json:"type,omitempty"`
}

func (cu *customer) fields() customerFields {
	return customerFields{ExternalReference: cu.externalReference, Name: cu.name, Type: cu.kind}
}

// customerView is a customer as GET answers it.
type customerView struct {
	ID string `json:"id"`
	customerFields
	siteAddress
	CreatedAt moment `json:"createdAt"`
}

func (cu *customer) view() customerView {
	return customerView{ID: cu.id, customerFields: cu.fields(), siteAddress: cu.address, CreatedAt: moment(cu.createdAt)}
}

var customerOrders = map[string]func(a, b *customer) int{
	"name":              func(a, b *customer) int { return strings.Compare(a.name, b.name) },
	"externalReference": func(a, b *customer) int { return strings.Compare(a.externalReference, b.externalReference) },
	"createdAt":         func(a, b *customer) int { return a.createdAt.Compare(b.createdAt) },
}

func (si *Simulator) getCustomers(w http.ResponseWriter, r *http.Request) {
	servePage(si, w, r, func(wo *world) listing[*customer] {
		return listing[*customer]{items: wo.customers, orders: customerOrders, view: func(cu *customer) any { return cu.view() }}
	})
}

func (si *Simulator) getCustomer(w http.ResponseWriter, r *http.Request) {
	si.world.mu.RLock()
	defer si.world.mu.RUnlock()

	if cu := si.world.customerID[r.PathValue("id")]; cu != nil {
		writeJSON(w, http.StatusOK, cu.view())
		return
	}
	customerNotFound(w, r)
}

func customerNotFound(w http.ResponseWriter, r *http.Request) {
	notFound(w, "customer_not_found", "no customer has the id "+r.PathValue("id"))
}

func (si *Simulator) createCustomer(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		customerFields
		siteAddress
	}
	if !si.decodeInto(w, r, "CreateCustomer", &sent) {
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	if sent.ExternalReference != "" && wo.customerOf[sent.ExternalReference] != nil {
		writeViolations(w, rejected("externalReference", sent.ExternalReference, "must be unique"))
		return
	}
	id := wo.uuid("created customer", strconv.Itoa(len(wo.customers)))
	cu := &customer{id: id, name: sent.Name, kind: sent.Type, address: sent.siteAddress, createdAt: si.clock.now()}
	wo.addCustomer(cu)
	wo.referCustomer(cu, sent.ExternalReference)
	writeJSON(w, http.StatusCreated, cu.view())
}

func (si *Simulator) patchCustomer(w http.ResponseWriter, r *http.Request) {
	changes, ok := si.decodePatch(w, r, "CustomerPatch")
	if !ok {
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	cu := wo.customerID[r.PathValue("id")]
	if cu == nil {
		customerNotFound(w, r)
		return
	}
	reference := cu.externalReference
	set(&reference, field[string](changes, "externalReference"), NullsClear)
	if other := wo.customerOf[reference]; reference != "" && other != nil && other != cu {
		writeViolations(w, rejected("externalReference", reference, "must be unique"))
		return
	}
	set(&cu.name, field[string](changes, "name"), NullsClear)
	set(&cu.kind, field[string](changes, "type"), NullsClear)
	cu.address.patch(changes)
	wo.referCustomer(cu, reference)
	writeJSON(w, http.StatusOK, cu.view())
}

// deleteCustomer removes a customer; contracts go on without one.
func (si *Simulator) deleteCustomer(w http.ResponseWriter, r *http.Request) {
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	cu := wo.customerID[r.PathValue("id")]
	if cu == nil {
		customerNotFound(w, r)
		return
	}
	wo.referCustomer(cu, "")
	wo.customers = slices.DeleteFunc(slices.Clone(wo.customers), func(one *customer) bool { return one == cu })
	delete(wo.customerID, cu.id)
	delete(wo.values, cu.id)
	for _, co := range wo.contracts {
		if co.customer == cu {
			co.customer = nil
		}
	}
	w.WriteHeader(http.StatusNoContent)
}
