package journal_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"rentalsync/pipeline"
	"rentalsync/pipeline/journal"
	"rentalsync/pipeline/rental"
)

// fleetSize is the number of assets, and of items, that benchmarks work with.
const fleetSize = 100_000

// bigFleet yields a fleet with an open item on every asset, three items to a
// contract and ten contracts to a customer.
func bigFleet(size, version int) []rental.Entity {
	list := make([]rental.Entity, 0, 3*size)
	for i := range 20 {
		list = append(list, depot(fmt.Sprintf("D%02d", i), said{rental.Name: "Depot", rental.SiteID: fmt.Sprint(i)}))
	}
	for i := range size/30 + 1 {
		list = append(list, customer(fmt.Sprintf("C%06d", i), said{rental.Name: fmt.Sprintf("Bauunternehmung %d GmbH", i), rental.CustomerType: "CONTRACTOR", rental.City: "Hamburg", rental.Zip: "20095"}))
	}
	for i := range size/3 + 1 {
		list = append(list, contract(fmt.Sprintf("K%06d", i), said{rental.CustomerRef: fmt.Sprintf("C%06d", i/10), rental.StartDate: "2026-11-01T06:00:00Z"}))
	}
	for i := range size {
		list = append(list, item(fmt.Sprintf("K%06d/%d", i/3, i%3), said{
			rental.ContractRef: fmt.Sprintf("K%06d", i/3), rental.AssetRef: fmt.Sprintf("%08d", i),
			rental.OnRentDate: "2026-11-01T06:00:00Z", rental.DueDate: "2026-12-01T22:59:59Z", rental.HiringDepot: fmt.Sprintf("D%02d", i%20),
			rental.RateType: "DAILY", rental.RateCurrency: "EUR", rental.RateUnitPrice: fmt.Sprint(100 + version),
		}))
	}
	for i := range size {
		list = append(list, asset(fmt.Sprintf("%08d", i), said{
			rental.IdentifierType: "SERIAL_NUMBER", rental.Identifier: fmt.Sprintf("WNC%09d", i*7), rental.RentalStatus: "ON_RENT",
			rental.OwningDepot: fmt.Sprintf("D%02d", i%20), rental.Make: "Wacker Neuson", rental.Model: "ET65", rental.MeterHours: fmt.Sprint(version),
		}))
	}
	return list
}

func (w *world) stageAll(r pipeline.Run, list []rental.Entity, size int) {
	for len(list) > 0 {
		n := min(size, len(list))
		w.stage(r, list[:n]...)
		list = list[n:]
	}
}

func benchWorld(b *testing.B) (*world, *journal.Journal) {
	w := &world{t: b}
	path := filepath.Join(b.TempDir(), "journal.db")
	w.again = func() store { return nil }
	j, err := journal.Open(context.Background(), journal.Options{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	w.store = j
	b.Cleanup(func() { w.must(w.Close()) })
	return w, j
}

// BenchmarkNights works a first night of a big fleet, a night of few changes, and
// one in which everything changed, and reports how long closing took and how
// long the writer was held at most.
func BenchmarkNights(b *testing.B) {
	for b.Loop() {
		w, j := benchWorld(b)
		night := func(name, date string, list []rental.Entity) pipeline.Run {
			r := w.open(date)
			began := time.Now()
			w.stageAll(r, list, 1000)
			b.ReportMetric(float64(len(list))/time.Since(began).Seconds(), name+"-staged/s")
			b.ReportMetric(float64(j.Stats().LongestHold.Milliseconds()), name+"-stage-hold-ms")

			j.ResetStats()
			began = time.Now()
			closed := w.close(r)
			b.ReportMetric(float64(time.Since(began).Milliseconds()), name+"-close-ms")
			b.ReportMetric(float64(j.Stats().LongestHold.Milliseconds()), name+"-close-hold-ms")
			b.ReportMetric(float64(closed.Due), name+"-due")
			j.ResetStats()
			return r
		}

		first := bigFleet(fleetSize, 0)
		r := night("first", "2026-11-21", first)
		began := time.Now()
		w.work(r, pipeline.Matched)
		b.ReportMetric(fleetSize/time.Since(began).Seconds(), "settled/s")
		j.ResetStats()

		few := bigFleet(fleetSize, 1)
		r = night("few", "2026-11-22", few[len(few)-500:])
		w.work(r, pipeline.Matched)

		j.ResetStats()
		night("all", "2026-11-23", bigFleet(fleetSize, 2))
	}
}

// BenchmarkDispatch does for documents what a worker does around a request, 25
// at a time as with a rate of five a second.
func BenchmarkDispatch(b *testing.B) {
	w, _ := benchWorld(b)
	r := w.open("2026-11-21")
	w.stageAll(r, bigFleet(30_000, 0), 1000)
	w.close(r)

	sent, began := 0, time.Now()
	for b.Loop() {
		due, err := w.Lease(b.Context(), r.ID, "w", 25)
		w.must(err)
		if len(due) == 0 {
			b.Fatal("nothing is left to send")
		}
		for _, k := range w.known(due...) {
			_, err := rental.Assembly{}.Document(&k.Parts)
			w.must(err)
		}
		w.sending("w", due...)
		w.settle("w", pipeline.Matched, due...)
		sent += len(due)
	}
	b.ReportMetric(float64(sent)/time.Since(began).Seconds(), "documents/s")
}

// BenchmarkExtent counts what a night would change that names half of a big
// fleet: everything is asked for, and every tenth customer is new.
func BenchmarkExtent(b *testing.B) {
	w, _ := benchWorld(b)
	fleet := bigFleet(fleetSize, 0)
	r := w.open("2026-11-21")
	w.stageAll(r, fleet, 1000)
	w.close(r)
	w.done(r)

	r = w.open("2026-11-22")
	half := bigFleet(fleetSize, 1)[len(fleet)-fleetSize/2:]
	for i := range fleetSize / 300 {
		half = append(half, customer(fmt.Sprintf("N%06d", i), said{rental.Name: fmt.Sprintf("Bauunternehmung %d AG", i)}))
	}
	w.stageAll(r, half, 1000)
	gone := make([]uint64, fleetSize/2)
	for i := range gone {
		gone[i] = hashOf(rental.Ref{Kind: rental.Asset, Key: fmt.Sprintf("%08d", i)})
	}
	w.miss(r, "m", rental.Asset, gone...)

	var x pipeline.Extent
	for b.Loop() {
		x = w.extent(r, everyExtent())
	}
	if x.AssetsGone.Count != fleetSize/2 || x.NearCustomers.Count != fleetSize/300 {
		b.Errorf("got %d assets gone, %d customers like others", x.AssetsGone.Count, x.NearCustomers.Count)
	}
}
