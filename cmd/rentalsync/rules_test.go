package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"rentalsync/connectors/iris/iristest"
)

// ruleSeeds is how many companies live in the tests of the rules;
// RENTALSYNC_RULE_SEEDS asks for more.
func ruleSeeds() uint64 {
	if n, err := strconv.ParseUint(os.Getenv("RENTALSYNC_RULE_SEEDS"), 10, 32); err == nil {
		return n
	}
	return 4
}

const ruleNights = 6

// ruleFlow is what the config of a seed says of what is no longer named.
func ruleFlow(seed uint64) (nights int, asset string) {
	random := rand.New(rand.NewPCG(seed, 5))
	return 1 + random.IntN(2), []string{"report", "OTHER"}[random.IntN(2)]
}

// TestNightsOfARentalCompanyEndAsTheRulesSay lets companies live, whose ERPs have
// their own words and habits, and compares what IRIS holds after every night with
// the rules as they are kept on paper.
func TestNightsOfARentalCompanyEndAsTheRulesSay(t *testing.T) {
	t.Parallel()
	for seed := range ruleSeeds() {
		style := styles[seed%uint64(len(styles))]
		t.Run(fmt.Sprintf("%s %d", style, seed), func(t *testing.T) {
			t.Parallel()
			feeds := newFeeds(seed, style)
			c, r, h := newCompany(seed, feeds), newRegister(ruleFlow(seed)), newHouse(t, seed, feeds)
			for night := range ruleNights {
				c.live(night)
				files := c.drop(night)
				h.night(t, r, files)
				h.night(t, r, c.again(files, night))
			}
		})
	}
}

// ruleHouse is the program at a company, with an IRIS of its own.
type ruleHouse struct {
	dir       string
	simulator *iristest.Simulator
	told      strings.Builder // everything that was dropped
}

func newHouse(t *testing.T, seed uint64, feeds []*feed) *ruleHouse {
	t.Helper()
	var serials []string
	for i := range machineCount {
		serials = append(serials, fmt.Sprintf("SN-%03d", i))
	}
	simulator, err := iristest.New(iristest.Options{Serials: serials, Nulls: iristest.NullsClear})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(simulator)
	t.Cleanup(server.Close)

	h := &ruleHouse{dir: t.TempDir(), simulator: simulator}
	nights, asset := ruleFlow(seed)
	absent := fmt.Sprintf("{asset: %s, nights: %d}", asset, nights)
	h.write(t, "rentalsync.yaml", strings.NewReplacer("http://127.0.0.1:8080", server.URL, "flow: model", "flow: model\n    absent: "+absent).Replace(modelConfig))
	for _, f := range feeds {
		h.write(t, "mappings/"+f.name+".yaml", f.mapping())
		h.told.WriteString(f.mapping())
	}
	return h
}

func (h *ruleHouse) write(t *testing.T, name, content string) {
	t.Helper()
	path := filepath.Join(h.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// night drops files, works them, and compares.
func (h *ruleHouse) night(t *testing.T, r *register, files []*ruleFile) {
	t.Helper()
	if len(files) == 0 {
		return
	}
	h.dropAll(t, files)
	h.once(t)
	r.work(files[0].date, files)
	h.compare(t, r)
}

func (h *ruleHouse) dropAll(t *testing.T, files []*ruleFile) {
	t.Helper()
	for _, f := range files {
		h.write(t, "inbox/"+f.fileName(), f.text())
		fmt.Fprintf(&h.told, "\n--- %s\n%s", f.fileName(), f.text())
	}
}

// once works what lies in the drop.
func (h *ruleHouse) once(t *testing.T) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := func(name string) (string, bool) { return "demo", name == "IRIS_CLIENT_SECRET" }
	code := run([]string{"once", "--json", "-c", filepath.Join(h.dir, "rentalsync.yaml")}, nil, &stdout, &stderr, env)
	if code != 0 && code != exitAttention {
		t.Fatalf("once ended with %d: %s%s\nafter%s", code, stdout.String(), stderr.String(), h.told.String())
	}
	return stdout.String()
}

// ruleHeld is the part of what IRIS holds that the rules speak of.
type ruleHeld struct {
	RentalStatus  string
	ContractItems []struct {
		ExternalReference       string
		OnRentDate, OffRentDate string
		Contract                struct {
			ExternalReference, ContractStatus string
			Customer                          struct{ Name string }
		}
	}
}

func (h *ruleHouse) held(t *testing.T, serial string) (held ruleHeld, known bool) {
	t.Helper()
	raw := h.simulator.Held(serial)
	if raw == nil {
		return held, false
	}
	if err := json.Unmarshal(raw, &held); err != nil {
		t.Fatal(err)
	}
	return held, true
}

// compare tells each machine and each contract as the rules have it and as IRIS
// holds it.
func (h *ruleHouse) compare(t *testing.T, r *register) {
	t.Helper()
	want, got := r.documents(), map[string]string{}
	for i := range machineCount {
		serial := fmt.Sprintf("SN-%03d", i)
		held, known := h.held(t, serial)
		if !known {
			continue
		}
		var items []string
		for _, i := range held.ContractItems {
			if want := r.status(i.Contract.ExternalReference); i.Contract.ContractStatus != want {
				t.Errorf("contract %s is %s in IRIS, want %s", i.Contract.ExternalReference, i.Contract.ContractStatus, want)
			}
			text := fmt.Sprintf("\n%s of %s from %s", i.ExternalReference, i.Contract.ExternalReference, i.OnRentDate[:10])
			switch {
			case i.OffRentDate == "":
				text += " open for " + i.Contract.Customer.Name
			case strings.Contains(want[serial], text+" until "):
				text += " until " + i.OffRentDate[:10] + " for " + i.Contract.Customer.Name
			default:
				text += " to " + i.OffRentDate[:10]
			}
			items = append(items, text)
		}
		slices.Sort(items)
		got[serial] = held.RentalStatus + strings.Join(items, "")
	}
	if diff := cmp.Diff(byLine(want), byLine(got)); diff != "" {
		t.Errorf("after %s (-rules +IRIS):\n%s", r.today, diff)
	}
	if t.Failed() {
		t.Fatalf("the files were:\n%s", h.told.String())
	}
}

// byLine lets a difference show whole lines.
func byLine(docs map[string]string) map[string][]string {
	lines := map[string][]string{}
	for serial, doc := range docs {
		lines[serial] = strings.Split(doc, "\n")
	}
	return lines
}
