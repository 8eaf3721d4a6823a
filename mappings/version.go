package mappings

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"go.yaml.in/yaml/v4"
)

// versionOf identifies what a mapping says, whatever its comments and its
// layout on the page.
func versionOf(roots ...*yaml.Node) string {
	text := bytes.NewBufferString(languageVersion)
	for _, root := range roots {
		writeNode(text, root)
	}
	sum := sha256.Sum256(text.Bytes())
	return hex.EncodeToString(sum[:])[:12]
}

// languageVersion changes when the same mapping begins to read files
// differently.
const languageVersion = "3"

func writeNode(w *bytes.Buffer, n *yaml.Node) {
	fmt.Fprintf(w, "%d %q(", n.Kind, n.Value)
	for i, part := range n.Content {
		if n.Kind == yaml.MappingNode && n.Content[i-i%2].Value == "describes" {
			continue
		}
		writeNode(w, part)
	}
	w.WriteByte(')')
}
