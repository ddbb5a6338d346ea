package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A person is someone of the engine's testdata, with the request bodies that
// were written by hand from Microsoft's documentation.
type person struct {
	Type             string
	Assigned         string
	Source           map[string][]string
	Create           any
	CreateReferences []any
	LeftOut          []string
	Update           []any
	Disable          any
}

func (p person) id() string { return p.Source["objectId"][0] }

const engineData = "../../provisioning/engine/testdata"

func readPerson(t *testing.T, name string) person {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(engineData, "people", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var p person
	if err := json.Unmarshal(data, &p); err != nil {
		t.Fatal(err)
	}
	return p
}

// A wire is a tenant with its own SCIM server behind a listener that takes down
// what is written to it.
type wire struct {
	*tenant
	job, token, address string
	now                 atomic.Int64

	mu   sync.Mutex
	sent []any
	ids  map[string]string // source object ids to those in the target
}

// newWire is a tenant with the schema of the people and the Workato roles. Its
// clock goes on by a minute with each look.
func newWire(t *testing.T) *wire {
	t.Helper()
	const token = "secret-of-the-scim-server"
	w := &wire{token: token, ids: map[string]string{}}
	began := time.Now()
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMServerToken(token), sandbox.WithSCIMPath("/scim"),
		sandbox.WithClock(func() time.Time { return began.Add(time.Duration(w.now.Add(1)) * time.Minute) }))
	w.tenant = s
	server := httptest.NewServer(w.recording(s.Handler()))
	t.Cleanup(server.Close)
	w.address = server.URL + "/scim"
	w.job = s.job()
	s.configure(syncOf(w.job), w.address, token)
	application, _, _ := s.app("Workato")
	for _, name := range []string{"workato_role", "workato_role_test", "workato_role_dev"} {
		s.must(201, "POST", "/applications/"+application+"/extensionProperties", `{"name":"`+name+`","dataType":"string","targetObjects":["User"]}`)
	}
	schema, err := os.ReadFile(filepath.Join(engineData, "people_schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	s.must(204, "PUT", w.job+"/schema", string(schema))
	return w
}

func (w *wire) recording(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			w.Error(err)
		}
		var body any
		if len(data) > 0 {
			if err := json.Unmarshal(data, &body); err != nil {
				w.Error(err)
			}
			w.mu.Lock()
			w.sent = append(w.sent, body)
			w.mu.Unlock()
		}
		r.Body = io.NopCloser(bytes.NewReader(data))
		next.ServeHTTP(out, r)
	})
}

// provision provisions on demand and returns the bodies that were sent.
func (w *wire) provision(p person, members ...string) []any {
	w.Helper()
	w.mu.Lock()
	w.sent = []any{}
	w.mu.Unlock()
	if got := w.onDemand(w.job, p.Type, p.id(), members...); got.Result == "Failure" {
		w.Fatalf("%+v", got)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent
}

// there provisions someone, unless that was done, and keeps the id in the target.
func (w *wire) there(p person) {
	w.Helper()
	if w.ids[p.id()] != "" {
		return
	}
	w.assign(p.id())
	w.provision(p)
	w.know(p)
}

// know keeps the id in the target of someone who was provisioned.
func (w *wire) know(p person) {
	w.Helper()
	all := w.snapshot()
	for _, r := range append(all.Users, all.Groups...) {
		if last := p.Source["mailNickname"]; len(last) == 1 && r.Attributes["externalId"] == last[0] || r.Attributes["externalId"] == p.id() {
			w.ids[p.id()] = r.ID
			return
		}
	}
	w.Fatalf("nothing in the target is %s", p.id())
}

// filled puts ids in the places that are kept for them.
func (w *wire) filled(v any) any {
	w.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		w.Fatal(err)
	}
	for source, target := range w.ids {
		text = bytes.ReplaceAll(text, []byte("{id of "+source+"}"), []byte(target))
	}
	var out any
	if err := json.Unmarshal(text, &out); err != nil {
		w.Fatal(err)
	}
	return out
}

func (w *wire) compare(what string, want, got any) {
	w.Helper()
	if diff := cmp.Diff(w.filled(want), got); diff != "" {
		w.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// disturb gives every attribute of an update another value in the target.
func (w *wire) disturb(p person) {
	w.Helper()
	for i, body := range p.Update {
		operations := at(body, "Operations").([]any)
		for _, operation := range operations {
			o := operation.(map[string]any)
			if o["path"] == "members" {
				return // they are to be added
			}
			value := any("another")
			switch {
			case o["path"] == "active":
				value = false
			case i > 0: // of a reference
				value = w.ids[p.id()]
			}
			w.patch(p, map[string]any{"op": "Replace", "path": o["path"], "value": value})
		}
	}
}

func (w *wire) patch(p person, operation map[string]any) {
	w.Helper()
	body, err := json.Marshal(map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []any{operation}})
	if err != nil {
		w.Fatal(err)
	}
	r, err := http.NewRequestWithContext(w.Context(), http.MethodPatch, w.address+"/"+p.Type+"s/"+w.ids[p.id()], bytes.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+w.token)
	r.Header.Set("Content-Type", "application/scim+json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode > 299 {
		w.Fatalf("%v: %d %s %v", operation, response.StatusCode, answer, err)
	}
	if err := response.Body.Close(); err != nil {
		w.Error(err)
	}
}

func (w *wire) set(p person, properties string) {
	w.Helper()
	w.must(204, "PATCH", "/users/"+p.id(), properties)
}

// managers provisions everyone whom the people refer to, bosses first.
func (w *wire) managers() {
	w.Helper()
	for _, name := range []string{"margaret", "katherine", "sean.o'brien", "elsie"} {
		nickname := strings.ReplaceAll(name, "'", "")
		w.there(person{Type: "User", Source: map[string][]string{"objectId": {w.user(name + "@contoso.com")}, "mailNickname": {nickname}}})
	}
}

func TestWhatIsSentOnDemandIsWhatWasWrittenByHand(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"ada", "mary", "service", "barbara", "edsger", "sean"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, p := newWire(t), readPerson(t, name)
			for source, values := range p.Source {
				if strings.HasPrefix(source, "extension_") {
					w.set(p, `{"`+source+`":"`+values[0]+`"}`)
				}
			}
			assignment := w.assignPerson(p)
			if name == "sean" { // who is a manager himself
				w.there(person{Type: "User", Source: map[string][]string{"objectId": p.Source["manager"], "mailNickname": {"margaret"}}})
			} else {
				w.managers()
			}

			created := w.provision(p)
			w.know(p)
			w.compare("create", append([]any{p.Create}, p.CreateReferences...), any(created))
			w.disturb(p)
			w.compare("update", p.Update, any(w.provision(p)))
			w.unassign(assignment)
			w.compare("disable", []any{p.Disable}, any(w.provision(p)))
		})
	}
}

func TestAGroupIsSentAsWasWrittenByHand(t *testing.T) {
	t.Parallel()
	w, p := newWire(t), readPerson(t, "pilots")
	members := []string{}
	for _, name := range []string{"edsger", "barbara"} {
		member := readPerson(t, name)
		w.there(member)
		members = append(members, member.id())
	}
	w.assign(p.id())
	created := w.provision(p, members...)
	w.know(p)
	w.compare("create", append([]any{p.Create}, p.CreateReferences...), any(created))
	w.disturb(p)
	for _, id := range members {
		w.patch(p, map[string]any{"op": "remove", "path": `members[value eq "` + w.ids[id] + `"]`})
	}
	w.compare("update of the attributes", p.Update[:1], any(w.provision(p, members...)))
}

func TestWhoIsDisabledOrFilteredOutIsNeverCreated(t *testing.T) {
	t.Parallel()
	for name, change := range map[string][2]string{
		"alan": {`{"accountEnabled":true}`, `{"accountEnabled":false}`},
		"jean": {`{"department":"Sales"}`, `{"department":"Finance"}`},
	} {
		w, p := newWire(t), readPerson(t, name)
		w.assign(p.id())
		w.compare(name+" is not created", []any{}, any(w.provision(p)))
		w.set(p, change[0])
		w.provision(p)
		w.know(p)
		w.set(p, change[1])
		w.compare(name+" is disabled", []any{p.Disable}, any(w.provision(p)))
	}
}

// assignPerson assigns a person, or a group that the person is in.
func (w *wire) assignPerson(p person) string {
	w.Helper()
	if p.Assigned == "directly" {
		return w.assign(p.id())
	}
	return w.assign(readPerson(w.T, "pilots").id())
}

func (w *wire) unassign(assignment string) {
	w.Helper()
	w.must(204, "DELETE", strings.Split(w.job, "/synchronization")[0]+"/appRoleAssignedTo/"+assignment, nil)
}
