package schema

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/failure"
)

// Actions pairs the portal's names of the target object actions with Graph's
// flow types, in the order in which both are written.
var Actions = [...]struct{ Name, Flow string }{{"create", "Add"}, {"update", "Update"}, {"delete", "Delete"}}

// NoFlow is what Graph writes when nothing is carried out.
const NoFlow = "None"

// ActionNames are the target object actions in their order: create, update, delete.
func ActionNames() []string {
	names := make([]string, len(Actions))
	for i, a := range Actions {
		names[i] = a.Name
	}
	return names
}

// Actions returns which actions are carried out in the application: some of
// create, update and delete, in this order.
func (o Object) Actions() []string {
	flows := SplitFlows(o.Node.Field("flowTypes"))
	names := []string{}
	for _, a := range Actions {
		if slices.Contains(flows, a.Flow) {
			names = append(names, a.Name)
		}
	}
	return names
}

// SetActions makes these the actions that are carried out. Graph knows the
// three of [ActionNames]; another one is an invalid failure. A flow type
// that is no such action stays.
func (o Object) SetActions(names []string) error {
	for _, name := range names {
		if !slices.Contains(ActionNames(), name) {
			return UnknownAction(name)
		}
	}
	if sameSet(o.Actions(), names) {
		return nil
	}
	rest := SplitFlows(o.Node.Field("flowTypes"))
	flows := []string{}
	for _, a := range Actions {
		rest = slices.DeleteFunc(rest, func(flow string) bool { return flow == a.Flow })
		if slices.Contains(names, a.Name) {
			flows = append(flows, a.Flow)
		}
	}
	flows = append(flows, slices.DeleteFunc(rest, func(flow string) bool { return flow == "" || flow == NoFlow })...)
	if len(flows) == 0 {
		flows = []string{NoFlow}
	}
	o.Node.Set("flowTypes", strings.Join(flows, o.flowComma()))
	return nil
}

// flowComma is what stands between flow types in this schema: Graph writes no
// blank after the comma, its documentation does.
func (o Object) flowComma() string {
	if strings.Contains(o.Node.Field("flowTypes"), ", ") {
		return ", "
	}
	return ","
}

// SplitFlows are the actions that the text of flow types lists.
func SplitFlows(text string) []string {
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

// Disables says whether it reaches the application that somebody is out of
// scope: the service tells it by IsSoftDeleted, in an update.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/how-provisioning-works#deprovisioning
func (o Object) Disables() bool { return o.updates() && o.readsSoftDeleted() }

// WhyNot is what keeps it from disabling.
func (o Object) WhyNot() string {
	if o.readsSoftDeleted() {
		return "accounts are updated no longer"
	}
	return "IsSoftDeleted is mapped no longer"
}

func (o Object) updates() bool { return slices.Contains(o.Actions(), "update") }

func (o Object) readsSoftDeleted() bool {
	return slices.ContainsFunc(o.Mappings(), func(m Mapping) bool {
		names, err := m.Reads()
		return err == nil && slices.Contains(names, "IsSoftDeleted") || err != nil && strings.Contains(m.Source, "[IsSoftDeleted]")
	})
}

// UnknownAction is the failure of a name that no action has.
func UnknownAction(name string) error {
	return failure.New(failure.Invalid, "unknown action %s: the actions are %s", Quote(name), strings.Join(ActionNames(), ", "))
}
