package iris

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The layouts of times beside RFC 3339; without a zone they are UTC.
var timeLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999Z07",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "20060102T150405Z07:00",
}

// parseTime reads ISO 8601 as machines write it, or the milliseconds or seconds
// since 1970 that some count instead.
func parseTime(said string) (time.Time, error) {
	said = plainTime(said)
	for _, layout := range timeLayouts {
		if at, err := time.Parse(layout, said); err == nil {
			return at.UTC(), nil
		}
	}
	n, err := strconv.ParseInt(said, 10, 64)
	switch {
	case err == nil && len(said) == len("1604042795000"):
		return time.UnixMilli(n).UTC(), nil
	case err == nil && len(said) == len("1604042795"):
		return time.Unix(n, 0).UTC(), nil
	}
	return time.Time{}, errors.New("it is no date and time")
}

var datedByWCF = regexp.MustCompile(`^/Date\((\d+)(?:[+-]\d{4})?\)/$`)

// plainTime is a time without what only some write: a blank for the T, blanks
// around the zone, its name, small letters, and the frame of .NET's services.
func plainTime(said string) string {
	if wcf := datedByWCF.FindStringSubmatch(said); wcf != nil {
		return wcf[1]
	}
	said, _, _ = strings.Cut(strings.ToUpper(said), "[")
	for _, zone := range []string{"UTC", "GMT"} {
		if local, found := strings.CutSuffix(said, zone); found {
			said = local + "Z"
		}
	}
	if strings.Contains(said, "T") {
		return strings.ReplaceAll(said, " ", "")
	}
	return strings.ReplaceAll(strings.Replace(said, " ", "T", 1), " ", "")
}

var errNoNumber = errors.New("it is no number")

// parseDecimal reads a number as XML and JSON write it, and nothing that is
// only a number to Go.
func parseDecimal(said string) (float64, error) {
	if strings.Trim(said, "+-.0123456789eE") != "" {
		if strings.Trim(said, "+-.,0123456789") == "" {
			return 0, errors.New("it is no number: the decimals follow a point, not a comma")
		}
		return 0, errNoNumber
	}
	n, err := strconv.ParseFloat(said, 64)
	if err != nil || math.IsInf(n, 0) {
		return 0, errNoNumber
	}
	return n, nil
}

var isoDuration = regexp.MustCompile(`^P(?:0+Y)?(?:0+M)?(?:(\d+(?:\.\d+)?)W)?(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$`)

// parseHours reads a number of hours, or a duration of weeks, days, hours, minutes
// and seconds. Months and years have no number of hours, unless there are none.
func parseHours(said string) (float64, error) {
	if !strings.HasPrefix(said, "P") {
		return parseDecimal(said)
	}
	parts := isoDuration.FindStringSubmatch(strings.ReplaceAll(said, ",", "."))
	if parts == nil || strings.HasSuffix(said, "P") || strings.HasSuffix(said, "T") {
		return 0, errors.New("it is no duration of days, hours, minutes and seconds")
	}
	hours := 0.0
	for i, unit := range []float64{7 * 24, 24, 1, 1. / 60, 1. / 3600} {
		if parts[i+1] == "" {
			continue
		}
		n, err := parseDecimal(parts[i+1])
		if err != nil {
			return 0, err
		}
		hours += n * unit
	}
	return hours, nil
}
