package mappings

import (
	"slices"
	"strings"
)

// actions pairs the portal's names of the target object actions with Graph's
// flow types, in the order in which both are written.
var actions = [...]struct{ name, flow string }{{"create", "Add"}, {"update", "Update"}, {"delete", "Delete"}}

// noFlow is what Graph writes when nothing is carried out.
const noFlow = "None"

// ActionNames are the target object actions in their order: create, update, delete.
func ActionNames() []string {
	names := make([]string, len(actions))
	for i, a := range actions {
		names[i] = a.name
	}
	return names
}

// Actions returns which actions are carried out in the application: some of
// create, update and delete, in this order.
func (o Object) Actions() []string {
	flows := splitFlows(o.mapping.field("flowTypes"))
	names := []string{}
	for _, a := range actions {
		if slices.Contains(flows, a.flow) {
			names = append(names, a.name)
		}
	}
	return names
}

// SetActions makes these the actions that are carried out. Graph knows the
// three of [ActionNames]; another one is an *[UnknownActionError]. A flow type
// that is no such action stays.
func (o Object) SetActions(names []string) error {
	for _, name := range names {
		if !slices.Contains(ActionNames(), name) {
			return &UnknownActionError{Name: name}
		}
	}
	if sameSet(o.Actions(), names) {
		return nil
	}
	rest := splitFlows(o.mapping.field("flowTypes"))
	flows := []string{}
	for _, a := range actions {
		rest = slices.DeleteFunc(rest, func(flow string) bool { return flow == a.flow })
		if slices.Contains(names, a.name) {
			flows = append(flows, a.flow)
		}
	}
	flows = append(flows, slices.DeleteFunc(rest, func(flow string) bool { return flow == "" || flow == noFlow })...)
	if len(flows) == 0 {
		flows = []string{noFlow}
	}
	o.mapping.set("flowTypes", strings.Join(flows, o.flowComma()))
	return nil
}

// An UnknownActionError names an action that is none.
type UnknownActionError struct{ Name string }

func (e *UnknownActionError) Error() string {
	return "unknown action " + quote(e.Name) + ": the actions are " + strings.Join(ActionNames(), ", ")
}

// flowComma is what stands between flow types in this schema: Graph writes no
// blank after the comma, its documentation does.
func (o Object) flowComma() string {
	if strings.Contains(o.mapping.field("flowTypes"), ", ") {
		return ", "
	}
	return ","
}

func splitFlows(text string) []string {
	flows := strings.Split(text, ",")
	for i := range flows {
		flows[i] = strings.TrimSpace(flows[i])
	}
	return flows
}

func sameSet(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}
