package mappings

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/graph/remedy"
)

// Check looks for what is wrong with a schema, as far as the schema alone
// tells. Findings come object by object, in the schema's own order. With an
// [Error] among them, the service refuses the document or cannot work with it.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/customize-application-attributes
func Check(s *Schema) []Finding { return Known{}.Check(s) }

// CheckAgainst does the same for a schema that is meant for a job whose live
// schema is known: rules and objects that the job lacks are errors as well, and
// what the job has already in an expression is no more than a warning.
func CheckAgainst(s, live *Schema) []Finding { return Known{Live: live}.Check(s) }

// Known is what a schema is held against beside itself. The zero value is
// nothing but the documentation.
type Known struct {
	Live      *Schema                // of the job; its rules and objects are all that there are
	Functions []string               // that the service has, beside the documented ones
	Operators []graph.FilterOperator // of scoping filters; none are the documented ones
}

// Check is [Check] with all that is known.
func (k Known) Check(s *Schema) []Finding {
	findings := []Finding{}
	suggestions := mostSuggestions
	note := func(f Finding) { findings = append(findings, f) }
	for _, o := range s.objects() {
		c := newChecker(k, o, note, &suggestions)
		c.place()
		c.mappings()
		c.whole()
		c.filters()
	}
	s.checkLists(note)
	return findings
}

// objects are all object mappings of the schema, those out of Microsoft Entra
// ID first.
func (s *Schema) objects() []Object {
	var list []Object
	for _, rule := range s.rules() {
		for _, m := range rule.get("objectMappings").elements() {
			list = append(list, Object{kind: strings.ToLower(m.value.field("sourceObjectName")), schema: s, rule: rule, mapping: m.value})
		}
	}
	return list
}

// A checker looks at one object mapping. Names are looked up in maps, so that
// a schema of any size is gone through once.
type checker struct {
	Known
	object           Object
	ruleID           string
	sources, targets map[string]Attribute
	mapped           map[string]Mapping // by target
	matching         map[int]string     // targets by matching priority
	read             map[string]bool    // sources that a mapping reads
	live             map[string]Mapping // what the job has, by target; none when it is not known
	near             map[string]string  // what was suggested for a name
	report           func(Finding)
	suggestions      *int
}

func newChecker(k Known, o Object, report func(Finding), suggestions *int) *checker {
	c := &checker{
		Known: k, object: o, ruleID: o.RuleID(), sources: byName(o.SourceAttributes()), targets: byName(o.TargetAttributes()),
		mapped: map[string]Mapping{}, matching: map[int]string{}, read: map[string]bool{}, near: map[string]string{},
		report: report, suggestions: suggestions,
	}
	c.live = c.liveMappings()
	return c
}

func byName(list []Attribute) map[string]Attribute {
	names := make(map[string]Attribute, len(list))
	for _, a := range list {
		names[a.Name] = a
	}
	return names
}

func (c *checker) note(f Finding) {
	f.Object, f.Rule = c.object.kind, c.ruleID
	c.report(f)
}

// outOfEntra says that the object's rule starts from Microsoft Entra ID.
func (c *checker) outOfEntra() bool { return entra(c.object.rule.field("sourceDirectoryName")) }

// custom says that the application is no gallery application: its target
// directory always has this name.
func (c *checker) custom() bool { return c.object.directory(Target) == nonGallery }

// place looks at whether the job has the rule and the object.
func (c *checker) place() {
	if c.Live != nil && !slices.ContainsFunc(c.Live.objects(), c.samePlace) {
		c.note(Finding{
			Severity: Error, Code: CodeUnknownRule, Problem: "the job has no rule " + quote(c.ruleID) + " with an object " + c.object.SourceName() + " for " + c.object.TargetName(),
			Remedy: remedy.List{remedy.Run("use its ids and object names", "mapping export")},
		})
	}
}

func (c *checker) samePlace(live Object) bool {
	return live.RuleID() == c.ruleID && live.SourceName() == c.object.SourceName() && live.TargetName() == c.object.TargetName()
}

// mostSuggestions is how many names are looked for that somebody may have
// meant. Each takes as long as the attribute list: more would make a schema in
// which nothing fits slow.
const mostSuggestions = 50

// meant is "; near it: …" for a name that a list lacks, or "".
func (c *checker) meant(name string, names func() []string) string {
	if text, ok := c.near[name]; ok || *c.suggestions == 0 {
		return text
	}
	*c.suggestions--
	if found := near.Names(name, names()); len(found) > 0 {
		c.near[name] = "; near it: " + bounds.Names(slices.Compact(found)) // a list may have a name twice
	}
	return c.near[name]
}

// run is a command about the object.
func (c *checker) run(reason, command string, operands ...string) remedy.Remedy {
	r := remedy.Run(reason, "mapping "+command, operands...)
	if c.object.kind == Group {
		r = r.Flag("object", Group)
	}
	return r
}
