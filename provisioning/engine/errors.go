package engine

import (
	"fmt"
)

// A NoMappingError is a type of object that the schema does not map.
type NoMappingError struct{ Type string }

func (e *NoMappingError) Error() string {
	return fmt.Sprintf("the schema maps no objects of type %q", e.Type)
}

// An UnsupportedFilterError is a scoping filter that the service evaluates and
// this package does not.
type UnsupportedFilterError struct {
	Filter, Attribute, Operator string // of the clause; "" when it is no single one
	Reason                      string
}

func (e *UnsupportedFilterError) Error() string {
	if e.Filter == "" && e.Attribute == "" {
		return "scoping filter: " + e.Reason
	}
	return fmt.Sprintf("scoping filter %q, %s %s: %s", e.Filter, e.Attribute, e.Operator, e.Reason)
}

// A FlowTypeError is an attribute mapping that applies at times which are not
// documented well enough to tell.
type FlowTypeError struct{ Target, FlowType string }

func (e *FlowTypeError) Error() string {
	return fmt.Sprintf("the mapping of %s has the flow type %s, which scimctl does not evaluate", e.Target, e.FlowType)
}

// A SchemaError is a schema that cannot be read.
type SchemaError struct{ Reason string }

func (e *SchemaError) Error() string { return "the synchronization schema: " + e.Reason }
