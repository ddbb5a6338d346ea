package diff

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A form is what is known of one kind of JSON object in a schema: what of it
// says the same though it is written otherwise. Nothing is known of the zero
// form but that null is as good as no member.
type form struct {
	ignored []string                       // members that say nothing
	sets    []string                       // lists whose order says nothing; an empty one is as good as none
	lists   []string                       // lists whose order counts; an empty one is as good as none
	usual   map[string]string              // JSON that a missing member stands for
	spelt   map[string]func(string) string // gives texts that mean the same one spelling
	inner   map[string]string              // forms of members: of objects, or of the objects in lists
}

// Forms are the forms by name.
//
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-synchronizationschema
var Forms = map[string]form{
	// id is the job's. The service makes a new version with each write.
	"schema": {
		ignored: []string{"id", "version"},
		sets:    []string{"synchronizationRules", "directories"},
		inner:   map[string]string{"synchronizationRules": "rule", "directories": "directory"},
	},
	"rule": {
		sets:  []string{"objectMappings", "metadata"},
		spelt: map[string]func(string) string{"sourceDirectoryName": schema.PresentName, "targetDirectoryName": schema.PresentName},
		inner: map[string]string{"objectMappings": "objectMapping", "containerFilter": "containers", "groupFilter": "containers"},
	},
	"containers": {sets: []string{"includedContainers", "includedGroups"}},
	"objectMapping": {
		sets:  []string{"attributeMappings", "metadata"},
		usual: map[string]string{"enabled": "false", "flowTypes": schema.Quote(schema.NoFlow)},
		spelt: map[string]func(string) string{"flowTypes": flowsInOrder},
		inner: map[string]string{"attributeMappings": "mapping", "scope": "scope"},
	},
	"scope": {
		sets:  []string{"groups", "inputFilterGroups", "categoryFilterGroups"},
		inner: map[string]string{"groups": "filter", "inputFilterGroups": "filter", "categoryFilterGroups": "filter"},
	},
	"filter":  {sets: []string{"clauses"}, inner: map[string]string{"clauses": "clause"}},
	"clause":  {inner: map[string]string{"targetOperand": "operand"}},
	"operand": {sets: []string{"values"}},
	"mapping": {
		usual: map[string]string{
			"defaultValue": `""`, "exportMissingReferences": "false", "flowBehavior": `"flowwhenchanged"`, "flowType": `"always"`, "matchingPriority": "0",
		},
		spelt: map[string]func(string) string{"flowBehavior": strings.ToLower, "flowType": strings.ToLower},
		inner: map[string]string{"source": "source"},
	},
	"source": {
		lists: []string{"parameters"},
		spelt: map[string]func(string) string{"type": strings.ToLower, "expression": asParsed},
		inner: map[string]string{"parameters": "parameter"},
	},
	"parameter": {inner: map[string]string{"value": "source"}},
	// The id of a directory is the service's; the name is what rules go by.
	"directory": {
		ignored: []string{"id", "version", "discoveryDateTime"},
		sets:    []string{"objects"},
		spelt:   map[string]func(string) string{"name": schema.PresentName},
		inner:   map[string]string{"objects": "object"},
	},
	"object": {sets: []string{"attributes", "metadata", "supportedApis"}, inner: map[string]string{"attributes": "attribute"}},
	"attribute": {
		sets: []string{"apiExpressions", "metadata", "referencedObjects"},
		usual: map[string]string{
			"anchor": "false", "caseExact": "false", "flowNullValues": "false", "multivalued": "false", "required": "false", "mutability": `"readwrite"`, "type": `"string"`,
		},
		spelt: map[string]func(string) string{"type": strings.ToLower, "mutability": strings.ToLower},
	},
}

func flowsInOrder(text string) string {
	flows := slices.DeleteFunc(schema.SplitFlows(text), func(flow string) bool { return flow == "" || flow == schema.NoFlow })
	if len(flows) == 0 {
		return schema.NoFlow
	}
	slices.Sort(flows)
	return strings.Join(slices.Compact(flows), ",")
}

// asParsed is the expression in the one way in which it is formatted; one that
// does not parse is as it is.
func asParsed(text string) string {
	e, err := expression.Parse(text)
	if err != nil {
		return text
	}
	return e.String()
}
