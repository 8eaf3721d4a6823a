package iristest

import (
	"mime"
	"net/http"
	"strings"
)

// decodePatch reads changes in either form, a merge object or a JSON Patch, and returns them as the
// object: what is null is taken away. The named schema says what an object may hold.
func (si *Simulator) decodePatch(w http.ResponseWriter, r *http.Request, schema string) (map[string]any, bool) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch media {
	case "application/json-patch+json":
		return si.decodeJSONPatch(w, r, schema)
	case "", "application/json", "application/merge-patch+json":
		value, _, ok := si.decode(w, r, schema)
		changes, _ := value.(map[string]any)
		return changes, ok
	}
	writeError(w, http.StatusUnsupportedMediaType, "unsupported_media_type", "cannot patch with "+media)
	return nil, false
}

func (si *Simulator) decodeJSONPatch(w http.ResponseWriter, r *http.Request, schema string) (map[string]any, bool) {
	value, _, ok := si.decode(w, r, "JSONPatch")
	if !ok {
		return nil, false
	}
	changes := make(map[string]any)
	for _, one := range value.([]any) {
		operation := one.(map[string]any)
		property := strings.NewReplacer("~1", "/", "~0", "~").Replace(operation["path"].(string)[1:])
		switch op := operation["op"].(string); op {
		case "add", "replace":
			changes[property] = operation["value"]
		case "remove":
			changes[property] = nil
		default:
			writeViolations(w, rejected("op", op, "must be add, replace or remove"))
			return nil, false
		}
	}
	if violations := si.schemas.check(schema, changes); len(violations) > 0 {
		writeViolations(w, violations...)
		return nil, false
	}
	return changes, true
}
