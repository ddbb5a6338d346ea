package synchronization

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
)

// A Subject is an object to provision on demand.
type Subject struct {
	ObjectID       string
	ObjectTypeName string    // as the mapping's sourceObjectName, in its case: User, Group
	Members        []Subject // of a group: those whose membership is provisioned, at most five
}

// wireSubject is a subject as the service wants it.
type wireSubject struct {
	ObjectID       string     `json:"objectId"`
	ObjectTypeName string     `json:"objectTypeName"`
	Links          *wireLinks `json:"links,omitempty"`
}

type wireLinks struct {
	Members []wireSubject `json:"members"`
}

func (s Subject) wire() wireSubject {
	w := wireSubject{ObjectID: s.ObjectID, ObjectTypeName: s.ObjectTypeName}
	if len(s.Members) > 0 {
		w.Links = &wireLinks{}
		for _, m := range s.Members {
			w.Links.Members = append(w.Links.Members, m.wire())
		}
	}
	return w
}

// An OnDemandAnswer is the service's answer as it came: both are strings that
// hold JSON, in one of several shapes. That the service answered says nothing
// of what became of the object.
type OnDemandAnswer struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// ProvisionOnDemand provisions objects now, by one rule of the job's schema.
// It takes up to some 30 seconds. The service allows five requests in ten
// seconds; a client keeps to that by waiting. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand.
func ProvisionOnDemand(ctx context.Context, c *graph.Client, job JobRef, ruleID string, subjects ...Subject) (OnDemandAnswer, error) {
	wired := []wireSubject{}
	for _, s := range subjects {
		wired = append(wired, s.wire())
	}
	body, err := graph.Encode(map[string]any{
		"parameters": []map[string]any{{"ruleId": ruleID, "subjects": wired}},
	})
	if err != nil {
		return OnDemandAnswer{}, err
	}
	r := graph.Request{
		Op: graph.OpProvision, Method: http.MethodPost, Path: job.at("provisionOnDemand"), Body: body, Due: true,
		Ready: graph.Kept(c, func() *pace { return &pace{calls: 5, every: 10 * time.Second} }).wait,
	}
	answer, err := graph.Sent[onDemandPair](ctx, c, r)
	if err != nil || c.DryRun() {
		return OnDemandAnswer{}, err
	}
	return OnDemandAnswer{Key: *answer.Key, Value: *answer.Value}, nil
}

// onDemandPair is an [OnDemandAnswer] that tells a missing member from an empty one.
type onDemandPair struct{ Key, Value *string }

// Missing names the member without which an answer has no content.
func (p onDemandPair) Missing() string {
	switch {
	case p.Key == nil:
		return "key"
	case p.Value == nil:
		return "value"
	}
	return ""
}

// pace lets a number of calls go in any stretch of time. A bucket that refills
// would let nearly twice as many through in a stretch that begins with a full
// one.
type pace struct {
	calls int
	every time.Duration

	mu   sync.Mutex
	went []time.Time // of the last calls, oldest first; may lie ahead
}

// wait returns when the next call may go.
func (p *pace) wait(ctx context.Context) error {
	return parallel.Sleep(ctx, time.Until(p.next()))
}

// next reserves the time of a call.
func (p *pace) next() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := time.Now()
	if len(p.went) == p.calls {
		if earliest := p.went[0].Add(p.every); earliest.After(at) {
			at = earliest
		}
		p.went = p.went[1:]
	}
	p.went = append(p.went, at)
	return at
}
