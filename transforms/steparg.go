package transforms

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// textArg reads an argument that is one text. What it should be goes into the
// error.
func textArg(arg any, what string) (string, error) {
	text, ok := scalar(arg)
	if !ok {
		return "", fmt.Errorf("it takes %s, not %s", what, kindOf(arg))
	}
	if text == "" {
		return "", fmt.Errorf("its value is missing, %s", what)
	}
	return text, nil
}

// pairsArg reads what to replace: a map, or a list of two.
func pairsArg(arg any) (map[string]string, error) {
	if list, ok := listOf(arg); ok {
		if len(list) != 2 {
			return nil, fmt.Errorf("a list is [from, to], not %s; for several write replace: {from: to}", counted(len(list), "value"))
		}
		return map[string]string{list[0]: list[1]}, nil
	}
	pairs, ok := mapOf(arg)
	if !ok {
		return nil, fmt.Errorf("it takes {from: to} or [from, to], not %s", kindOf(arg))
	}
	return pairs, nil
}

// fieldsArg reads a map with none but the named keys; a bare number or text
// is the first of them.
func fieldsArg(arg any, names ...string) (map[string]string, error) {
	if text, ok := scalar(arg); ok {
		return map[string]string{names[0]: text}, nil
	}
	fields, ok := mapOf(arg)
	if !ok {
		return nil, fmt.Errorf("it does not take %s", kindOf(arg))
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if slices.Contains(names, name) {
			continue
		}
		if meant, ok := Nearest(name, names); ok {
			return nil, fmt.Errorf("unknown key %q, did you mean %q?", name, meant)
		}
		return nil, fmt.Errorf("unknown key %q, the keys are %s", name, strings.Join(names, " and "))
	}
	return fields, nil
}

// rangeArg reads 2-5, 2-, a single character 3, or {from: 2, to: 5}.
func rangeArg(arg any) (first, last string, err error) {
	text, ok := scalar(arg)
	if !ok {
		fields, err := fieldsArg(arg, "from", "to")
		return fields["from"], fields["to"], err
	}
	first, last, isRange := strings.Cut(text, "-")
	if !isRange {
		last = first
	}
	return strings.TrimSpace(first), strings.TrimSpace(last), nil
}

// scalar gives a single value as the text the mapping wrote.
func scalar(arg any) (string, bool) {
	switch arg := arg.(type) {
	case string:
		return arg, true
	case int, int64, uint64:
		return fmt.Sprint(arg), true
	}
	return "", false
}

func listOf(arg any) ([]string, bool) {
	switch arg := arg.(type) {
	case []string:
		return arg, true
	case []any:
		texts := make([]string, len(arg))
		for i, value := range arg {
			text, ok := scalar(value)
			if !ok {
				return nil, false
			}
			texts[i] = text
		}
		return texts, true
	}
	return nil, false
}

func mapOf(arg any) (map[string]string, bool) {
	switch arg := arg.(type) {
	case map[string]string:
		return arg, true
	case map[string]any:
		texts := make(map[string]string, len(arg))
		for key, value := range arg {
			text, ok := scalar(value)
			if !ok {
				return nil, false
			}
			texts[key] = text
		}
		return texts, true
	}
	return nil, false
}

// kindOf names an argument of the wrong kind in the words of YAML.
func kindOf(arg any) string {
	switch arg := arg.(type) {
	case nil:
		return "nothing"
	case bool:
		return strconv.FormatBool(arg)
	case string:
		return strconv.Quote(arg)
	case []string, []any:
		return "a list"
	case map[string]string, map[string]any:
		return "a map"
	}
	return fmt.Sprint(arg)
}
