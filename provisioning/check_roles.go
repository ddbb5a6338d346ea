package provisioning

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings"
)

// What a check finds beside the schema.
const (
	CodeRolesOfAll        mappings.Code = "rolesOfAll"        // roles are sent, and everyone is in scope
	CodeSeveralRoles      mappings.Code = "severalRoles"      // one role is sent of people who have several
	CodeRolesOnDemand     mappings.Code = "rolesOnDemand"     // provision on demand sends no roles
	CodeRolesInText       mappings.Code = "rolesInText"       // updates send roles as JSON in a text
	CodeGroupsNotRead     mappings.Code = "groupsNotRead"     // more groups than were looked at
	CodeExtensionGone     mappings.Code = "extensionGone"     // the tenant does not have a source
	CodeExtensionUnmapped mappings.Code = "extensionUnmapped" // the application's own, and nothing is mapped from it
)

const (
	mostGroups = 50 // whose members are read
	mostNamed  = 20 // of those who have several roles
)

// roles looks at app roles, when a mapping sends any.
//
// https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes#provisioning-a-role-to-a-scim-app
func (i *inspection) roles(ctx context.Context) error {
	sent := i.roleMappings()
	for _, m := range sent {
		i.roleSettings(m)
	}
	j := slices.IndexFunc(sent, func(m roleMapping) bool { return m.function == "SingleAppRoleAssignment" })
	if j < 0 {
		return nil
	}
	return i.severalRoles(ctx, sent[j].target)
}

func (i *inspection) roleSettings(m roleMapping) {
	note := func(severity mappings.Severity, code mappings.Code, problem string, fix ...remedy.Remedy) {
		i.note(mappings.Finding{Severity: severity, Code: code, Object: mappings.User, Target: m.target, Problem: problem, Remedy: fix})
	}
	if i.settings.scope() == ScopeAll {
		note(mappings.Error, CodeRolesOfAll, m.function+" does not go with the scope all: nobody needs a role then",
			remedy.Run("provision only assigned users", "provision settings").Flag("scope", string(ScopeAssigned)),
			remedy.Run("or do not send roles", "mapping remove", m.target))
	}
	note(mappings.Info, CodeRolesOnDemand, "provision on-demand does not send app roles", remedy.Run("have a cycle send them", "provision sync-now"))
	url := i.settings.get(keyBaseAddress)
	if url != "" && !strings.Contains(strings.ToLower(url), "aadoptscim062020") && m.function != "AssertiveAppRoleAssignmentsComplex" {
		note(mappings.Info, CodeRolesInText, "an update sends roles as JSON in a text, unlike a create",
			remedy.Run("if the application cannot read that, save its URL with ?aadOptscim062020 at the end", "credentials set").Flag("url", "URL"))
	}
}

// severalRoles names those of whom one role is sent while they have several:
// which one is arbitrary. Roles of a group are those of its direct members.
func (i *inspection) severalRoles(ctx context.Context, target string) error {
	rows, err := i.client.ListAssignments(ctx, i.App.ServicePrincipalID)
	if err != nil {
		return err
	}
	held := holders{}
	groups := map[string][]graph.Assignment{}
	distinct := map[string]bool{}
	for _, row := range rows {
		if row.AppRoleID == defaultAccess {
			continue // no role
		}
		distinct[row.AppRoleID] = true
		switch row.PrincipalType {
		case "User":
			held.give(row.PrincipalID, row.PrincipalDisplayName, row.AppRoleID)
		case "Group":
			groups[row.PrincipalID] = append(groups[row.PrincipalID], row)
		}
	}
	if len(distinct) < 2 {
		return nil
	}
	if err := i.throughGroups(ctx, groups, held); err != nil {
		return err
	}
	if several := held.several(i.App); len(several) > 0 {
		i.note(mappings.Finding{
			Severity: mappings.Warning, Code: CodeSeveralRoles, Object: mappings.User, Target: target,
			Problem: "SingleAppRoleAssignment sends one role, and which one is arbitrary for those who have several: " + bounds.FirstNames(several, mostNamed),
			Remedy: remedy.List{
				remedy.Run("remove one of the roles", "assignment remove", "USER").Flag("role", "ROLE"),
				remedy.Advise("or map AppRoleAssignmentsComplex([appRoleAssignments]) if the application takes several"),
			},
		})
	}
	return nil
}

// throughGroups adds the roles that the direct members of assigned groups have.
func (i *inspection) throughGroups(ctx context.Context, groups map[string][]graph.Assignment, held holders) error {
	ids := slices.Sorted(maps.Keys(groups))
	if len(ids) > mostGroups {
		i.note(mappings.Finding{
			Severity: mappings.Info, Code: CodeGroupsNotRead, Object: mappings.User,
			Problem: fmt.Sprintf("of %d assigned groups, %d were looked at for people with several roles", len(ids), mostGroups),
		})
		ids = ids[:mostGroups]
	}
	members, err := parallel.Map(ctx, ids, i.client.ListMembers)
	if err != nil {
		return err
	}
	for n, id := range ids {
		for _, member := range members[n] {
			for _, row := range groups[id] {
				if strings.EqualFold(member.Type, "user") {
					held.give(member.ID, cmp.Or(member.UserPrincipalName, member.DisplayName), row.AppRoleID)
				}
			}
		}
	}
	return nil
}

// holders are those who have roles, by their ids.
type holders map[string]*holder

type holder struct {
	name  string
	roles []string // ids
}

func (h holders) give(id, name, role string) {
	if h[id] == nil {
		h[id] = &holder{name: name}
	}
	h[id].name = cmp.Or(h[id].name, name)
	if !slices.Contains(h[id].roles, role) {
		h[id].roles = append(h[id].roles, role)
	}
}

// several are those who have more than one role, each with them, sorted.
func (h holders) several(app graph.App) []string {
	var list []string
	for _, one := range h {
		if len(one.roles) < 2 {
			continue
		}
		names := make([]string, len(one.roles))
		for i, id := range one.roles {
			names[i] = RoleName(app, id)
		}
		slices.Sort(names)
		list = append(list, one.name+" ("+strings.Join(names, ", ")+")")
	}
	slices.Sort(list)
	return list
}
