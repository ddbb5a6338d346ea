package mappings

import (
	"fmt"
	"slices"
	"strings"
)

// An AttributeExistsError is an attribute that is on the list already,
// otherwise than asked for.
type AttributeExistsError struct {
	Side       Side
	Name       string
	Have, Want string // what differs, in words
}

func (e *AttributeExistsError) Error() string {
	return fmt.Sprintf("the %s attribute %s is there already, as %s instead of %s", e.Side, e.Name, e.Have, e.Want)
}

// differing is an *[AttributeExistsError] when two definitions of an attribute
// are not alike.
func differing(side Side, have, want Attribute) error {
	if strings.EqualFold(have.Type, want.Type) { // documentation writes string as well
		have.Type = want.Type
	}
	old, asked := have.words(), want.words()
	if old == asked {
		return nil
	}
	return &AttributeExistsError{Side: side, Name: want.Name, Have: old, Want: asked}
}

// words describes a definition: "String, required, multi-valued".
func (a Attribute) words() string {
	words := []string{a.Type}
	if len(a.References) > 0 {
		words[0] += " to " + strings.Join(slices.Sorted(slices.Values(a.References)), ", ")
	}
	for _, mark := range []struct {
		set  bool
		word string
	}{{a.Required, "required"}, {a.Multivalued, "multi-valued"}, {a.CaseExact, "case-exact"}} {
		if mark.set {
			words = append(words, mark.word)
		}
	}
	return strings.Join(words, ", ")
}

// nonGallery is the directory of every application that is not from the gallery.
const nonGallery = "customappsso"

// simple refuses what provisioning does not send to an application that is not
// from the gallery: "Custom attributes can't be referential attributes,
// multi-value or complex-typed attributes".
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/customize-application-attributes
func (o Object) simple(a Attribute) error {
	custom := strings.HasPrefix(a.Name, "urn:") && !strings.HasPrefix(a.Name, coreSchemas) && !strings.HasPrefix(a.Name, extensionSchemas+"enterprise:2.0:")
	if !custom || o.directory(Target) != nonGallery {
		return nil
	}
	_, attribute := cutLast(a.Name)
	for _, fault := range []struct {
		has  bool
		word string
	}{{a.Type == "Reference", "a reference"}, {a.Multivalued, "multi-valued"}, {strings.ContainsAny(attribute, ".["), "complex"}} {
		if fault.has {
			return &RefusedError{Action: "add " + a.Name, Reason: "it is " + fault.word + ", and an application that is not from the gallery takes custom attributes only when they are single-valued and simple"}
		}
	}
	return nil
}
