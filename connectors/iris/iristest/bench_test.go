package iristest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"rentalsync/connectors/iris/iristest"
)

// BenchmarkSynchronize is the handler alone; each asset comes again and again.
func BenchmarkSynchronize(b *testing.B) {
	si, err := iristest.New(iristest.Options{Fleet: 10_000})
	if err != nil {
		b.Fatal(err)
	}
	token, serials := "Bearer "+si.Token(), si.Serials()
	var next atomic.Int64
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := int(next.Add(1))
			serial := serials[i%len(serials)]
			r := httptest.NewRequest(http.MethodPost, synchronization, strings.NewReader(wholeOf(serial, i%len(serials))))
			r.Header.Set("Authorization", token)
			w := httptest.NewRecorder()
			si.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Errorf("got status %d: %s", w.Code, w.Body)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sync/s")
}

// BenchmarkSynchronizeOverHTTP has the client on the same two cores.
func BenchmarkSynchronizeOverHTTP(b *testing.B) {
	si, err := iristest.New(iristest.Options{Fleet: 10_000})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(si)
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	defer client.CloseIdleConnections()

	token, serials := "Bearer "+si.Token(), si.Serials()
	var next atomic.Int64
	b.SetParallelism(8)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := int(next.Add(1))
			r, _ := http.NewRequest(http.MethodPost, server.URL+synchronization, strings.NewReader(wholeOf(serials[i%len(serials)], i%len(serials))))
			r.Header.Set("Authorization", token)
			response, err := client.Do(r)
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sync/s")
}

// BenchmarkMemoryOfABigNight synchronizes 100,000 assets once and says what is left of it.
func BenchmarkMemoryOfABigNight(b *testing.B) {
	for b.Loop() {
		si, err := iristest.New(iristest.Options{Fleet: 100_000})
		if err != nil {
			b.Fatal(err)
		}
		token := "Bearer " + si.Token()
		for i, serial := range si.Serials() {
			r := httptest.NewRequest(http.MethodPost, synchronization, strings.NewReader(wholeOf(serial, i)))
			r.Header.Set("Authorization", token)
			si.ServeHTTP(httptest.NewRecorder(), r)
		}
		var memory runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&memory)
		b.ReportMetric(float64(memory.HeapAlloc)/1e6, "MB")
		runtime.KeepAlive(si)
	}
}

func wholeOf(serial string, i int) string {
	text := strings.Replace(whole, "WJX00213", serial, 1)
	text = strings.Replace(text, "A-100482", fmt.Sprintf("A-%d", i), 1)
	text = strings.Replace(text, "C-77120/3", fmt.Sprintf("C-%d/%d", i/3, i), 1)
	return strings.Replace(text, `"C-77120"`, fmt.Sprintf(`"C-%d"`, i/3), 1)
}

// BenchmarkNewWithABigFleet is what a start costs.
func BenchmarkNewWithABigFleet(b *testing.B) {
	for b.Loop() {
		if _, err := iristest.New(iristest.Options{Fleet: 100_000}); err != nil {
			b.Fatal(err)
		}
	}
}
