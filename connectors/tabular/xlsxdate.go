package tabular

import (
	"bytes"
	"math"
	"strconv"
	"time"
)

// Workbooks count days. Those that count from 1900 hold that 1900 was a leap
// year: day 60 is the 29 February that never was, and day 0 the day before the
// first. Both are shown as Excel shows them, and are no dates to anybody else.
const (
	secondsPerDay = 24 * 60 * 60
	leapDay       = 60
	lastDay1900   = 2958465 // 9999-12-31
	lastDay1904   = 2957003
)

// serial is a number of days since the start of a workbook's count, and the
// seconds of the day, rounded as Excel does.
type serial struct{ days, seconds int }

func serialOf(n float64) serial {
	days := math.Floor(n)
	s := serial{days: int(days), seconds: int(math.Round((n - days) * secondsPerDay))}
	if s.seconds == secondsPerDay {
		s = serial{days: s.days + 1}
	}
	return s
}

// appendSerial appends a number as the date or time that its format shows; false
// when there is no such day.
func appendSerial(dst []byte, n float64, show cellShow, since1904 bool) ([]byte, bool) {
	last := lastDay1900
	if since1904 {
		last = lastDay1904
	}
	if show == showDuration {
		return appendDuration(dst, n), math.Abs(n) <= lastDay1900
	}
	if n < 0 || n >= float64(last+1) {
		return dst, false
	}

	s := serialOf(n)
	if show == showEither {
		show = showDate
		if n > 0 && s.days == 0 {
			show = showTime
		}
	}
	switch {
	case show == showTime:
		return appendClock(dst, s.seconds), true
	case s.days > last:
		return dst, false
	}
	dst = appendDay(dst, s.days, since1904)
	if show == showMoment || s.seconds > 0 {
		dst = appendClock(append(dst, 'T'), s.seconds)
	}
	return dst, true
}

func appendDay(dst []byte, days int, since1904 bool) []byte {
	first := time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	if !since1904 {
		first = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
		switch {
		case days == 0:
			return append(dst, "1900-01-00"...)
		case days == leapDay:
			return append(dst, "1900-02-29"...)
		case days > leapDay:
			days--
		}
	}
	return first.AddDate(0, 0, days).AppendFormat(dst, time.DateOnly)
}

func appendClock(dst []byte, seconds int) []byte {
	dst = appendTwo(dst, seconds/3600)
	dst = appendTwo(append(dst, ':'), seconds/60%60)
	return appendTwo(append(dst, ':'), seconds%60)
}

func appendTwo(dst []byte, n int) []byte {
	if n < 10 {
		dst = append(dst, '0')
	}
	return strconv.AppendInt(dst, int64(n), 10)
}

// appendDuration appends hours, minutes and seconds, of which the hours may be
// any number.
func appendDuration(dst []byte, n float64) []byte {
	seconds := math.Round(math.Abs(n) * secondsPerDay)
	if n < 0 && seconds > 0 {
		dst = append(dst, '-')
	}
	return appendClock(dst, int(min(seconds, 1e15)))
}

// isoForms are the dates that a cell may hold as text.
var isoForms = []struct {
	layout string
	show   cellShow
}{
	{"2006-01-02", showDate},
	{"2006-01-02T15:04:05.999999999", showMoment},
	{"2006-01-02T15:04:05.999999999Z07:00", showMoment},
	{"2006-01-02 15:04:05.999999999", showMoment},
	{"2006-01-02T15:04", showMoment},
	{"15:04:05.999999999", showTime},
	{"T15:04:05.999999999", showTime},
}

// appendISO appends a date that a cell holds as text. A format that shows a day
// only leaves out midnight.
func appendISO(dst, raw []byte, format cellFormat) ([]byte, bool) {
	text := string(bytes.TrimSpace(raw))
	for _, form := range isoForms {
		at, err := time.Parse(form.layout, text)
		if err != nil {
			continue
		}
		at = at.Round(time.Second)
		layout := "2006-01-02T15:04:05"
		switch midnight := at.Hour()+at.Minute()+at.Second() == 0; {
		case form.show == showTime, format.show == showTime:
			layout = time.TimeOnly
		case form.show == showDate && format.show != showMoment, midnight && format.show == showDate:
			layout = time.DateOnly
		}
		return at.AppendFormat(dst, layout), true
	}
	return dst, false
}
