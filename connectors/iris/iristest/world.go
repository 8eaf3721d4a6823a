package iristest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"
	"time"
)

// world is what IRIS holds. Everything in it is reached under its lock.
type world struct {
	mu      sync.RWMutex
	seed    uint64
	nulls   Nulls
	account string // the id of the account that owns all that is owned

	assets      []*asset // in order of their creation
	fleet       []*asset // those of them that have telematics
	hidden      int      // how many of them are
	assetByID   map[string]*asset
	assetBySN   map[string]*asset
	assetByRef  map[string]*asset
	assetByPIN  map[string]*asset // PIN or serial number of the telematics device
	pending     map[pendingKey]*rental
	items       map[string]*item
	contracts   []*contract
	contractOf  map[string]*contract // by external reference
	contractID  map[string]*contract
	customers   []*customer
	customerOf  map[string]*customer // by external reference
	customerID  map[string]*customer
	sites       []*site
	siteID      map[string]*site
	definitions []*definition
	values      map[string][]*value // by entity
}

// pendingKey is how an asset was named that does not exist yet.
type pendingKey struct {
	identifierType string
	identifier     string
}

func newWorld(options Options) *world {
	wo := &world{
		seed:       options.Seed,
		nulls:      options.Nulls,
		assetByID:  make(map[string]*asset),
		assetBySN:  make(map[string]*asset),
		assetByRef: make(map[string]*asset),
		assetByPIN: make(map[string]*asset),
		pending:    make(map[pendingKey]*rental),
		items:      make(map[string]*item),
		contractOf: make(map[string]*contract),
		contractID: make(map[string]*contract),
		customerOf: make(map[string]*customer),
		customerID: make(map[string]*customer),
		siteID:     make(map[string]*site),
		values:     make(map[string][]*value),
	}
	wo.account = wo.uuid("account", "demo")
	wo.settle()
	wo.generate(options.Fleet)
	for _, serial := range options.Serials {
		wo.listMachine(serial)
	}
	for _, serial := range options.NotOwned {
		wo.listMachine(serial).owned = false
	}
	for _, serial := range options.Hidden {
		wo.listMachine(serial).hidden = true
		wo.hidden++
	}
	return wo
}

// uuid makes the same id of the same thing every time.
func (wo *world) uuid(kind, key string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d/%s/%s", wo.seed, kind, key))
	sum[6] = sum[6]&0x0f | 0x50
	sum[8] = sum[8]&0x3f | 0x80
	text := hex.EncodeToString(sum[:16])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// find needs the lock.
func (wo *world) find(identifierType, identifier string) *asset {
	switch identifierType {
	case byAssetID:
		return wo.assetByID[identifier]
	case bySerial:
		return wo.assetBySN[identifier]
	default:
		return wo.assetByRef[identifier]
	}
}

// moment is a time as the REST APIs write it.
type moment time.Time

// IsZero lets omitzero leave it out.
func (mo moment) IsZero() bool {
	return time.Time(mo).IsZero()
}

// MarshalJSON writes milliseconds and Z.
func (mo moment) MarshalJSON() ([]byte, error) {
	return json.Marshal(time.Time(mo).UTC().Format("2006-01-02T15:04:05.000Z"))
}
