package diff

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/mappings/schema"
)

// LeftOutOnCreate reports whether a custom attribute's name is not of the form
// that Microsoft asks for. Such names are accepted, but only updates carry
// them.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/customize-application-attributes
func LeftOutOnCreate(target string) bool {
	return strings.HasPrefix(target, "urn:") && !strings.HasPrefix(target, schema.CoreSchemas) && !schema.DocumentedForm(target)
}

// Warnings tells what changes bring with them.
func Warnings(changes []Change) []string {
	var names []string
	for _, c := range changes {
		if (c.Kind == ChangedMapping || c.Kind == ChangedTargetAttribute) && c.Old == "" && LeftOutOnCreate(c.Name) {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names) // a new mapping brings its target to the list
	if len(names) == 0 {
		return []string{}
	}
	return []string{"an account is created without " + bounds.Names(names) + ", and gets it with the next update: Microsoft sends only names of the form " +
		schema.ExtensionSchemas + "NAME:2.0:User:ATTRIBUTE with a create"}
}
