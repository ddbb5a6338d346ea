package mappings

import (
	"slices"
)

// An Edit changes a schema. It says what should hold, not what to do: on a
// schema where it holds already it changes nothing. So an edit can be made
// again on a newer document, and run once more to check that it was kept. What
// it changed is for [Diff] to tell.
type Edit func(*Schema) error

// SetEnabled is the edit that turns the provisioning of users or groups on or
// off. Turning off users is a *[RefusedError].
func SetEnabled(kind string, on bool) Edit {
	return func(s *Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		return o.SetEnabled(on)
	}
}

// ChangeActions is the edit that adds target object actions and takes some
// away; those that neither list names stay as they are.
func ChangeActions(kind string, enable, disable []string) Edit {
	return func(s *Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		for _, name := range disable {
			if slices.Contains(enable, name) {
				return &RefusedError{Action: "enable and disable " + name, Reason: "it is one or the other"}
			}
			if !slices.Contains(ActionNames(), name) {
				return &UnknownActionError{Name: name}
			}
		}
		return o.SetActions(slices.DeleteFunc(slices.Concat(o.Actions(), enable), func(name string) bool { return slices.Contains(disable, name) }))
	}
}

// SetActions is the edit that makes these the target object actions.
func SetActions(kind string, names []string) Edit {
	return func(s *Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		return o.SetActions(names)
	}
}
