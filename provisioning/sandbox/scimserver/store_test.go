package scimserver_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
)

func TestAStoreSurvivesItsFile(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	a.patch(user, `{"op":"Add","path":"`+workatoURN+`:workato_role","value":"<Admin> & more"}`,
		`{"op":"Add","path":"urn:a:b:big","value":9007199254740993}`, `{"op":"Add","path":"urn:a:b:part","value":0.25}`)
	a.sales()
	first, err := json.Marshal(a.store)
	if err != nil {
		t.Fatal(err)
	}
	again := new(scimserver.Store)
	if err := json.Unmarshal(first, again); err != nil {
		t.Fatal(err)
	}
	second, err := json.Marshal(again)
	if err != nil {
		t.Fatal(err)
	}
	a.same("the file", string(second), string(first))
	a.same("the users", again.Users(), a.store.Users())
	a.same("the groups", again.Groups(), a.store.Groups())
	a.same("the digits", again.Users()[0].Attributes["urn:a:b"].(object)["big"], json.Number("9007199254740993"))

	if err := json.Unmarshal(first, a.store); err != nil { // the handler goes on with what was loaded
		t.Fatal(err)
	}
	a.same("a learned attribute", a.found("/Users", `urn:a:b:part lt 1`), 1.0)
	next := a.create("/Users", `{"userName":"next","urn:a:b":{"big":"12"}}`)
	a.same("the next id", next, "/Users/00000000-0000-4000-8000-000000000005")
	a.same("of the type learned before", a.store.Users()[3].Attributes["urn:a:b"], object{"big": json.Number("12")})
}

func TestAResourceIsWrittenAsSCIM(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.create("/Users", `{"userName":"ada","`+workatoURN+`":{"workato_role":"Admin"}}`)
	got, err := json.Marshal(a.store.Users()[0])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"id":"00000000-0000-4000-8000-000000000001",` +
		`"meta":{"resourceType":"User","created":"2026-03-04T05:06:07Z","lastModified":"2026-03-04T05:06:07Z"},` +
		`"schemas":["` + userURN + `","` + workatoURN + `"],"` + workatoURN + `":{"workato_role":"Admin"},"userName":"ada"}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestADamagedStoreIsAnError(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[]`, `{"users":[{"id":7}]}`, `{"users":[`} {
		if err := json.Unmarshal([]byte(text), new(scimserver.Store)); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

func TestWhatIsShownIsACopy(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	a.ada()
	a.store.Users()[0].Attributes["name"].(object)["givenName"] = "Eve"
	a.same("kept", a.store.Users()[0].Attributes["name"].(object)["givenName"], "Ada")
}

func TestChangesAreToldOfAndReadsAreNot(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	a.must(200, "GET", user, "")
	a.must(409, "POST", "/Users", `{"userName":"ada@contoso.com"}`)
	a.same("after a create", a.changes, 1)
	a.patch(user, `{"op":"Add","path":"title","value":"Countess"}`)
	a.must(204, "DELETE", user, "")
	a.same("after an update and a delete", a.changes, 3)
}

func TestRequestsMayComeAtOnce(t *testing.T) {
	t.Parallel()
	store := new(scimserver.Store)
	a := &app{t: t, store: store, handler: scimserver.New(store, scimserver.Options{Token: func() string { return "s3cret" }})}
	var wait sync.WaitGroup
	for i := range 16 {
		wait.Go(func() {
			body := fmt.Sprintf(`{"userName":"user%d","urn:a:b":{"attribute%d":"x"}}`, i/2, i)
			if status, _ := a.send("POST", "/Users", body); status != 201 && status != 409 {
				t.Errorf("user%d: answered %d", i/2, status)
			}
			a.send("GET", "/Users?filter=userName+pr", "")
			a.send("GET", "/Schemas", "")
			_, _ = json.Marshal(store)
		})
	}
	wait.Wait()
	a.same("users", len(store.Users()), 8)
}
