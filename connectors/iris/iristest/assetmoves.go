package iristest

import (
	"net/http"
	"slices"
)

// onboardAsset brings a machine with telematics into the account. One that was synchronized before is
// matched now.
func (si *Simulator) onboardAsset(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		SerialNumber string `json:"serialNumber"`
	}
	if !si.decodeInto(w, r, "OnboardAsset", &sent) {
		return
	}
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	if taken := wo.taken(nil, sent.SerialNumber, ""); len(taken) > 0 {
		writeViolations(w, taken...)
		return
	}
	writeJSON(w, http.StatusCreated, wo.viewAsset(wo.listMachine(sent.SerialNumber)))
}

// offboardAsset takes an asset out of the account, with what is held of its rentals.
func (si *Simulator) offboardAsset(w http.ResponseWriter, r *http.Request) {
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	as := wo.assetByID[r.PathValue("id")]
	switch {
	case as == nil:
		assetNotFound(w, r.PathValue("id"))
	case !as.owned:
		writeError(w, http.StatusForbidden, "forbidden", "the asset belongs to another account")
	default:
		wo.removeAsset(as)
		w.WriteHeader(http.StatusNoContent)
	}
}

// removeAsset needs the lock.
func (wo *world) removeAsset(as *asset) {
	gone := func(one *asset) bool { return one == as }
	wo.assets = slices.DeleteFunc(slices.Clone(wo.assets), gone)
	wo.fleet = slices.DeleteFunc(slices.Clone(wo.fleet), gone)
	wo.rename(as, "")
	wo.refer(as, "")
	delete(wo.assetByID, as.id)
	delete(wo.values, as.id)
	if as.machine != nil {
		delete(wo.assetByPIN, as.machine.device)
		delete(wo.assetByPIN, as.machine.pin)
	}
	if as.hidden {
		wo.hidden--
	}
	if as.rental != nil {
		for _, it := range as.rental.items {
			it.assign(nil)
			delete(wo.items, it.externalReference)
		}
	}
}

// patchAssets is version 2 of a change: a list of exactly one.
func (si *Simulator) patchAssets(w http.ResponseWriter, r *http.Request) {
	value, _, ok := si.decode(w, r, "PatchAssets")
	if !ok {
		return
	}
	changes := value.(map[string]any)["assets"].([]any)[0].(map[string]any)
	wo := si.world
	wo.mu.Lock()
	defer wo.mu.Unlock()

	if as := si.changeAsset(w, changes["id"].(string), changes); as != nil {
		writeJSON(w, http.StatusOK, map[string]any{"assets": []any{wo.viewAsset(as)}})
	}
}
