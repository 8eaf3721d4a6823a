package main

import (
	"strings"

	"go.yaml.in/yaml/v4"

	"rentalsync/mappings"
)

// later lists keys that an admin may find described and that this version does
// not know, with what to do instead. To ignore them would be to promise them.
var later = []struct{ path, what, cure string }{
	{"flows[].snapshot.at", "this version takes a snapshot only when it is told to", "remove it, and call rentalsync snapshot from cron or the Task Scheduler"},
	{"flows[].snapshot.layouts", "this version writes snapshots in its own layout, as CSV and XLSX", "remove it"},
}

// sayLater puts the cure in the place of "unknown key", for keys that later
// versions know.
func sayLater(doc *mappings.Document, faults mappings.Faults) mappings.Faults {
	for _, l := range later {
		for _, key := range keysAt(doc.Root, strings.Split(l.path, ".")) {
			for i := range faults {
				f := &faults[i]
				if f.Line == key.Line && f.Column == key.Column && strings.HasPrefix(f.What, "unknown key") {
					f.What, f.Cure = key.Value+": "+l.what, l.cure
				}
			}
		}
	}
	return faults
}

// keysAt finds the keys that a path leads to; a step that ends with [] goes
// through every item of a list.
func keysAt(n *yaml.Node, path []string) []*yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	step, each := strings.CutSuffix(path[0], "[]")

	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Value != step:
			continue
		case len(path) == 1:
			return []*yaml.Node{key}
		case !each:
			return keysAt(value, path[1:])
		}

		var found []*yaml.Node
		for _, item := range value.Content {
			found = append(found, keysAt(item, path[1:])...)
		}
		return found
	}
	return nil
}
