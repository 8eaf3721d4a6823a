//go:build unix

package tabular

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"rentalsync/pipeline"
)

// nightOf is an export with rows of 20 columns, quotes, delimiters within them
// and umlauts, as the semicolon ERPs write it.
func nightOf(rows int) []byte {
	var b bytes.Buffer
	for i := range 20 {
		fmt.Fprintf(&b, ";Spalte%d", i)
	}
	b.Next(1)
	b.WriteString("\r\n")

	for i := range rows {
		fmt.Fprintf(&b, `%06d;"Teleskopbühne; 12"" Rohr";WJX%08d;"%07d";"Müller & Söhne GmbH";MV-2026-%04d;10;21.11.2026;31.12.9999;V;MUC;"1.250,00";12.345,6;"";x;y;"text";0;1;2`, i, i, i%5000, i%9999)
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

func BenchmarkReadCSV(b *testing.B) {
	utf8Bytes := nightOf(200_000)
	ansi, err := charmap.Windows1252.NewEncoder().Bytes(utf8Bytes)
	if err != nil {
		b.Fatal(err)
	}

	for _, bench := range []struct {
		name, encoding string
		text           []byte
	}{
		{"declared utf-8", "utf-8", utf8Bytes},
		{"undeclared utf-8", "", utf8Bytes},
		{"declared windows-1252", "windows-1252", ansi},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.text)))
			b.ReportAllocs()
			ours, standard := time.Duration(0), time.Duration(0)

			for b.Loop() {
				start := cpuTime(b)
				readNight(b, bench.text, bench.encoding)
				mid := cpuTime(b)

				b.StopTimer()
				readStandard(b, bench.text)
				ours, standard = ours+mid-start, standard+cpuTime(b)-mid
				b.StartTimer()
			}
			b.ReportMetric(float64(len(bench.text))*float64(b.N)/1e6/ours.Seconds(), "MB/cpu-s")
			b.ReportMetric(standard.Seconds()/ours.Seconds(), "x-of-encoding/csv")
		})
	}
}

// cpuTime is what this process has used: unlike the clock, it does not see what
// else the machine does.
func cpuTime(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func readNight(b *testing.B, text []byte, encoding string) {
	rows := 0
	d := pipeline.Dialect{Delimiter: ";", Encoding: encoding}
	for _, err := range New().Rows(b.Context(), bytes.NewReader(text), "night.csv", d) {
		if err != nil {
			b.Fatal(err)
		}
		rows++
	}
	if rows != 200_000 {
		b.Fatal(rows)
	}
}

// readStandard reads with encoding/csv, which decodes nothing and checks
// nothing.
func readStandard(b *testing.B, text []byte) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.ReuseRecord = ';', true
	for {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadCSVWithCROnly(b *testing.B) {
	text := []byte(strings.ReplaceAll(string(nightOf(200_000)), "\r\n", "\r"))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		readNight(b, text, "utf-8")
	}
}

// mastersOf is a file of fixed width with records of 120 characters.
func mastersOf(rows int) []byte {
	var b bytes.Buffer
	for i := range rows {
		fmt.Fprintf(&b, "EQP %08d 310-0450 SUBA %-14s %-14s GS3216P-%-9d O %03d 20190314 %010d %010d C%08d\r\n", i, "GENIE", "GS-1932", i, i%40, i, i*3, i%999)
	}
	return b.Bytes()
}

func BenchmarkReadFixed(b *testing.B) {
	text := mastersOf(200_000)
	host, err := page(b, "cp273").NewEncoder().Bytes(text)
	if err != nil {
		b.Fatal(err)
	}
	columns := []pipeline.Slice{
		{Name: "number", From: 5, To: 12}, {Name: "class", From: 14, To: 21}, {Name: "make", From: 28, To: 41}, {Name: "model", From: 43, To: 56},
		{Name: "serial", From: 58, To: 74}, {Name: "status", From: 76, To: 76}, {Name: "branch", From: 78, To: 80}, {Name: "meter", From: 91, To: 100},
	}
	typed := []pipeline.Table{{Record: recordOf(1, 3, "HDR"), Use: pipeline.TableHeader}, {Record: recordOf(1, 3, "EQP"), Columns: columns}}

	for _, bench := range []struct {
		name    string
		text    []byte
		dialect pipeline.Dialect
	}{
		{"one table", text, pipeline.Dialect{Format: "fixed", Columns: columns}},
		{"record types", text, pipeline.Dialect{Format: "fixed", Parts: typed}},
		{"cp273", host, pipeline.Dialect{Format: "fixed", Encoding: "cp273", Columns: columns}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.text)))
			b.ReportAllocs()
			used := cpuTime(b)
			for b.Loop() {
				rows := 0
				for _, err := range New().Rows(b.Context(), bytes.NewReader(bench.text), "EQMAST", bench.dialect) {
					if err != nil {
						b.Fatal(err)
					}
					rows++
				}
				if rows != 200_000 {
					b.Fatal(rows)
				}
			}
			b.ReportMetric(float64(len(bench.text))*float64(b.N)/1e6/(cpuTime(b)-used).Seconds(), "MB/cpu-s")
		})
	}
}
