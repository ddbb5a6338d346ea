package blueprint_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/blueprint/export"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
)

// named are the risks of a plan by name, with the number of people.
func named(p planning.Plan) []string {
	list := []string{}
	for _, r := range p.Applications[0].Risks() {
		list = append(list, fmt.Sprintf("%s %d", r.Name, r.People))
	}
	return list
}

const begin = "apiVersion: scimctl/v1\nkind: Provisioning\napplication: {name: Workato DEV}\n"

func TestEveryDangerHasAName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		off := strings.Replace(workato, "enabled: true\n", "enabled: false\n", 1)
		c.apply(off)
		for file, want := range map[string][]string{
			"users: {mappings: {externalId: {source: objectId, match: 2}}}":                                      {"matching 0"},
			"users: {mappings: {active: {constant: 'True'}}}":                                                    {"notDisabled 0"},
			"users: {remove: [title, preferredLanguage]}":                                                        {"noLongerSent 0"},
			"users: {filters: {Engineers: [department equals Engineering]}}":                                     {"leavingScope 6"},
			"provisioning: {deleteThreshold: 5}\nusers: {filters: {Engineers: [department equals Engineering]}}": {"leavingScope 6", "threshold 0"},
			"provisioning: {scope: all}":                                                                         {"everyone 36"},
			"provisioning: {deleteThreshold: off}":                                                               {"threshold 0"},
			"provisioning: {deleteThreshold: 101}":                                                               {"threshold 0"},
			"provisioning: {deleteThreshold: 99}":                                                                {},
			"provisioning: {enabled: true}":                                                                      {"firstStart 7"},
			"extensions: {prune: true, properties: [workato_role]}":                                              {"deletion 0", "deletion 0"},
			"assignments: {prune: true, users: [ada@contoso.com]}":                                               {"unassigned 6"},
			"assignments: {prune: true, users: [betty@contoso.com], groups: [Sales]}":                            {"unassigned 1"},
			"users: {mappings: {title: city}}":                                                                   {},
		} {
			if diff := cmp.Diff(want, named(c.plan(begin+file))); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
		}
	})
}

func TestWhatRunsIsEvaluatedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.apply(workato)
		if diff := cmp.Diff([]string{"evaluatedAgain 7"}, named(c.plan(begin+"users: {mappings: {title: city}}"))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestASectionWithPruneIsExclusive(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.apply(strings.Replace(workato, "groups:\n  enabled: false\n", `groups:
  filters: {Named: [displayName is-not-null]}
  attributes: {target: ["urn:ietf:params:scim:schemas:extension:contoso:2.0:Group:unused"]}
`, 1))
		c.apply(begin + `
extensions: {prune: true, properties: [workato_role]}
users:
  prune: true
  mappings:
    userName: userPrincipalName
    externalId: mailNickname
    urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role: workato_role
groups:
  prune: true
  mappings: {displayName: displayName}
assignments: {prune: true, users: [ada@contoso.com]}
`)
		found, err := export.Export{Graph: c.graph, App: "Workato DEV", Full: true}.Do(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		b := found.Blueprint
		got := []int{len(b.Extensions.Properties), len(b.Users.Mappings), len(b.Groups.Mappings), len(b.Groups.Filters), len(b.Assignments.Users), len(b.Assignments.Groups)}
		if diff := cmp.Diff([]int{1, 3, 1, 0, 1, 0}, got); diff != "" || b.Groups.Attributes != nil {
			t.Errorf("attributes %v (-want +got):\n%s", b.Groups.Attributes, diff)
		}
	})
}

func TestTheFileOfASetUpWithoutAnApplicationStaysWhole(t *testing.T) {
	t.Parallel()
	c := newCompany(t)
	c.tenant.ForgetRequests()
	plan := c.plan(workato)
	if n := len(c.tenant.Requests()); n > 5 || c.writes() > 0 {
		t.Errorf("it asks for what cannot be there: %s", c.asked())
	}
	if len(steps(plan)) != 18 || len(plan.Problems()) > 0 {
		t.Errorf("got %v", steps(plan))
	}
}

// Which of two errors a plan ends with depends on this order.
func TestTheScopeOfUsersIsComparedBeforeThatOfGroupsEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.apply(workato)
		c.apply(begin + "groups: {enabled: true}\nassignments: {groups: [Sales]}\n")
		compared := 0 // scopes; each begins with the assignments
		c.meddle(func(r *http.Request) *http.Response {
			switch {
			case isRequest(r, http.MethodGet, "/appRoleAssignedTo"):
				compared++
			case isRequest(r, http.MethodGet, "/members") && compared != 1:
				t.Error("the members are read for the second scope")
			}
			return nil
		})
		for range 20 {
			compared = 0
			c.plan(begin + "users: {filters: {Engineers: [department equals Engineering]}}\n" +
				"groups: {filters: {Named: [displayName equals Nobody]}}\n")
			if compared != 2 {
				t.Errorf("%d scopes are compared", compared)
			}
		}
	})
}
