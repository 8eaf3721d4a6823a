package iristest

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// members are the names under which the values of the types are sent.
var members = map[string]string{
	"BOOLEAN":      "booleanValue",
	"DATE":         "dateValue",
	"DROPDOWN":     "dropdownValues",
	"EMAIL":        "emailValue",
	"NUMBER":       "numberValue",
	"PHONE_NUMBER": "phoneNumberValue",
	"STRING":       "stringValue",
	"WEB_ADDRESS":  "webAddressValue",
	"JSON":         "jsonValue",
	"MONETARY":     "monetaryValue",
}

// contradiction names the property of a definition that cannot be; "" is none.
func (df *Definition) contradiction() string {
	if _, err := regexp.Compile(df.Pattern); err != nil {
		return "pattern"
	}
	switch {
	case df.Minimum != nil && df.Maximum != nil && *df.Minimum > *df.Maximum:
		return "maximum"
	case df.MinimumLength != nil && df.MaximumLength != nil && *df.MinimumLength > *df.MaximumLength:
		return "maximumLength"
	case df.Type == "DROPDOWN" && len(df.AllValues) == 0:
		return "allValues"
	default:
		return ""
	}
}

// fault says what is wrong with a value of the field; "" is nothing. No value at all is fine.
func (df *Definition) fault(sent map[string]json.RawMessage) string {
	raw, named := sent[members[df.Type]]
	switch {
	case sent == nil:
		return ""
	case !named || len(sent) > 1:
		return "must have the member " + members[df.Type] + " and no other"
	}
	switch df.Type {
	case "NUMBER", "MONETARY":
		return df.numberFault(raw)
	case "BOOLEAN":
		return wrongUnless(raw, new(bool), "must be true or false")
	case "DROPDOWN":
		return df.choiceFault(raw)
	case "JSON":
		return ""
	default:
		return df.textFault(raw)
	}
}

func wrongUnless[T any](raw json.RawMessage, into *T, fault string) string {
	if string(raw) == "null" || json.Unmarshal(raw, into) != nil {
		return fault
	}
	return ""
}

func (df *Definition) numberFault(raw json.RawMessage) string {
	var number float64
	if fault := wrongUnless(raw, &number, "must be a number"); fault != "" {
		return fault
	}
	switch {
	case df.Minimum != nil && number < *df.Minimum:
		return fmt.Sprintf("must be greater than or equal to %v", *df.Minimum)
	case df.Maximum != nil && number > *df.Maximum:
		return fmt.Sprintf("must be less than or equal to %v", *df.Maximum)
	case df.IsInteger && number != math.Trunc(number):
		return "must be a whole number"
	default:
		return ""
	}
}

func (df *Definition) choiceFault(raw json.RawMessage) string {
	var chosen []string
	if fault := wrongUnless(raw, &chosen, "must be a list of texts"); fault != "" {
		return fault
	}
	if len(chosen) > 1 && !df.MultiSelect {
		return "must be one value"
	}
	for _, one := range chosen {
		if !slices.Contains(df.AllValues, one) {
			return "must be one of " + strings.Join(df.AllValues, ", ")
		}
	}
	return ""
}

// forms are what texts of some types look like.
var forms = map[string]*regexp.Regexp{
	"EMAIL":        regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`),
	"PHONE_NUMBER": regexp.MustCompile(`^\+?[0-9][0-9 ()/.-]{3,}$`),
	"WEB_ADDRESS":  regexp.MustCompile(`^https?://[^\s/]+`),
}

func (df *Definition) textFault(raw json.RawMessage) string {
	var text string
	if fault := wrongUnless(raw, &text, "must be a text"); fault != "" {
		return fault
	}
	if form := forms[df.Type]; form != nil && !form.MatchString(text) {
		return "must be of type " + df.Type
	}
	if _, err := time.Parse(time.DateOnly, text); df.Type == "DATE" && err != nil {
		return "must be a date such as 2026-11-21"
	}
	length := utf8.RuneCountInString(text)
	switch {
	case df.MinimumLength != nil && length < *df.MinimumLength:
		return fmt.Sprintf("must have %d characters or more", *df.MinimumLength)
	case df.MaximumLength != nil && length > *df.MaximumLength:
		return fmt.Sprintf("must have %d characters or fewer", *df.MaximumLength)
	case df.Pattern != "" && !regexp.MustCompile(df.Pattern).MatchString(text): // was compiled when it was defined
		return "must match " + df.Pattern
	default:
		return ""
	}
}
