package check

import (
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/words"
)

// A Severity says how much a [Finding] matters.
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"   // the service refuses it, or it cannot work
	Warning Severity = "warning" // it works otherwise than its author will expect
	Info    Severity = "info"    // good to know
)

// A Finding is something about a schema, or about what goes with it, that its
// administrator should know.
type Finding struct {
	Severity  Severity    `json:"severity"`
	Code      Code        `json:"code"`
	Object    string      `json:"object,omitempty"`    // user or group; "" when it is about the whole
	Rule      string      `json:"rule,omitempty"`      // id of the synchronization rule
	Target    string      `json:"target,omitempty"`    // of the mapping that it is about
	Filter    string      `json:"filter,omitempty"`    // name of the scoping filter that it is about
	Attribute string      `json:"attribute,omitempty"` // that it is about, of an attribute list
	Problem   string      `json:"problem"`             // a clause: "the attribute list lacks it"
	Remedy    remedy.List `json:"remedy,omitempty"`    // what to do
	Line      int         `json:"line,omitempty"`      // in the expression, from 1
	Column    int         `json:"column,omitempty"`    // in characters, from 1
}

// A Code is what sort of finding it is, for programs.
type Code string

// What a schema can have.
const (
	CodeUnknownValue      Code = "unknownValue"      // a member has a value that Graph does not know
	CodeNoTarget          Code = "noTarget"          // a mapping names no target attribute
	CodeTargetID          Code = "targetId"          // the application's own id is mapped
	CodeMappedTwice       Code = "mappedTwice"       // two mappings for one target
	CodeUnknownTarget     Code = "unknownTarget"     // the target attribute list lacks it
	CodeUnknownSource     Code = "unknownSource"     // the source attribute list lacks it
	CodeNoAttributeList   Code = "noAttributeList"   // a directory lacks the object
	CodeSyntax            Code = "syntax"            // an expression does not parse, or is too long
	CodeUnknownFunction   Code = "unknownFunction"   // a function that is not documented
	CodeExpression        Code = "expression"        // an expression that does not do what it seems to
	CodeSourceForm        Code = "sourceForm"        // expression and stored form differ
	CodeNoMatching        Code = "noMatching"        // nothing finds the account of a person
	CodeMatching          Code = "matching"          // a matching attribute that cannot match
	CodeMatchTaken        Code = "matchTaken"        // two have the same matching priority
	CodeNoSource          Code = "noSource"          // nothing flows
	CodeDefaultOnCreate   Code = "defaultOnCreate"   // the default is for new accounts only
	CodeTypeClash         Code = "typeClash"         // the types of source and target do not fit
	CodeMultivalued       Code = "multivalued"       // several values for one
	CodeExtension         Code = "extension"         // an extension property that cannot be used
	CodeCustomAttribute   Code = "customAttribute"   // a custom attribute that cannot be used
	CodeNamingPattern     Code = "namingPattern"     // a create leaves it out
	CodeRequired          Code = "required"          // what the target requires may be missing
	CodeNobodyDisabled    Code = "nobodyDisabled"    // who leaves keeps an active account
	CodeDisabled          Code = "disabled"          // the mapping of users is off
	CodeActions           Code = "actions"           // not all actions are on
	CodeAttributeTwice    Code = "attributeTwice"    // an attribute list has it twice
	CodeAttributeNameless Code = "attributeNameless" // an attribute list has one without a name or type
	CodeUnknownRule       Code = "unknownRule"       // the job has no such rule or object
	CodeFilterAttribute   Code = "filterAttribute"   // a filter asks for what it cannot
	CodeFilterOperator    Code = "filterOperator"    // a filter's operator is unknown, or has not what it compares with
	CodeFilterEmpty       Code = "filterEmpty"       // a filter without clauses
)

// Where is the place that the finding is about, for people:
// "name.formatted, column 12". It is "" for an object as a whole.
func (f Finding) Where() string {
	var parts []string
	switch {
	case f.Target != "":
		parts = append(parts, f.Target)
	case f.Filter != "":
		parts = append(parts, "filter "+f.Filter)
	case f.Attribute != "":
		parts = append(parts, "attribute "+f.Attribute)
	}
	if f.Line > 1 {
		parts = append(parts, fmt.Sprintf("line %d", f.Line))
	}
	if f.Column > 0 {
		parts = append(parts, fmt.Sprintf("column %d", f.Column))
	}
	return strings.Join(parts, ", ")
}

// String is the finding in one line.
func (f Finding) String() string {
	parts := []string{string(f.Severity)}
	for _, part := range []string{f.Object, f.Where(), f.Problem} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ": ")
}

// CountFindings tells how many of the findings are errors and how many are
// warnings.
func CountFindings(findings []Finding) (errs, warnings int) {
	for _, f := range findings {
		switch f.Severity {
		case Error:
			errs++
		case Warning:
			warnings++
		case Info:
		}
	}
	return errs, warnings
}

// Judge is nil when there is no error among the findings, or in strict mode
// neither an error nor a warning; else a *[FindingsError].
func Judge(findings []Finding, strict bool) error {
	errs, warnings := CountFindings(findings)
	if errs == 0 && (warnings == 0 || !strict) {
		return nil
	}
	return &FindingsError{Errors: errs, Warnings: warnings}
}

// A FindingsError says that findings need attention.
type FindingsError struct{ Errors, Warnings int }

func (e *FindingsError) Error() string {
	return "the mappings have " + words.Count(e.Errors, "error") + " and " + words.Count(e.Warnings, "warning")
}
