package graph

import (
	"cmp"
	"net/http"
	"slices"
)

// An Operation is something that scimctl asks of Graph, with what it needs.
type Operation struct {
	Name       string   // fits "scimctl could not …": "read the schema"
	Writes     bool     // held back in dry-run
	Repeatable bool     // may be sent again after 503, 504 or a lost connection
	Delegated  []string // least permission for a signed-in person
	AppOnly    []string // least permission for an application
	Success    int      // documented status of a success; 0 is 200, that of everything that reads
}

// succeeds reports whether a status is a success of the operation. 200 always
// is one: Microsoft's pages and samples name it where others say 201 or 204. The
// rest, such as 202 or 206, promises less, or comes from something in between.
func (op Operation) succeeds(status int) bool {
	return status == http.StatusOK || status == op.Success
}

// Reading and making applications. See
// https://learn.microsoft.com/graph/permissions-reference and each method's page.
var (
	OpReadTemplates = Operation{Name: "read the application gallery", Repeatable: true}
	OpInstantiate   = Operation{
		Name: "create the application", Writes: true,
		Delegated: []string{"Application.ReadWrite.All"}, AppOnly: []string{"Application.ReadWrite.OwnedBy"},
		Success: http.StatusCreated,
	}
	OpReadApps = Operation{
		Name: "read applications", Repeatable: true,
		Delegated: []string{"Application.Read.All"}, AppOnly: []string{"Application.Read.All"},
	}
)

// Who owns an application, and what the caller and the tenant have. Less would
// do for two of them: Organization.Read.All for subscriptions, User.Read for
// one's own roles. What other operations need covers both, and spares a consent.
var (
	OpReadOwners = Operation{
		Name: "read the owners of the application", Repeatable: true,
		Delegated: []string{"Application.Read.All"}, AppOnly: []string{"Application.Read.All"},
	}
	OpReadSubscriptions = Operation{
		Name: "read the tenant's subscriptions", Repeatable: true,
		Delegated: []string{"Directory.Read.All"}, AppOnly: []string{"Directory.Read.All"},
	}
	OpReadSelf = Operation{Name: "read one's own directory roles", Repeatable: true, Delegated: []string{"User.Read.All"}}
)

// Directory extension properties.
var (
	OpReadExtensions = Operation{
		Name: "read extension properties", Repeatable: true,
		Delegated: []string{"Application.Read.All"}, AppOnly: []string{"Application.Read.All"},
	}
	OpCreateExtension = Operation{
		Name: "create the extension property", Writes: true,
		Delegated: []string{"Application.ReadWrite.All"}, AppOnly: []string{"Application.ReadWrite.OwnedBy"},
		Success: http.StatusCreated,
	}
	OpDeleteExtension = Operation{
		Name: "delete the extension property", Writes: true, Repeatable: true,
		Delegated: []string{"Application.ReadWrite.All"}, AppOnly: []string{"Application.ReadWrite.OwnedBy"},
		Success: http.StatusNoContent,
	}
	// OpAvailableExtensions is a question asked by POST: it changes nothing.
	OpAvailableExtensions = Operation{
		Name: "read the available extension properties", Repeatable: true,
		Delegated: []string{"Directory.Read.All"}, AppOnly: []string{"Directory.Read.All"},
	}
)

// Users and groups.
var (
	OpReadUsers = Operation{
		Name: "read users", Repeatable: true,
		Delegated: []string{"User.Read.All"}, AppOnly: []string{"User.Read.All"},
	}
	OpUpdateUser = Operation{
		Name: "update the user", Writes: true, Repeatable: true,
		Delegated: []string{"User.ReadWrite.All"}, AppOnly: []string{"User.ReadWrite.All"},
		Success: http.StatusNoContent,
	}
	OpDeleteUser = Operation{
		Name: "delete the user", Writes: true, Repeatable: true,
		Delegated: []string{"User.ReadWrite.All"}, AppOnly: []string{"User.ReadWrite.All"},
		Success: http.StatusNoContent,
	}
	OpReadDeletedUsers = Operation{
		Name: "read deleted users", Repeatable: true,
		Delegated: []string{"User.Read.All"}, AppOnly: []string{"User.Read.All"},
	}
	OpRestoreUser = Operation{
		Name: "restore the user", Writes: true,
		Delegated: []string{"User.DeleteRestore.All"}, AppOnly: []string{"User.DeleteRestore.All"},
	}
	OpReadGroups = Operation{
		Name: "read groups and their members", Repeatable: true,
		Delegated: []string{"GroupMember.Read.All"}, AppOnly: []string{"GroupMember.Read.All"},
	}
)

// Assignments of users and groups to applications.
var (
	OpReadAssignments = Operation{
		Name: "read assignments", Repeatable: true,
		Delegated: []string{"Application.Read.All"}, AppOnly: []string{"Application.Read.All"},
	}
	OpReadOwnAssignments = Operation{
		Name: "read the assignments of a user or group", Repeatable: true,
		Delegated: []string{"Directory.Read.All"}, AppOnly: []string{"Directory.Read.All"},
	}
	OpAssign = Operation{
		Name: "assign to the application", Writes: true,
		Delegated: []string{"AppRoleAssignment.ReadWrite.All", "Application.Read.All"},
		AppOnly:   []string{"AppRoleAssignment.ReadWrite.All", "Application.Read.All"},
		Success:   http.StatusCreated,
	}
	OpUnassign = Operation{
		Name: "remove the assignment", Writes: true, Repeatable: true,
		Delegated: []string{"AppRoleAssignment.ReadWrite.All", "Application.Read.All"},
		AppOnly:   []string{"AppRoleAssignment.ReadWrite.All", "Application.Read.All"},
		Success:   http.StatusNoContent,
	}
)

// Provisioning. Application.ReadWrite.OwnedBy is enough only for an
// application that owns both the application and its service principal.
var (
	OpReadSyncTemplates = syncRead("read the provisioning templates")
	OpReadJobs          = syncRead("read the provisioning job")
	OpReadSecrets       = syncRead("read the provisioning credentials and settings")
	OpReadSchema        = syncRead("read the schema")
	OpReadFunctions     = syncRead("read the expression functions")
	OpReadOperators     = syncRead("read the filter operators")
	OpParseExpression   = syncRead("parse the expression")

	OpCreateJob    = syncWrite("create the provisioning job", false, http.StatusCreated)
	OpDeleteJob    = syncWrite("delete the provisioning job", true, http.StatusNoContent)
	OpStartJob     = syncWrite("start provisioning", true, http.StatusNoContent)
	OpPauseJob     = syncWrite("stop provisioning", true, http.StatusNoContent)
	OpRestartJob   = syncWrite("restart provisioning", false, http.StatusNoContent)
	OpWriteSecrets = syncWrite("save the provisioning credentials and settings", true, http.StatusNoContent)
	OpWriteSchema  = syncWrite("write the schema", true, http.StatusNoContent)
	OpResetSchema  = syncWrite("reset the schema", true, http.StatusNoContent)
	OpProvision    = syncWrite("provision on demand", false, http.StatusOK)

	// OpValidate asks the service to try credentials and keeps nothing: it
	// needs a permission to write and is no write.
	OpValidate = Operation{
		Name: "test the provisioning credentials", Repeatable: true,
		Delegated: []string{"Synchronization.ReadWrite.All"}, AppOnly: []string{"Application.ReadWrite.OwnedBy"},
		Success: http.StatusNoContent,
	}
)

// OpReadLogs reads what the service did to people and groups.
var OpReadLogs = Operation{
	Name: "read the provisioning logs", Repeatable: true,
	Delegated: []string{"ProvisioningLog.Read.All"}, AppOnly: []string{"ProvisioningLog.Read.All"},
}

func syncRead(name string) Operation {
	return Operation{
		Name: name, Repeatable: true,
		Delegated: []string{"Synchronization.Read.All"}, AppOnly: []string{"Application.ReadWrite.OwnedBy"},
	}
}

func syncWrite(name string, repeatable bool, success int) Operation {
	return Operation{
		Name: name, Writes: true, Repeatable: repeatable, Success: success,
		Delegated: []string{"Synchronization.ReadWrite.All"}, AppOnly: []string{"Application.ReadWrite.OwnedBy"},
	}
}

// Operations returns all operations, sorted by name.
func Operations() []Operation {
	all := []Operation{
		OpReadTemplates, OpInstantiate, OpReadApps, OpReadOwners, OpReadSubscriptions, OpReadSelf,
		OpReadExtensions, OpCreateExtension, OpDeleteExtension, OpAvailableExtensions,
		OpReadUsers, OpUpdateUser, OpDeleteUser, OpReadDeletedUsers, OpRestoreUser, OpReadGroups,
		OpReadAssignments, OpReadOwnAssignments, OpAssign, OpUnassign,
		OpReadSyncTemplates, OpReadJobs, OpReadSecrets, OpReadSchema, OpReadFunctions, OpReadOperators, OpParseExpression,
		OpCreateJob, OpDeleteJob, OpStartJob, OpPauseJob, OpRestartJob,
		OpWriteSecrets, OpWriteSchema, OpResetSchema, OpProvision, OpValidate, OpReadLogs,
	}
	slices.SortStableFunc(all, func(a, b Operation) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
