package expression

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Severity says how much a [Finding] matters.
type Severity string

// The severities, worst first.
const (
	Error   Severity = "error"   // it cannot work, or is documented not to
	Warning Severity = "warning" // it may work otherwise than its author expects
)

// A Finding is something about an expression that its author should know.
type Finding struct {
	Position
	Severity Severity
	Problem  string   // a clause: "there is no function Swich"
	Near     []string // the names that may have been meant, likeliest first; mostly empty
}

// String is the finding in one line.
func (f Finding) String() string {
	text := fmt.Sprintf("%s: %s: %s", f.Severity, f.Position, f.Problem)
	if len(f.Near) > 0 {
		text += "; near it: " + strings.Join(f.Near, ", ")
	}
	return text
}

// A Listed attribute is one that an expression may read.
type Listed struct {
	Name      string
	Required  bool // it is never null or empty
	Reference bool // it leads to another object, as manager does
}

// Check looks for what is wrong with an expression in a mapping to a SCIM
// application, without evaluating it. The attributes are those of the source;
// with none at all no attribute is taken for misspelt. The findings come in
// the order of the text; without any the list is empty. What the page on
// expressions calls unsupported is an error, and what two pages contradict
// each other on a warning:
// https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data.
func Check(n Node, attributes []Listed) []Finding {
	c := &checker{attributes: map[string]Listed{}, findings: []Finding{}}
	for _, a := range attributes {
		c.attributes[a.Name] = a
		c.names = append(c.names, a.Name)
	}
	if length := len([]rune(n.String())); length > MaxLength {
		c.fault(n, "written out it has %d characters; %d is the most", length, MaxLength)
	}
	c.node(n, context{top: true})
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
	return c.findings
}

type checker struct {
	attributes map[string]Listed
	names      []string
	findings   []Finding
}

// A context is where in the expression a node stands.
type context struct {
	top       bool   // it is the whole
	parent    string // function whose argument it is; "" when there is none
	place     int    // which argument, from 0
	sheltered bool   // when it is null, IgnoreFlowIfNullOrEmpty leaves the attribute out
}

func (c *checker) fault(n Node, format string, args ...any) { c.note(n, Error, format, args...) }

func (c *checker) warn(n Node, format string, args ...any) { c.note(n, Warning, format, args...) }

func (c *checker) note(n Node, severity Severity, format string, args ...any) {
	c.findings = append(c.findings, Finding{Position: n.At(), Severity: severity, Problem: fmt.Sprintf(format, args...)})
}

func (c *checker) node(n Node, at context) {
	switch n := n.(type) {
	case *Attribute:
		c.attribute(n, at)
	case *Word:
		c.word(n, at)
	case *Comparison:
		if !at.condition() {
			c.fault(n, "a comparison stands as the condition of IIF or in CBool alone")
		}
		c.node(n.Left, context{parent: at.parent, place: at.place})
		c.node(n.Right, context{parent: at.parent, place: at.place})
	case *Call:
		c.call(n, at)
	}
}

func (at context) condition() bool {
	return (at.parent == "IIF" || at.parent == "CBool") && at.place == 0
}

func (c *checker) attribute(a *Attribute, at context) {
	if _, ok := c.attributes[a.Name]; !ok && len(c.attributes) > 0 {
		c.fault(a, "there is no attribute %s", a.Name)
		c.findings[len(c.findings)-1].Near = near(a.Name, c.names)
	}
	if a.Name == roleAttribute && !takesRoles(at.parent) && !at.top {
		c.warn(a, "[%s] holds assignments, not names: SingleAppRoleAssignment([%s]) makes a name of one", a.Name, a.Name)
	}
}

func (c *checker) word(w *Word, at context) {
	switch w.Name {
	case "IgnoreAttributeFlow", "IgnoreObjectFlow":
		c.warn(w, "%s is documented for HR systems as the source, not for SCIM applications", w.Name)
	default:
		if at.parent != "InStr" || at.place != 3 {
			c.fault(w, "%s is the last argument of InStr, and stands nowhere else", w.Name)
		}
	}
}

// call looks at a call and all that it holds.
func (c *checker) call(call *Call, at context) {
	f, known := byName()[strings.ToLower(call.Name)]
	if !known {
		c.fault(call, "there is no function %s", cmp.Or(call.Written, call.Name))
		c.findings[len(c.findings)-1].Near = Near(call.Name)
	}
	if known {
		c.written(call)
		c.count(call, f)
		c.special(call, at)
	}
	for i, arg := range call.Args {
		c.node(arg, context{parent: call.Name, place: i, sheltered: shelters(call, at)})
	}
}

// shelters tells whether a null of an argument is a null of the whole that
// IgnoreFlowIfNullOrEmpty sees.
func shelters(call *Call, at context) bool {
	switch call.Name {
	case "IgnoreFlowIfNullOrEmpty":
		return true
	case "IIF", "Switch", "Coalesce", "Redact":
		return at.sheltered
	default:
		return false
	}
}

func (c *checker) written(call *Call) {
	if call.Written != "" && call.Written != call.Name {
		c.warn(call, "%s is written %s in the documentation, which says that case matters", call.Written, call.Name)
	}
}

// count compares the number of arguments with the catalogue's.
func (c *checker) count(call *Call, f Function) {
	n := len(call.Args)
	for n > 0 && n > f.Least && isEmpty(call.Args[n-1]) {
		n--
	}
	if n >= f.Least && (f.Most < 0 || n <= f.Most) {
		return
	}
	c.fault(call, "%s %s", f.Name, f.miscount(n))
}

// miscount says how many arguments the function takes instead of so many.
func (f Function) miscount(n int) string {
	due := fmt.Sprint(f.Least)
	switch {
	case f.Most < 0:
		due += " or more"
	case f.Most > f.Least:
		due += fmt.Sprintf(" to %d", f.Most)
	}
	noun, are := "arguments", "are"
	if due == "1" {
		noun = "argument"
	}
	if n == 1 {
		are = "is"
	}
	return fmt.Sprintf("takes %s %s, and there %s %d: %s", due, noun, are, n, f.Signature)
}
