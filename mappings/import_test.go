package mappings_test

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/mappings"
	schemacheck "github.com/scimctl/scimctl/mappings/check"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

func export(c *schematest.Company) []byte {
	c.Helper()
	document, err := mappings.Export{Graph: c.Graph, App: c.App.Name}.Do(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return document
}

// importing is an update that imports a document.
func importing(c *schematest.Company, document []byte) mappings.Update {
	u := c.Update(c.Graph, nil)
	u.Plan = mappings.Import{Document: document}.Plan
	return u
}

func compare(c *schematest.Company, document []byte) []diff.Change {
	c.Helper()
	changes, err := mappings.Compare{Graph: c.Graph, App: c.App.Name, Document: document}.Do(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return changes
}

func TestWhatIsExportedComesBack(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		c.Extensions(extattr.Create{}, "badge")
		first := export(c)
		if !bytes.Equal(first, c.Schema().Bytes()) {
			c.Error("the export is not what Graph answered")
		}
		if _, err := c.Adding(c.Graph, schematest.Team+"=badge").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		second := export(c)
		want := []string{"user: source attribute " + extattr.FullName(c.App.AppID, "badge") + ": String removed", "user: target attribute " + schematest.Team + ": String removed", "user: mapping " + schematest.Team + ": [" + extattr.FullName(c.App.AppID, "badge") + "] removed"}
		if diff := cmp.Diff(want, schematest.Lines(compare(c, first))); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		for _, document := range [][]byte{first, second, first} {
			result, err := importing(c, document).Do(c.Context())
			if err != nil || len(result.Changes) != 3 && !bytes.Equal(document, second) {
				c.Errorf("got %+v, %v", result, err)
			}
			if left := compare(c, document); len(left) > 0 {
				c.Errorf("left %v", left)
			}
			c.Puts()
			again, err := importing(c, document).Do(c.Context())
			if puts, _ := c.Puts(); puts > 0 || len(again.Changes) > 0 || err != nil {
				c.Errorf("again: %+v, %v", again, err)
			}
		}
	})
}

// A file may be of another job: id and version are those of this one, and
// everything else is the file's to the last byte.
func TestAnImportKeepsIDAndVersionOfTheJob(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		document := strings.NewReplacer(`"id":"`+c.Job.JobID, `"id" : "scim.other`, `"expression":"[jobTitle]","name":"jobTitle"`, `"expression":"[city]","name":"city"`).Replace(string(export(c)))
		version := strings.LastIndex(document, `"version":"v1.2"`)
		document = document[:version] + strings.Replace(document[version:], `"version":"v1.2"`, `"strange": 1.50, "version":"v9"`, 1)
		var sent string
		u := importing(c, []byte(document))
		u.Graph = c.Meddling(func(r *http.Request) *http.Response {
			if schematest.IsRequest(r, http.MethodPut, "/schema") {
				sent = string(bodyOf(c, r))
			}
			return nil
		})
		result, err := u.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		if diff := cmp.Diff([]string{"user: mapping title: [jobTitle] -> [city]", "schema: strange: 1.50"}, schematest.Lines(result.Changes)); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		want := strings.NewReplacer("scim.other", c.Job.JobID, `"v9"`, `"v1.2"`).Replace(document)
		want = "{" + want[strings.Index(want, `"directories"`):] // without the annotation
		if diff := cmp.Diff(want, sent); diff != "" {
			c.Errorf("sent (-want +got)\n%s", diff)
		}
	})
}

// Each line replaces something in an export and says what is wrong then.
func TestAnImportIsCheckedAsAWhole(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		whole := string(export(c))
		for _, p := range []struct{ old, now, want string }{
			{`"targetAttributeName":"title"`, `"targetAttributeName":"displayName"`, "another mapping writes it too"},
			{`"targetAttributeName":"title"`, `"targetAttributeName":"titel"`, "near it: title"},
			{`"expression":"[jobTitle]","name":"jobTitle"`, `"expression":"[jobTitel]","name":"jobTitel"`, "near it: jobTitle"},
			{`"matchingPriority":1`, `"matchingPriority":0`, "no mapping has a matching priority"},
			{`Switch([IsSoftDeleted], , \"False\"`, `Switch([IsSoftDeleted], , \"False`, "column"},
			{`"id":"03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8"`, `"id":"03f7d90d"`, `the job has no rule "03f7d90d"`},
			{`"sourceObjectName":"User"`, `"sourceObjectName":"Device"`, "no object mapping for users"},
			{`"expression":"[jobTitle]","name":"jobTitle"`, `"expression":"[extension_00000000000000000000000000000000_x]","name":"extension_00000000000000000000000000000000_x"`, "no application in this tenant offers"},
		} {
			if !strings.Contains(whole, p.old) {
				c.Fatalf("the export has no %s", p.old)
			}
			_, err := importing(c, []byte(strings.Replace(whole, p.old, p.now, 1))).Do(c.Context())
			e, ok := errors.AsType[*mappings.InvalidSchemaError](err)
			if !ok || !strings.Contains(err.Error(), p.want) || len(e.Findings) == 0 {
				c.Errorf("%s: got %v", p.now, err)
			}
		}
		_, err := importing(c, []byte(whole[:len(whole)/2])).Do(c.Context())
		if _, ok := errors.AsType[*schema.NotASchemaError](err); !ok || !strings.Contains(err.Error(), "line 1, column ") {
			c.Errorf("got %v", err)
		}
		if puts, _ := c.Puts(); puts > 0 || len(c.Copies()) > 0 {
			c.Error("something was written")
		}
	})
}

// What is wrong already is no reason to refuse a file that changes something
// else.
func TestAnErrorOfThePresentSchemaIsLetPass(t *testing.T) {
	t.Parallel()
	faulty := strings.Replace(string(schematest.Text(t)), `"name": "userType", "type"`, `"name": "usertype", "type"`, 1)
	if errs, _ := schemacheck.CountFindings(schemacheck.Check(schematest.Parse(t, []byte(faulty)))); errs == 0 {
		t.Fatal("nothing is wrong with it")
	}
	for document, refused := range map[string]bool{
		strings.Replace(faulty, `"en-US"`, `"de-DE"`, 1):                                            false,
		strings.Replace(faulty, `"name": "preferredLanguage", "type"`, `"name": "lang", "type"`, 1): true,
	} {
		client, err := graph.New(graph.Options{Transport: &schematest.OneSchema{Schema: faulty}, Credential: auth.StaticToken("token")})
		if err != nil {
			t.Fatal(err)
		}
		_, err = mappings.Update{Graph: client, App: "Contoso", Plan: mappings.Import{Document: []byte(document)}.Plan, History: history.History{Dir: t.TempDir()}}.Do(t.Context())
		e, ok := errors.AsType[*mappings.InvalidSchemaError](err)
		if ok != refused || ok && len(e.Findings) != 1 || !ok && err != nil {
			t.Errorf("got %v", err)
		}
	}
}

func TestACopyIsRestoredByItsIDItsBeginningOrAsTheLatest(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		first := export(c)
		result, err := c.Adding(c.Graph, schematest.Team+"=department").Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		second := export(c)
		for _, step := range []struct {
			id   string
			want []byte
		}{{result.CopyID, first}, {history.Latest, second}, {result.CopyID[:15], first}} {
			<-time.After(time.Second) // of the bubble's clock
			u := c.Update(c.Graph, nil)
			u.Plan = mappings.Restore{History: c.History, ID: step.id}.Plan
			restored, err := u.Do(c.Context())
			if err != nil || len(restored.Changes) != 2 {
				c.Errorf("%s: got %+v, %v", step.id, restored, err)
			}
			if left := compare(c, step.want); len(left) > 0 {
				c.Errorf("%s: left %v", step.id, left)
			}
			if step.id == history.Latest { // another one by now
				continue
			}
			if again, err := u.Do(c.Context()); err != nil || len(again.Changes) > 0 {
				c.Errorf("again: %+v, %v", again, err)
			}
		}
		if list := c.Copies(); len(list) != 4 {
			c.Errorf("%d copies", len(list))
		}
	})
}

func TestACopyOfAnotherJobIsRefused(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		for _, of := range []struct {
			app applications.App
			job string
		}{{applications.App{Name: "Contoso", AppID: "other"}, c.Job.JobID}, {c.App, "scim.other"}} {
			kept, err := c.History.Keep(of.app, of.job, "test", bytes.Replace(export(c), []byte(`"expression":"[jobTitle]","name":"jobTitle"`), []byte(`"expression":"[city]","name":"city"`), 1))
			if err != nil {
				c.Fatal(err)
			}
			u := c.Update(c.Graph, nil)
			u.Plan = mappings.Restore{History: c.History, ID: kept.ID}.Plan
			_, err = u.Do(c.Context())
			if e, ok := errors.AsType[*mappings.OtherCopyError](err); !ok || e.Copy.ID != kept.ID {
				c.Errorf("got %v", err)
			}
			u.Plan = mappings.Restore{History: c.History, ID: kept.ID, FromOther: true}.Plan
			if result, err := u.Do(c.Context()); err != nil || len(result.Changes) != 1 {
				c.Errorf("got %+v, %v", result, err)
			}
			if _, err := mappings.Reset(c.Update(c.Graph, nil)).Do(c.Context()); err != nil {
				c.Fatal(err)
			}
		}
	})
}

func TestTheBeginningOfSeveralCopiesIsAmbiguous(t *testing.T) {
	t.Parallel()
	h := history.History{Dir: t.TempDir()}
	app := applications.App{Name: "Contoso", AppID: "app"}
	for range 2 {
		if _, err := h.Keep(app, "job", "test", schematest.Text(t)); err != nil {
			t.Fatal(err)
		}
	}
	_, _, err := h.ReadFor(app, "job", "2")
	if e, ok := errors.AsType[*graph.AmbiguousError](err); !ok || len(e.Matches) != 2 {
		t.Errorf("got %v", err)
	}
	for _, id := range []string{"", "x", "../" + filepath.Base(h.Dir)} {
		_, _, err = h.ReadFor(app, "job", id)
		if _, ok := errors.AsType[*graph.NotFoundError](err); !ok {
			t.Errorf("%q: got %v", id, err)
		}
	}
	_, _, err = h.ReadFor(app, "other", history.Latest)
	if !failure.Is(err, failure.NotFound) || !strings.Contains(err.Error(), app.Name) {
		t.Errorf("got %v", err)
	}
}

func TestThePastIsThatOfAnApplicationOrJob(t *testing.T) {
	t.Parallel()
	h := history.History{Dir: t.TempDir()}
	for _, app := range []string{"Contoso", "Fabrikam"} {
		if _, err := h.Keep(applications.App{Name: app, AppID: "id-of-" + app}, "job of "+app, "test", []byte(`{}`)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(h.Dir, "cut.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, p := range []struct {
		app, job string
		want     int
	}{{"", "", 2}, {"Contoso", "", 1}, {"ID-OF-Contoso", "", 1}, {"", "job of Fabrikam", 1}, {"Contoso", "job of Fabrikam", 0}} {
		list, damaged, err := history.Past{History: h, App: p.app, Job: p.job}.Do()
		if err != nil || len(damaged) != 1 || len(list) != p.want {
			t.Errorf("%+v: got %v, %v, %v", p, list, damaged, err)
		}
	}
}

func TestAKeptCopyIsADocumentToo(t *testing.T) {
	t.Parallel()
	h := history.History{Dir: t.TempDir()}
	kept, err := h.Keep(applications.App{Name: "Contoso"}, "job", "test", schematest.Text(t))
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(kept.Path)
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range [][]byte{whole, schematest.Text(t)} {
		got, err := history.Document("copy.json", from)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.TrimSpace(string(schematest.Text(t))), strings.TrimSpace(string(got))); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}
