package iristest

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Nulls says what a null in a synchronization does to a value that IRIS holds.
type Nulls string

// The two semantics of null; the vendor has not said which one is his.
const (
	NullsIgnore Nulls = "ignore" // no change
	NullsClear  Nulls = "clear"  // the value is taken away
)

// Options make a simulator. The zero value is an IRIS without machines that never says no.
type Options struct {
	// Fleet is the number of generated machines. Default 0.
	Fleet int

	// Seed decides everything that is made up: machines, ids, tokens. Default 0.
	Seed uint64

	// Serials are serial numbers that exist besides the generated ones. Default none.
	Serials []string

	// NotOwned are serial numbers that exist but belong to somebody else; one that is not part of
	// the fleet becomes so. Default none.
	NotOwned []string

	// Hidden are serial numbers of assets that only a list which asks for hidden ones shows; one that
	// is not part of the fleet becomes so. Default none.
	Hidden []string

	// Definitions are the custom fields that are defined from the start. Default none.
	Definitions []Definition

	// Latency is waited before each answer, except below /simulator/. Default 0.
	Latency time.Duration

	// Rate is how many requests a second the REST APIs take before they answer 429. Default 0: no limit.
	Rate float64

	// Faults are the failures that happen on purpose, see [Fault]. Default none.
	Faults []Fault

	// Nulls is what a null does. Default NullsIgnore.
	Nulls Nulls

	// Strict refuses in a synchronization unknown fields, unknown depots, and external references that
	// another asset has. Default false.
	Strict bool

	// Now is the clock that the simulator's own is set by. Default time.Now.
	Now func() time.Time
}

// check names what cannot be simulated.
func (op Options) check() error {
	switch {
	case op.Fleet < 0 || op.Fleet > maxFleet:
		return fmt.Errorf("fleet %d: must be between 0 and %d", op.Fleet, maxFleet)
	case op.Rate < 0:
		return fmt.Errorf("rate %g: must not be negative", op.Rate)
	case op.Latency < 0:
		return fmt.Errorf("latency %s: must not be negative", op.Latency)
	case op.Nulls != "" && op.Nulls != NullsIgnore && op.Nulls != NullsClear:
		return fmt.Errorf("nulls %q: must be %q or %q", op.Nulls, NullsIgnore, NullsClear)
	}
	return nil
}

// Simulator is an IRIS with its state. Its methods may be called while it serves.
type Simulator struct {
	options Options
	clock   *clock
	schemas *schemas
	tokens  *tokens
	pace    *bucket  // of the REST APIs together
	pages   *bucket  // of the export
	single  *bucket  // of the export, machine by machine
	urls    *urlRule // of the export, for each path
	script  *script
	ledger  *ledger
	world   *world
	iris    *http.ServeMux // what IRIS has too
	control *http.ServeMux // what only a simulator has
}

var _ http.Handler = (*Simulator)(nil)

// New returns a simulator with its fleet.
func New(options Options) (*Simulator, error) {
	if err := options.check(); err != nil {
		return nil, fmt.Errorf("new simulator: %w", err)
	}
	schemas, err := loadSchemas(options.Strict)
	if err != nil {
		return nil, fmt.Errorf("new simulator: %w", err)
	}

	options.Nulls = cmp.Or(options.Nulls, NullsIgnore)
	clock := newClock(options.Now)
	si := &Simulator{
		options: options,
		clock:   clock,
		schemas: schemas,
		tokens:  newTokens(options.Seed),
		pace:    newBucket(options.Rate, clock.now()),
		pages:   newBucket(pagesEachSecond, clock.now()),
		single:  newBucket(machinesEachSecond, clock.now()),
		urls:    newURLRule(),
		script:  new(script),
		ledger:  newLedger(),
		world:   newWorld(options),
	}
	if err := si.AddFaults(options.Faults...); err != nil {
		return nil, fmt.Errorf("new simulator: %w", err)
	}

	if err := si.AddDefinitions(options.Definitions...); err != nil {
		return nil, fmt.Errorf("new simulator: %w", err)
	}

	si.iris, si.control = si.irisRoutes(), si.controlRoutes()
	return si, nil
}

// irisRoutes lists what the simulator serves in IRIS's name; openapi.yaml describes the same.
func (si *Simulator) irisRoutes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", si.token)
	mux.HandleFunc("POST /token/v2", si.tokenV2)

	mux.HandleFunc("POST "+synchronizationPath, si.synchronize)
	mux.HandleFunc("GET /api/rental/v1/contract-items", si.getContractItems)
	mux.HandleFunc("GET /api/rental/v1/contracts", si.getContracts)
	mux.HandleFunc("GET /api/rental/v1/contracts/{id}", si.getContract)

	mux.HandleFunc("GET /api/asset/v1/assets", si.getAssets)
	mux.HandleFunc("POST /api/asset/v1/assets", si.createAssets)
	mux.HandleFunc("GET /api/asset/v1/assets/{id}", si.getAsset)
	mux.HandleFunc("PATCH /api/asset/v1/assets/{id}", si.patchAsset)
	mux.HandleFunc("POST /api/asset/v1/assets/onboard", si.onboardAsset)
	mux.HandleFunc("POST /api/asset/v1/assets/{id}/offboard", si.offboardAsset)
	mux.HandleFunc("GET /api/asset/v2/assets", si.getAssetsV2)
	mux.HandleFunc("PATCH /api/asset/v2/assets", si.patchAssets)
	mux.HandleFunc("GET /api/asset/v2/assets/{id}", si.getAsset)

	mux.HandleFunc("GET /api/site/v1/sites", si.getSites)
	mux.HandleFunc("POST /api/site/v1/sites", si.createSite)
	mux.HandleFunc("GET /api/site/v1/sites/{id}", si.getSite)
	mux.HandleFunc("PATCH /api/site/v1/sites/{id}", si.patchSite)
	mux.HandleFunc("DELETE /api/site/v1/sites/{id}", si.deleteSite)

	mux.HandleFunc("GET /api/customer/v1/customers", si.getCustomers)
	mux.HandleFunc("POST /api/customer/v1/customers", si.createCustomer)
	mux.HandleFunc("GET /api/customer/v1/customers/{id}", si.getCustomer)
	mux.HandleFunc("PATCH /api/customer/v1/customers/{id}", si.patchCustomer)
	mux.HandleFunc("DELETE /api/customer/v1/customers/{id}", si.deleteCustomer)

	mux.HandleFunc("GET /api/custom-fields/v1/definitions", si.getDefinitions)
	mux.HandleFunc("POST /api/custom-fields/v1/definitions", si.createDefinition)
	mux.HandleFunc("PATCH /api/custom-fields/v1/definitions/{id}", si.patchDefinition)
	mux.HandleFunc("DELETE /api/custom-fields/v1/definitions/{id}", si.deleteDefinition)
	mux.HandleFunc("GET /api/custom-fields/v1/values", si.getValues)
	mux.HandleFunc("POST /api/custom-fields/v1/values", si.createValue)
	mux.HandleFunc("PATCH /api/custom-fields/v1/values/{id}", si.patchValue)
	mux.HandleFunc("DELETE /api/custom-fields/v1/values/{id}", si.deleteValue)
	mux.HandleFunc("POST /api/custom-fields/v1/set-values/{$}", si.setValues)

	mux.HandleFunc("GET "+fleetPath+"{page}", si.getFleet)
	mux.HandleFunc("GET "+fleetPath+"Equipment/ID/{id...}", si.getEquipment)

	mux.HandleFunc("GET /{$}", si.toOverview)
	mux.HandleFunc("/", notServed)
	return mux
}

// ServeHTTP answers one request. A connection that is to be cut ends with [http.ErrAbortHandler].
func (si *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/simulator" || strings.HasPrefix(r.URL.Path, "/simulator/") {
		si.control.ServeHTTP(w, r)
		return
	}

	si.ledger.requests.Add(1)
	fault := si.script.next(w, r)
	if !wait(r.Context(), si.options.Latency+fault.latency) {
		panic(http.ErrAbortHandler)
	}
	si.serveWith(fault, w, r)
}

// answer is IRIS when nothing goes wrong on purpose: who are you, not so fast, here you are.
func (si *Simulator) answer(w http.ResponseWriter, r *http.Request) {
	sw := &statusWriter{ResponseWriter: w}
	if si.admit(sw, r) {
		si.iris.ServeHTTP(sw, r)
	}
	si.ledger.answered(r, sw.status)
}

// admit answers itself, and returns false, when the request may not go on.
func (si *Simulator) admit(w http.ResponseWriter, r *http.Request) bool {
	path, now := r.URL.Path, si.clock.now()
	if path == "/" || path == "/token" || path == "/token/v2" {
		return true
	}
	if !si.tokens.valid(bearer(r), now) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		writeError(w, http.StatusUnauthorized, "unauthorized", "the access token is missing, wrong or too old")
		return false
	}

	free, after := si.limit(path, now)
	if !free {
		tooMany(w, after)
	}
	return free
}

// limit returns how long to wait when the account has asked too often. What is not served does not count
// as a use of its URL.
func (si *Simulator) limit(path string, now time.Time) (free bool, after time.Duration) {
	ceiling := si.pages
	switch {
	case strings.HasPrefix(path, "/api/"):
		return si.pace.take(now)
	case !strings.HasPrefix(path, fleetPath):
		return true, 0
	case strings.HasPrefix(path, fleetPath+"Equipment/"):
		ceiling = si.single
	}
	if free, after := ceiling.take(now); !free {
		return false, after
	}
	return si.urls.take(path, now)
}

// statusWriter remembers the status that went out.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status on its way.
func (sw *statusWriter) WriteHeader(status int) {
	if sw.status == 0 {
		sw.status = status
	}
	sw.ResponseWriter.WriteHeader(status)
}

// Write notes the status that a body implies.
func (sw *statusWriter) Write(p []byte) (int, error) {
	if sw.status == 0 {
		sw.status = http.StatusOK
	}
	return sw.ResponseWriter.Write(p)
}

// wait returns false when the context ends first.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()

	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
