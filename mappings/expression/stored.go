package expression

import (
	"slices"
)

// A Source is an expression as Graph stores it: the attributeMappingSource of
// https://learn.microsoft.com/graph/api/resources/synchronization-attributemappingsource.
type Source struct {
	Expression string            `json:"expression"`
	Name       string            `json:"name"`
	Type       string            `json:"type"` // Attribute, Constant or Function
	Parameters []SourceParameter `json:"parameters"`
}

// A SourceParameter is one argument of a stored function.
type SourceParameter struct {
	Key   string `json:"key"`
	Value Source `json:"value"`
}

// Stored renders an expression as Graph stores it. Arguments that were left
// out have no parameter; a number is a quoted constant. Functions whose
// parameter keys are not known are an *UnsupportedError: for these Graph's
// parseExpression has to be asked.
func Stored(n Node) (Source, error) {
	switch n := n.(type) {
	case *Attribute:
		return Source{Expression: n.String(), Name: n.Name, Type: "Attribute", Parameters: []SourceParameter{}}, nil
	case *Text:
		return constant(n.Value), nil
	case *Number:
		return constant(n.Literal), nil
	case *Call:
		return n.stored()
	default:
		return Source{}, &UnsupportedError{Position: n.At(), Reason: "how Graph stores " + n.String() + " is not documented"}
	}
}

func constant(value string) Source {
	t := Text{Value: value}
	return Source{Expression: t.String(), Name: value, Type: "Constant", Parameters: []SourceParameter{}}
}

func (c *Call) stored() (Source, error) {
	s := Source{Expression: c.String(), Name: c.Name, Type: "Function", Parameters: []SourceParameter{}}
	keys, repeats := c.keys()
	if keys == nil {
		return Source{}, c.unsupported("the keys under which Graph stores its arguments are not documented")
	}
	for i, arg := range c.Args {
		if isEmpty(arg) {
			continue
		}
		key, err := c.key(keys, repeats, i)
		if err != nil {
			return Source{}, err
		}
		value, err := Stored(arg)
		if err != nil {
			return Source{}, err
		}
		s.Parameters = append(s.Parameters, SourceParameter{Key: key, Value: value})
	}
	return s, nil
}

func (c *Call) key(keys []string, repeats bool, i int) (string, error) {
	if i >= len(keys) && !repeats {
		return "", c.miscounted(len(c.Args))
	}
	key := keys[min(i, len(keys)-1)]
	if key == "" {
		return "", c.unsupported("the key of one of its arguments is not documented")
	}
	return key, nil
}

// keys are the parameter keys of a function, in the order of its arguments,
// nil when they are not known. With repeats the last one goes on.
func (c *Call) keys() (keys []string, repeats bool) {
	switch c.Name {
	case "Switch":
		return []string{"source", "defaultValue", "switchValue"}, true
	case "Join":
		return []string{"separator", "source"}, true
	case "Append":
		return []string{"source", "suffix"}, false
	case "Prepend":
		return []string{"prefix", "source"}, false
	case "Mid":
		return []string{"source", "start", "length"}, false
	case "Split":
		return []string{"source", "delimiter"}, false
	case "ToLower", "ToUpper":
		return []string{"source", "culture"}, false
	case "Not", "IsNothing", "StripSpaces", "SingleAppRoleAssignment", "AppRoleAssignments":
		return []string{"source"}, false
	case "Replace":
		return []string{
			"source", "Find", "RegularExpression", "RegularExpressionGroupName",
			"Replacement", "ReplacementPropertyName", "Template",
		}, false
	case "FormatDateTime":
		keys = []string{"source", "inputFormat", "outputFormat"}
		if len(c.Args) > len(keys) {
			keys = slices.Insert(keys, 1, "") // dateTimeStyles
		}
		return keys, false
	default:
		return nil, false
	}
}
