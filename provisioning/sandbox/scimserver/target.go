package scimserver

import (
	"strings"

	"github.com/elimity-com/scim/schema"
)

// target is an attribute path taken apart: urn:name[filter].sub, where all but
// the name may be absent.
type target struct {
	urn, name, filter, sub string
}

// parseTarget cuts a path. The URN is everything before the last colon outside
// the filter.
func parseTarget(path string) target {
	var t target
	head, tail, filtered := strings.Cut(path, "[")
	if i := strings.LastIndexByte(head, ':'); i >= 0 {
		t.urn, head = head[:i], head[i+1:]
	}
	if !filtered {
		t.name, t.sub, _ = strings.Cut(head, ".")
		return t
	}
	t.name = head
	end := strings.LastIndexByte(tail, ']')
	if end < 0 {
		t.filter = tail
		return t
	}
	t.filter, t.sub = tail[:end], strings.TrimPrefix(tail[end+1:], ".")
	return t
}

// String puts the path together as the library knows it.
func (t target) String() string {
	path := t.name
	if t.urn != "" {
		path = alias(t.urn) + ":" + path
	}
	if t.filter != "" {
		path += "[" + t.filter + "]"
	}
	if t.sub != "" {
		path += "." + t.sub
	}
	return path
}

// extensionOf returns the schema of an extension and its URN as it is spelt
// there. URNs do not differ by case.
func (c *call) extensionOf(urn string) (schema.Schema, string, bool) {
	if strings.EqualFold(urn, c.server.enterprise.ID) && c.core.ID == c.server.user.ID {
		return c.server.enterprise, c.server.enterprise.ID, true
	}
	for _, e := range c.extensions {
		if strings.EqualFold(e.URN, urn) {
			return e.schema(), e.URN, true
		}
	}
	return schema.Schema{}, urn, false
}

// settle spells the URN as it is known, and drops that of the core schema,
// which some vendors write out.
func (c *call) settle(t target) target {
	if strings.EqualFold(t.urn, c.core.ID) {
		t.urn = ""
	}
	if t.urn != "" {
		_, t.urn, _ = c.extensionOf(t.urn)
	}
	return t
}

// attributeOf finds the attribute, and the sub-attribute when there is one.
func (c *call) attributeOf(t target) (a, sub schema.CoreAttribute, ok bool) {
	s := c.core
	if t.urn != "" {
		if s, _, ok = c.extensionOf(t.urn); !ok {
			return a, sub, false
		}
	}
	a, ok = s.Attributes.ContainsAttribute(t.name)
	if !ok && t.urn == "" && strings.EqualFold(t.name, schema.CommonAttributeExternalID) {
		return externalID(), sub, t.sub == ""
	}
	if !ok || t.sub == "" {
		return a, sub, ok
	}
	sub, ok = a.SubAttributes().ContainsAttribute(t.sub)
	return a, sub, ok
}

// externalID is a common attribute, which the library keeps out of the schemas.
func externalID() schema.CoreAttribute {
	return schema.SimpleCoreAttribute(schema.SimpleStringParams(schema.StringParams{
		Name: schema.CommonAttributeExternalID, CaseExact: true,
	}))
}

// isForeign says whether the URN is neither the core schema's nor the
// enterprise extension's: then its attributes are learned as they come.
func (c *call) isForeign(urn string) bool {
	return urn != "" && c.core.ID == c.server.user.ID &&
		!strings.EqualFold(urn, c.core.ID) && !strings.EqualFold(urn, c.server.enterprise.ID)
}
