// Package check finds what is wrong with a schema.
package check

import (
	"slices"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
)

// Check looks for what is wrong with a schema, as far as the schema alone
// tells. Findings come object by object, in the schema's own order. With an
// [Error] among them, the service refuses the document or cannot work with it.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/customize-application-attributes
func Check(s *schema.Schema) []Finding { return Known{}.Check(s) }

// Against does the same for a schema that is meant for a job whose live
// schema is known: rules and objects that the job lacks are errors as well, and
// what the job has already in an expression is no more than a warning.
func Against(s, live *schema.Schema) []Finding { return Known{Live: live}.Check(s) }

// Known is what a schema is held against beside itself. The zero value is
// nothing but the documentation.
type Known struct {
	Live      *schema.Schema                   // of the job; its rules and objects are all that there are
	Functions []string                         // that the service has, beside the documented ones
	Operators []synchronization.FilterOperator // of scoping filters; none are the documented ones
}

// Check is [Check] with all that is known.
func (k Known) Check(s *schema.Schema) []Finding {
	findings := []Finding{}
	suggestions := mostSuggestions
	note := func(f Finding) { findings = append(findings, f) }
	for _, o := range s.Objects() {
		c := newChecker(k, o, note, &suggestions)
		c.place()
		c.mappings()
		c.whole()
		c.filters()
	}
	checkLists(s, note)
	return findings
}

// A checker looks at one object mapping. Names are looked up in maps, so that
// a schema of any size is gone through once.
type checker struct {
	Known
	object           schema.Object
	ruleID           string
	sources, targets map[string]schema.Attribute
	mapped           map[string]schema.Mapping // by target
	matching         map[int]string            // targets by matching priority
	read             map[string]bool           // sources that a mapping reads
	live             map[string]schema.Mapping // what the job has, by target; none when it is not known
	near             map[string]string         // what was suggested for a name
	report           func(Finding)
	suggestions      *int
}

func newChecker(k Known, o schema.Object, report func(Finding), suggestions *int) *checker {
	c := &checker{
		Known: k, object: o, ruleID: o.RuleID(), sources: schema.ByName(o.SourceAttributes()), targets: schema.ByName(o.TargetAttributes()),
		mapped: map[string]schema.Mapping{}, matching: map[int]string{}, read: map[string]bool{}, near: map[string]string{},
		report: report, suggestions: suggestions,
	}
	c.live = c.liveMappings()
	return c
}

func (c *checker) note(f Finding) {
	f.Object, f.Rule = c.object.Kind(), c.ruleID
	c.report(f)
}

// outOfEntra says that the object's rule starts from Microsoft Entra ID.
func (c *checker) outOfEntra() bool { return schema.Entra(c.object.Rule.Field("sourceDirectoryName")) }

// custom says that the application is no gallery application: its target
// directory always has this name.
func (c *checker) custom() bool { return c.object.Directory(schema.Target) == schema.NonGallery }

// place looks at whether the job has the rule and the object.
func (c *checker) place() {
	if c.Live != nil && !slices.ContainsFunc(c.Live.Objects(), c.samePlace) {
		c.note(Finding{
			Severity: Error, Code: CodeUnknownRule, Problem: "the job has no rule " + schema.Quote(c.ruleID) + " with an object " + c.object.SourceName() + " for " + c.object.TargetName(),
			Remedy: remedy.List{remedy.Run("use its ids and object names", "mapping export")},
		})
	}
}

func (c *checker) samePlace(live schema.Object) bool {
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
	if c.object.Kind() == schema.Group {
		r = r.Flag("object", schema.Group)
	}
	return r
}
