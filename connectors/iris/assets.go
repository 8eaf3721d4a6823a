package iris

import (
	"context"
	"iter"
	"net/url"
)

// Where the assets are.
const (
	assetsPath   = "/api/asset/v1/assets"
	assetsV2Path = "/api/asset/v2/assets"
)

// Asset is anything that the account has, with telematics or without.
//
// https://developers.trackunit.com/reference/getassets_v1
type Asset struct {
	ID                string             `json:"id"`
	AssetType         string             `json:"assetType"` // MACHINE, ATTACHMENT, …; may grow
	Type              string             `json:"type"`      // in the account's own words
	Name              string             `json:"name"`
	ExternalReference string             `json:"externalReference"` // by which other systems know it
	Brand             string             `json:"brand"`
	Model             string             `json:"model"`
	SerialNumber      string             `json:"serialNumber"`
	ProductionYear    int                `json:"productionYear"`
	ProductionDate    Moment             `json:"productionDate"`
	OwnerAccountID    string             `json:"ownerAccountId"`
	CreatedAt         Moment             `json:"createdAt"`
	Hidden            bool               `json:"hidden"`
	Permissions       *Permissions       `json:"permissions"` // nil: not said
	TelematicsDevices []TelematicsDevice `json:"telematicsDevices"`
}

// Permissions say what the account may do with an asset.
type Permissions struct {
	Edit bool `json:"edit"`
}

// TelematicsDevice is what reports for an asset.
type TelematicsDevice struct {
	ID           string `json:"id"`
	SerialNumber string `json:"serialNumber"`
}

// Assets lists the assets of the account, oldest first.
//
// https://developers.trackunit.com/reference/getassets_v1
func (c *Client) Assets(ctx context.Context) iter.Seq2[Asset, error] {
	return list[Asset](ctx, c, call{path: assetsPath})
}

// AssetsV2 lists the assets of the account, on request with those that are
// hidden.
//
// https://developers.trackunit.com/docs/api-reference/assets
func (c *Client) AssetsV2(ctx context.Context, includeHidden bool) iter.Seq2[Asset, error] {
	in := call{path: assetsV2Path}
	if includeHidden {
		in.query = url.Values{"includeHidden": {"true"}}
	}
	return list[Asset](ctx, c, in)
}

// Asset asks for one asset.
//
// https://developers.trackunit.com/reference/getasset_v1
func (c *Client) Asset(ctx context.Context, id string) (Asset, error) {
	return get[Asset](ctx, c, call{path: below(assetsPath, id)})
}

// PatchAsset changes some properties of an asset, and answers with what it is
// then. Nil takes a property away.
//
// https://developers.trackunit.com/reference/patchasset_v1
func (c *Client) PatchAsset(ctx context.Context, id string, changes map[string]any) (Asset, error) {
	return patch[Asset](ctx, c, assetsPath, id, changes)
}
