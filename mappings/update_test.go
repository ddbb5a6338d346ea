package mappings_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

const workatoRole = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:"

// What the vendor's guide does in three dialogs of the portal.
func TestThreeRolesAreMappedInOneWrite(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		c.Extensions(extattr.Create{}, "workato_role", "workato_role_test", "workato_role_prod")
		before := c.Schema()
		c.Tenant.ForgetRequests()
		u := c.Adding(c.Graph, workatoRole+"workato_role=workato_role", workatoRole+"workato_role_test=workato_role_test", workatoRole+"workato_role_prod=workato_role_prod")
		result, err := u.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		if puts, all := c.Puts(); puts != 1 || all > 8 {
			c.Errorf("%d puts of %d requests", puts, all)
		}
		var lines []string
		for _, change := range result.Changes {
			lines = append(lines, change.String())
		}
		full := func(short string) string { return extattr.FullName(c.App.AppID, short) }
		var sources, targets, mapped []string
		for _, short := range []string{"workato_role", "workato_role_test", "workato_role_prod"} {
			sources = append(sources, "user: source attribute "+full(short)+": String")
			targets = append(targets, "user: target attribute "+workatoRole+short+": String")
			mapped = append(mapped, "user: mapping "+workatoRole+short+": ["+full(short)+"]")
		}
		want := slices.Concat(sources, targets, mapped)
		if diff := cmp.Diff(want, lines); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if len(result.Warnings) != 1 || !strings.Contains(result.Warnings[0], "created without") || strings.Count(result.Warnings[0], workatoRole) != 3 {
			c.Errorf("warnings %q", result.Warnings)
		}
		kept, schema, err := c.History.Read(result.CopyID)
		if err != nil || kept.Path != result.CopyPath || kept.App != "Workato" || kept.Job != c.Job.JobID || !bytes.Equal(schema, before.Bytes()) {
			c.Errorf("kept %+v, %v", kept, err)
		}
		again, err := u.Do(c.Context())
		if diff := cmp.Diff(mappings.Result{Changes: []diff.Change{}, Warnings: []string{}}, again); diff != "" || err != nil {
			c.Errorf("again: %v (-want +got)\n%s", err, diff)
		}
		if puts, all := c.Puts(); puts > 0 || all != 3 || len(c.Copies()) != 1 {
			c.Errorf("again: %d puts of %d requests, copies %v", puts, all, c.Copies())
		}
	})
}

func TestWhatIsSentIsWhatWasReadAndTheChange(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		strange := bytes.Replace(c.Schema().Bytes(), []byte(`"synchronizationRules":`), []byte(`"strange": [ 1.50, 12345678901234567890.1 , "\u003c" ], "synchronizationRules":`), 1)
		if _, err := synchronization.PutSchema(c.Context(), c.Graph, c.Job, strange); err != nil {
			c.Fatal(err)
		}
		before := c.Schema().Bytes()
		var sent []byte
		client := c.Meddling(func(r *http.Request) *http.Response {
			if schematest.IsRequest(r, http.MethodPut, "/schema") {
				sent = bodyOf(c, r)
			}
			return nil
		})
		if _, err := c.Update(client, mappings.ChangeActions(schema.Group, nil, []string{"delete"})).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		want := string(before)
		start, end := strings.Index(want, `"@odata.context"`), strings.Index(want, `"id"`)
		want = want[:start] + want[end:]
		i := strings.LastIndex(want[:strings.Index(want, `"Provision Microsoft Entra ID Groups"`)], `"flowTypes"`)
		want = want[:i] + strings.Replace(want[i:], "Add,Update,Delete", "Add,Update", 1)
		if diff := cmp.Diff(want, string(sent)); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if !strings.Contains(string(sent), `[ 1.50, 12345678901234567890.1 , "\u003c" ]`) {
			c.Error("a member that nobody knows was lost")
		}
	})
}

func bodyOf(c *schematest.Company, r *http.Request) []byte {
	c.Helper()
	body, err := r.GetBody()
	if err != nil {
		c.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(body); err != nil {
		c.Fatal(err)
	}
	return b.Bytes()
}

func TestChangesAreConfirmedWithWhatTheySetOff(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		u := c.Update(c.Meddling(c.Running), mappings.SetEnabled(schema.Group, false))
		no := errors.New("no")
		var asked mappings.Impact
		u.Confirm = func(_ context.Context, i mappings.Impact) error { asked = i; return no }
		if _, err := u.Do(c.Context()); !errors.Is(err, no) {
			c.Errorf("got %v", err)
		}
		if puts, _ := c.Puts(); puts > 0 || len(c.Copies()) > 0 {
			c.Error("something was written")
		}
		if !asked.Running || asked.People != 41 || asked.App.Name != "Workato" || asked.Job.ID != c.Job.JobID || len(asked.Changes) != 1 {
			c.Errorf("asked %+v", asked)
		}
		if !schematest.Object(c, asked.Before, schema.Group).Enabled() || schematest.Object(c, asked.After, schema.Group).Enabled() {
			c.Error("the schemas before and after are not those of the change")
		}
		no = nil
		if _, err := u.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		if puts, _ := c.Puts(); puts != 1 || schematest.Object(c, c.Schema(), schema.Group).Enabled() {
			c.Error("nothing was written")
		}
	})
}

func TestAJobThatDoesNotRunIsConfirmedAsSuch(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		u := c.Update(c.Graph, mappings.SetEnabled(schema.Group, false))
		var asked []mappings.Impact
		u.Confirm = func(_ context.Context, i mappings.Impact) error { asked = append(asked, i); return nil }
		for range 2 { // the second time there is nothing to confirm
			if _, err := u.Do(c.Context()); err != nil {
				c.Error(err)
			}
		}
		if len(asked) != 1 || asked[0].Running {
			c.Errorf("asked %+v", asked)
		}
	})
}

// meanwhile is a client for whom somebody else makes an edit between the first
// and the second reading of the schema.
func meanwhile(c *schematest.Company, edit mappings.Edit) *graph.Client {
	reads := 0
	return c.Meddling(func(r *http.Request) *http.Response {
		if schematest.IsRequest(r, http.MethodGet, "/schema") {
			if reads++; reads == 2 {
				s := c.Schema()
				if err := edit(s); err != nil {
					c.Error(err)
				}
				if _, err := synchronization.PutSchema(r.Context(), c.Graph, c.Job, s.Bytes()); err != nil {
					c.Error(err)
				}
				c.Tenant.ForgetRequests()
			}
		}
		return nil
	})
}

func mapping(target, source string) mappings.Edit {
	return func(s *schema.Schema) error {
		o, err := s.Object(schema.User)
		if err != nil {
			return err
		}
		if err := o.AddAttribute(schema.Target, schema.Attribute{Name: target}); err != nil {
			return err
		}
		return o.AddMapping(schema.Mapping{Target: target, Source: source})
	}
}

func TestAChangeThatSomeoneElseMadeMeanwhileIsKept(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		const other = "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:other"
		result, err := c.Adding(meanwhile(c, mapping(other, "department")), schematest.Team+"=department").Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		o := schematest.Object(c, c.Schema(), schema.User)
		for _, target := range []string{other, schematest.Team} {
			if _, ok := o.Mapping(target); !ok {
				c.Errorf("%s is not mapped", target)
			}
		}
		if len(result.Changes) != 2 || len(result.Warnings) != 1 {
			c.Errorf("got %+v", result)
		}
		_, kept, err := c.History.Read(result.CopyID)
		if err != nil || !strings.Contains(string(kept), other) || strings.Contains(string(kept), schematest.Team) {
			c.Errorf("the kept copy is not the document that was replaced: %v", err)
		}
	})
}

func TestAChangeThatNoLongerFitsIsNotSent(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		_, err := c.Adding(meanwhile(c, mapping(schematest.Team, "city")), schematest.Team+"=department").Do(c.Context())
		if !failure.Is(err, failure.Conflict) {
			c.Errorf("got %v", err)
		}
		if _, ok := errors.AsType[*schema.MappingExistsError](err); !ok {
			c.Errorf("got %v", err)
		}
		if puts, _ := c.Puts(); puts > 0 {
			c.Error("it was sent")
		}
	})
}

func TestAChangeThatSomeoneElseMadeAlikeIsNotSentAgain(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		result, err := c.Adding(meanwhile(c, mapping(schematest.Team, "department")), schematest.Team+"=department").Do(c.Context())
		if err != nil || len(result.Changes) > 0 {
			c.Errorf("got %+v, %v", result, err)
		}
		if puts, _ := c.Puts(); puts > 0 {
			c.Error("it was sent")
		}
	})
}

func TestAChangeThatTheServiceDropsIsAnError(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		client := c.Meddling(func(r *http.Request) *http.Response {
			if schematest.IsRequest(r, http.MethodPut, "/schema") {
				return schematest.Answer(r, http.StatusNoContent, "")
			}
			return nil
		})
		result, err := c.Adding(client, schematest.Team+"=department").Do(c.Context())
		e, ok := errors.AsType[*mappings.NotKeptError](err)
		if !ok || len(e.Lost) != 2 || result.CopyPath == "" {
			c.Errorf("got %+v, %v", result, err)
		}
	})
}

func TestADryRunWritesNothing(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		u := c.Adding(c.Client(graph.Options{DryRun: true}), schematest.Team+"=department")
		u.Confirm = func(context.Context, mappings.Impact) error { c.Error("asked"); return nil }
		result, err := u.Do(c.Context())
		if err != nil || len(result.Changes) != 2 || result.CopyID != "" {
			c.Errorf("got %+v, %v", result, err)
		}
		if puts, all := c.Puts(); puts > 0 || all != 3 || len(c.Copies()) > 0 {
			c.Errorf("%d puts of %d requests", puts, all)
		}
		if len(c.Held) != 1 || !strings.Contains(string(c.Held[0].Body), schematest.Team) || strings.Contains(string(c.Held[0].Body), "@odata.context") {
			c.Errorf("held %v", c.Held)
		}
	})
}

func TestNothingIsSentWithoutACopy(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		for _, dir := range []string{"", file(c)} {
			u := c.Adding(c.Graph, schematest.Team+"=department")
			u.History.Dir = dir
			if _, err := u.Do(c.Context()); err == nil {
				c.Errorf("%q: no error", dir)
			}
		}
		if puts, _ := c.Puts(); puts > 0 {
			c.Error("it was sent")
		}
	})
}

// file is a path where no folder can be.
func file(c *schematest.Company) string {
	c.Helper()
	path := c.History.Dir + ".txt"
	if err := os.MkdirAll(c.History.Dir, 0o700); err != nil {
		c.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		c.Fatal(err)
	}
	return path
}

func TestASourceIsAddedOnlyWhenItIsAnExtension(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		c.Extensions(extattr.Create{}, "badge")
		c.Extensions(extattr.Create{Target: "Group"}, "colour")
		c.Extensions(extattr.Create{MultiValued: true}, "tags")
		c.Extensions(extattr.Create{DataType: "LargeInteger"}, "seats")
		for source, near := range map[string][]string{"bagde": {"badge"}, "colour": {}, "departmnt": {"department"}} {
			_, err := c.Adding(c.Graph, schematest.Team+"="+source).Do(c.Context())
			e, ok := errors.AsType[*schema.UnknownAttributeError](err)
			if !ok || e.Side != schema.Source || e.Name != source || !containsAll(e.Near, near) {
				c.Errorf("%s: got %v", source, err)
			}
		}
		_, err := c.Adding(c.Graph, schematest.Team+"=tags").Do(c.Context())
		if _, ok := errors.AsType[*schema.RefusedError](err); !ok {
			c.Errorf("got %v", err)
		}
		if puts, _ := c.Puts(); puts > 0 {
			c.Error("something was sent")
		}
		result, err := c.Adding(c.Graph, schematest.Team+"="+extattr.FullName(c.App.AppID, "seats")).Do(c.Context())
		if err != nil || len(result.Changes) != 3 || result.Changes[0].New != "Integer" || result.Changes[1].New != "Integer" {
			c.Errorf("got %+v, %v", result, err)
		}
	})
}

func containsAll(list, wanted []string) bool {
	for _, w := range wanted {
		if !slices.Contains(list, w) {
			return false
		}
	}
	return true
}

func TestASourceCanBeForced(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		u := c.Update(c.Graph, nil)
		u.Plan = mappings.Add{Mappings: []schema.Mapping{{Target: schematest.Team, Source: "costCenter"}}, NewSource: true}.Plan
		result, err := u.Do(c.Context())
		if err != nil || len(result.Changes) != 3 || result.Changes[0].Name != "costCenter" {
			c.Errorf("got %+v, %v", result, err)
		}
	})
}

func TestTheServiceIsAskedHowItStoresAFunctionThatIsNotDocumented(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		const text = `NormalizeDiacritics([displayName])`
		const form = `{"expression":"NormalizeDiacritics([displayName])","name":"NormalizeDiacritics","type":"Function","parameters":[{"key":"theirs","value":{"expression":"[displayName]","name":"displayName","type":"Attribute","parameters":[]}}]}`
		asked := 0
		client := c.Meddling(func(r *http.Request) *http.Response {
			if !schematest.IsRequest(r, http.MethodPost, "/parseExpression") {
				return nil
			}
			asked++
			return schematest.Answer(r, http.StatusOK, `{"error":null,"parsingSucceeded":true,"parsedExpression":`+form+`}`)
		})
		u := c.Update(client, nil)
		u.Plan = mappings.Add{Mappings: []schema.Mapping{{Target: schematest.Team, Kind: schema.Expression, Source: text}}}.Plan
		if _, err := u.Do(c.Context()); err != nil || asked != 1 {
			c.Errorf("asked %d times; %v", asked, err)
		}
		if !strings.Contains(string(c.Schema().Bytes()), form) {
			c.Error("the service's own form was not sent")
		}
	})
}

// The service knows a directory extension by its full name only.
func TestAnExpressionMayNameExtensionsShort(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		c.Extensions(extattr.Create{}, "badge")
		for expression, want := range map[string]string{
			`Join("-",[badge],[city])`: `Join("-", [` + extattr.FullName(c.App.AppID, "badge") + `], [city])`,
			`PCase([badge])`:           `PCase([` + extattr.FullName(c.App.AppID, "badge") + `])`, // only the service knows how it stores this
		} {
			target := schematest.Team + want[:1]
			asked := ""
			client := c.Meddling(func(r *http.Request) *http.Response {
				if !schematest.IsRequest(r, http.MethodPost, "/parseExpression") {
					return nil
				}
				asked = string(bodyOf(c, r))
				return schematest.Answer(r, http.StatusOK, `{"error":null,"parsingSucceeded":true,"parsedExpression":{"expression":`+strconv.Quote(want)+`,"name":"PCase","type":"Function","parameters":[]}}`)
			})
			u := c.Update(client, nil)
			u.Plan = mappings.Add{Mappings: []schema.Mapping{{Target: target, Kind: schema.Expression, Source: expression}}, NewTarget: true}.Plan
			if _, err := u.Do(c.Context()); err != nil {
				c.Fatal(err)
			}
			if m, _ := schematest.Object(c, c.Schema(), schema.User).Mapping(target); m.Source != want || !strings.Contains(asked, strconv.Quote(want)) {
				c.Errorf("got %+v; the service was asked %s", m, asked)
			}
			again, err := u.Do(c.Context())
			if err != nil || len(again.Changes) > 0 {
				c.Errorf("again: %+v, %v", again, err)
			}
		}
	})
}

func TestTheJobIsTheOnlyOneOrTheOneNamed(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		edit := mappings.SetEnabled(schema.Group, false)
		u := c.Update(c.Graph, edit)
		u.Job = "other"
		_, err := u.Do(c.Context())
		if e, ok := errors.AsType[*graph.NotFoundError](err); !ok || e.Kind != "job" {
			c.Errorf("got %v", err)
		}
		two := c.Meddling(func(r *http.Request) *http.Response {
			if schematest.IsRequest(r, http.MethodGet, "/jobs") {
				return schematest.Answer(r, http.StatusOK, `{"value":[{"id":"one"},{"id":"`+c.Job.JobID+`"}]}`)
			}
			return nil
		})
		_, err = c.Update(two, edit).Do(c.Context())
		if e, ok := errors.AsType[*graph.AmbiguousError](err); !ok || len(e.Matches) != 2 {
			c.Errorf("got %v", err)
		}
		u = c.Update(two, edit)
		u.Job = c.Job.JobID
		if _, err = u.Do(c.Context()); err != nil {
			c.Error(err)
		}
		u.App = "Workday Reporting"
		u.Graph = c.Graph
		_, err = u.Do(c.Context())
		if _, ok := errors.AsType[*synchronization.NoJobError](err); !ok {
			c.Errorf("got %v", err)
		}
	})
}
