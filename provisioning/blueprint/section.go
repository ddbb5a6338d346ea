package blueprint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/near"
)

// A Section is a part of a file that can be planned and applied by itself.
type Section string

// The sections, by the names that they have in a file.
const (
	SectionApplication  Section = "application"
	SectionExtensions   Section = "extensions"
	SectionProvisioning Section = "provisioning"
	SectionCredentials  Section = "credentials" // below provisioning in a file
	SectionUsers        Section = "users"
	SectionGroups       Section = "groups"
	SectionAssignments  Section = "assignments"
	SectionValues       Section = "values"
)

// Sections are all sections, in the order in which they are applied.
func Sections() []Section {
	return []Section{
		SectionApplication, SectionExtensions, SectionProvisioning, SectionCredentials,
		SectionUsers, SectionGroups, SectionAssignments, SectionValues,
	}
}

// A Selection leaves sections out. The zero value holds all.
type Selection struct {
	Only []Section `json:"only,omitempty"` // none: all
	Skip []Section `json:"skip,omitempty"`
}

// Select makes a selection of names. A name that no
// section has is an invalid failure.
func Select(only, skip []string) (s Selection, err error) {
	if s.Only, err = sectionsNamed(only); err == nil {
		s.Skip, err = sectionsNamed(skip)
	}
	return s, err
}

func sectionsNamed(names []string) ([]Section, error) {
	var sections []Section
	for _, name := range names {
		section := Section(strings.ToLower(strings.TrimSpace(name)))
		if !slices.Contains(Sections(), section) {
			return nil, unknownSection(name)
		}
		sections = append(sections, section)
	}
	return sections, nil
}

// Holds reports whether a section is to be planned.
func (s Selection) Holds(section Section) bool {
	return (len(s.Only) == 0 || slices.Contains(s.Only, section)) && !slices.Contains(s.Skip, section)
}

func unknownSection(name string) error {
	names := make([]string, 0, len(Sections()))
	for _, section := range Sections() {
		names = append(names, string(section))
	}
	text := fmt.Sprintf("no section %q: there are %s", name, strings.Join(names, ", "))
	if meant := near.Names(name, names); len(meant) > 0 {
		text += "; near it: " + meant[0]
	}
	return failure.New(failure.Invalid, "%s", text)
}
