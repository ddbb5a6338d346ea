package blueprint

import (
	"github.com/scimctl/scimctl/mappings/schema"
)

// A Mapping is what the file says of one target; in a file the source alone
// means a direct mapping. Of Source, Expression and Constant one is there at
// most; what is nil or empty keeps its present value.
type Mapping struct {
	Source     *string      `json:"source,omitempty" jsonschema:"attribute in Microsoft Entra ID, or the short name of an extension property; empty: nothing, so that only the default value flows"`
	Expression string       `json:"expression,omitempty" jsonschema:"expression that computes the value"`
	Constant   *string      `json:"constant,omitempty" jsonschema:"text that is always the value"`
	Default    *string      `json:"default,omitempty" jsonschema:"value of new accounts when the source has none; empty: no default"`
	Match      *int         `json:"match,omitempty" jsonschema:"matching priority, 1 first; 0: it does not match"`
	Apply      schema.Apply `json:"apply,omitempty" jsonschema:"always or on-create"`
	Flow       schema.Flow  `json:"flow,omitempty" jsonschema:"whether a value is sent that has not changed: when-changed or always"`
}

// Setting is what the file asks of the mapping of a target.
func (m Mapping) Setting(target string) schema.Setting {
	s := schema.Setting{Mapping: schema.Mapping{Target: target, Apply: m.Apply, Flow: m.Flow}}
	switch {
	case m.Expression != "":
		s.Kind, s.Source = schema.Expression, m.Expression
	case m.Constant != nil:
		s.Kind, s.Source = schema.Constant, *m.Constant
	case m.Source != nil && *m.Source != "":
		s.Kind, s.Source = schema.Direct, *m.Source
	case m.Source != nil:
		s.Kind = schema.None
	}
	if m.Default != nil {
		s.Default, s.NoDefault = *m.Default, *m.Default == ""
	}
	if m.Match != nil {
		s.Match, s.NoMatch = *m.Match, *m.Match == 0
	}
	return s
}
