package odata

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A Resource says what may be asked of a collection.
type Resource struct {
	Kind       string              // microsoft.graph.user
	Label      string              // as errors name it: User
	Properties []string            // all that $select and $filter may name; nil: any
	Defaults   []string            // without $select; nil: all
	Filters    map[string][]string // the operators each property knows without advanced queries
	Free       bool                // any filter goes
	Exact      bool                // text is compared with regard to case, but of folded properties
	Folded     []string
	Orders     []string
	Searches   []string
	GUIDs      []string // properties of type Edm.Guid
	Skips      bool     // $skip works
	Largest    int      // what $top may be at most; 0: 999
}

func (r Resource) knows(property string) bool {
	name, _, _ := strings.Cut(property, "/")
	return r.Properties == nil || slices.Contains(r.Properties, name)
}

// IsExtension reports whether a property is a directory extension by its name.
func IsExtension(property string) bool { return strings.HasPrefix(property, "extension_") }

// List answers a collection: filtered, searched, ordered, cut into pages and
// projected as the request asks. The fragment is that of @odata.context.
func (r Resource) List(c *Call, fragment string, items []Object) *Answer {
	selected, a := r.selected(c)
	if a != nil {
		return a
	}
	for _, step := range []func(*Call, []Object) ([]Object, *Answer){r.Filter, r.search, r.order} {
		if items, a = step(c, items); a != nil {
			return a
		}
	}
	out := Object{"@odata.context": c.Context(fragment + selection(selected))}
	if c.Advanced() {
		out["@odata.count"] = len(items)
	}
	page, next, a := r.cut(c, items)
	if a != nil {
		return a
	}
	if next != "" {
		out["@odata.nextLink"] = next
	}
	value := make([]Object, 0, len(page))
	for _, item := range page {
		value = append(value, r.Project(item, selected))
	}
	out["value"] = value
	return OK(out)
}

// One answers a single entity.
func (r Resource) One(c *Call, fragment string, item Object) *Answer {
	selected, a := r.selected(c)
	if a != nil {
		return a
	}
	out := r.Project(item, selected)
	out["@odata.context"] = c.Context(fragment + selection(selected) + "/$entity")
	return OK(out)
}

func selection(selected []string) string {
	if selected == nil {
		return ""
	}
	return "(" + strings.Join(selected, ",") + ")"
}

// selected is what $select names; nil when it is not there.
func (r Resource) selected(c *Call) ([]string, *Answer) {
	for name := range c.Query {
		if strings.HasPrefix(name, "$") && !slices.Contains([]string{"$select", "$filter", "$top", "$skiptoken", "$count", "$orderby", "$search", "$expand", "$skip", "$format"}, name) {
			return nil, Fail(http.StatusBadRequest, "BadRequest", "The query parameter '"+name+"' is not supported.")
		}
	}
	var out []string
	for name := range strings.SplitSeq(c.Query.Get("$select"), ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "" || slices.Contains(out, name):
		case name == "*":
			return nil, nil
		case !r.knows(name) && !IsExtension(name):
			return nil, Fail(http.StatusBadRequest, "BadRequest", fmt.Sprintf("Parsing OData Select and Expand failed: Could not find a property named '%s' on type '%s'.", name, r.Kind))
		default:
			out = append(out, name)
		}
	}
	return out, nil
}

// Project keeps of an entity what is asked for. Control information stays.
func (r Resource) Project(item Object, selected []string) Object {
	out := Object{}
	for name, value := range item {
		switch {
		case strings.HasPrefix(name, "@") || strings.HasPrefix(name, "+"):
			out[strings.TrimPrefix(name, "+")] = value
		case selected != nil && slices.Contains(selected, name):
			out[name] = value
		case selected == nil && !IsExtension(name) && (r.Defaults == nil || slices.Contains(r.Defaults, name)):
			out[name] = value
		}
	}
	for _, name := range selected {
		// A property that is not set is null; an extension that is not set is absent.
		if _, there := out[name]; !there && !IsExtension(name) {
			out[name] = nil
		}
	}
	return out
}

func subject(item Object) Subject {
	return func(path string) any {
		var v any = item
		for part := range strings.SplitSeq(path, "/") {
			o, _ := v.(Object)
			v = o[part]
		}
		if list, ok := v.([]string); ok {
			out := make([]any, len(list))
			for i, text := range list {
				out[i] = text
			}
			return out
		}
		return v
	}
}

func (r Resource) Filter(c *Call, items []Object) ([]Object, *Answer) {
	if !c.Query.Has("$filter") {
		return items, nil
	}
	f, err := Parse(c.Query.Get("$filter"))
	if err != nil {
		return nil, Fail(http.StatusBadRequest, "BadRequest", "Invalid filter clause: "+err.Error())
	}
	for _, use := range f.Uses() {
		if a := r.permits(c, use); a != nil {
			return nil, a
		}
	}
	if c.Query.Has("$orderby") && !r.Free && !c.Advanced() {
		return nil, UnsupportedQuery("Sorting not supported for current query.")
	}
	fold := func(path string) bool { return !r.Exact || slices.Contains(r.Folded, path) }
	return slices.DeleteFunc(slices.Clone(items), func(item Object) bool { return !f.Match(subject(item), fold) }), nil
}

// permits is nil when a filter may use a property so, else the refusal.
// https://learn.microsoft.com/graph/aad-advanced-queries
func (r Resource) permits(c *Call, use Use) *Answer {
	if r.Free {
		return nil
	}
	known := r.knows(use.Path)
	if IsExtension(use.Path) {
		known = c.HasExtension(use.Path)
	}
	if !known {
		return BadRequest("Property '" + use.Path + "' does not exist as a declared property or extension property.")
	}
	if slices.Contains(r.GUIDs, use.Path) && use.Literal.Quoted {
		return BadRequest("A binary operator with incompatible types was detected. Found operand types 'Edm.Guid' and 'Edm.String' for operator kind 'Equal'.")
	}
	if use.Op == "endswith" && !c.Advanced() {
		return UnsupportedQuery("Operator 'endsWith' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information")
	}
	operators := r.Filters[use.Path]
	if IsExtension(use.Path) {
		operators = []string{"eq"}
	}
	plain := slices.Contains(operators, use.Op) && !use.Negated && !use.Literal.IsNull()
	ends := use.Op != "endswith" || slices.Contains([]string{"mail", "otherMails", "userPrincipalName", "proxyAddresses"}, use.Path)
	if plain || c.Advanced() && use.Op != "contains" && ends {
		return nil
	}
	return UnsupportedQuery(fmt.Sprintf("Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.", use.Path, r.Label))
}

// order sorts by $orderby.
func (r Resource) order(c *Call, items []Object) ([]Object, *Answer) {
	if !c.Query.Has("$orderby") {
		return items, nil
	}
	property, direction, _ := strings.Cut(strings.TrimSpace(c.Query.Get("$orderby")), " ")
	if !slices.Contains(r.Orders, property) {
		return nil, UnsupportedQuery("Sorting not supported for current query.")
	}
	out := slices.Clone(items)
	slices.SortStableFunc(out, func(a, b Object) int {
		n := strings.Compare(strings.ToLower(fmt.Sprint(a[property])), strings.ToLower(fmt.Sprint(b[property])))
		if strings.EqualFold(strings.TrimSpace(direction), "desc") {
			return -n
		}
		return n
	})
	return out, nil
}

// cut takes one page and says where the next is.
func (r Resource) cut(c *Call, items []Object) (page []Object, next string, a *Answer) {
	size, from := 100, 0
	largest := cmp.Or(r.Largest, 999)
	if text := c.Query.Get("$top"); c.Query.Has("$top") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > largest {
			return nil, "", UnsupportedQuery(fmt.Sprintf("Invalid page size specified: '%s'. Must be between 1 and %d inclusive.", text, largest))
		}
		size = n
	}
	if c.Query.Has("$skip") {
		n, err := strconv.Atoi(c.Query.Get("$skip"))
		if !r.Skips || err != nil || n < 0 {
			return nil, "", BadRequest("'$skip' is not supported by the service.")
		}
		from = n
	}
	if c.Query.Has("$skiptoken") {
		if from, a = unpackToken(c.Query.Get("$skiptoken")); a != nil {
			return nil, "", a
		}
	}
	from = min(from, len(items))
	to := min(from+size, len(items))
	if to == len(items) {
		return items[from:to], "", nil
	}
	return items[from:to], nextLink(c, to), nil
}

// PageOf is what of a list of n is on the page that is asked for, as far as
// the request can be understood; all of it, when not.
func PageOf(c *Call, n int) (from, to int) {
	size := 100
	if text := c.Query.Get("$top"); text != "" {
		var err error
		if size, err = strconv.Atoi(text); err != nil || size < 1 {
			return 0, n
		}
	}
	if c.Query.Has("$skiptoken") {
		var a *Answer
		if from, a = unpackToken(c.Query.Get("$skiptoken")); a != nil {
			return 0, n
		}
	}
	from = min(from, n)
	return from, min(from+size, n)
}

const tokenMark = "sandbox:"

func unpackToken(token string) (int, *Answer) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	number, ours := strings.CutPrefix(string(text), tokenMark)
	from, numberErr := strconv.Atoi(number)
	if err != nil || !ours || numberErr != nil || from < 0 {
		return 0, BadRequest("Skip token is null or empty, or not valid.")
	}
	return from, nil
}

func nextLink(c *Call, from int) string {
	query := url.Values{}
	for name, values := range c.Query {
		if name != "$skip" {
			query[name] = values
		}
	}
	query.Set("$skiptoken", base64.RawURLEncoding.EncodeToString([]byte(tokenMark+strconv.Itoa(from))))
	return c.Base + c.Path + "?" + query.Encode()
}
