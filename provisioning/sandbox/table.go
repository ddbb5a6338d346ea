package sandbox

import (
	"net/http"
)

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

// table lists every operation that the tenant knows.
func (t *Tenant) table() []route {
	var out []route
	for _, part := range [][]route{t.directoryRoutes(), t.peopleRoutes(), t.jobRoutes(), t.schemaRoutes(), t.selfRoutes()} {
		out = append(out, part...)
	}
	return append(out, free(post, "$batch", t.batch))
}

func (t *Tenant) directoryRoutes() []route {
	return []route{
		on(get, "applicationTemplates", listTemplates),
		on(get, "applicationTemplates/{template}", getTemplate),
		on(post, "applicationTemplates/{template}/instantiate", t.instantiate),
		on(post, "applicationTemplates/{template}/microsoft.graph.instantiate", t.instantiate),

		on(get, "applications", listApplications),
		on(get, "applications/{app}", withApplication(getApplication)),
		on(get, "applications/{app}/extensionProperties", withApplication(listExtensions)),
		on(post, "applications/{app}/extensionProperties", withApplication(t.createExtension)),
		on(get, "applications/{app}/extensionProperties/{extension}", withApplication(withExtension(getExtension))),
		on(remove, "applications/{app}/extensionProperties/{extension}", withApplication(withExtension(deleteExtension))),
		on(post, "directoryObjects/getAvailableExtensionProperties", availableExtensions),
		on(post, "directoryObjects/microsoft.graph.getAvailableExtensionProperties", availableExtensions),

		on(get, "servicePrincipals", listServicePrincipals),
		on(get, "servicePrincipals/{sp}", withServicePrincipal(getServicePrincipal)),
		on(get, "servicePrincipals/{sp}/appRoleAssignedTo", withServicePrincipal(listAssignedTo)),
		on(post, "servicePrincipals/{sp}/appRoleAssignedTo", withServicePrincipal(t.assignTo)),
		on(get, "servicePrincipals/{sp}/appRoleAssignedTo/{assignment}", withServicePrincipal(getAssignedTo)),
		on(remove, "servicePrincipals/{sp}/appRoleAssignedTo/{assignment}", withServicePrincipal(deleteAssignedTo)),
		free(get, "appRoleAssignments", noDirectQuery),
	}
}

func (t *Tenant) peopleRoutes() []route {
	return []route{
		on(get, "users", listUsers),
		on(get, "users/$count", countUsers),
		on(get, "users/{user}", withUser(getUser)),
		on(patch, "users/{user}", withUser(t.patchUser)),
		on(remove, "users/{user}", withUser(deleteUser)),
		on(get, "users/{user}/manager", withUser(getManager)),
		on(get, "users/{user}/memberOf", withUser(memberOf)),
		on(get, "users/{user}/transitiveMemberOf", withUser(transitiveMemberOf)),
		on(get, "users/{user}/appRoleAssignments", withUser(listUserAssignments)),
		on(post, "users/{user}/appRoleAssignments", withUser(t.assignUser)),
		on(remove, "users/{user}/appRoleAssignments/{assignment}", withUser(deleteUserAssignment)),

		on(get, "directory/deletedItems/microsoft.graph.user", listDeleted),
		on(get, "directory/deletedItems/{id}", withDeleted(getDeleted)),
		on(remove, "directory/deletedItems/{id}", withDeleted(purge)),
		on(post, "directory/deletedItems/{id}/restore", withDeleted(restore)),
		on(post, "directory/deletedItems/{id}/microsoft.graph.restore", withDeleted(restore)),

		on(get, "groups", listGroups),
		on(get, "groups/{group}", withGroup(getGroup)),
		on(get, "groups/{group}/members", withGroup(members(direct))),
		on(get, "groups/{group}/members/{cast}", withGroup(members(direct))),
		on(get, "groups/{group}/transitiveMembers", withGroup(members(transitive))),
		on(get, "groups/{group}/transitiveMembers/{cast}", withGroup(members(transitive))),
		on(post, "groups/{group}/members/$ref", withGroup(addMember)),
		on(remove, "groups/{group}/members/{member}/$ref", withGroup(removeMember)),
		on(get, "groups/{group}/appRoleAssignments", withGroup(listGroupAssignments)),
		on(post, "groups/{group}/appRoleAssignments", withGroup(t.assignGroup)),
		on(remove, "groups/{group}/appRoleAssignments/{assignment}", withGroup(deleteGroupAssignment)),
	}
}
