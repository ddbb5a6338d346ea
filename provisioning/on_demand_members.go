package provisioning

import (
	"context"
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/parallel"
)

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
func (o OnDemandGroup) members(ctx context.Context, group graph.Group) (users []graph.Member, nested []string, err error) {
	nested = []string{}
	if len(o.Members) > 0 {
		users, err = parallel.Map(ctx, o.Members, func(ctx context.Context, name string) (graph.Member, error) {
			return o.member(ctx, group, name)
		})
		return users, nested, err
	}
	all, err := o.Graph.ListMembers(ctx, group.ID)
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

func (o OnDemandGroup) member(ctx context.Context, group graph.Group, name string) (graph.Member, error) {
	user, err := findUser(ctx, o.Graph, name)
	if graph.IsNotFound(err) {
		if inner, look := o.Graph.FindGroup(ctx, name); look == nil {
			return graph.Member{}, &NestedGroupError{Group: group.DisplayName, Member: inner.DisplayName}
		}
	}
	return graph.Member{ID: user.ID, DisplayName: user.DisplayName, UserPrincipalName: user.UserPrincipalName}, err
}

// untilCurrent asks the service again while it works on older data of the group
// than Graph has.
func (w *groupWork) untilCurrent(ctx context.Context, members []graph.Member) (GroupRun, error) {
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
	rows, err := ownAssignments(ctx, w.Graph, w.target.App, Principal{ID: w.group.ID, Type: "Group"})
	r.Assigned = len(rows) > 0
	if err != nil || !r.Assigned {
		return "", err
	}
	return fmt.Sprintf("the provisioning service sees the assignment of the group %s to %s", w.group.DisplayName, w.target.App.Name), nil
}
