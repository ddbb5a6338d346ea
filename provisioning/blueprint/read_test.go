package blueprint_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

const whole = `apiVersion: scimctl/v1
kind: Provisioning
application:
  name: Workato
  template: Custom
  create: false
extensions:
  prune: true
  properties:
    - workato_role
    - {name: cost_center, type: Integer, target: User, multiValued: true}
provisioning:
  template: scim
  enabled: true
  scope: assigned
  notify: [ops@contoso.com]
  deleteThreshold: off
  skipOutOfScopeDeletions: false
  credentials:
    url: https://scim.example.com/v2
    token: env:WORKATO_SCIM_TOKEN
users:
  enabled: true
  actions: [create, update]
  attributes:
    source: [{name: cost_center, type: Integer}]
    target:
      - urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role
      - {name: manager2, type: Reference, references: [User], required: true, multivalued: true, caseExact: true}
  mappings:
    userName: userPrincipalName
    emails[type eq "work"].value: {source: mail, default: none@contoso.com, match: 2, apply: on-create, flow: always}
    active:
      expression: 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'
    userType: {constant: 007}
    title: {source: "", default: x, match: 0}
  remove: ['phoneNumbers[type eq "fax"].value']
  filters:
    Engineers: ['department equals Engineering', country equals US]
  prune: true
groups:
  enabled: false
assignments:
  prune: true
  users: [ada@contoso.com, {name: betty@contoso.com, role: Admin}]
  groups:
    - Sales
values:
  ada@contoso.com: {workato_role: Admin, cost_center: 0042}
`

func wholeBlueprint() blueprint.Blueprint {
	return blueprint.Blueprint{
		APIVersion: "scimctl/v1", Kind: "Provisioning",
		Application: blueprint.Application{Name: "Workato", Template: "Custom", Create: new(false)},
		Extensions: &blueprint.Extensions{Prune: true, Properties: []blueprint.Property{
			{Name: "workato_role"}, {Name: "cost_center", Type: "Integer", Target: "User", MultiValued: true},
		}},
		Provisioning: &blueprint.Provisioning{
			Template: "scim", Enabled: new(true), Scope: credentials.ScopeAssigned, Notify: []string{"ops@contoso.com"},
			DeleteThreshold: new(blueprint.Threshold(0)), SkipOutOfScopeDeletions: new(false),
			Credentials: &blueprint.Credentials{
				URL:   blueprint.Reference{From: blueprint.Literal, At: "https://scim.example.com/v2"},
				Token: blueprint.Reference{From: blueprint.FromEnv, At: "WORKATO_SCIM_TOKEN"},
			},
		},
		Users: &blueprint.Object{
			Enabled: new(true), Actions: []string{"create", "update"},
			Attributes: &blueprint.Attributes{
				Source: []blueprint.Attribute{{Name: "cost_center", Type: "Integer"}},
				Target: []blueprint.Attribute{
					{Name: "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role"},
					{Name: "manager2", Type: "Reference", References: []string{"User"}, Required: true, Multivalued: true, CaseExact: true},
				},
			},
			Mappings: map[string]blueprint.Mapping{
				"userName":                     {Source: new("userPrincipalName")},
				`emails[type eq "work"].value`: {Source: new("mail"), Default: new("none@contoso.com"), Match: new(2), Apply: schema.OnCreate, Flow: schema.FlowAlways},
				"active":                       {Expression: `Switch([IsSoftDeleted], , "False", "True", "True", "False")`},
				"userType":                     {Constant: new("007")},
				"title":                        {Source: new(""), Default: new("x"), Match: new(0)},
			},
			Remove:  []string{`phoneNumbers[type eq "fax"].value`},
			Filters: map[string][]string{"Engineers": {"department equals Engineering", "country equals US"}},
			Prune:   true,
		},
		Groups: &blueprint.Object{Enabled: new(false)},
		Assignments: &blueprint.Assignments{
			Prune: true, Users: []blueprint.Assignee{{Name: "ada@contoso.com"}, {Name: "betty@contoso.com", Role: "Admin"}},
			Groups: []blueprint.Assignee{{Name: "Sales"}},
		},
		Values: blueprint.Values{"ada@contoso.com": {"workato_role": "Admin", "cost_center": "0042"}},
	}
}

func TestAFileSaysAllOfASetUp(t *testing.T) {
	t.Parallel()
	got, err := blueprint.Parse("workato.yaml", []byte(whole), blueprint.Variables{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]blueprint.Blueprint{wholeBlueprint()}, got, cmpopts.IgnoreUnexported(blueprint.Blueprint{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if place := got[0].Place("users", "mappings", "userName").String(); place != "workato.yaml:31:5" {
		t.Error(place)
	}
}
