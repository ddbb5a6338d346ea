package bulk

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk/tabular"
	"github.com/scimctl/scimctl/graph/near"
)

// reasonHead is the column that the rejects file adds.
const reasonHead = "reason"

// environments are heads that nobody takes for anything else.
var environments = [...]string{"role", extattr.DefaultEnvironment, "test", "qa", "uat", "staging", "prod"}

// harmless tells of a head that stands for nothing whether it was to be a role:
// passed over, the roles under it would be given to nobody, without an error.
func (c chart) harmless(t *tabular.Table, head string) error {
	name := strings.NewReplacer(" ", "_", "-", "_").Replace(strings.ToLower(strings.TrimSpace(head)))
	env, ofRole := strings.CutPrefix(name, strings.ToLower(c.baseName())+"_")
	if slip := c.slip(name); slip != "" && !slices.Contains(environments[:], name) {
		return &ColumnError{Name: t.Name, Reason: fmt.Sprintf("there is no attribute %q; near it: %s", head, slip), Have: t.Head}
	}
	if !ofRole && !slices.Contains(environments[:], name) {
		return nil
	}
	if !ofRole {
		env = name
	}
	if name == "role" {
		env = extattr.DefaultEnvironment
	}
	ext, err := c.props.Role(c.base, env)
	if err != nil {
		return fmt.Errorf("%s, column %s: %w", t.Name, head, err)
	}
	return &ColumnError{Name: t.Name, Reason: fmt.Sprintf("there is no attribute %q; near it: %s", head, ext.Name), Have: t.Head}
}

// slip is the role that differs from a name by a slip.
func (c chart) slip(name string) string {
	if near.Distance(name, "role") <= 1 {
		return "role"
	}
	picked, err := c.props.Roles(c.base)
	if err != nil {
		return "" // there is none
	}
	for _, e := range picked {
		if near.Distance(name, e.Name) <= 2 {
			return e.Name
		}
	}
	return ""
}

// baseName is the short name of the base attribute.
func (c chart) baseName() string {
	if e, err := c.props.Role(c.base, ""); err == nil {
		return e.Name
	}
	if c.base == "" {
		return extattr.DefaultRoleAttribute
	}
	return c.base
}
