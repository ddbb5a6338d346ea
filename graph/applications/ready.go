package applications

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/scimctl/scimctl/graph"
)

const young = 10 * time.Minute

// WhenReady runs call, and runs it again while the service has not heard of a
// new application yet. The same answers mean a refusal when the application is
// older, so they are waited out only when this client made it or gave it a
// job, or when it was created within the last ten minutes, for which the
// directory is asked once. Otherwise the error comes back at once.
func WhenReady(ctx context.Context, c *graph.Client, app App, what string, call func(context.Context) error) error {
	err := call(ctx)
	if err == nil || !graph.IsNotReady(err) || !isYoung(ctx, c, app) {
		return err
	}
	last := err
	return c.WaitKnowing(ctx, what, func(ctx context.Context) (bool, error, error) {
		if last != nil { // the first look is the call that was made above
			why := last
			last = nil
			return false, why, nil
		}
		err := call(ctx)
		if graph.IsNotReady(err) {
			return false, err, nil
		}
		return err == nil, nil, err
	})
}

// isYoung reports whether the service may not have heard of an application.
// One whose age cannot be told is not young, but one made from a template has
// its application in this tenant: where that cannot be found, it cannot be
// found yet.
func isYoung(ctx context.Context, c *graph.Client, app App) bool {
	if ageOf(c).isMade(app.ServicePrincipalID, app.ApplicationID, app.AppID) {
		return true
	}
	created, err := CreatedAt(ctx, c, app)
	if graph.IsNotFound(err) {
		return app.TemplateID != ""
	}
	return err == nil && time.Since(created) < young
}

// ages are what a client knows of the age of applications, by any of their ids.
type ages struct {
	mu    sync.Mutex
	made  map[string]bool // by this client, or given a job by it
	times map[string]time.Time
}

func ageOf(c *graph.Client) *ages {
	return graph.Kept(c, func() *ages { return &ages{made: map[string]bool{}, times: map[string]time.Time{}} })
}

// RememberMade notes ids of an application that this client made; "" is none.
func RememberMade(c *graph.Client, ids ...string) {
	a := ageOf(c)
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range ids {
		a.made[id] = id != ""
	}
}

func (a *ages) isMade(ids ...string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(ids, func(id string) bool { return a.made[id] })
}

func (a *ages) created(id string) (at time.Time, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, known = a.times[id]
	return at, known
}

func (a *ages) add(id string, created time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.times[id] = created
}
