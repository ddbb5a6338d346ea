package blueprint

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/schema"
)

// object checks users or groups. It also writes the targets as the service
// knows them: ' may stand for ", which needs no quotes in YAML.
func (c *checker) object(name string, o *Object) {
	if o == nil {
		return
	}
	for i, action := range o.Actions {
		wrong := c.at(name, "actions", strconv.Itoa(i))
		if !slices.Contains(schema.ActionNames(), action) {
			wrong("the actions are %s, and not %q", strings.Join(schema.ActionNames(), ", "), action)
		} else if slices.Contains(o.Actions[:i], action) {
			wrong("%s stands here twice", action)
		}
	}
	if o.Attributes != nil {
		c.attributes(o.Attributes.Source, name, "attributes", "source")
		c.attributes(o.Attributes.Target, name, "attributes", "target")
	}
	c.mappings(name, o)
	c.filters(name, o.Filters)
}

func (c *checker) attributes(list []Attribute, path ...string) {
	seen := map[string]bool{}
	for i := range list {
		a := &list[i]
		wrong := c.at(append(slices.Clone(path), strconv.Itoa(i))...)
		a.Name = targetName(a.Name)
		known := slices.ContainsFunc(mappings.AttributeTypes(), func(t string) bool { return strings.EqualFold(t, a.Type) })
		switch {
		case a.Name == "":
			wrong("the attribute needs a name")
		case seen[a.Name]:
			wrong("the attribute %s stands here twice", a.Name)
		case a.Type != "" && !known:
			wrong("the type of an attribute is %s, and not %q", strings.Join(mappings.AttributeTypes(), ", "), a.Type)
		}
		seen[a.Name] = true
	}
}

func (c *checker) mappings(name string, o *Object) {
	named := map[string]Mapping{}
	for _, written := range slices.Sorted(maps.Keys(o.Mappings)) {
		m, target := o.Mappings[written], targetName(written)
		wrong := c.at(name, "mappings", written)
		if _, twice := named[target]; twice {
			wrong("the target %s is mapped already, in line %d", target, c.b.Place(name, "mappings", target).Line)
		}
		if reason := m.nonsense(); reason != "" {
			wrong("%s", reason)
		}
		named[target] = m
		c.b.alsoAt(target, name, "mappings", written)
	}
	if o.Mappings != nil {
		o.Mappings = named
	}
	seen := map[string]bool{}
	for i, target := range o.Remove {
		wrong := c.at(name, "remove", strconv.Itoa(i))
		target = targetName(target)
		if _, mapped := named[target]; mapped {
			wrong("the target %s is mapped, in line %d, and cannot be removed too", target, c.b.Place(name, "mappings", target).Line)
		} else if seen[target] {
			wrong("the target %s stands here twice", target)
		}
		seen[target], o.Remove[i] = true, target
	}
}

// alsoAt lets a member be found by another name too.
func (b *Blueprint) alsoAt(name string, path ...string) {
	other := append(slices.Clone(path[:len(path)-1]), name)
	if place, ok := b.places[pathKey(path)]; ok {
		b.places[pathKey(other)] = place
	}
}

func targetName(text string) string { return strings.ReplaceAll(text, "'", `"`) }

// nonsense says why a mapping cannot be as the file has it.
func (m Mapping) nonsense() string {
	sources := 0
	for _, there := range []bool{m.Source != nil, m.Expression != "", m.Constant != nil} {
		if there {
			sources++
		}
	}
	switch {
	case m == Mapping{}:
		return "here stands the source attribute, or an expression, a constant or a default value"
	case sources > 1:
		return "of source, expression and constant there can be one"
	case m.Constant != nil && *m.Constant == "":
		return "the constant is empty"
	case m.Match != nil && *m.Match < 0:
		return "the matching priority is 1 or more, and 0 for none"
	case !slices.Contains([]schema.Apply{"", schema.Always, schema.OnCreate, schema.MultiValueAddOnly, schema.ValueAddOnly, schema.AttributeAddOnly}, m.Apply):
		return "it is applied always or on-create"
	case !slices.Contains([]schema.Flow{"", schema.FlowWhenChanged, schema.FlowAlways}, m.Flow):
		return "it flows when-changed or always"
	}
	return ""
}

func (c *checker) filters(name string, filters map[string][]string) {
	for _, filter := range slices.Sorted(maps.Keys(filters)) {
		wrong := c.at(name, "filters", filter)
		if strings.TrimSpace(filter) == "" {
			wrong("the filter needs a name")
		}
		if len(filters[filter]) == 0 {
			wrong("everybody passes a filter without a clause: write one such as department equals Engineering")
		}
	}
}
