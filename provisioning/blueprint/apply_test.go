package blueprint_test

import (
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
)

const workato = `apiVersion: scimctl/v1
kind: Provisioning
application:
  name: Workato DEV
extensions:
  properties: [workato_role, workato_role_test, workato_role_prod]
provisioning:
  enabled: true
  scope: assigned
  notify: [ops@contoso.com]
  deleteThreshold: 100
  credentials:
    url: env:WORKATO_SCIM_URL
    token: env:WORKATO_SCIM_TOKEN
users:
  actions: [create, update]
  mappings:
    urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role: workato_role
    urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role_test: workato_role_test
    urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role_prod: workato_role_prod
groups:
  enabled: false
assignments:
  users: [ada@contoso.com, betty@contoso.com]
  groups: [Sales]
`

func TestAFileIsAppliedToAnEmptyTenantAndThenHasNothingToDo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCompany(t)
		c.apply(workato)
		if n := len(c.tenant.Requests()); n > 25+5+3 { // five ask whether something exists already, three read back what was written
			t.Errorf("it takes %d requests:%s", n, c.asked())
		}
		c.tenant.ForgetRequests()
		if diff := cmp.Diff([]string{}, steps(c.plan(workato))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if n := len(c.tenant.Requests()); n > 12 {
			t.Errorf("a plan takes %d requests:%s", n, c.asked())
		}
		c.tenant.ForgetRequests()
		if done := c.apply(workato); len(done.Results) > 0 || c.writes() > 0 {
			t.Errorf("a second run did %+v", done.Results)
		}
	})
}
