package mappings

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/near"
)

// target returns the attribute that the mapping writes: one that is listed, or
// a new one of the type of its source. Names that are neither listed nor meant
// to be new are an *UnknownAttributeError.
func (p planner) target(ix indexed, m Mapping, sources []Attribute, known func() vocabulary) (Attribute, error) {
	attribute := Attribute{Name: m.Target}
	if ix.listed[Target][m.Target] != nil || p.newTarget {
		return typed(attribute, m, sources), nil
	}
	if !strings.HasPrefix(m.Target, "urn:") {
		return attribute, &UnknownAttributeError{Side: Target, Name: m.Target, Near: near.Names(m.Target, known().names())}
	}
	if meant := known().mistakenFor(m.Target); len(meant) > 0 {
		return attribute, &UnknownAttributeError{Side: Target, Name: m.Target, Near: meant}
	}
	return typed(attribute, m, sources), nil
}

// typed gives a target the type of the source that flows into it unchanged. A
// custom attribute cannot be a reference.
func typed(target Attribute, m Mapping, sources []Attribute) Attribute {
	target.Type = "String"
	if m.Kind == Direct && len(sources) > 0 && sources[0].Type != "" && sources[0].Type != "Reference" {
		target.Type = sources[0].Type
	}
	return target
}

// leftOutOnCreate reports whether a custom attribute's name is not of the form
// that Microsoft asks for. Such names are accepted, but only updates carry
// them.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/customize-application-attributes
func leftOutOnCreate(target string) bool {
	return strings.HasPrefix(target, "urn:") && !strings.HasPrefix(target, coreSchemas) && !documentedForm(target)
}

// Warnings tells what changes bring with them.
func Warnings(changes []Change) []string {
	var names []string
	for _, c := range changes {
		if (c.Kind == ChangedMapping || c.Kind == ChangedTargetAttribute) && c.Old == "" && leftOutOnCreate(c.Name) {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names) // a new mapping brings its target to the list
	if len(names) == 0 {
		return []string{}
	}
	return []string{"an account is created without " + bounds.Names(names) + ", and gets it with the next update: Microsoft sends only names of the form " +
		extensionSchemas + "NAME:2.0:User:ATTRIBUTE with a create"}
}

const (
	coreSchemas      = "urn:ietf:params:scim:schemas:core:2.0:"
	extensionSchemas = "urn:ietf:params:scim:schemas:extension:"
)

func documentedForm(target string) bool {
	rest, ok := strings.CutPrefix(target, extensionSchemas)
	part := strings.Split(rest, ":")
	return ok && len(part) == 4 && part[0] != "" && part[1] == "2.0" && part[2] == "User" && part[3] != ""
}
