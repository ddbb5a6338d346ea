package scim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/scim"
)

// What comes of a request. A refusal has its status behind it, and what is lost
// its attributes.
const (
	accepted = "accepted" // and kept, as a look at it shows
	refused  = "refused "
	lost     = "accepted and lost "
	wiped    = "accepted, and nobody is left"
	found    = "found"
	none     = "not found"
)

// A peer is a real SCIM server, and the client that is tried out on it.
type peer struct {
	*testing.T
	client scim.Client
	made   *atomic.Int64
}

func newPeer(t *testing.T, address string) *peer {
	impatient := &http.Client{Timeout: 30 * time.Second}
	return &peer{T: t, client: scim.Client{BaseURL: address, Token: secret, HTTP: impatient}, made: &atomic.Int64{}}
}

// compare has each exchange take place and compares what came of it with what
// is expected of this server.
func (p *peer) compare(expected func(exchange) string) {
	p.Helper()
	want, got := map[string]string{}, map[string]string{}
	for _, e := range exchanges() {
		if _, twice := want[e.name]; twice {
			p.Errorf("two exchanges are called %q", e.name)
		}
		want[e.name], got[e.name] = expected(e), e.take(p)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		p.Errorf("what came of the requests (-want +got):\n%s", diff)
	}
}

// outcome is that of a request whose answer says all.
func (p *peer) outcome(err error) string {
	p.Helper()
	if refusal, ok := errors.AsType[*scim.Error](err); ok {
		return fmt.Sprint(refused, refusal.Status)
	}
	if err != nil {
		p.Errorf("%T: %v", err, err)
	}
	return accepted
}

// unique makes a name that nobody on the server has.
func (p *peer) unique(name string) string { return fmt.Sprintf("%s.%d", name, p.made.Add(1)) }

func (p *peer) create(kind scim.Kind, body scim.Resource, err error) scim.Resource {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
	r, err := p.client.Create(p.Context(), kind, body)
	if err != nil {
		p.Fatal(err)
	}
	return r
}

// person is how Entra creates a user with the mappings that it comes with.
func person(userName string, more ...scim.Attribute) (scim.Resource, error) {
	return scim.NewUser(append([]scim.Attribute{
		{Path: "userName", Values: []string{userName}},
		{Path: "active", Type: "Boolean", Values: []string{"True"}},
		{Path: "displayName", Values: []string{"Ada Lovelace"}},
		{Path: "title", Values: []string{"Analyst"}},
		{Path: `emails[type eq "work"].value`, Values: []string{userName + "@contoso.com"}},
		{Path: "name.givenName", Values: []string{"Ada"}},
		{Path: "name.familyName", Values: []string{"Lovelace"}},
		{Path: `addresses[type eq "work"].locality`, Values: []string{"London"}},
		{Path: `addresses[type eq "work"].postalCode`, Values: []string{"W1"}},
		{Path: `phoneNumbers[type eq "mobile"].value`, Values: []string{"+44 20 7946 0000"}},
		{Path: "externalId", Values: []string{"external " + userName}},
		{Path: enterprise + "employeeNumber", Values: []string{"7"}},
		{Path: enterprise + "department", Values: []string{"Engines"}},
	}, more...))
}

// user makes one, and returns its id and name.
func (p *peer) user() (id, name string) {
	p.Helper()
	name = p.unique("ada")
	body, err := person(name)
	return p.create(scim.Users, body, err).ID(), name
}

func (p *peer) group() (id, name string) {
	p.Helper()
	name = p.unique("Pilots")
	body, err := scim.NewGroup([]scim.Attribute{
		{Path: "displayName", Values: []string{name}}, {Path: "externalId", Values: []string{"external " + name}},
	})
	return p.create(scim.Groups, body, err).ID(), name
}

// team is a group with some users in it.
func (p *peer) team(members int) (group string, ids []string) {
	p.Helper()
	group, _ = p.group()
	for range members {
		id, _ := p.user()
		ids = append(ids, id)
	}
	if _, err := p.client.Patch(p.Context(), scim.Groups, group, scim.AddMembers(scim.Compliant, ids...)); err != nil {
		p.Fatal(err)
	}
	return group, ids
}

// look reads a resource without the client, and with a group's members.
func (p *peer) look(kind scim.Kind, id string) scim.Resource {
	p.Helper()
	request, err := http.NewRequestWithContext(p.Context(), http.MethodGet, p.client.BaseURL+"/"+string(kind)+"/"+id, http.NoBody)
	if err != nil {
		p.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+secret)
	answer, err := p.client.HTTP.Do(request)
	if err != nil {
		p.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }() // it was read
	var r scim.Resource
	if err := json.NewDecoder(answer.Body).Decode(&r); err != nil || answer.StatusCode != http.StatusOK {
		p.Fatalf("%s %s: %d %v", kind, id, answer.StatusCode, err)
	}
	return r
}

// kept looks whether the server has what it was sent.
func (p *peer) kept(id string, sent ...scim.Attribute) string {
	p.Helper()
	has := p.look(scim.Users, id)
	var missing []string
	for _, a := range sent {
		values, err := has.Values(a.Path)
		if err != nil {
			p.Fatal(err)
		}
		if a.Form != scim.NoRoles {
			values = has.RoleValues()
		}
		if !slices.EqualFunc(a.Values, values, strings.EqualFold) { // "false" is read as "False"
			missing = append(missing, a.Path)
		}
	}
	if len(missing) > 0 {
		return lost + strings.Join(missing, ", ")
	}
	return accepted
}
