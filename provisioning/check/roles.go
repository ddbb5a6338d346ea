package check

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	schemacheck "github.com/scimctl/scimctl/mappings/check"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// What a check finds beside the schema.
const (
	CodeRolesOfAll        schemacheck.Code = "rolesOfAll"        // roles are sent, and everyone is in scope
	CodeSeveralRoles      schemacheck.Code = "severalRoles"      // one role is sent of people who have several
	CodeRolesOnDemand     schemacheck.Code = "rolesOnDemand"     // provision on demand sends no roles
	CodeRolesInText       schemacheck.Code = "rolesInText"       // updates send roles as JSON in a text
	CodeGroupsNotRead     schemacheck.Code = "groupsNotRead"     // more groups than were looked at
	CodeExtensionGone     schemacheck.Code = "extensionGone"     // the tenant does not have a source
	CodeExtensionUnmapped schemacheck.Code = "extensionUnmapped" // the application's own, and nothing is mapped from it
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
	note := func(severity schemacheck.Severity, code schemacheck.Code, problem string, fix ...remedy.Remedy) {
		i.note(schemacheck.Finding{Severity: severity, Code: code, Object: schema.User, Target: m.target, Problem: problem, Remedy: fix})
	}
	if i.settings.Scope() == credentials.ScopeAll {
		note(schemacheck.Error, CodeRolesOfAll, m.function+" does not go with the scope all: nobody needs a role then",
			remedy.Run("provision only assigned users", "provision settings").Flag("scope", string(credentials.ScopeAssigned)),
			remedy.Run("or do not send roles", "mapping remove", m.target))
	}
	note(schemacheck.Info, CodeRolesOnDemand, "provision on-demand does not send app roles", remedy.Run("have a cycle send them", "provision sync-now"))
	url := i.settings.Get(credentials.KeyBaseAddress)
	if url != "" && !strings.Contains(strings.ToLower(url), "aadoptscim062020") && m.function != "AssertiveAppRoleAssignmentsComplex" {
		note(schemacheck.Info, CodeRolesInText, "an update sends roles as JSON in a text, unlike a create",
			remedy.Run("if the application cannot read that, save its URL with ?aadOptscim062020 at the end", "credentials set").Flag("url", "URL"))
	}
}

// severalRoles names those of whom one role is sent while they have several:
// which one is arbitrary. Roles of a group are those of its direct members.
func (i *inspection) severalRoles(ctx context.Context, target string) error {
	rows, err := applications.ListAssignments(ctx, i.client, i.App.ServicePrincipalID)
	if err != nil {
		return err
	}
	held := assignment.Holders{}
	groups := map[string][]applications.Assignment{}
	distinct := map[string]bool{}
	for _, row := range rows {
		if row.AppRoleID == assignment.DefaultAccess {
			continue // no role
		}
		distinct[row.AppRoleID] = true
		switch row.PrincipalType {
		case "User":
			held.Give(row.PrincipalID, row.PrincipalDisplayName, row.AppRoleID)
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
	if several := held.Several(i.App); len(several) > 0 {
		i.note(schemacheck.Finding{
			Severity: schemacheck.Warning, Code: CodeSeveralRoles, Object: schema.User, Target: target,
			Problem: "SingleAppRoleAssignment sends one role, and which one is arbitrary for those who have several: " + bounds.FirstNames(several, assignment.MostNamed),
			Remedy: remedy.List{
				remedy.Run("remove one of the roles", "assignment remove", "USER").Flag("role", "ROLE"),
				remedy.Advise("or map AppRoleAssignmentsComplex([appRoleAssignments]) if the application takes several"),
			},
		})
	}
	return nil
}

// throughGroups adds the roles that the direct members of assigned groups have.
func (i *inspection) throughGroups(ctx context.Context, groups map[string][]applications.Assignment, held assignment.Holders) error {
	ids := slices.Sorted(maps.Keys(groups))
	if len(ids) > assignment.MostGroups {
		i.note(schemacheck.Finding{
			Severity: schemacheck.Info, Code: CodeGroupsNotRead, Object: schema.User,
			Problem: fmt.Sprintf("of %d assigned groups, %d were looked at for people with several roles", len(ids), assignment.MostGroups),
		})
		ids = ids[:assignment.MostGroups]
	}
	members, err := parallel.Map(ctx, ids, func(ctx context.Context, id string) ([]directory.Member, error) {
		return directory.ListMembers(ctx, i.client, id)
	})
	if err != nil {
		return err
	}
	for n, id := range ids {
		for _, member := range members[n] {
			for _, row := range groups[id] {
				if strings.EqualFold(member.Type, "user") {
					held.Give(member.ID, cmp.Or(member.UserPrincipalName, member.DisplayName), row.AppRoleID)
				}
			}
		}
	}
	return nil
}
