package ondemand

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/users"
)

// membersPerRequest is how many members the service takes at once:
// https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand.
const membersPerRequest = 5

// Group provisions a group now, with members of it.
type Group struct {
	Graph    *graph.Client
	App, Job string // Job as for [provisioning.FindJob]
	Group    string // display name or id
	// Members are users by user principal name, mail or id; none are all direct
	// members. One who has left the group is taken out of it in the application.
	Members    []string
	Expect     Expectation
	WaitForLog bool                  // as for [User]
	Progress   func(done, total int) // told of each request that ended; may be nil
	// Bookmarks remember how far a run came that is cut short, so that another
	// one of the same members goes on from there. It may be nil.
	Bookmarks LastRuns
	FromStart bool // what was remembered is forgotten first
}

// GroupResult is what came of a group and its memberships.
type GroupResult struct {
	Group   string     `json:"group"`
	Runs    []GroupRun `json:"runs"`
	Nested  []string   `json:"nested"`  // groups inside the group, which the service does not expand
	Earlier int        `json:"earlier"` // members that an earlier run provisioned, which was cut short
	At      time.Time  `json:"earlierTime,omitzero"`
}

// A GroupRun is one request: the group with at most five of its members.
type GroupRun struct {
	Members []string `json:"members"`
	// LeftOut are those of the members whose memberships were not sent, as the
	// service says: they are not in the application.
	LeftOut []string `json:"leftOut"`
	Result
}

// A CutShortError says that a group was not provisioned to its end.
type CutShortError struct {
	Group       string
	Done, Total int // members
	Err         error
}

func (e *CutShortError) Error() string {
	return fmt.Sprintf("%d of %d members of %s are provisioned: %v", e.Done, e.Total, e.Group, e.Err)
}

func (e *CutShortError) Unwrap() error { return e.Err }

// A MembersLeftOutError says that a group was provisioned without some of its
// members: who is not in the application cannot be in a group there.
type MembersLeftOutError struct {
	App, Group string
	Members    []string
}

func (e *MembersLeftOutError) Error() string {
	return fmt.Sprintf("%s is in %s without %s, who are not in the application", e.Group, e.App, bounds.Names(e.Members))
}

// Do asks the service for five members after the other, and again while it
// works on an older name or assignment of the group than Graph has. Whether it
// sees who has just become a member, its answers do not tell.
//
// It ends at the first request that is refused; what came of the others is
// returned, and with Bookmarks the error is a [CutShortError]. When the group
// does not reach the state expected, the error is a [NotReachedError] for the
// first such request, after all have been carried out, and when members were
// left out a [MembersLeftOutError]. A group without a user
// among its direct members is a [NoMembersError]; a member that is a group is a
// [NestedGroupError].
func (o Group) Do(ctx context.Context) (GroupResult, error) {
	w, err := o.find(ctx)
	if err != nil {
		return w.done, err
	}
	return w.run(ctx)
}

// groupWork is a group on the way into an application.
type groupWork struct {
	Group
	target  provisioning.Target
	rule    mapped
	group   directory.Group
	members []directory.Member
	marked  LastRun
	key     string
	done    GroupResult
}

func (o Group) find(ctx context.Context) (*groupWork, error) {
	w := &groupWork{Group: o, done: GroupResult{Runs: []GroupRun{}, Nested: []string{}}}
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			w.target.App, err = applications.Find(ctx, o.Graph, o.App)
			return err
		},
		func(ctx context.Context) (err error) {
			w.group, err = directory.FindGroup(ctx, o.Graph, o.Group)
			return err
		},
	)
	if err != nil {
		return w, err
	}
	if w.target, err = provisioning.JobOf(ctx, o.Graph, w.target.App, o.Job); err != nil {
		return w, err
	}
	w.done.Group = w.group.DisplayName
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			w.rule, err = readMapped(ctx, o.Graph, w.target, schema.Group)
			return err
		},
		func(ctx context.Context) (err error) {
			w.members, w.done.Nested, err = o.members(ctx, w.group)
			return err
		},
	)
	if err == nil {
		err = w.recall()
	}
	return w, err
}

// recall leaves out the members that an earlier run has provisioned.
func (w *groupWork) recall() error {
	if w.Bookmarks == nil || w.Graph.DryRun() {
		return nil
	}
	ids := make([]string, len(w.members))
	for i, m := range w.members {
		ids[i] = m.ID
	}
	w.key = bookmarkKey(w.target, w.group.ID, ids)
	if w.FromStart {
		return w.Bookmarks.Forget(w.key)
	}
	marked, err := w.Bookmarks.Recall(w.key)
	if err != nil || time.Since(marked.Time) > bookmarksHold {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(w.members), func(m directory.Member) bool { return slices.Contains(marked.Done, m.ID) })
	if len(left) > 0 { // else it was finished, and only the bookmark stayed
		w.marked, w.members = marked, left
		w.done.Earlier, w.done.At = len(ids)-len(left), marked.Time
	}
	return nil
}

func (w *groupWork) run(ctx context.Context) (GroupResult, error) {
	chunks := slices.Collect(slices.Chunk(w.members, membersPerRequest))
	began := time.Now()
	var unreached error
	for i, chunk := range chunks {
		run, err := w.untilCurrent(ctx, chunk)
		if err != nil {
			return w.done, w.cut(err)
		}
		if !w.Graph.DryRun() {
			err = w.check(run)
			run.Reached = err == nil
			unreached = cmp.Or(unreached, err)
		}
		w.done.Runs = append(w.done.Runs, run)
		if w.Progress != nil {
			w.Progress(i+1, len(chunks))
		}
		if err := w.mark(chunk, run.Reached, i+1 == len(chunks)); err != nil {
			return w.done, err
		}
	}
	if w.WaitForLog {
		if err := w.awaitLogs(ctx, began); err != nil {
			return w.done, err
		}
	}
	if left, ok := errors.AsType[*MembersLeftOutError](unreached); ok {
		left.Members = w.done.leftOut() // of all requests
	}
	return w.done, unreached
}

// check holds a request to what is expected of it.
func (w *groupWork) check(run GroupRun) error {
	err := w.Expect.check(w.target.App.Name, run.Result)
	if err == nil && len(run.LeftOut) > 0 {
		err = &MembersLeftOutError{App: w.target.App.Name, Group: w.group.DisplayName, Members: run.LeftOut}
	}
	return err
}

func (r GroupResult) leftOut() []string {
	var names []string
	for _, run := range r.Runs {
		names = append(names, run.LeftOut...)
	}
	return names
}

// mark remembers who has been provisioned, and forgets it at the end.
func (w *groupWork) mark(chunk []directory.Member, reached, last bool) error {
	switch {
	case w.key == "":
		return nil
	case last:
		return w.Bookmarks.Forget(w.key)
	case !reached:
		return nil
	}
	for _, m := range chunk {
		w.marked.Done = append(w.marked.Done, m.ID)
	}
	w.marked.Time = time.Now().UTC()
	return w.Bookmarks.Keep(w.key, w.marked)
}

// cut tells with an error how far the run came, when that is remembered.
func (w *groupWork) cut(err error) error {
	if w.key == "" || len(w.marked.Done) == 0 {
		return err
	}
	return &CutShortError{Group: w.group.DisplayName, Done: len(w.marked.Done), Total: len(w.members) + w.done.Earlier, Err: err}
}

func (w *groupWork) awaitLogs(ctx context.Context, began time.Time) error {
	results := make([]Result, len(w.done.Runs))
	for i, run := range w.done.Runs {
		results[i] = run.Result
	}
	err := awaitLogs(ctx, w.Graph, w.target, began, results)
	for i, result := range results {
		w.done.Runs[i].Result = result
	}
	return err
}

func (w *groupWork) once(ctx context.Context, members []directory.Member) (GroupRun, error) {
	run := GroupRun{Members: []string{}, LeftOut: []string{}}
	subject := synchronization.Subject{ObjectID: w.group.ID, ObjectTypeName: w.rule.objectName}
	for _, member := range members {
		run.Members = append(run.Members, member.UserPrincipalName)
		subject.Members = append(subject.Members, synchronization.Subject{ObjectID: member.ID, ObjectTypeName: "User"})
	}
	answer, err := synchronization.ProvisionOnDemand(ctx, w.Graph, w.target.Ref(), w.rule.ruleID, subject)
	if err != nil || w.Graph.DryRun() {
		run.Result = Result{Subject: w.group.DisplayName, Changes: []Change{}, Steps: []Step{}, NotExported: []string{}, WrittenBack: []string{}}
		return run, err
	}
	run.Result, err = resultOf(answer)
	run.Subject, run.Assigned = w.group.DisplayName, !run.unassigned()
	run.Source.ID, run.Source.Type = cmp.Or(run.Source.ID, w.group.ID), cmp.Or(run.Source.Type, w.rule.objectName)
	for _, member := range members { // the words are not documented: with a member's id in it, it is about the member
		if strings.Contains(run.Reason, member.ID) {
			run.LeftOut = append(run.LeftOut, member.UserPrincipalName)
		}
	}
	return run, err
}

// A NoMembersError says that a group has no users among its direct members, so
// that there is nobody to provision with it.
type NoMembersError struct {
	Group  string
	Nested []string // the groups inside, which the service does not expand
}

func (e *NoMembersError) Error() string {
	if len(e.Nested) == 0 {
		return fmt.Sprintf("the group %s has no members", e.Group)
	}
	return fmt.Sprintf("the group %s has no users among its direct members, and provisioning does not go into the groups in it: %s", e.Group, bounds.Names(e.Nested))
}

// A NestedGroupError says that a member that was named is a group.
type NestedGroupError struct{ Group, Member string }

func (e *NestedGroupError) Error() string {
	return fmt.Sprintf("%s is a group: only users are provisioned as members of %s, and groups in it are not expanded", e.Member, e.Group)
}

// members are the users to provision with a group, and the groups inside it.
func (o Group) members(ctx context.Context, group directory.Group) (users []directory.Member, nested []string, err error) {
	nested = []string{}
	if len(o.Members) > 0 {
		users, err = parallel.Map(ctx, o.Members, func(ctx context.Context, name string) (directory.Member, error) {
			return o.member(ctx, group, name)
		})
		return users, nested, err
	}
	all, err := directory.ListMembers(ctx, o.Graph, group.ID)
	if err != nil {
		return nil, nested, err
	}
	for _, member := range all {
		switch strings.ToLower(member.Type) {
		case "user":
			users = append(users, member)
		case "group":
			nested = append(nested, member.DisplayName)
		}
	}
	if len(users) == 0 {
		err = &NoMembersError{Group: group.DisplayName, Nested: nested}
	}
	return users, nested, err
}

func (o Group) member(ctx context.Context, group directory.Group, name string) (directory.Member, error) {
	user, err := users.FindUser(ctx, o.Graph, name)
	if graph.IsNotFound(err) {
		if inner, look := directory.FindGroup(ctx, o.Graph, name); look == nil {
			return directory.Member{}, &NestedGroupError{Group: group.DisplayName, Member: inner.DisplayName}
		}
	}
	return directory.Member{ID: user.ID, DisplayName: user.DisplayName, UserPrincipalName: user.UserPrincipalName}, err
}

// untilCurrent asks the service again while it works on older data of the group
// than Graph has.
func (w *groupWork) untilCurrent(ctx context.Context, members []directory.Member) (GroupRun, error) {
	run, err := w.once(ctx, members)
	if err != nil || w.Graph.DryRun() {
		return run, err
	}
	what, err := w.behind(ctx, &run.Result)
	if what == "" || err != nil {
		return run, err
	}
	first := true
	err = w.Graph.Wait(ctx, what, func(ctx context.Context) (bool, error) {
		if first { // the answer that is there already
			first = false
			return false, nil
		}
		again, err := w.once(ctx, members)
		if err != nil {
			return false, err
		}
		what, err := w.behind(ctx, &again.Result)
		run.LeftOut, run.Result = again.LeftOut, again.after(run.Result)
		return what == "", err
	})
	return run, err
}

// behind says what the service does not see yet, and "" when nothing is known
// to be so.
func (w *groupWork) behind(ctx context.Context, r *Result) (string, error) {
	if r.State == Failed {
		return "", nil
	}
	if name, shown := r.imported()["displayName"]; shown && name != w.group.DisplayName {
		return fmt.Sprintf("the provisioning service sees the name of the group %s as it is now", w.group.DisplayName), nil
	}
	if !r.unassigned() {
		return "", nil
	}
	rows, err := assignment.OwnRows(ctx, w.Graph, w.target.App, assignment.Principal{ID: w.group.ID, Type: "Group"})
	r.Assigned = len(rows) > 0
	if err != nil || !r.Assigned {
		return "", err
	}
	return fmt.Sprintf("the provisioning service sees the assignment of the group %s to %s", w.group.DisplayName, w.target.App.Name), nil
}
