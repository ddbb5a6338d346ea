package sandbox

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
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
			Name       string `json:"name"`
			Attributes []struct {
				Name string `json:"name"`
				Type string `json:"type"`
			} `json:"attributes"`
		} `json:"objects"`
	} `json:"directories"`

	index map[place]bool
}

type checkedObject struct {
	Name       string `json:"name"`
	Source     string `json:"sourceObjectName"`
	Target     string `json:"targetObjectName"`
	Flows      string `json:"flowTypes"`
	Enabled    *bool  `json:"enabled"`
	Attributes []struct {
		Target   string `json:"targetAttributeName"`
		Priority int    `json:"matchingPriority"`
		Source   *struct {
			Expression string `json:"expression"`
			Type       string `json:"type"`
		} `json:"source"`
	} `json:"attributeMappings"`
}

// checkSchema says why a schema is not saved; "" when it is. What is refused
// is documented for the portal; the wording is the sandbox's own, since the
// service's is not published.
// https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes
func checkSchema(data []byte, a *app, j *job) string {
	var s checkedSchema
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
	k, _ := a.connector(j.Template)
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

func (s *checkedSchema) checkMapping(source, target string, m checkedObject, k connector) string {
	if m.Source != "User" && (m.Source != "Group" || k.groups == "") {
		return "the object " + m.Source + " cannot be provisioned by this job"
	}
	if m.Source == "User" && m.Enabled != nil && !*m.Enabled {
		return "the mapping of users cannot be disabled"
	}
	for flow := range strings.SplitSeq(m.Flows, ",") {
		if _, known := oneOf(strings.TrimSpace(flow), "None Add Update Delete"); !known && strings.TrimSpace(flow) != "" {
			return "the flow type " + flow + " is not known"
		}
	}
	matching, seen := false, map[string]bool{}
	for _, a := range m.Attributes {
		matching = matching || a.Priority > 0
		switch {
		case seen[a.Target]:
			return "the target attribute " + a.Target + " is mapped twice"
		case !s.has(target, m.Target, a.Target):
			return "the target attribute " + a.Target + " is not in the attribute list of " + target
		case a.Source == nil:
			seen[a.Target] = true
			continue
		}
		seen[a.Target] = true
		if problem := s.checkSource(source, m.Source, a.Source.Type, a.Source.Expression); problem != "" {
			return "the mapping of " + a.Target + ": " + problem
		}
	}
	if !matching {
		return "the mapping " + m.Name + " has no matching attribute left"
	}
	return ""
}

func (s *checkedSchema) checkSource(directory, objectName, kind, text string) string {
	if kind == "Constant" {
		return ""
	}
	var names []string
	if kind == "Attribute" {
		names = []string{strings.TrimSuffix(strings.TrimPrefix(text, "["), "]")}
	} else {
		n, err := expression.Parse(text)
		if err != nil {
			return err.Error()
		}
		names = expression.Attributes(n)
	}
	for _, name := range names {
		if !s.has(directory, objectName, name) {
			return "the source attribute " + name + " is not in the attribute list of " + directory
		}
	}
	return ""
}

// place is where an attribute is defined: directory, object, attribute.
type place [3]string

func (s *checkedSchema) has(directory, objectName, attribute string) bool {
	if s.index == nil {
		s.index = map[place]bool{}
		for _, d := range s.Directories {
			for _, o := range d.Objects {
				for _, a := range o.Attributes {
					s.index[place{d.Name, o.Name, a.Name}] = true
				}
			}
		}
	}
	return s.index[place{directory, objectName, attribute}]
}
