package provisioning

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
)

// membersPerRequest is how many members the service takes at once:
// https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand.
const membersPerRequest = 5

// OnDemandGroup provisions a group now, with members of it.
type OnDemandGroup struct {
	Graph    *graph.Client
	App, Job string // Job as for [FindJob]
	Group    string // display name or id
	// Members are users by user principal name, mail or id; none are all direct
	// members. One who has left the group is taken out of it in the application.
	Members  []string
	Expect   Expectation
	Progress func(done, total int) // told of each request that ended; may be nil
}

// GroupResult is what came of a group and its memberships.
type GroupResult struct {
	Group  string     `json:"group"`
	Runs   []GroupRun `json:"runs"`
	Nested []string   `json:"nested"` // groups inside the group, which the service does not expand
}

// A GroupRun is one request: the group with at most five of its members.
type GroupRun struct {
	Members []string `json:"members"`
	Result
}

// Do asks the service for five members after the other. It ends at the first
// request that is refused; what came of the others is returned. When the group
// does not reach the state expected, the error is a [NotReachedError] for the
// first such request, after all have been carried out.
func (o OnDemandGroup) Do(ctx context.Context) (GroupResult, error) {
	var app graph.App
	var group graph.Group
	err := together(ctx,
		func(ctx context.Context) (err error) { app, err = o.Graph.FindApp(ctx, o.App); return err },
		func(ctx context.Context) (err error) { group, err = o.Graph.FindGroup(ctx, o.Group); return err },
	)
	if err != nil {
		return GroupResult{}, err
	}
	t, err := jobOf(ctx, o.Graph, app, o.Job)
	if err != nil {
		return GroupResult{}, err
	}
	done := GroupResult{Group: group.DisplayName, Runs: []GroupRun{}, Nested: []string{}}
	var rule mapped
	var members []graph.Member
	err = together(ctx,
		func(ctx context.Context) (err error) {
			rule, err = readMapped(ctx, o.Graph, t, mappings.Group)
			return err
		},
		func(ctx context.Context) (err error) { members, done.Nested, err = o.members(ctx, group); return err },
	)
	if err != nil {
		return done, err
	}
	return o.run(ctx, t, rule, group, members, done)
}

func (o OnDemandGroup) members(ctx context.Context, group graph.Group) (users []graph.Member, nested []string, err error) {
	nested = []string{}
	if len(o.Members) > 0 {
		users, err = each(ctx, o.Members, func(ctx context.Context, name string) (graph.Member, error) {
			user, err := o.Graph.FindUser(ctx, name)
			return graph.Member{ID: user.ID, DisplayName: user.DisplayName, UserPrincipalName: user.UserPrincipalName}, err
		})
		return users, nested, err
	}
	all, err := o.Graph.ListMembers(ctx, group.ID)
	for _, member := range all {
		switch strings.ToLower(member.Type) {
		case "user":
			users = append(users, member)
		case "group":
			nested = append(nested, member.DisplayName)
		}
	}
	return users, nested, err
}

func (o OnDemandGroup) run(ctx context.Context, t Target, rule mapped, group graph.Group, members []graph.Member, done GroupResult) (GroupResult, error) {
	chunks := slices.Collect(slices.Chunk(members, membersPerRequest))
	if len(chunks) == 0 {
		chunks = [][]graph.Member{nil} // the group alone
	}
	var unreached error
	for i, chunk := range chunks {
		run, err := o.once(ctx, t, rule, group, chunk)
		if err != nil {
			return done, err
		}
		done.Runs = append(done.Runs, run)
		if o.Progress != nil {
			o.Progress(i+1, len(chunks))
		}
		if unreached == nil && !o.Graph.DryRun() {
			unreached = o.Expect.check(t.App.Name, run.Result)
		}
	}
	return done, unreached
}

func (o OnDemandGroup) once(ctx context.Context, t Target, rule mapped, group graph.Group, members []graph.Member) (GroupRun, error) {
	run := GroupRun{Members: []string{}}
	subject := graph.Subject{ObjectID: group.ID, ObjectTypeName: rule.objectName}
	for _, member := range members {
		run.Members = append(run.Members, member.UserPrincipalName)
		subject.Members = append(subject.Members, graph.Subject{ObjectID: member.ID, ObjectTypeName: "User"})
	}
	answer, err := o.Graph.ProvisionOnDemand(ctx, t.Ref(), rule.ruleID, subject)
	if err != nil || o.Graph.DryRun() {
		run.Result = Result{Subject: group.DisplayName, Changes: []Change{}, Steps: []Step{}, NotExported: []string{}}
		return run, err
	}
	run.Result, err = resultOf(answer)
	run.Subject = group.DisplayName
	run.Assigned = !run.unassigned()
	return run, err
}
