package cmd

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/config"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// withoutGraph are the commands that ask nothing of a tenant. Those of the
// sandbox ask only that.
func withoutGraph() []string {
	return []string{
		"auth login", "auth logout", "auth permissions", "auth status", "completion", "config get", "config list", "config set", "config unset", "help", "init",
		"mapping functions", "mapping history", "runs list", "runs show",
		"sandbox reset", "sandbox serve", "sandbox show", "sandbox tick", "sandbox tour", "version",
	}
}

func TestEveryCommandSaysWhatItAsksOfGraph(t *testing.T) {
	t.Parallel()
	table := cli.Operations()
	seen := map[string]bool{}
	walk(NewRootForDocs(), func(c *cobra.Command) {
		name := strings.TrimPrefix(c.CommandPath(), "scimctl ")
		if _, has := table[name]; !c.Runnable() || c.HasSubCommands() && !has {
			return
		}
		seen[name] = true
		if _, has := table[name]; has == slices.Contains(withoutGraph(), name) {
			t.Errorf("%s: list it in operations (permissions.go) with all that it asks of Graph, or, if that is nothing, in withoutGraph", name)
		}
	})
	for name := range table {
		if !seen[name] {
			t.Errorf("%s is no command", name)
		}
	}
}

// asks tells which operation a request belongs to, by Graph's own paths.
func asks() map[string]string {
	const job = `/servicePrincipals/[^/]+/synchronization/jobs`
	const one = job + `/[^/]+`
	return map[string]string{
		`GET /applicationTemplates(/[^/]+)?`:                                        graph.OpReadTemplates.Name,
		`POST /applicationTemplates/[^/]+/instantiate`:                              graph.OpInstantiate.Name,
		`GET /(applications|servicePrincipals)([(/][^/]+)?`:                         graph.OpReadApps.Name,
		`GET /(applications|servicePrincipals)/[^/]+/owners`:                        graph.OpReadOwners.Name,
		`GET /subscribedSkus`:                                                       graph.OpReadSubscriptions.Name,
		`GET /me(/transitiveMemberOf)?`:                                             graph.OpReadSelf.Name,
		`GET /applications/[^/]+/extensionProperties`:                               graph.OpReadExtensions.Name,
		`POST /applications/[^/]+/extensionProperties`:                              graph.OpCreateExtension.Name,
		`DELETE /applications/[^/]+/extensionProperties/[^/]+`:                      graph.OpDeleteExtension.Name,
		`POST /directoryObjects/getAvailableExtensionProperties`:                    graph.OpAvailableExtensions.Name,
		`GET /users(/[^/]+(/manager)?)?`:                                            graph.OpReadUsers.Name,
		`GET /users/[^/]+/transitiveMemberOf`:                                       graph.OpReadGroups.Name,
		`PATCH /users/[^/]+`:                                                        graph.OpUpdateUser.Name,
		`DELETE /users/[^/]+`:                                                       graph.OpDeleteUser.Name,
		`GET /directory/deletedItems/.*`:                                            graph.OpReadDeletedUsers.Name,
		`POST /directory/deletedItems/[^/]+/restore`:                                graph.OpRestoreUser.Name,
		`GET /groups(/[^/]+(/(members|transitiveMembers).*)?)?`:                     graph.OpReadGroups.Name,
		`GET /servicePrincipals/[^/]+/appRoleAssignedTo`:                            graph.OpReadAssignments.Name,
		`GET /(users|groups)/[^/]+/appRoleAssignments`:                              graph.OpReadOwnAssignments.Name,
		`POST /servicePrincipals/[^/]+/appRoleAssignedTo`:                           graph.OpAssign.Name,
		`DELETE /servicePrincipals/[^/]+/appRoleAssignedTo/[^/]+`:                   graph.OpUnassign.Name,
		`GET /servicePrincipals/[^/]+/synchronization/templates(/[^/]+(/schema)?)?`: graph.OpReadSyncTemplates.Name,
		`GET ` + job + `(/[^/]+)?`:                                                  graph.OpReadJobs.Name,
		`POST ` + job:                                                               graph.OpCreateJob.Name,
		`DELETE ` + one:                                                             graph.OpDeleteJob.Name,
		`POST ` + one + `/start`:                                                    graph.OpStartJob.Name,
		`POST ` + one + `/pause`:                                                    graph.OpPauseJob.Name,
		`POST ` + one + `/restart`:                                                  graph.OpRestartJob.Name,

		`POST ` + one + `/provisionOnDemand`:                   graph.OpProvision.Name,
		`GET ` + one + `/schema`:                               graph.OpReadSchema.Name,
		`GET ` + one + `/schema/filterOperators`:               graph.OpReadOperators.Name,
		`GET ` + one + `/schema/functions`:                     graph.OpReadFunctions.Name,
		`POST ` + one + `/schema/parseExpression`:              graph.OpParseExpression.Name,
		`GET /auditLogs/provisioning(/[^/]+)?`:                 graph.OpReadLogs.Name,
		`PUT ` + one + `/schema`:                               graph.OpWriteSchema.Name,
		`DELETE ` + one + `/schema`:                            graph.OpResetSchema.Name,
		`GET /servicePrincipals/[^/]+/synchronization/secrets`: graph.OpReadSecrets.Name,
		`PUT /servicePrincipals/[^/]+/synchronization/secrets`: graph.OpWriteSecrets.Name,

		`POST (` + one + `|/servicePrincipals/[^/]+/synchronization/jobs.*)/validateCredentials`: graph.OpValidate.Name,
	}
}

func operationOf(t *testing.T, method, path string) string {
	t.Helper()
	var found []string
	for pattern, op := range asks() {
		if regexp.MustCompile("^" + pattern + "$").MatchString(method + " " + strings.TrimPrefix(path, "/v1.0")) {
			found = append(found, op)
		}
	}
	if len(found) != 1 {
		t.Errorf("%s %s is of the operations %q", method, path, found)
		return ""
	}
	return found[0]
}

// nameOf is the command of a line: the most words of its beginning that are one.
func nameOf(line string) string {
	words := strings.Fields(line)
	for n := min(3, len(words)); n > 0; n-- {
		name := strings.Join(words[:n], " ")
		if _, known := cli.Operations()[name]; known || n == 1 {
			return name
		}
	}
	return ""
}

// What the commands say they ask is held against what a tenant is asked.
func TestNoCommandAsksMoreThanItSays(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t)
		for line := range strings.Lines(strings.TrimSpace(costs)) {
			_, command, _ := strings.Cut(strings.TrimSpace(line), "  ")
			m.run(command)
			name := nameOf(command)
			said := cli.NewPermit(name, cli.Operations()[name], func([]string) string { return "" }).Operations
			for _, r := range flat(m.company.Requests()) {
				if op := operationOf(t, r.Method, r.Path); op != "" && !slices.Contains(said, op) {
					t.Errorf("%s asks to %s, which operations (permissions.go) does not say", command, op)
				}
			}
			m.aMinuteLater()
		}
	})
}

// flat are requests with those in a batch instead of the batch.
func flat(requests []sandbox.Request) []sandbox.Request {
	var all []sandbox.Request
	for _, r := range requests {
		if strings.HasSuffix(r.Path, "/$batch") {
			all = append(all, flat(r.Items)...)
		} else {
			all = append(all, r)
		}
	}
	return all
}

func TestASignInAsksForWhatAllCommandsNeed(t *testing.T) {
	t.Parallel()
	want := []string{
		"AppRoleAssignment.ReadWrite.All", "Application.ReadWrite.All", "Directory.Read.All", "GroupMember.Read.All",
		"ProvisioningLog.Read.All", "Synchronization.ReadWrite.All", "User.DeleteRestore.All", "User.ReadWrite.All",
	}
	if diff := cmp.Diff(want, cli.EveryScope()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for name, ops := range cli.Operations() {
		for _, op := range ops {
			if op.Name == "" {
				t.Errorf("%s asks something without a name", name)
			}
		}
	}
	if len(slices.Collect(maps.Keys(cli.Operations()))) == 0 {
		t.Error("no command asks anything")
	}
}

func TestEveryWayToSignInAndEveryCloudCanBeChosen(t *testing.T) {
	t.Parallel()
	clouds := []string{}
	for _, cloud := range graph.Clouds() {
		clouds = append(clouds, cloud.Name)
	}
	for _, s := range config.Table() {
		switch s.Name {
		case "auth":
			if diff := cmp.Diff(auth.Methods(), s.Allowed); diff != "" {
				t.Errorf("--auth (-want +got)\n%s", diff)
			}
		case "cloud":
			if diff := cmp.Diff(clouds, s.Allowed); diff != "" {
				t.Errorf("--cloud (-want +got)\n%s", diff)
			}
		}
	}
}
