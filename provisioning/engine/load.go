package engine

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
)

// Load reads the synchronizationSchema JSON of a job. With several rules the
// one with the lowest priority number is taken. A document that is none, or
// has no rule, is a *SchemaError; a single source that cannot be read is no
// error here: its [Flow] has it.
func Load(schema []byte) (*Rules, error) {
	var s schemaJSON
	if err := json.Unmarshal(schema, &s); err != nil {
		return nil, &SchemaError{Reason: err.Error()}
	}
	if len(s.Rules) == 0 {
		return nil, &SchemaError{Reason: "it has no synchronization rule"}
	}
	rule := slices.MinFunc(s.Rules, func(a, b ruleJSON) int { return a.Priority - b.Priority })
	r := &Rules{
		RuleID: rule.ID, RuleName: rule.Name,
		SourceDirectory: rule.SourceDirectoryName, TargetDirectory: rule.TargetDirectoryName,
	}
	for _, m := range rule.Metadata {
		if m.Key == "supportsProvisionOnDemand" {
			r.OnDemand = strings.EqualFold(m.Value, "true")
		}
	}
	for _, o := range rule.ObjectMappings {
		loaded := o.load()
		loaded.attributes = s.attributes(rule.TargetDirectoryName, o.TargetObjectName)
		loaded.sourceAttributes = s.attributes(rule.SourceDirectoryName, o.SourceObjectName)
		r.objects = append(r.objects, loaded)
	}
	return r, nil
}

type schemaJSON struct {
	Rules       []ruleJSON      `json:"synchronizationRules"`
	Directories []directoryJSON `json:"directories"`
}

type ruleJSON struct {
	ID                  string `json:"id"`
	Name                string `json:"name"`
	Priority            int    `json:"priority"`
	SourceDirectoryName string `json:"sourceDirectoryName"`
	TargetDirectoryName string `json:"targetDirectoryName"`
	Metadata            []struct {
		Key   string `json:"key"`
		Value string `json:"value"`
	} `json:"metadata"`
	ObjectMappings []objectJSON `json:"objectMappings"`
}

type directoryJSON struct {
	Name    string `json:"name"`
	Objects []struct {
		Name       string `json:"name"`
		Attributes []struct {
			Name        string `json:"name"`
			Type        string `json:"type"`
			Multivalued bool   `json:"multivalued"`
			CaseExact   bool   `json:"caseExact"`
		} `json:"attributes"`
	} `json:"objects"`
}

type objectJSON struct {
	Enabled           bool          `json:"enabled"`
	FlowTypes         string        `json:"flowTypes"`
	SourceObjectName  string        `json:"sourceObjectName"`
	TargetObjectName  string        `json:"targetObjectName"`
	Scope             *scopeJSON    `json:"scope"`
	AttributeMappings []mappingJSON `json:"attributeMappings"`
}

type scopeJSON struct {
	Groups               []filterJSON `json:"groups"`
	InputFilterGroups    []filterJSON `json:"inputFilterGroups"`
	CategoryFilterGroups []filterJSON `json:"categoryFilterGroups"`
}

type filterJSON struct {
	Name    string `json:"name"`
	Clauses []struct {
		OperatorName      string `json:"operatorName"`
		SourceOperandName string `json:"sourceOperandName"`
		TargetOperand     *struct {
			Values []string `json:"values"`
		} `json:"targetOperand"`
	} `json:"clauses"`
}

type mappingJSON struct {
	TargetAttributeName string             `json:"targetAttributeName"`
	Source              *expression.Source `json:"source"`
	DefaultValue        *string            `json:"defaultValue"`
	MatchingPriority    int                `json:"matchingPriority"`
	FlowType            string             `json:"flowType"`
	FlowBehavior        string             `json:"flowBehavior"`
}

// attributes are those of one object in one directory, by their names.
func (s *schemaJSON) attributes(directory, objectName string) map[string]attribute {
	found := map[string]attribute{}
	for _, d := range s.Directories {
		for _, o := range d.Objects {
			if presentName(d.Name) != presentName(directory) || o.Name != objectName {
				continue
			}
			for _, a := range o.Attributes {
				found[a.Name] = attribute{kind: canonicalKind(a.Type), multivalued: a.Multivalued, caseExact: a.CaseExact}
			}
		}
	}
	return found
}

// presentName gives Microsoft Entra ID's directory its name of today: rules and
// directories of a schema keep the one under which they were made.
func presentName(directory string) string {
	if directory == "Azure Active Directory" {
		return "Microsoft Entra ID"
	}
	return directory
}

// canonicalKind gives a type the documented case; some samples write "string".
func canonicalKind(kind string) string {
	for _, k := range []string{"String", "Integer", "Reference", "Binary", "Boolean", "DateTime"} {
		if strings.EqualFold(k, kind) {
			return k
		}
	}
	return kind
}
