package auth_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
)

// signInError expects one.
func signInError(t *testing.T, err error) *graph.SignInError {
	t.Helper()
	e, ok := errors.AsType[*graph.SignInError](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	return e
}

// silence is a network that lets requests for the metadata service be lost.
type silence struct{ asked int }

func (s *silence) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked++
	<-r.Context().Done()
	return nil, context.Cause(r.Context())
}

func TestAMachineWithoutManagedIdentityIsKnownWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		network := &silence{}
		began := time.Now()
		_, err := auth.SignIn{Method: auth.MethodManagedIdentity, Transport: network}.Credential(t.Context())
		e := signInError(t, err)
		if took := time.Since(began); took > 2*time.Second || network.asked != 1 {
			t.Errorf("took %s and %d requests", took, network.asked)
		}
		if e.Tried[0].Reason != "this machine is not in Azure, or has no managed identity" {
			t.Errorf("got %v", e)
		}
	})
}

// metadata plays the service at 169.254.169.254.
func metadata(t *testing.T, plain, token http.HandlerFunc) *graphtest.Server {
	return graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Host != "169.254.169.254":
			t.Errorf("asked %s", r.Host)
		case r.Header.Get("Metadata") == "":
			plain(w, r)
		default:
			token(w, r)
		}
	})
}

func TestAManagedIdentityIsTakenWhereThereIsOne(t *testing.T) {
	t.Parallel()
	bad := graphtest.Says(400, `{"error":"invalid_request","error_description":"Required metadata header not specified"}`)
	ends := fmt.Sprint(time.Now().Add(time.Hour).Unix())
	granted := func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("client_id") != "client1" || q.Get("resource") != "https://graph.microsoft.com" {
			t.Errorf("asked for %v", q)
		}
		graphtest.Reply(w, 200, `{"access_token":"from-machine","expires_in":"3600","expires_on":"`+ends+`","resource":"https://graph.microsoft.com","token_type":"Bearer"}`)
	}
	m := metadata(t, bad, granted)
	signsIn(t, auth.SignIn{Method: auth.MethodManagedIdentity, ClientID: "client1", Transport: m.Transport}, "from-machine")

	for name, c := range map[string]struct {
		plain, token http.HandlerFunc
		want         string
	}{
		"a machine in another cloud":   {graphtest.Says(401, ""), granted, "not in Azure"},
		"an address that is elsewhere": {graphtest.Says(404, ""), granted, "not in Azure"},
		"a redirect": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/x")
			w.WriteHeader(http.StatusFound)
		}, granted, "not in Azure"},
		"a machine without an identity":  {bad, graphtest.Says(400, `{"error":"invalid_request","error_description":"Identity not found"}`), "no such managed identity: Identity not found"},
		"a service that does not let on": {bad, graphtest.Says(403, ``), "answered 403"},
	} {
		m := metadata(t, c.plain, c.token)
		got := fails(t, auth.SignIn{Method: auth.MethodManagedIdentity, Transport: m.Transport})
		if !strings.Contains(got.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, got, c.want)
		}
	}
}

func TestAManagedIdentityThatVariablesNameIsNotProbed(t *testing.T) {
	t.Parallel()
	_, err := auth.SignIn{
		Method: auth.MethodManagedIdentity, Transport: offline{}, Getenv: variables("IDENTITY_ENDPOINT", "http://127.0.0.1:1/token", "IDENTITY_HEADER", "h"),
	}.Credential(t.Context())
	if err != nil {
		t.Errorf("got %v", err)
	}
}
