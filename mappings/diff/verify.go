package diff

import (
	"bytes"

	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// losses counts what a saved value lacks of the one that was sent.
func losses(sent, saved *tree.Node, of string) int {
	if bytes.Equal(meaning(sent, of), meaning(saved, of)) {
		return 0
	}
	d := differ{Verifying: true}
	d.value(place{}, "value", of, sent, saved)
	return len(d.Changes)
}
