package graph

import (
	"context"
	"net/http"
	"time"
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
func (c *Client) ProvisionOnDemand(ctx context.Context, job JobRef, ruleID string, subjects ...Subject) (OnDemandAnswer, error) {
	wired := []wireSubject{}
	for _, s := range subjects {
		wired = append(wired, s.wire())
	}
	body, err := encode(map[string]any{
		"parameters": []map[string]any{{"ruleId": ruleID, "subjects": wired}},
	})
	if err != nil {
		return OnDemandAnswer{}, err
	}
	r := request{
		op: OpProvision, method: http.MethodPost, path: job.at("provisionOnDemand"), body: body, due: true,
		ready: Kept(c, func() *pace { return &pace{calls: 5, every: 10 * time.Second} }).wait,
	}
	answer, err := sent[onDemandPair](ctx, c, r)
	if err != nil || c.DryRun() {
		return OnDemandAnswer{}, err
	}
	return OnDemandAnswer{Key: *answer.Key, Value: *answer.Value}, nil
}

// onDemandPair is an [OnDemandAnswer] that tells a missing member from an empty one.
type onDemandPair struct{ Key, Value *string }

func (p onDemandPair) missing() string {
	switch {
	case p.Key == nil:
		return "key"
	case p.Value == nil:
		return "value"
	}
	return ""
}
