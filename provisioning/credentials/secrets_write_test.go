package credentials_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A distant server is reached after a while, and its answer takes as long, each
// time another time.
type distant struct {
	http.RoundTripper
	random *rand.Rand
	mu     *sync.Mutex
}

func (d distant) RoundTrip(r *http.Request) (*http.Response, error) {
	d.pass()
	defer d.pass()
	return d.RoundTripper.RoundTrip(r)
}

func (d distant) pass() {
	d.mu.Lock()
	way := time.Duration(20+d.random.IntN(200)) * time.Millisecond
	d.mu.Unlock()
	<-time.After(way)
}

// A writer changes one setting to a value of its own.
type settingsWriter struct {
	field string
	value string
	set   func(*credentials.ChangeSettings)
	err   error
	ended time.Time
}

func settingsWriters(n int) (all []*settingsWriter) {
	for i := range n {
		address := fmt.Sprintf("ops%d@contoso.com", i)
		w := []settingsWriter{
			{field: "notify", value: address, set: func(c *credentials.ChangeSettings) { c.Notify = []string{address} }},
			{field: "threshold", value: fmt.Sprint(100 + i), set: func(c *credentials.ChangeSettings) { c.DeleteThreshold = new(100 + i) }},
			{field: "skip", value: "true", set: func(c *credentials.ChangeSettings) { c.SkipOutOfScopeDeletions = new(true) }},
			{field: "scope", value: "all", set: func(c *credentials.ChangeSettings) { c.Scope = credentials.ScopeAll }},
		}[i%4]
		all = append(all, &w)
	}
	return all
}

// Whoever is told that a setting is saved finds it there, or the value of
// somebody who saved it at the same time or later. There is no lock in Graph.
func TestManyWritersOfSettingsLoseNothingSilently(t *testing.T) {
	t.Parallel()
	counts, seeds := []int{2, 4, 12}, uint64(2)
	if os.Getenv("SCIMCTL_TEST_FAULTS") == "all" {
		counts, seeds = []int{2, 4, 12, 24}, 12
	}
	for _, writers := range counts {
		for seed := range seeds {
			t.Run(fmt.Sprintf("%d writers, seed %d", writers, seed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { writeTogether(t, settingsWriters(writers), seed) })
			})
		}
	}
}

func writeTogether(t *testing.T, writers []*settingsWriter, seed uint64) {
	t.Helper()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	var all sync.WaitGroup
	for i, w := range writers {
		transport := distant{tenant, rand.New(rand.NewPCG(seed, uint64(i))), &sync.Mutex{}}
		client, err := graph.New(graph.Options{Transport: transport, Credential: auth.StaticToken("token-of-a-test")})
		if err != nil {
			t.Fatal(err)
		}
		all.Go(func() {
			defer client.Close()
			transport.pass()
			change := credentials.ChangeSettings{Graph: client, App: "Workato"}
			w.set(&change)
			_, w.err = change.Do(t.Context())
			w.ended = time.Now()
		})
	}
	all.Wait()
	finds(t, writers, values(tenanttest.Do(tenant, credentials.ShowSettings{Graph: tenant.Client, App: "Workato"}).Settings))
	tenanttest.Do(tenant, credentials.Try{Graph: tenant.Client, App: "Workato"})
}

func values(s credentials.Settings) map[string]string {
	return map[string]string{
		"notify": strings.Join(s.Notify, ","), "threshold": fmt.Sprint(s.DeleteThreshold),
		"skip": fmt.Sprint(s.SkipOutOfScopeDeletions), "scope": string(s.Scope),
	}
}

// finds wants the value of each field to be that of a writer who was told so,
// and every other outcome to be a conflict that names a field.
func finds(t *testing.T, writers []*settingsWriter, now map[string]string) {
	t.Helper()
	told, saved := map[string]bool{}, map[string]bool{}
	for _, w := range writers {
		lost, isLost := errors.AsType[*credentials.SettingsLostError](w.err)
		switch {
		case w.err == nil:
			told[w.field] = true
			saved[w.field+" "+w.value] = true
		case !isLost || len(lost.Fields) == 0:
			t.Errorf("%s=%s: %v", w.field, w.value, w.err)
		}
	}
	for field := range told {
		if !saved[field+" "+now[field]] {
			t.Errorf("%s is %q, which nobody who succeeded has saved", field, now[field])
		}
	}
	if len(told) == 0 {
		t.Error("nobody succeeded")
	}
}

// A change that the service confirms and does not keep is no success, whichever
// setting it is; nor is one that costs another setting.
func TestASettingThatTheServiceDoesNotKeepIsAConflict(t *testing.T) {
	t.Parallel()
	const notifying = `{"Enabled":true,"Recipients":"ops@contoso.com","DeleteThresholdEnabled":true,"DeleteThresholdValue":9}`
	for name, c := range map[string]struct {
		change credentials.ChangeSettings
		keep   func(now []synchronization.KeyValue) []synchronization.KeyValue // what the service makes of what it has
		field  string
	}{
		"nothing is kept": {credentials.ChangeSettings{DeleteThreshold: new(5)}, nil, "DeleteThresholdValue"},
		"the address is lost": {
			credentials.ChangeSettings{DeleteThreshold: new(5)},
			replacing("SyncNotificationSettings", `{"Enabled":true,"DeleteThresholdEnabled":true,"DeleteThresholdValue":5}`), "Recipients",
		},
		"the scope is reset": {
			credentials.ChangeSettings{SkipOutOfScopeDeletions: new(true)},
			func(now []synchronization.KeyValue) []synchronization.KeyValue {
				return replacing("SkipOutOfScopeDeletions", "True")(replacing("SyncAll", "false")(now))
			}, "SyncAll",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tenant := tenanttest.NewTenant(t)
				tenant.Provisioned()
				shown := []synchronization.KeyValue{
					{Key: "BaseAddress", Value: sandbox.SCIMURL},
					{Key: "SecretToken", Value: "*"},
					{Key: "SyncAll", Value: "true"},
					{Key: "SyncNotificationSettings", Value: notifying},
				}
				show := func() { tenant.Answer("GET secrets", tenanttest.With(200, map[string]any{"value": shown})) }
				show()
				tenant.Answer("PUT secrets", func(w http.ResponseWriter, _ *http.Request) {
					if c.keep != nil {
						shown = c.keep(shown)
						show()
					}
					w.WriteHeader(http.StatusNoContent)
				})
				c.change.Graph, c.change.App = tenant.Client, "Workato"
				lost, ok := errors.AsType[*credentials.SettingsLostError](tenanttest.Fails(tenant, c.change))
				if !ok || !strings.HasSuffix(strings.Join(lost.Fields, " "), c.field) {
					t.Errorf("got %+v", lost)
				}
			})
		})
	}
}

func replacing(key, value string) func([]synchronization.KeyValue) []synchronization.KeyValue {
	return func(now []synchronization.KeyValue) (after []synchronization.KeyValue) {
		for _, kv := range now {
			if kv.Key != key {
				after = append(after, kv)
			}
		}
		return append(after, synchronization.KeyValue{Key: key, Value: value})
	}
}

// URLs are the same but for the case of the host.
func TestAURLThatIsSavedInAnotherCaseIsNotKept(t *testing.T) {
	t.Parallel()
	for shown, same := range map[string]bool{
		"https://app.example.com/SCIM/v2?key=A": true, "https://APP.example.com/SCIM/v2?key=A": true, "HTTPS://app.example.com/SCIM/v2?key=A": true,
		"https://app.example.com/scim/v2?key=A": false, "https://app.example.com/SCIM/v2?key=a": false, "https://app.example.com/SCIM/v2/?key=A": false,
		"https://app.example.com/SCIM/v2": false, "https://app.example.com": false,
	} {
		synctest.Test(t, func(t *testing.T) {
			tenant := tenanttest.NewTenant(t)
			tenant.Provisioned()
			tenant.Answer("PUT secrets", tenanttest.With(204, nil))
			tenant.Answer("POST validateCredentials", tenanttest.With(204, nil))
			tenant.Answer("GET secrets", tenanttest.With(200, map[string]any{"value": []synchronization.KeyValue{
				{Key: "BaseAddress", Value: shown}, {Key: "SecretToken", Value: "*"}, {Key: "SyncAll", Value: "false"},
			}}))
			_, err := credentials.Set{
				Graph: tenant.Client, App: "Workato", URL: "https://app.example.com/SCIM/v2?key=A", Token: tenanttest.SCIMToken,
			}.Do(t.Context())
			if _, lost := errors.AsType[*credentials.SecretDroppedError](err); lost == same || same && err != nil {
				t.Errorf("%s: %v", shown, err)
			}
		})
	}
}
