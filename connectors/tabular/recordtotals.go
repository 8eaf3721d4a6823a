package tabular

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"rentalsync/pipeline"
)

// agree compares a trailer with the rows before it.
func (f *recordFile) agree(part *recordPart) error {
	if part.Use != pipeline.TableTrailer {
		return nil
	}
	if part.seen == nil {
		return &pipeline.Incomplete{Why: "the trailer is missing" + typeOf(part)}
	}
	if total := part.Totals.Count; total != nil {
		if err := f.agreeCount(part.seen, *total); err != nil {
			return err
		}
	}
	for _, sum := range f.sums {
		if sum.part == part {
			if err := sum.agree(); err != nil {
				return err
			}
		}
	}
	return nil
}

// typeOf names the records of a part, where they have a type.
func typeOf(part *recordPart) string {
	if len(part.Record.Is) == 0 {
		return ""
	}
	return fmt.Sprintf(": no record has %s at %s", strings.Join(part.Record.Is, " or "), place(part.Record.At))
}

func (f *recordFile) agreeCount(trailer *record, total pipeline.Total) error {
	field, err := trailerField(trailer, total.At, "count")
	if err != nil {
		return err
	}
	count, err := strconv.Atoi(field.digits)
	if err != nil || field.negative {
		return noTotal(trailer, total.At, "count")
	}
	if count != f.rows+total.Plus {
		return wrongCount(trailer.line, count, f.rows, total.Plus)
	}
	return nil
}

// trailerField reads a number of a trailer. One that the end of the file cuts
// off is not all there.
func trailerField(trailer *record, at pipeline.Slice, what string) (signed, error) {
	field, is := readSigned(trailer.at(at))
	switch {
	case trailer.open && (!is || trailer.size() < max(at.From, at.To)):
		return signed{}, &pipeline.Incomplete{Why: fmt.Sprintf("the trailer in line %d is cut short", trailer.line)}
	case !is:
		return signed{}, noTotal(trailer, at, what)
	default:
		return field, nil
	}
}

func noTotal(trailer *record, at pipeline.Slice, what string) error {
	return &pipeline.Unreadable{
		Why:  fmt.Sprintf("the trailer in line %d has %q at %s, which is no %s", trailer.line, shortened(trailer.at(at)), place(at), what),
		Hint: "correct the place in totals:",
	}
}

// hashTotal adds up the digits of a column over all rows, to be compared with a
// trailer. Hash totals are cut to the width of their field.
type hashTotal struct {
	part    *recordPart // the trailer
	total   pipeline.Total
	columns []int // of each part, the place of the column; -1 where it has none
	sum     big.Int
	number  big.Int // reused for every row
}

func newHashTotal(trailer *recordPart, total pipeline.Total, parts []*recordPart) (*hashTotal, error) {
	h := &hashTotal{part: trailer, total: total}
	found := false
	for _, part := range parts {
		column := -1
		if part.Use == pipeline.TableRows {
			column = slices.Index(part.names, total.Of)
		}
		h.columns = append(h.columns, column)
		found = found || column >= 0
	}
	if !found {
		return nil, &pipeline.Unreadable{
			Why:  fmt.Sprintf("the trailer is to sum %q, and no part has a column of that name", total.Of),
			Hint: "say sum: {of: with the name of a column, at: …}",
		}
	}
	return h, nil
}

// add counts a row; a cell that is no number is its own row's matter.
func (h *hashTotal) add(part *recordPart, cells []string) {
	column := h.columns[part.index]
	if column < 0 {
		return
	}
	if n, is := readSigned(cells[column]); is {
		h.sum.Add(&h.sum, n.into(&h.number))
	}
}

// agree compares the sum with the trailer, as far as the field is wide.
func (h *hashTotal) agree() error {
	trailer := h.part.seen
	field, err := trailerField(trailer, h.total.At, "sum")
	if err != nil {
		return err
	}

	got, want := new(big.Int).Set(&h.sum), field.into(new(big.Int))
	if width := h.width(field); width > 0 {
		got.Rem(got, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(width)), nil))
	}
	if got.Cmp(want) == 0 {
		return nil
	}
	return &pipeline.Incomplete{
		Why: fmt.Sprintf("the trailer in line %d has %s as the sum of %s, the file has %s", trailer.line, want, h.total.Of, got),
	}
}

// width is the number of digits that the field takes; 0 where nothing bounds it.
func (h *hashTotal) width(field signed) int {
	if h.part.seen.cells != nil {
		return 0
	}
	width := max(h.total.At.To, h.total.At.From) - h.total.At.From + 1
	if field.apart {
		width--
	}
	return width
}

// signed is a number as hosts write it, without its decimals.
type signed struct {
	digits   string
	negative bool
	apart    bool // the sign is a character of its own
}

// into makes a number of it.
func (n signed) into(out *big.Int) *big.Int {
	if small, err := strconv.ParseInt(n.digits, 10, 64); err == nil {
		out.SetInt64(small)
	} else {
		out.SetString(n.digits, 10)
	}
	if n.negative {
		out.Neg(out)
	}
	return out
}

// overpunched are the last digits of zoned numbers, 0 to 9, that carry a sign.
const (
	overpunchedPlus  = "{ABCDEFGHI"
	overpunchedMinus = "}JKLMNOPQR"
)

// readSigned reads the digits of a number, whatever stands between them; the sign
// may lead, follow, or be punched over the last digit.
func readSigned(text string) (n signed, is bool) {
	digits := strings.Trim(text, padding)
	if cut := strings.TrimRight(strings.TrimLeft(digits, "+-"), "+-"); cut != digits {
		n.apart, n.negative, digits = true, strings.Contains(digits, "-"), cut
	} else if digits != "" {
		last := digits[len(digits)-1:]
		if i := strings.Index(overpunchedPlus+overpunchedMinus, last); i >= 0 {
			n.negative = i >= len(overpunchedPlus)
			digits = digits[:len(digits)-1] + strconv.Itoa(i%len(overpunchedPlus))
		}
	}

	n.digits = strings.Map(onlyDigits, digits)
	rest := strings.Trim(strings.Map(onlyOthers, digits), ".,' ")
	return n, n.digits != "" && rest == ""
}

func onlyDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return r
	}
	return -1
}

func onlyOthers(r rune) rune {
	if r >= '0' && r <= '9' {
		return -1
	}
	return r
}
