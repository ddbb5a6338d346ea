package cmd

import (
	"os"
	"path/filepath"
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

func TestEveryCommandStatesWhatItAsksOfGraph(t *testing.T) {
	t.Parallel()
	root := NewRootForDocs()
	stated := cli.Operations(root)
	if len(stated) == 0 {
		t.Error("no command asks anything")
	}
	walk(root, func(c *cobra.Command) {
		name := strings.TrimPrefix(c.CommandPath(), "scimctl ")
		_, has := stated[name]
		if unknown := cli.UnknownOperations(c); len(unknown) > 0 {
			t.Errorf("%s states %q, which graph.Operations does not list: add them in graph/operations.go", name, unknown)
		}
		if !c.Runnable() || c.HasSubCommands() && !has {
			return
		}
		if has == slices.Contains(withoutGraph(), name) {
			t.Errorf("%s: state with cli.Asks all that it asks of Graph, where it is defined, or, if that is nothing, list it in withoutGraph", name)
		}
	})
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

// nameOf is the command of a line.
func nameOf(root *cobra.Command, line string) string {
	c, _, err := root.Find(strings.Fields(line))
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(c.CommandPath(), "scimctl ")
}

// What the commands say they ask is held against what a tenant is asked.
func TestNoCommandAsksMoreThanItSays(t *testing.T) {
	t.Parallel()
	root := NewRootForDocs()
	stated := cli.Operations(root)
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t)
		for line := range strings.Lines(strings.TrimSpace(costs)) {
			_, command, _ := strings.Cut(strings.TrimSpace(line), "  ")
			m.run(command)
			name := nameOf(root, command)
			said := cli.NewPermit(name, stated[name], func([]string) string { return "" }).Operations
			for _, r := range flat(m.company.Requests()) {
				if op := operationOf(t, r.Method, r.Path); op != "" && !slices.Contains(said, op) {
					t.Errorf("%s sends %s %s to %s: add that operation to cli.Asks of %q, where the command is defined", command, r.Method, r.Path, op, name)
				}
			}
			m.aMinuteLater()
		}
	})
}

// TestEveryCommandIsRun holds that a command has a test that runs it.
func TestEveryCommandIsRun(t *testing.T) {
	t.Parallel()
	lines := costs
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatal(len(scripts), err)
	}
	for _, name := range scripts {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines += strings.ReplaceAll(string(text), "--sandbox ", "")
	}
	walk(NewRootForDocs(), func(c *cobra.Command) {
		name := strings.TrimPrefix(c.CommandPath(), "scimctl ")
		if c.Runnable() && !c.HasSubCommands() && !strings.Contains(lines, "  "+name) && !strings.Contains(lines, "scimctl "+name) {
			t.Errorf("no test runs %q: add a script that does to cmd/testdata/script", name)
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
	if diff := cmp.Diff(want, cli.EveryScope(NewRootForDocs())); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
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
