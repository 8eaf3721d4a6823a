package iris

import (
	"cmp"
	"net/http"

	"rentalsync/pipeline"
)

// area is one of IRIS's APIs, with what a refusal of it may mean.
type area struct {
	things    string // what it is about
	forbidden string // what may be behind a 403
	missing   string // and behind a 404
}

// The areas of a directory.
//
// https://developers.trackunit.com/docs/rental-erp-api
var (
	ofAssets = area{"assets",
		"check that token.scopes hold the scope for assets (IRIS names it like asset.view, and another for changes), and that the asset is the account's own: some of its fields only its owner may change",
		"the asset was removed or belongs to no account of yours; list the assets again"}
	ofSites = area{"sites",
		"check that token.scopes hold the scope for sites (IRIS names it like site.view, and another for changes), and that the site is the account's own",
		"the site was removed; list the sites again"}
	ofCustomers = area{"customers",
		"check that the account has the IrisX subscription, without which there are no customers, and that token.scopes hold the scope for customers",
		"the customer was removed, or the account has no Customer API; list the customers again"}
	ofFields = area{"custom fields",
		"check that token.scopes hold the scope for custom fields, and that the field was defined by this account: one of somebody else's may only be read",
		"there is no such custom field or no such entity; compare the keys with the custom fields in IRIS"}
	ofContracts = area{"contracts",
		"check that the account has the IrisX subscription and the Rental API is turned on for it, and that token.scopes hold the scope for rentals",
		"IRIS does not offer the contracts to be read back, or the contract is not there; all else works without"}
)

// aboutRequest reports whether an answer is about what was asked, and neither
// about who asked nor about the moment.
func (e *ErrorResponse) aboutRequest() bool {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return false
	default:
		return true
	}
}

// refusal says what was refused, and what may be behind it.
func refusal(a area, said *ErrorResponse) *pipeline.Refusal {
	r := &pipeline.Refusal{
		Status: said.Status, Code: said.Code,
		Message: cmp.Or(said.Reason(), "IRIS answers "+http.StatusText(said.Status)+" when asked about "+a.things),
	}
	switch {
	case said.Foreign:
		r.Hint = "this is not IRIS's way to refuse; check url, and what stands between"
	case said.Status == http.StatusForbidden:
		r.Hint = a.forbidden
	case said.Status == http.StatusNotFound:
		r.Hint = a.missing
	case said.Status == http.StatusConflict:
		r.Hint = "something else in IRIS has it already; external references are given once"
	}
	return r
}
