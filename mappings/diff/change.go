package diff

import (
	"strings"
)

// A Change is one difference in meaning between two schemas. Old is empty for
// what is new, New for what was removed. Both are words for people, and never
// cut short.
type Change struct {
	Object string     `json:"object,omitempty"` // user or group; "" for what belongs to no kind of object
	Rule   string     `json:"rule,omitempty"`   // name of the synchronization rule, where there are several
	Kind   ChangeKind `json:"kind"`
	Name   string     `json:"name,omitempty"` // the attribute's or filter's, where the kind has several; the path of a member
	Old    string     `json:"old,omitempty"`
	New    string     `json:"new,omitempty"`
}

// A ChangeKind says what was changed.
type ChangeKind string

// What can differ.
const (
	ChangedEnabled         ChangeKind = "enabled"
	ChangedActions         ChangeKind = "actions"
	ChangedFilter          ChangeKind = "filter"
	ChangedSourceAttribute ChangeKind = "sourceAttribute"
	ChangedTargetAttribute ChangeKind = "targetAttribute"
	ChangedMapping         ChangeKind = "mapping"

	// What only one side has, told by how much it holds.
	ChangedRule          ChangeKind = "rule"
	ChangedObjectMapping ChangeKind = "objectMapping"
	ChangedDirectory     ChangeKind = "directory"
	ChangedAttributeList ChangeKind = "attributeList"

	// ChangedMember is any other member; its name is the path, Old and New
	// are JSON.
	ChangedMember ChangeKind = "member"
)

// kindOrder is that in which changes are told.
var kindOrder = []ChangeKind{
	ChangedRule, ChangedObjectMapping, ChangedEnabled, ChangedActions, ChangedFilter, ChangedDirectory, ChangedAttributeList,
	ChangedSourceAttribute, ChangedTargetAttribute, ChangedMapping, ChangedMember,
}

// words is the kind for people.
func (k ChangeKind) words() string {
	switch k {
	case ChangedSourceAttribute:
		return "source attribute"
	case ChangedTargetAttribute:
		return "target attribute"
	case ChangedObjectMapping:
		return "object mapping"
	case ChangedAttributeList:
		return "attribute list"
	case ChangedMember:
		return ""
	case ChangedMapping, ChangedEnabled, ChangedActions, ChangedFilter, ChangedRule, ChangedDirectory:
	}
	return string(k)
}

// Where is what the change is about: "user", or "user (RULE)" where there are
// several rules; "schema" for what belongs to no kind of object.
func (c Change) Where() string {
	where := c.Object
	if where == "" {
		where = "schema"
	}
	if c.Rule != "" {
		where += " (" + c.Rule + ")"
	}
	return where
}

// Subject is what was changed: "mapping title".
func (c Change) Subject() string {
	return strings.TrimSpace(c.Kind.words() + " " + c.Name)
}

// What is the change itself: "mapping title: [jobTitle] -> [city]". What was
// removed is shown as it was.
func (c Change) What() string {
	what := c.Subject()
	switch {
	case c.Old == "":
		return what + ": " + c.New
	case c.New == "":
		return what + ": " + c.Old
	}
	return what + ": " + c.Old + " -> " + c.New
}

// String is the change in one line: "user: mapping title: [jobTitle]".
func (c Change) String() string {
	line := c.Where() + ": " + c.What()
	if c.New == "" {
		line += " removed"
	}
	return line
}
