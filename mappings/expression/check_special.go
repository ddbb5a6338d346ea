package expression

import (
	"slices"
	"strings"
)

const roleAttribute = "appRoleAssignments"

// special looks at what is particular to one function.
func (c *checker) special(call *Call, at context) {
	switch call.Name {
	case "IIF":
		c.iif(call)
	case "Switch":
		c.switchBetween(call, at)
	case "Replace":
		c.replace(call)
	case "DateAdd", "DateDiff":
		c.interval(call)
	case "FormatDateTime":
		c.dateFormats(call)
	case "SelectUniqueValue":
		c.fault(call, "SelectUniqueValue is not for SCIM applications")
	case "Guid", "RandomString":
		c.warn(call, "%s yields another value each time: let the mapping apply on create alone", call.Name)
	case "IsNull", "IsNullOrEmpty", "IsPresent":
		if at.parent == "Switch" && at.place == 0 {
			c.warn(call, "%s is not for the source of Switch: take the attribute itself, and the key \"\" for a missing value", call.Name)
		}
	case "AppRoleAssignments":
		c.warn(call, "AppRoleAssignments is described nowhere; AppRoleAssignmentsComplex is")
	}
	if takesRoles(call.Name) {
		c.roles(call)
	}
}

func takesRoles(function string) bool {
	return slices.Contains([]string{
		"SingleAppRoleAssignment", "AppRoleAssignments", "AppRoleAssignmentsComplex", "AssertiveAppRoleAssignmentsComplex",
	}, function)
}

func (c *checker) roles(call *Call) {
	if len(call.Args) == 0 {
		return // of the number of arguments it was told
	}
	if a, ok := call.Args[0].(*Attribute); !ok || a.Name != roleAttribute {
		c.fault(call.Args[0], "%s takes [%s] and nothing else", call.Name, roleAttribute)
	}
}

// iif looks at the condition, which fails when it looks at a missing value.
func (c *checker) iif(call *Call) {
	if len(call.Args) == 0 {
		return
	}
	condition := call.Args[0]
	const instead = `: Switch([attribute], [attribute], "", "Other") tells a missing value`
	if test, ok := condition.(*Call); ok {
		switch test.Name {
		case "IgnoreFlowIfNullOrEmpty":
			c.fault(test, "IgnoreFlowIfNullOrEmpty is no condition: put the whole IIF into it")
			return
		case "IsNull", "IsNullOrEmpty", "IsPresent":
			c.warn(test, "%s as the condition of IIF is documented as unsupported, although a guide uses it%s", test.Name, instead)
			return
		}
	}
	if comparison, ok := condition.(*Comparison); ok && (isBlankText(comparison.Left) || isBlankText(comparison.Right)) {
		c.fault(comparison, "IIF cannot compare with \"\": with a missing value the check fails%s", instead)
		return
	}
	c.missing(condition)
}

// missing warns of each attribute in a condition that may be null or empty.
// What stands in Switch or Coalesce is replaced there.
func (c *checker) missing(n Node) {
	switch n := n.(type) {
	case *Attribute:
		if !c.neverMissing(n.Name) {
			c.warn(n, "when %s is null or empty the check fails, and what IIF then yields is not documented: Switch with the key \"\" tells a missing value", n.Name)
		}
	case *Comparison:
		c.missing(n.Left)
		c.missing(n.Right)
	case *Call:
		if n.Name == "Switch" || n.Name == "Coalesce" || n.Name == "IIF" {
			return
		}
		for _, arg := range n.Args {
			c.missing(arg)
		}
	}
}

// neverMissing tells the attributes that every user has in Entra, beside those
// that are listed as required.
// https://learn.microsoft.com/graph/api/user-post-users
func (c *checker) neverMissing(name string) bool {
	always := []string{"objectId", "userPrincipalName", "displayName", "mailNickname", "accountEnabled", "IsSoftDeleted"}
	return c.attributes[name].Required || slices.Contains(always, name)
}

func isBlankText(n Node) bool {
	t, ok := n.(*Text)
	return ok && t.Value == ""
}

func (c *checker) switchBetween(call *Call, at context) {
	if _, err := call.pairs(); err != nil && len(call.Args) >= 4 {
		c.fault(call, "the last key of Switch has no value: keys and values come in pairs")
	}
	if len(call.Args) == 0 {
		return
	}
	if a, ok := call.Args[0].(*Attribute); ok && (a.Name == "manager" || c.attributes[a.Name].Reference) {
		c.fault(a, "Switch is not for references to other objects, such as %s", a.Name)
	}
	if len(call.Args) < 2 || at.sheltered || isEmpty(call.Args[1]) || isBlankText(call.Args[1]) {
		return
	}
	instead := "take IIF"
	if _, ok := call.Args[1].(*Attribute); ok {
		instead = "put the Switch into IgnoreFlowIfNullOrEmpty"
	}
	c.warn(call, "the service has set attributes to null by mistake where a Switch with a default value has a source that did not change: %s", instead)
}

// replace looks at the regular expression, and whether it has the group.
func (c *checker) replace(call *Call) {
	if len(call.Args) < 3 {
		return
	}
	text, ok := call.Args[2].(*Text)
	if !ok {
		return
	}
	pattern, err := CompilePattern(text.Value, 0)
	if err != nil {
		c.fault(text, "%s", err)
		return
	}
	if len(call.Args) > 3 {
		if group, ok := call.Args[3].(*Text); ok && group.Value != "" && !pattern.hasGroup(group.Value) {
			c.fault(group, "the pattern has no group %s", group.Value)
		}
	}
}

func (c *checker) interval(call *Call) {
	if len(call.Args) == 0 {
		return
	}
	if t, ok := call.Args[0].(*Text); ok && !slices.Contains(intervals(), t.Value) {
		c.fault(t, "%s is none of the intervals %s", t, strings.Join(intervals(), " "))
	}
}

// dateFormats looks at the formats that are there as texts: the last two of
// the arguments.
func (c *checker) dateFormats(call *Call) {
	args, err := call.arguments(3, 4)
	if err != nil {
		return
	}
	for _, arg := range args[len(args)-2:] {
		t, ok := arg.(*Text)
		if !ok {
			continue
		}
		if _, err := (Input{budget: &budget{}}).format(call, t); err != nil {
			c.fault(t, "%s", reasonOf(err))
		}
	}
}

// reasonOf is what an error of evaluation says beside the place.
func reasonOf(err error) string {
	switch err := err.(type) { //nolint:errorlint // format wraps nothing
	case *ArgumentError:
		return err.Reason
	case *UnsupportedError:
		return err.Reason
	default:
		return err.Error()
	}
}
