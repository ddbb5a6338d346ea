package scim

import (
	"strings"
)

// Schemas of the resources that Entra posts.
const (
	coreUser       = "urn:ietf:params:scim:schemas:core:2.0:User"
	coreGroup      = "urn:ietf:params:scim:schemas:core:2.0:Group"
	enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	adGroup        = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
)

// A path is a target attribute name taken apart:
// {schema}:{attribute}[{filter} eq "{equals}"].{sub}.
type path struct {
	whole     string
	schema    string // "" for the core schemas
	attribute string
	filter    string // "" without brackets
	equals    string
	sub       string
}

func parsePath(name string) (path, error) {
	p := path{whole: name}
	rest := name
	if len(name) >= 4 && strings.EqualFold(name[:4], "urn:") {
		colon := lastColon(name)
		p.schema, rest = name[:colon], name[colon+1:]
		if strings.EqualFold(p.schema, coreUser) || strings.EqualFold(p.schema, coreGroup) {
			p.schema = ""
		}
	}
	return p, p.split(rest)
}

// lastColon is where the attribute's own name begins; a colon inside the
// brackets of a filter does not count.
func lastColon(urn string) int {
	if bracket := strings.IndexByte(urn, '['); bracket >= 0 {
		urn = urn[:bracket]
	}
	return strings.LastIndexByte(urn, ':')
}

func (p *path) split(rest string) error {
	before, after, filtered := strings.Cut(rest, "[")
	if filtered {
		condition, sub, closed := strings.Cut(after, "]")
		if !closed {
			return &PathError{p.whole, "the bracket is not closed"}
		}
		if !strings.HasPrefix(sub, ".") {
			return &PathError{p.whole, "a sub-attribute must follow the bracket, as in emails[type eq \"work\"].value"}
		}
		if err := p.condition(condition); err != nil {
			return err
		}
		p.attribute, p.sub = before, sub[1:]
	} else {
		p.attribute, p.sub, _ = strings.Cut(before, ".")
		if strings.HasSuffix(before, ".") {
			return &PathError{p.whole, "nothing follows the dot"}
		}
	}
	if p.attribute == "" || strings.ContainsAny(p.attribute+p.sub, " \t\"[]") ||
		strings.Contains(p.sub, ".") || filtered && p.sub == "" {
		return &PathError{p.whole, "not a SCIM attribute path"}
	}
	return nil
}

// condition reads the one form that mappings use: type eq "work".
func (p *path) condition(text string) error {
	words := strings.SplitN(strings.TrimSpace(text), " ", 3)
	if len(words) != 3 || !strings.EqualFold(words[1], "eq") {
		return &PathError{p.whole, `the brackets must hold a condition such as type eq "work"`}
	}
	p.filter = words[0]
	p.equals = strings.Trim(strings.TrimSpace(words[2]), `"`)
	return nil
}

// filterValue is what an element that fits the condition carries: primary is a boolean.
func (p path) filterValue() any {
	if strings.EqualFold(p.filter, "primary") {
		return boolean(p.equals)
	}
	return p.equals
}

// SentOnCreate tells whether Entra sends a target attribute when it creates a
// resource: the core and enterprise schemas, and custom names inside
// urn:ietf:params:scim:schemas:extension:{Name}:2.0:User:{attribute}. Others
// are left out and follow with a later update, which was observed and is not
// documented; the pattern is, at
// https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes.
func SentOnCreate(target string) bool {
	p, err := parsePath(target)
	if err != nil {
		return false
	}
	if p.schema == "" {
		return true
	}
	const prefix, suffix = "urn:ietf:params:scim:schemas:extension:", ":2.0:user"
	schema := strings.ToLower(p.schema)
	name, ok := strings.CutPrefix(schema, prefix)
	if !ok {
		return false
	}
	name, ok = strings.CutSuffix(name, suffix)
	return ok && name != "" && !strings.Contains(name, ":")
}
