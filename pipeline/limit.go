package pipeline

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Limit is how much of something a night may change: a count, or a share of what
// there was before. The zero value is no limit.
type Limit struct {
	kind limitKind
	n    int // the count; or the share in parts of wholeShare
}

type limitKind uint8

const (
	noLimit limitKind = iota
	countLimit
	shareLimit
)

// wholeShare is 100 %: shares are exact to a ten thousandth of a per cent.
const wholeShare = 1_000_000

// limitCure says how a limit is written.
const limitCure = "write a share of what was there before, such as 5%, or a count, such as 200; 0 lets nothing pass"

// ParseLimit reads "5%", "0.5 %", "200" or "0".
func ParseLimit(text string) (Limit, error) {
	bare := strings.TrimSpace(text)
	if share, is := strings.CutSuffix(bare, "%"); is {
		return parseShare(text, strings.TrimSpace(share))
	}
	n, err := strconv.Atoi(bare)
	switch {
	case err != nil && isDecimal(bare):
		return Limit{}, fmt.Errorf("limit %q is neither a whole number nor a share; %s", text, limitCure)
	case err != nil:
		return Limit{}, fmt.Errorf("limit %q is no number; %s", text, limitCure)
	case n < 0:
		return Limit{}, fmt.Errorf("limit %q is negative; %s", text, limitCure)
	}
	return Limit{countLimit, n}, nil
}

func parseShare(text, share string) (Limit, error) {
	percent, err := strconv.ParseFloat(strings.Replace(share, ",", ".", 1), 64)
	parts := math.Round(percent * wholeShare / 100)
	switch {
	case err != nil || !isDecimal(share):
		return Limit{}, fmt.Errorf("limit %q is no share; %s", text, limitCure)
	case percent < 0:
		return Limit{}, fmt.Errorf("limit %q is negative; %s", text, limitCure)
	case percent > 100:
		return Limit{}, fmt.Errorf("limit %q is more than everything; leave it out for no limit, or write at most 100%%", text)
	case math.Abs(parts-percent*wholeShare/100) > 1e-6:
		return Limit{}, fmt.Errorf("limit %q is finer than any fleet; write at most four decimals", text)
	}
	return Limit{shareLimit, int(parts)}, nil
}

// isDecimal reports whether a text is written with digits, one mark and a sign at
// most: no exponent, no NaN.
func isDecimal(text string) bool {
	return strings.Trim(text, "+-.,0123456789") == "" && strings.ContainsAny(text, "0123456789")
}

// IsSet reports whether there is a limit at all.
func (l Limit) IsSet() bool { return l.kind != noLimit }

// String is the limit as it is written in a config; "" where there is none.
func (l Limit) String() string {
	switch l.kind {
	case countLimit:
		return strconv.Itoa(l.n)
	case shareLimit:
		return l.percent() + "%"
	default:
		return ""
	}
}

// words is the limit as it reads in a sentence.
func (l Limit) words() string {
	if l.kind == shareLimit {
		return l.percent() + " %"
	}
	return l.String()
}

func (l Limit) percent() string {
	return strconv.FormatFloat(float64(l.n)*100/wholeShare, 'f', -1, 64)
}

// Exceeded reports whether n of so many go over the limit. Any part of nothing
// counts as all of it.
func (l Limit) Exceeded(n, of int) bool {
	switch l.kind {
	case countLimit:
		return n > l.n
	case shareLimit:
		n, of = wholeOfNothing(n, of)
		return n*wholeShare > l.n*of
	default:
		return false
	}
}

func wholeOfNothing(n, of int) (int, int) {
	if of == 0 && n > 0 {
		return 1, 1
	}
	return n, of
}

// shareInWords is n of so many as a share. It is rounded up, so that a share
// which is over its limit never reads like the limit.
func (l Limit) shareInWords(n, of int) string {
	n, of = wholeOfNothing(n, of)
	if of == 0 {
		return "0 %"
	}
	steps := 1000 // tenths of a per cent
	if _, decimals, has := strings.Cut(l.percent(), "."); l.kind == shareLimit && has {
		for range len(decimals) - 1 {
			steps *= 10
		}
	}
	up := (n*steps + of - 1) / of
	return strconv.FormatFloat(float64(up)*100/float64(steps), 'f', -1, 64) + " %"
}
