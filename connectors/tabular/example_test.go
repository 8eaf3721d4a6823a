package tabular_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rentalsync/connectors/tabular"
	"rentalsync/pipeline"
	"rentalsync/pipeline/report"
)

func ExampleReader_Rows() {
	night := "Gerätenr;Status\n004711;V\n004712\n*** ENDE 2 ***\n"
	dialect := pipeline.Dialect{Delimiter: ";", End: "*** ENDE {count}"}

	for row, err := range tabular.New().Rows(context.Background(), strings.NewReader(night), "GERAETE.csv", dialect) {
		var bad *pipeline.RowError
		switch {
		case errors.As(err, &bad):
			fmt.Println("rejected:", bad)
		case err != nil:
			fmt.Println("the file:", err)
		default:
			fmt.Println(row.Origin.Line, row.Header.Names, row.Cells)
		}
	}
	// Output:
	// 2 [Gerätenr Status] [004711 V]
	// rejected: GERAETE.csv line 3: 1 cell where the header has 2; a line break inside a value must be quoted, and a row must not be cut short
}

func ExampleWriteCSV() {
	sheet := report.Sheet{
		Name:    "Meters",
		Columns: []report.Column{{Title: "Asset"}, {Title: "Hours", Type: report.Decimal, Decimals: 1}, {Title: "At", Type: report.Moment}},
		Rows: report.Of([]string{"004711", "=SUM(A1)"}, func(asset string) []report.Cell {
			return []report.Cell{report.T(asset), report.N(1234.5), report.At(time.Date(2026, 11, 21, 4, 30, 0, 0, time.UTC))}
		}),
	}

	var file strings.Builder
	err := tabular.WriteCSV(&file, sheet, tabular.WriteDialect{Delimiter: ";", Decimal: ",", NoBOM: true})
	if err != nil {
		fmt.Println(err)
	}
	fmt.Print(strings.ReplaceAll(file.String(), "\r\n", "\n"))
	// Output:
	// Asset;Hours;At
	// 004711;1234,5;2026-11-21T04:30:00Z
	// '=SUM(A1);1234,5;2026-11-21T04:30:00Z
}
