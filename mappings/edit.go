package mappings

import (
	"fmt"
	"slices"
	"strings"
)

// An Edit changes a schema and tells what it changed. It says what should
// hold, not what to do: on a schema where it holds already it changes nothing
// and tells nothing. So an edit can be made again on a newer document, and run
// once more to check that it was kept.
type Edit func(*Schema) ([]Change, error)

// A Change is one thing that an edit changed. Old is empty for what is new,
// New for what was removed.
type Change struct {
	Object string     `json:"object"` // user or group
	Kind   ChangeKind `json:"kind"`
	Name   string     `json:"name,omitempty"` // the attribute's, where the kind has several
	Old    string     `json:"old,omitempty"`
	New    string     `json:"new,omitempty"`

	leftOut bool // of a create, see leftOutOnCreate
}

// A ChangeKind says what was changed.
type ChangeKind string

// What an edit can change.
const (
	ChangedMapping         ChangeKind = "mapping"
	ChangedSourceAttribute ChangeKind = "sourceAttribute"
	ChangedTargetAttribute ChangeKind = "targetAttribute"
	ChangedEnabled         ChangeKind = "enabled"
	ChangedActions         ChangeKind = "actions"
)

// words is the kind for people.
func (k ChangeKind) words() string {
	switch k {
	case ChangedSourceAttribute:
		return "source attribute"
	case ChangedTargetAttribute:
		return "target attribute"
	case ChangedMapping, ChangedEnabled, ChangedActions:
	}
	return string(k)
}

// String is the change in one line: "user: mapping title: [jobTitle]".
func (c Change) String() string {
	what := c.Kind.words()
	if c.Name != "" {
		what += " " + c.Name
	}
	switch {
	case c.Old == "":
		return fmt.Sprintf("%s: %s: %s", c.Object, what, c.New)
	case c.New == "":
		return fmt.Sprintf("%s: %s: %s removed", c.Object, what, c.Old)
	}
	return fmt.Sprintf("%s: %s: %s -> %s", c.Object, what, c.Old, c.New)
}

// SetEnabled is the edit that turns the provisioning of users or groups on or
// off. Turning off users is a *[RefusedError].
func SetEnabled(kind string, on bool) Edit {
	return func(s *Schema) ([]Change, error) {
		o, err := s.Object(kind)
		if err != nil {
			return nil, err
		}
		before := o.Enabled()
		if err := o.SetEnabled(on); err != nil || before == on {
			return nil, err
		}
		return []Change{{Object: kind, Kind: ChangedEnabled, Old: fmt.Sprint(before), New: fmt.Sprint(on)}}, nil
	}
}

// ChangeActions is the edit that adds target object actions and takes some
// away; those that neither list names stay as they are.
func ChangeActions(kind string, enable, disable []string) Edit {
	return func(s *Schema) ([]Change, error) {
		o, err := s.Object(kind)
		if err != nil {
			return nil, err
		}
		for _, name := range disable {
			if slices.Contains(enable, name) {
				return nil, &RefusedError{Action: "enable and disable " + name, Reason: "it is one or the other"}
			}
			if !slices.Contains(ActionNames(), name) {
				return nil, &UnknownActionError{Name: name}
			}
		}
		before := o.Actions()
		after := slices.DeleteFunc(slices.Concat(before, enable), func(name string) bool { return slices.Contains(disable, name) })
		if err := o.SetActions(after); err != nil || sameSet(before, after) {
			return nil, err
		}
		return []Change{{Object: kind, Kind: ChangedActions, Old: listed(before), New: listed(o.Actions())}}, nil
	}
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ",")
}
