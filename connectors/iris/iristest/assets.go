package iristest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The kinds of assets that matter here.
const (
	machineAsset = "MACHINE"
	gatewayAsset = "GATEWAY"
)

// asset is anything that IRIS knows, with telematics or without.
type asset struct {
	id                string
	assetType         string
	kind              string // what IRIS calls type: free text
	name              string
	brand             string
	model             string
	serialNumber      string
	externalReference string
	productionYear    int
	productionDate    string
	createdAt         time.Time
	owned             bool
	hidden            bool
	machine           *machine // nil without telematics
	rental            *rental  // nil before the first synchronization
}

// addAsset needs the lock, and gives the asset what was kept for it.
func (wo *world) addAsset(as *asset) {
	wo.assets = append(wo.assets, as)
	wo.assetByID[as.id] = as
	wo.rename(as, as.serialNumber)
	wo.refer(as, as.externalReference)
	if as.machine != nil {
		wo.fleet = append(wo.fleet, as)
		wo.assetByPIN[as.machine.device] = as
		if as.machine.pin != "" {
			wo.assetByPIN[as.machine.pin] = as
		}
	}
	wo.matchPending(as)
}

// rename gives an asset its serial number.
func (wo *world) rename(as *asset, serial string) {
	if wo.assetBySN[as.serialNumber] == as {
		delete(wo.assetBySN, as.serialNumber)
	}
	as.serialNumber = serial
	if serial != "" {
		wo.assetBySN[serial] = as
	}
}

// refer gives an asset its external reference; the last one that asks for it is found by it.
func (wo *world) refer(as *asset, reference string) {
	if wo.assetByRef[as.externalReference] == as {
		delete(wo.assetByRef, as.externalReference)
	}
	as.externalReference = reference
	if reference != "" {
		wo.assetByRef[reference] = as
	}
	if as.rental != nil {
		as.rental.reference = reference
	}
}

// assetView is an asset as GET answers it.
type assetView struct {
	ID                string          `json:"id"`
	AssetType         string          `json:"assetType"`
	Type              string          `json:"type,omitempty"`
	Name              string          `json:"name"`
	ExternalReference string          `json:"externalReference,omitempty"`
	Model             string          `json:"model,omitempty"`
	Brand             string          `json:"brand,omitempty"`
	SerialNumber      string          `json:"serialNumber,omitempty"`
	ProductionYear    int             `json:"productionYear,omitempty"`
	ProductionDate    string          `json:"productionDate,omitempty"`
	OwnerAccountID    string          `json:"ownerAccountId"`
	CreatedAt         moment          `json:"createdAt"`
	Hidden            bool            `json:"hidden"`
	Permissions       permissionsView `json:"permissions"`
	TelematicsDevices []deviceView    `json:"telematicsDevices"`
}

type permissionsView struct {
	Edit bool `json:"edit"`
}

type deviceView struct {
	ID           string `json:"id"`
	SerialNumber string `json:"serialNumber"`
}

func (wo *world) viewAsset(as *asset) assetView {
	view := assetView{
		ID:                as.id,
		AssetType:         as.assetType,
		Type:              as.kind,
		Name:              as.name,
		ExternalReference: as.externalReference,
		Model:             as.model,
		Brand:             as.brand,
		SerialNumber:      as.serialNumber,
		ProductionYear:    as.productionYear,
		ProductionDate:    as.productionDate,
		OwnerAccountID:    wo.account,
		CreatedAt:         moment(as.createdAt),
		Hidden:            as.hidden,
		Permissions:       permissionsView{Edit: as.owned},
		TelematicsDevices: []deviceView{},
	}
	if !as.owned {
		view.OwnerAccountID = wo.uuid("account", "somebody else")
	}
	if as.machine != nil {
		device := deviceView{ID: wo.uuid("device", as.machine.device), SerialNumber: as.machine.device}
		view.TelematicsDevices = append(view.TelematicsDevices, device)
	}
	return view
}

var assetOrders = map[string]func(a, b *asset) int{
	"name":              func(a, b *asset) int { return strings.Compare(a.name, b.name) },
	"brand":             func(a, b *asset) int { return strings.Compare(a.brand, b.brand) },
	"model":             func(a, b *asset) int { return strings.Compare(a.model, b.model) },
	"serialNumber":      func(a, b *asset) int { return strings.Compare(a.serialNumber, b.serialNumber) },
	"externalReference": func(a, b *asset) int { return strings.Compare(a.externalReference, b.externalReference) },
	"createdAt":         func(a, b *asset) int { return a.createdAt.Compare(b.createdAt) },
}

// getAssets lists the assets, oldest first, without those that are hidden.
func (si *Simulator) getAssets(w http.ResponseWriter, r *http.Request) {
	si.listAssets(w, r, false)
}

// getAssetsV2 lists hidden assets too when it is asked to.
func (si *Simulator) getAssetsV2(w http.ResponseWriter, r *http.Request) {
	si.listAssets(w, r, r.URL.Query().Get("includeHidden") == "true")
}

func (si *Simulator) listAssets(w http.ResponseWriter, r *http.Request, hidden bool) {
	servePage(si, w, r, func(wo *world) listing[*asset] {
		items := wo.assets
		if wo.hidden > 0 && !hidden {
			items = slices.DeleteFunc(slices.Clone(items), func(as *asset) bool { return as.hidden })
		}
		return listing[*asset]{items: items, orders: assetOrders, view: func(as *asset) any { return wo.viewAsset(as) }}
	})
}

func (si *Simulator) getAsset(w http.ResponseWriter, r *http.Request) {
	si.world.mu.RLock()
	defer si.world.mu.RUnlock()

	if as := si.world.assetByID[r.PathValue("id")]; as != nil {
		writeJSON(w, http.StatusOK, si.world.viewAsset(as))
		return
	}
	assetNotFound(w, r.PathValue("id"))
}

func assetNotFound(w http.ResponseWriter, id string) {
	notFound(w, "asset_not_found", "no asset has the id "+id)
}

// sentAsset is one asset that is to be created.
type sentAsset struct {
	AssetType         string `json:"assetType"`
	Type              string `json:"type"`
	Name              string `json:"name"`
	ExternalReference string `json:"externalReference"`
	Model             string `json:"model"`
	Brand             string `json:"brand"`
	SerialNumber      string `json:"serialNumber"`
	ProductionYear    int    `json:"productionYear"`
	ProductionDate    string `json:"productionDate"`
}

// createAssets adds assets without telematics. One that was synchronized before it existed is matched now.
func (si *Simulator) createAssets(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Assets []sentAsset `json:"assets"`
	}
	if !si.decodeInto(w, r, "CreateAssets", &sent) {
		return
	}
	wo, now := si.world, si.clock.now()
	wo.mu.Lock()
	defer wo.mu.Unlock()

	for _, one := range sent.Assets {
		if taken := wo.taken(nil, one.SerialNumber, one.ExternalReference); len(taken) > 0 {
			writeViolations(w, taken...)
			return
		}
	}
	views := make([]assetView, 0, len(sent.Assets))
	for _, one := range sent.Assets {
		as := one.asset(wo.uuid("created asset", strconv.Itoa(len(wo.assets))), now)
		wo.addAsset(as)
		views = append(views, wo.viewAsset(as))
	}
	writeJSON(w, http.StatusCreated, map[string]any{"assets": views})
}

func (sa sentAsset) asset(id string, now time.Time) *asset {
	return &asset{
		id:                id,
		assetType:         sa.AssetType,
		kind:              sa.Type,
		name:              sa.Name,
		brand:             sa.Brand,
		model:             sa.Model,
		serialNumber:      sa.SerialNumber,
		externalReference: sa.ExternalReference,
		productionYear:    sa.ProductionYear,
		productionDate:    sa.ProductionDate,
		createdAt:         now,
		owned:             true,
	}
}

// patchAsset changes what the changes name.
func (si *Simulator) patchAsset(w http.ResponseWriter, r *http.Request) {
	changes, ok := si.decodePatch(w, r, "AssetPatch")
	if !ok {
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	if as := si.changeAsset(w, r.PathValue("id"), changes); as != nil {
		writeJSON(w, http.StatusOK, wo.viewAsset(as))
	}
}

// changeAsset needs the lock. When the asset cannot be changed it has answered, and returns nil.
func (si *Simulator) changeAsset(w http.ResponseWriter, id string, changes map[string]any) *asset {
	wo := si.world
	as := wo.assetByID[id]
	if as == nil {
		assetNotFound(w, id)
		return nil
	}
	if status, code := as.refusal(changes, si.clock.now()); code != "" {
		writeError(w, status, code, "the asset cannot be changed so")
		return nil
	}
	serial, reference := field[string](changes, "serialNumber"), field[string](changes, "externalReference")
	if taken := wo.taken(as, serial.value, reference.value); len(taken) > 0 {
		writeViolations(w, taken...)
		return nil
	}
	wo.patch(as, changes)
	return as
}

// taken needs the lock. It names what another asset has already.
func (wo *world) taken(as *asset, serial, reference string) []violation {
	var violations []violation
	if other := wo.assetBySN[serial]; other != nil && other != as {
		violations = append(violations, rejected("serialNumber", serial, "must be unique"))
	}
	if other := wo.assetByRef[reference]; other != nil && other != as {
		violations = append(violations, rejected("externalReference", reference, "must be unique"))
	}
	return violations
}

// ownerOnly are the properties that nobody but the owner may change; the external reference is not among
// them.
var ownerOnly = []string{"assetType", "type", "model", "brand", "productionYear", "serialNumber"}

// refusal is the reason for which an asset cannot be changed, or nothing.
func (as *asset) refusal(changes map[string]any, now time.Time) (status int, code string) {
	for _, property := range ownerOnly {
		if _, named := changes[property]; named && !as.owned {
			return http.StatusForbidden, "only_owner_of_the_asset_can_edit_given_fields"
		}
	}
	if as.assetType == gatewayAsset {
		return http.StatusBadRequest, "gateway_asset_cannot_be_modified"
	}
	if wish := field[string](changes, "assetType"); wish.sent && wish.value != as.assetType {
		if !slices.Contains([]string{"ATTACHMENT", "TOOL", "EQUIPMENT", "OTHER"}, wish.value) {
			return http.StatusBadRequest, "not_supported_value"
		}
		if as.assetType == machineAsset {
			return http.StatusBadRequest, "asset_type_cannot_be_changed"
		}
	}
	if year := field[float64](changes, "productionYear"); int(year.value) > now.Year()+1 {
		return http.StatusBadRequest, "not_supported_value"
	}
	return 0, ""
}

// patch needs the lock. A new serial number or reference may be the one that something was kept for.
func (wo *world) patch(as *asset, changes map[string]any) {
	set(&as.assetType, field[string](changes, "assetType"), NullsIgnore)
	set(&as.kind, field[string](changes, "type"), NullsClear)
	set(&as.name, field[string](changes, "name"), NullsIgnore)
	set(&as.brand, field[string](changes, "brand"), NullsClear)
	set(&as.model, field[string](changes, "model"), NullsClear)
	set(&as.productionDate, field[string](changes, "productionDate"), NullsClear)
	if year := field[float64](changes, "productionYear"); year.sent {
		as.productionYear = int(year.value)
	}

	serial, reference := as.serialNumber, as.externalReference
	set(&serial, field[string](changes, "serialNumber"), NullsClear)
	set(&reference, field[string](changes, "externalReference"), NullsClear)
	wo.rename(as, serial)
	wo.refer(as, reference)
	wo.matchPending(as)
}
