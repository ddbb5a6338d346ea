package blueprint

import (
	_ "embed"
	"slices"
)

//go:embed blueprint.schema.json
var schemaSection []byte

// Schema is the JSON Schema of a [Blueprint], for editors. It is made from the
// types, by a test.
func Schema() []byte { return slices.Clone(schemaSection) }
