package schema

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// checkedSchema is what of a schema is looked at before it is saved.
type checkedSchema struct {
	Rules []struct {
		ID       string          `json:"id"`
		Source   string          `json:"sourceDirectoryName"`
		Target   string          `json:"targetDirectoryName"`
		Mappings []checkedObject `json:"objectMappings"`
	} `json:"synchronizationRules"`
	Directories []struct {
		Name    string `json:"name"`
		Objects []struct {
			Name       string             `json:"name"`
			Attributes []checkedAttribute `json:"attributes"`
		} `json:"objects"`
	} `json:"directories"`

	operators []Operator
	index     map[place]checkedAttribute
}

type checkedAttribute struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Multivalued bool   `json:"multivalued"`
}

type checkedObject struct {
	Name    string `json:"name"`
	Source  string `json:"sourceObjectName"`
	Target  string `json:"targetObjectName"`
	Flows   string `json:"flowTypes"`
	Enabled *bool  `json:"enabled"`
	Scope   *struct {
		Groups []checkedFilter `json:"groups"`
		Input  []checkedFilter `json:"inputFilterGroups"`
	} `json:"scope"`
	Attributes []checkedMapping `json:"attributeMappings"`
}

type checkedMapping struct {
	Target   string `json:"targetAttributeName"`
	Priority int    `json:"matchingPriority"`
	Source   *struct {
		Expression string `json:"expression"`
		Type       string `json:"type"`
	} `json:"source"`
}

// Check says why a schema is not saved; "" when it is. What is refused
// is documented for the portal; the wording is the sandbox's own, since the
// service's is not published.
// https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes
func Check(data []byte, k Connector, operators []Operator) string {
	s := checkedSchema{operators: operators}
	if err := json.Unmarshal(data, &s); err != nil {
		return "a member of the schema has the wrong type: " + err.Error()
	}
	if len(s.Rules) == 0 {
		return "the schema has no synchronizationRules"
	}
	if len(s.Directories) == 0 {
		return "the schema has no directories"
	}
	if problem := s.checkDirectories(); problem != "" {
		return problem
	}
	for _, r := range s.Rules {
		if r.ID != ruleID {
			return "the rule " + r.ID + " is not one of the job's"
		}
		for _, m := range r.Mappings {
			if problem := s.checkMapping(r.Source, r.Target, m, k); problem != "" {
				return problem
			}
		}
	}
	return ""
}

func (s *checkedSchema) checkDirectories() string {
	types := strings.Fields("string integer reference binary boolean datetime")
	for _, d := range s.Directories {
		for _, o := range d.Objects {
			for _, a := range o.Attributes {
				if a.Name == "" || !slices.Contains(types, strings.ToLower(a.Type)) {
					return fmt.Sprintf("the attribute %q of %s in directory %s has no name or no known type", a.Name, o.Name, d.Name)
				}
			}
		}
	}
	return ""
}

func (s *checkedSchema) checkMapping(source, target string, m checkedObject, k Connector) string {
	if m.Source != "User" && (m.Source != "Group" || k.Groups == "") {
		return "the object " + m.Source + " cannot be provisioned by this job"
	}
	if m.Source == "User" && m.Enabled != nil && !*m.Enabled {
		return "the mapping of users cannot be disabled"
	}
	for flow := range strings.SplitSeq(m.Flows, ",") {
		if _, known := odata.OneOf(strings.TrimSpace(flow), "None Add Update Delete"); !known && strings.TrimSpace(flow) != "" {
			return "the flow type " + flow + " is not known"
		}
	}
	if problem := s.checkTargets(target, m); problem != "" {
		return problem
	}
	for _, a := range m.Attributes {
		if a.Source == nil {
			continue
		}
		if problem := s.checkSource(source, m.Source, a.Source.Type, a.Source.Expression); problem != "" {
			return "the mapping of " + a.Target + ": " + problem
		}
	}
	if m.Scope == nil {
		return ""
	}
	return s.checkFilters(place{source, m.Source}, append(m.Scope.Groups, m.Scope.Input...))
}

// checkTargets holds each target attribute to be one of the list, mapped once,
// and something to match on to be left. That a precedence is given once is the
// stricter reading.
func (s *checkedSchema) checkTargets(target string, m checkedObject) string {
	seen, precedence := map[string]bool{}, map[int]string{}
	for _, a := range m.Attributes {
		known, exists := s.attribute(place{target, m.Target, a.Target})
		switch {
		case seen[a.Target]:
			return "the target attribute " + a.Target + " is mapped twice"
		case a.Target == "id":
			return "the target attribute id is the target's own and cannot be mapped"
		case !exists:
			return "the target attribute " + a.Target + " is not in the attribute list of " + target
		case a.Priority < 0:
			return fmt.Sprintf("the matching precedence of %s is %d", a.Target, a.Priority)
		case a.Priority > 0 && known.Multivalued:
			return "the target attribute " + a.Target + " has several values and cannot be matched on"
		case a.Priority > 0 && precedence[a.Priority] != "":
			return fmt.Sprintf("%s and %s have the same matching precedence %d", precedence[a.Priority], a.Target, a.Priority)
		case a.Priority > 0:
			precedence[a.Priority] = a.Target
		}
		seen[a.Target] = true
	}
	if len(precedence) == 0 {
		return "the mapping " + m.Name + " has no matching attribute left"
	}
	return ""
}

func (s *checkedSchema) checkSource(directory, objectName, kind, text string) string {
	var names []string
	switch kind {
	case "Constant":
	case "Attribute":
		names = []string{strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")}
	case "Function":
		n, err := Parse(text)
		if err != nil {
			return err.Error()
		}
		names = expression.Attributes(n)
	default:
		return "the source type " + kind + " is not known"
	}
	for _, name := range names {
		if _, exists := s.attribute(place{directory, objectName, name}); !exists {
			return "the source attribute " + name + " is not in the attribute list of " + directory
		}
	}
	return ""
}

// place is where an attribute is defined: directory, object, attribute.
type place [3]string

func (s *checkedSchema) attribute(at place) (a checkedAttribute, exists bool) {
	if s.index == nil {
		s.index = map[place]checkedAttribute{}
		for _, d := range s.Directories {
			for _, o := range d.Objects {
				for _, a := range o.Attributes {
					s.index[place{d.Name, o.Name, a.Name}] = a
				}
			}
		}
	}
	a, exists = s.index[at]
	return a, exists
}
