package tabular

import (
	"math"
	"strconv"
	"time"

	"rentalsync/pipeline/report"
)

// decimalsOf is the number of decimals that a column shows.
func decimalsOf(c report.Column) int {
	switch {
	case c.Type == report.Integer:
		return 0
	case c.Decimals > 0:
		return c.Decimals
	default:
		return 2
	}
}

// formatNumber writes a number without grouping; what is no number is empty.
func formatNumber(n float64, decimals int) string {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return ""
	}
	return strconv.FormatFloat(n, 'f', decimals, 64)
}

// textOf is a cell of a text column: a number or a time may stand there too.
func textOf(cell report.Cell) string {
	switch {
	case cell.Text != "":
		return cell.Text
	case !cell.Time.IsZero():
		return cell.Time.UTC().Format(time.RFC3339)
	default:
		return strconv.FormatFloat(cell.Number, 'f', -1, 64)
	}
}
