package sandbox

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// A resource says what may be asked of a collection.
type resource struct {
	kind       string              // microsoft.graph.user
	label      string              // as errors name it: User
	properties []string            // all that $select and $filter may name; nil: any
	defaults   []string            // without $select; nil: all
	filters    map[string][]string // the operators each property knows without advanced queries
	free       bool                // any filter goes
	exact      bool                // text is compared with regard to case, but of folded properties
	folded     []string
	orders     []string
	searches   []string
	guids      []string // properties of type Edm.Guid
	skips      bool     // $skip works
	largest    int      // what $top may be at most; 0: 999
}

func (r resource) knows(property string) bool {
	name, _, _ := strings.Cut(property, "/")
	return r.properties == nil || slices.Contains(r.properties, name)
}

// isExtension reports whether a property is a directory extension by its name.
func isExtension(property string) bool { return strings.HasPrefix(property, "extension_") }

// list answers a collection: filtered, searched, ordered, cut into pages and
// projected as the request asks. The fragment is that of @odata.context.
func (r resource) list(c *call, s *state, fragment string, items []object) *answer {
	selected, a := r.selected(c)
	if a != nil {
		return a
	}
	for _, step := range []func(*call, *state, []object) ([]object, *answer){r.filter, r.search, r.order} {
		if items, a = step(c, s, items); a != nil {
			return a
		}
	}
	out := object{"@odata.context": c.context(fragment + selection(selected))}
	if c.advanced() {
		out["@odata.count"] = len(items)
	}
	page, next, a := r.cut(c, items)
	if a != nil {
		return a
	}
	if next != "" {
		out["@odata.nextLink"] = next
	}
	value := make([]object, 0, len(page))
	for _, item := range page {
		value = append(value, r.project(item, selected))
	}
	out["value"] = value
	return ok(out)
}

// one answers a single entity.
func (r resource) one(c *call, fragment string, item object) *answer {
	selected, a := r.selected(c)
	if a != nil {
		return a
	}
	out := r.project(item, selected)
	out["@odata.context"] = c.context(fragment + selection(selected) + "/$entity")
	return ok(out)
}

func selection(selected []string) string {
	if selected == nil {
		return ""
	}
	return "(" + strings.Join(selected, ",") + ")"
}

// selected is what $select names; nil when it is not there.
func (r resource) selected(c *call) ([]string, *answer) {
	for name := range c.query {
		if strings.HasPrefix(name, "$") && !slices.Contains([]string{"$select", "$filter", "$top", "$skiptoken", "$count", "$orderby", "$search", "$expand", "$skip", "$format"}, name) {
			return nil, fail(http.StatusBadRequest, "BadRequest", "The query parameter '"+name+"' is not supported.")
		}
	}
	var out []string
	for name := range strings.SplitSeq(c.query.Get("$select"), ",") {
		name = strings.TrimSpace(name)
		switch {
		case name == "" || slices.Contains(out, name):
		case name == "*":
			return nil, nil
		case !r.knows(name) && !isExtension(name):
			return nil, fail(http.StatusBadRequest, "BadRequest", fmt.Sprintf("Parsing OData Select and Expand failed: Could not find a property named '%s' on type '%s'.", name, r.kind))
		default:
			out = append(out, name)
		}
	}
	return out, nil
}

// project keeps of an entity what is asked for. Control information stays.
func (r resource) project(item object, selected []string) object {
	out := object{}
	for name, value := range item {
		switch {
		case strings.HasPrefix(name, "@") || strings.HasPrefix(name, "+"):
			out[strings.TrimPrefix(name, "+")] = value
		case selected != nil && slices.Contains(selected, name):
			out[name] = value
		case selected == nil && !isExtension(name) && (r.defaults == nil || slices.Contains(r.defaults, name)):
			out[name] = value
		}
	}
	for _, name := range selected {
		// A property that is not set is null; an extension that is not set is absent.
		if _, there := out[name]; !there && !isExtension(name) {
			out[name] = nil
		}
	}
	return out
}

func subject(item object) odata.Subject {
	return func(path string) any {
		var v any = item
		for part := range strings.SplitSeq(path, "/") {
			o, _ := v.(object)
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

func (r resource) filter(c *call, s *state, items []object) ([]object, *answer) {
	if !c.query.Has("$filter") {
		return items, nil
	}
	f, err := odata.Parse(c.query.Get("$filter"))
	if err != nil {
		return nil, fail(http.StatusBadRequest, "BadRequest", "Invalid filter clause: "+err.Error())
	}
	for _, use := range f.Uses() {
		if a := r.permits(c, s, use); a != nil {
			return nil, a
		}
	}
	if c.query.Has("$orderby") && !r.free && !c.advanced() {
		return nil, unsupportedQuery("Sorting not supported for current query.")
	}
	fold := func(path string) bool { return !r.exact || slices.Contains(r.folded, path) }
	return slices.DeleteFunc(slices.Clone(items), func(item object) bool { return !f.Match(subject(item), fold) }), nil
}

// permits is nil when a filter may use a property so, else the refusal.
// https://learn.microsoft.com/graph/aad-advanced-queries
func (r resource) permits(c *call, s *state, use odata.Use) *answer {
	if r.free {
		return nil
	}
	known := r.knows(use.Path)
	if isExtension(use.Path) {
		known = s.extensionNamed(use.Path) != nil
	}
	if !known {
		return badRequest("Property '" + use.Path + "' does not exist as a declared property or extension property.")
	}
	if slices.Contains(r.guids, use.Path) && use.Literal.Quoted {
		return badRequest("A binary operator with incompatible types was detected. Found operand types 'Edm.Guid' and 'Edm.String' for operator kind 'Equal'.")
	}
	if use.Op == "endswith" && !c.advanced() {
		return unsupportedQuery("Operator 'endsWith' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information")
	}
	operators := r.filters[use.Path]
	if isExtension(use.Path) {
		operators = []string{"eq"}
	}
	plain := slices.Contains(operators, use.Op) && !use.Negated && !use.Literal.IsNull()
	ends := use.Op != "endswith" || slices.Contains([]string{"mail", "otherMails", "userPrincipalName", "proxyAddresses"}, use.Path)
	if plain || c.advanced() && use.Op != "contains" && ends {
		return nil
	}
	return unsupportedQuery(fmt.Sprintf("Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.", use.Path, r.label))
}

// order sorts by $orderby.
func (r resource) order(c *call, _ *state, items []object) ([]object, *answer) {
	if !c.query.Has("$orderby") {
		return items, nil
	}
	property, direction, _ := strings.Cut(strings.TrimSpace(c.query.Get("$orderby")), " ")
	if !slices.Contains(r.orders, property) {
		return nil, unsupportedQuery("Sorting not supported for current query.")
	}
	out := slices.Clone(items)
	slices.SortStableFunc(out, func(a, b object) int {
		n := strings.Compare(strings.ToLower(fmt.Sprint(a[property])), strings.ToLower(fmt.Sprint(b[property])))
		if strings.EqualFold(strings.TrimSpace(direction), "desc") {
			return -n
		}
		return n
	})
	return out, nil
}

// cut takes one page and says where the next is.
func (r resource) cut(c *call, items []object) (page []object, next string, a *answer) {
	size, from := 100, 0
	largest := cmp.Or(r.largest, 999)
	if text := c.query.Get("$top"); c.query.Has("$top") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > largest {
			return nil, "", unsupportedQuery(fmt.Sprintf("Invalid page size specified: '%s'. Must be between 1 and %d inclusive.", text, largest))
		}
		size = n
	}
	if c.query.Has("$skip") {
		n, err := strconv.Atoi(c.query.Get("$skip"))
		if !r.skips || err != nil || n < 0 {
			return nil, "", badRequest("'$skip' is not supported by the service.")
		}
		from = n
	}
	if c.query.Has("$skiptoken") {
		if from, a = unpackToken(c.query.Get("$skiptoken")); a != nil {
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

// pageOf is what of a list of n is on the page that is asked for, as far as
// the request can be understood; all of it, when not.
func pageOf(c *call, n int) (from, to int) {
	size := 100
	if text := c.query.Get("$top"); text != "" {
		var err error
		if size, err = strconv.Atoi(text); err != nil || size < 1 {
			return 0, n
		}
	}
	if c.query.Has("$skiptoken") {
		var a *answer
		if from, a = unpackToken(c.query.Get("$skiptoken")); a != nil {
			return 0, n
		}
	}
	from = min(from, n)
	return from, min(from+size, n)
}

const tokenMark = "sandbox:"

func unpackToken(token string) (int, *answer) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	number, ours := strings.CutPrefix(string(text), tokenMark)
	from, numberErr := strconv.Atoi(number)
	if err != nil || !ours || numberErr != nil || from < 0 {
		return 0, badRequest("Skip token is null or empty, or not valid.")
	}
	return from, nil
}

func nextLink(c *call, from int) string {
	query := url.Values{}
	for name, values := range c.query {
		if name != "$skip" {
			query[name] = values
		}
	}
	query.Set("$skiptoken", base64.RawURLEncoding.EncodeToString([]byte(tokenMark+strconv.Itoa(from))))
	return c.base + c.path + "?" + query.Encode()
}
