package transforms

import (
	"math"
	"strconv"
	"time"
)

// The days that a workbook can count: the last is 9999-12-31.
const (
	lastSerial     = 2958465
	lastSerial1904 = lastSerial - 1462

	// Lotus 1-2-3 had a 29th of February in 1900, and Excel has it, too.
	noSuchDay = 60
)

// ExcelDate reads the number of a day as workbooks count them: 46347 is
// 2026-11-21, and a fraction is the time, 46347.3125 half past seven. A workbook
// counts from 1900, or, where it was first saved on an old Mac, from 1904.
func ExcelDate(cell string, since1904 bool) (Civil, error) {
	text := trimBlank(cell)
	serial, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(serial) {
		return Civil{}, foundIn("date", text, misread("", "is no number of a day"))
	}
	first, last, epoch := 1.0, float64(lastSerial), time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	if since1904 {
		first, last, epoch = 0, lastSerial1904, time.Date(1904, time.January, 1, 0, 0, 0, 0, time.UTC)
	}
	if serial < first || serial >= last+1 {
		return Civil{}, foundIn("date", text, misread("format the column as a date in the workbook, or say under dates how its digits are written",
			"the number is no day of a workbook, which has %d to %d", int(first), int(last)))
	}

	whole := math.Floor(serial)
	seconds := int(math.Round((serial - whole) * 86400))
	day := int(whole)
	switch {
	case since1904:
	case day == noSuchDay:
		return Civil{}, foundIn("date", text, misread("", "it is 1900-02-29, a day that only spreadsheets have"))
	case day < noSuchDay:
		day++
	}
	at := epoch.AddDate(0, 0, day).Add(time.Duration(seconds) * time.Second)
	c := civilOf(at)
	c.HasTime = seconds > 0
	return c, checkYear(text, c)
}

// checkYear tells of a time that was rounded beyond the calendar.
func checkYear(text string, c Civil) error {
	if c.Year <= 9999 {
		return nil
	}
	return foundIn("date", text, misread("", "it lies beyond the year 9999"))
}

var isoTime, _ = ParseDateForm("YYYY-MM-DDTHH:mm:ss")

// ISOTime reads a date as workbooks hold it: 2026-11-21, or with a time
// 2026-11-21T07:30:00. A time alone is an error: it is of no day.
func ISOTime(cell string) (Civil, error) {
	text := trimBlank(cell)
	if _, _, _, clock := cutClock(text); clock {
		return Civil{}, foundIn("date", text, misread("join it with its date in the ERP's export", "is a time without a date"))
	}
	if len(text) > len("2026-11-21") {
		return isoTime.Parse(text)
	}
	return isoDate.Parse(text)
}
