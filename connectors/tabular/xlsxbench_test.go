//go:build unix

package tabular

import (
	"bytes"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"rentalsync/pipeline"
)

// bookOf is a workbook with rows of 20 columns: texts that repeat and texts that
// do not, numbers, and dates by their style.
func bookOf(b *testing.B, rows int) []byte {
	b.Helper()
	f := excelize.NewFile()
	defer f.Close()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		b.Fatal(err)
	}
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	cells := make([]any, 20)
	for i := range cells {
		cells[i] = fmt.Sprintf("Spalte%d", i)
	}
	for row := 1; row <= rows+1; row++ {
		if row > 1 {
			for i := range cells {
				cells[i] = benchCell(row, i, style)
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", row), cells); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func benchCell(row, col, style int) any {
	switch col % 5 {
	case 0:
		return fmt.Sprintf("%06d", row)
	case 1:
		return excelize.Cell{StyleID: style, Value: 46000 + row%365}
	case 2:
		return float64(row) * 1.25
	case 3:
		return "Müller & Söhne GmbH"
	default:
		return row
	}
}

// BenchmarkReadXLSX reads a hundred thousand rows, and lets excelize read them
// in the same run.
func BenchmarkReadXLSX(b *testing.B) {
	const rows = 100_000
	book := bookOf(b, rows)
	b.SetBytes(int64(len(book)))
	b.ReportAllocs()
	ours, others, peak := time.Duration(0), time.Duration(0), uint64(0)

	for b.Loop() {
		start := cpuTime(b)
		peak = max(peak, peakOf(func() { readBook(b, book, rows) }))
		mid := cpuTime(b)

		b.StopTimer()
		readExcelize(b, book, rows)
		ours, others = ours+mid-start, others+cpuTime(b)-mid
		b.StartTimer()
	}
	b.ReportMetric(ours.Seconds()/others.Seconds(), "of-excelize")
	b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
}

// peakOf is how much the heap grows while something is done.
func peakOf(do func()) uint64 {
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)

	var peak atomic.Uint64
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			peak.Store(max(peak.Load(), now.HeapAlloc))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	do()
	close(done)
	<-stopped
	return peak.Load() - min(peak.Load(), before.HeapAlloc)
}

func readBook(b *testing.B, book []byte, want int) {
	rows := 0
	for _, err := range New().Rows(b.Context(), bytes.NewReader(book), "night.xlsx", pipeline.Dialect{Format: "xlsx"}) {
		if err != nil {
			b.Fatal(err)
		}
		rows++
	}
	if rows != want {
		b.Fatal(rows)
	}
}

func readExcelize(b *testing.B, book []byte, want int) {
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	rows, err := f.Rows("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for rows.Next() {
		if _, err := rows.Columns(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	if n != want+1 {
		b.Fatal(n)
	}
}
