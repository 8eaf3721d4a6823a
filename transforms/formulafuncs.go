package transforms

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A function is what a formula may call: by name, with so many values of
// these kinds. One that takes a value more or less is a function of its own.
type function struct {
	name  string
	usage string
	takes []kind
	gives kind
	build func(env FormulaEnv) caller
}

// caller is a function in the form the engine calls it.
type caller = func(args ...any) (any, error)

// functions are all that formulas may call.
var functions = []function{
	{"blank", "blank(x)", []kind{textKind}, boolKind, always(callBlank)},
	{"date", "date(x)", []kind{textKind}, dateKind, dateCaller},
	{"left", "left(x, 3)", []kind{textKind, numberKind}, textKind, always(callLeft)},
	{"length", "length(x)", []kind{textKind}, numberKind, always(callLength)},
	{"lookup", lookupUsage, []kind{textKind, textKind}, textKind, lookupCaller},
	{"lookup", lookupUsage, []kind{textKind, textKind, textKind}, textKind, lookupCaller},
	{"lower", "lower(x)", []kind{textKind}, textKind, always(textCaller(strings.ToLower))},
	{"number", "number(x)", []kind{textKind}, numberKind, numberCaller},
	{"pad", padUsage, []kind{textKind, numberKind}, textKind, always(callPad)},
	{"pad", padUsage, []kind{textKind, numberKind, textKind}, textKind, always(callPad)},
	{"part", `part(x, "-", 2)`, []kind{textKind, textKind, numberKind}, textKind, always(callPart)},
	{"replace", `replace(x, "ß", "ss")`, []kind{textKind, textKind, textKind}, textKind, always(callReplace)},
	{"right", "right(x, 3)", []kind{textKind, numberKind}, textKind, always(callRight)},
	{"round", "round(n, 2)", []kind{numberKind, numberKind}, numberKind, always(callRound)},
	{"split", `split(x, "-", 2)`, []kind{textKind, textKind, numberKind}, textKind, always(callPart)},
	{"substring", "substring(x, 2, 5)", []kind{textKind, numberKind, numberKind}, textKind, always(callSubstring)},
	{"text", "text(n)", []kind{numberKind}, textKind, always(callText)},
	{"trim", "trim(x)", []kind{textKind}, textKind, always(textCaller(trimBlank))},
	{"upper", "upper(x)", []kind{textKind}, textKind, always(textCaller(strings.ToUpper))},
}

const (
	lookupUsage = `lookup("table", x) or lookup("table", x, "otherwise")`
	padUsage    = `pad(x, 6) or pad(x, 6, "0")`
)

// joinFunction is what + becomes between texts; it takes any number of them.
var joinFunction = function{name: "+", gives: textKind, build: always(callJoin)}

// divideFunction is what / becomes, since a float divides by zero in silence.
var divideFunction = function{name: "/", takes: []kind{numberKind, numberKind}, gives: numberKind, build: always(callDivide)}

// foreignFunctions are what admins look for out of other languages.
var foreignFunctions = map[string]string{
	"if":          `write condition ? "then" : "else"`,
	"ifs":         `write condition ? "then" : "else"`,
	"concat":      "write + to join texts",
	"concatenate": "write + to join texts",
	"and":         "write a and b",
	"or":          "write a or b",
	"not":         "write not a",
	"len":         "write length(x)",
	"mid":         "write substring(x, 2, 5), counted from 1",
	"substr":      "write substring(x, 2, 5), counted from 1",
	"value":       "write number(x)",
	"int":         "write number(x)",
	"float":       "write number(x)",
	"string":      "write text(n)",
	"substitute":  `write replace(x, "from", "to")`,
	"vlookup":     "write " + lookupUsage,
	"isblank":     "write blank(x)",
	"today":       "formulas know no clock, so that a file gives the same result every day",
	"now":         "formulas know no clock, so that a file gives the same result every day",
	"contains":    `write x contains "GmbH"`,
	"startswith":  `write x startsWith "SUMME"`,
	"endswith":    `write x endsWith "GmbH"`,
}

// FunctionNames lists the functions a formula may call, in order.
func FunctionNames() []string {
	var names []string
	for _, fn := range functions {
		names = append(names, fn.name)
	}
	names = append(names, "col")
	slices.Sort(names)
	return slices.Compact(names)
}

// FunctionUsage shows how a function is written, as pad(x, 6); it is "" for
// one that is not there.
func FunctionUsage(name string) string {
	if name == "col" {
		return `col("Geräte-Nr.")`
	}
	for _, fn := range functions {
		if fn.name == name {
			return fn.usage
		}
	}
	return ""
}

// signature is the function's type as the engine needs it.
func (fn function) signature() reflect.Type {
	if fn.name == joinFunction.name {
		return reflect.TypeFor[func(...string) string]()
	}
	in := make([]reflect.Type, len(fn.takes))
	for i, k := range fn.takes {
		in[i] = k.goType()
	}
	return reflect.FuncOf(in, []reflect.Type{fn.gives.goType()}, false)
}

func (k kind) goType() reflect.Type {
	switch k {
	case numberKind:
		return reflect.TypeFor[float64]()
	case dateKind:
		return reflect.TypeFor[time.Time]()
	case boolKind:
		return reflect.TypeFor[bool]()
	}
	return reflect.TypeFor[string]()
}

// always is for a function that needs nothing of the mapping.
func always(call caller) func(FormulaEnv) caller {
	return func(FormulaEnv) caller { return call }
}

// textCaller calls a function of one text. An unchanged text is given back as
// it came, since a new value in an interface costs memory.
func textCaller(change func(string) string) caller {
	return func(args ...any) (any, error) {
		before := args[0].(string)
		after := change(before)
		if after == before {
			return args[0], nil
		}
		return after, nil
	}
}

func numberCaller(env FormulaEnv) caller {
	return func(args ...any) (any, error) {
		cell := args[0].(string)
		if isBlankText(cell) {
			return nil, errors.New("number(x): the cell is blank, ask blank(x) first")
		}
		value, err := floatOf(env.Number, cell)
		if err != nil {
			return nil, fmt.Errorf("number(x): %w", err)
		}
		return value, nil
	}
}

func dateCaller(env FormulaEnv) caller {
	return func(args ...any) (any, error) {
		cell := args[0].(string)
		if isBlankText(cell) {
			return nil, errors.New("date(x): the cell is blank, ask blank(x) first")
		}
		c, err := env.Dates.Parse(cell)
		if err != nil {
			return nil, fmt.Errorf("date(x): %w", err)
		}
		return c.asUTC(), nil
	}
}

// fewCodes are so many codes that a fault can name them all.
const fewCodes = 3

// lookupCaller reads a code table. A code that nobody wrote down is an error,
// unless the formula says what it should be.
func lookupCaller(env FormulaEnv) caller {
	return func(args ...any) (any, error) {
		name, raw := args[0].(string), args[1].(string)
		codes := env.Tables[name]
		if meaning, ok := codes.Lookup(raw); ok {
			return meaning, nil
		}
		if len(args) > 2 {
			return args[2], nil
		}
		if near, ok := codes.Near(raw); ok {
			return nil, fmt.Errorf("lookup(%q, x): unknown code %q, the table has %q", name, shorten(raw), near)
		}
		if known := codes.Keys(); len(known) <= fewCodes {
			return nil, fmt.Errorf("lookup(%q, x): unknown code %q, the table knows %s", name, shorten(raw), strings.Join(known, ", "))
		}
		return nil, fmt.Errorf("lookup(%q, x): unknown code %q, add it to the table or a third value for all others", name, shorten(raw))
	}
}

func callBlank(args ...any) (any, error) {
	return isBlankText(args[0].(string)), nil
}

func callLength(args ...any) (any, error) {
	return float64(utf8.RuneCountInString(args[0].(string))), nil
}

func callLeft(args ...any) (any, error) {
	count, err := countOf("left(x, n)", args[1])
	if err != nil {
		return nil, err
	}
	return between(args[0].(string), 1, count), nil
}

func callRight(args ...any) (any, error) {
	text := args[0].(string)
	count, err := countOf("right(x, n)", args[1])
	if err != nil {
		return nil, err
	}
	from := utf8.RuneCountInString(text) - count + 1
	return between(text, max(from, 1), len(text)), nil
}

func callSubstring(args ...any) (any, error) {
	from, err := countOf("substring(x, from, to)", args[1])
	if err != nil {
		return nil, err
	}
	to, err := countOf("substring(x, from, to)", args[2])
	if err != nil {
		return nil, err
	}
	if from < 1 || to < from {
		return nil, fmt.Errorf("substring(x, from, to): the characters %d to %d are none, they are counted from 1", from, to)
	}
	return between(args[0].(string), from, to), nil
}

func callPad(args ...any) (any, error) {
	to, err := countOf("pad(x, n)", args[1])
	if err != nil {
		return nil, err
	}
	with := "0"
	if len(args) > 2 {
		with = args[2].(string)
	}
	if to > widest || utf8.RuneCountInString(with) != 1 {
		return nil, fmt.Errorf("pad(x, n, with): it pads up to %d characters with one character, not to %d with %q", widest, to, shorten(with))
	}
	return padLeft(args[0].(string), to, with), nil
}

func callPart(args ...any) (any, error) {
	by, take := args[1].(string), args[2].(float64)
	if by == "" || take != math.Trunc(take) || take == 0 || math.Abs(take) > maxText {
		return nil, fmt.Errorf(`part(x, by, n): there is no part %v by %q, 1 is the first and -1 the last`, take, shorten(by))
	}
	return partOf(args[0].(string), by, int(take)), nil
}

func callReplace(args ...any) (any, error) {
	text, from, to := args[0].(string), args[1].(string), args[2].(string)
	if from == "" {
		return nil, errors.New("replace(x, from, to): from is blank, name the text to replace")
	}
	growth := strings.Count(text, from) * (len(to) - len(from))
	if len(text)+growth > max(maxText, len(text)) {
		return nil, tooLong("replace(x, from, to)")
	}
	return strings.ReplaceAll(text, from, to), nil
}

func callRound(args ...any) (any, error) {
	value := args[0].(float64)
	places, err := countOf("round(n, places)", args[1])
	if err != nil {
		return nil, err
	}
	if places > mostDecimals {
		return nil, fmt.Errorf("round(n, places): %d places are more than %d", places, mostDecimals)
	}
	shift := math.Pow10(places)
	return math.Round(value*shift) / shift, nil
}

func callText(args ...any) (any, error) {
	text, err := numberText(args[0].(float64))
	if err != nil {
		return nil, fmt.Errorf("text(n): %v cannot be written as a number", args[0])
	}
	return text, nil
}

func callJoin(args ...any) (any, error) {
	size := 0
	for _, arg := range args {
		size += len(arg.(string))
	}
	if size > maxText {
		return nil, tooLong("+")
	}
	if len(args) == 2 {
		return args[0].(string) + args[1].(string), nil
	}

	var b strings.Builder
	b.Grow(size)
	for _, arg := range args {
		b.WriteString(arg.(string))
	}
	return b.String(), nil
}

func callDivide(args ...any) (any, error) {
	dividend, divisor := args[0].(float64), args[1].(float64)
	if divisor == 0 {
		return nil, fmt.Errorf("/: %v cannot be divided by 0, ask whether the divisor is 0 first", dividend)
	}
	return dividend / divisor, nil
}

func tooLong(by string) error {
	return fmt.Errorf("%s: the text grows beyond %d characters", by, maxText)
}

// countOf reads a number of characters or places.
func countOf(usage string, arg any) (int, error) {
	value := arg.(float64)
	if value != math.Trunc(value) || value < 0 || value > maxText {
		return 0, fmt.Errorf("%s: %v is not a whole number from 0 on", usage, value)
	}
	return int(value), nil
}

// floatOf reads a cell for reckoning. Values that are only moved never come
// this way.
func floatOf(format NumberFormat, cell string) (float64, error) {
	text, err := format.Parse(cell)
	if err != nil {
		return 0, err
	}
	return strconv.ParseFloat(text, 64)
}

// isWord tells whether a name can stand in a formula as it is.
func isWord(name string) bool {
	if slices.Contains(reserved, name) {
		return false
	}
	for i, r := range name {
		if r != '_' && r != '$' && !unicode.IsLetter(r) && (i == 0 || !unicode.IsDigit(r)) {
			return false
		}
	}
	return name != ""
}

var reserved = []string{
	"not", "in", "or", "and", "matches", "contains", "startsWith", "endsWith", "let", "if", "else", "true", "false", "nil",
}
