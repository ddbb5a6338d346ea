package scimserver

import (
	"fmt"
	"slices"
	"strings"

	"github.com/elimity-com/scim/schema"
)

// A Habit is what a server does that Entra's provisioning service does not
// expect. Each was seen in real servers.
type Habit string

// The habits. The last two are those of servers that keep to RFC 7644 by the
// letter, where Entra without the flag aadOptscim062020 does not.
const (
	Forgets        Habit = "forgets"
	WipesGroups    Habit = "wipes-groups"
	StrictBooleans Habit = "strict-booleans"
)

// Habits lists them.
func Habits() []Habit { return []Habit{Forgets, WipesGroups, StrictBooleans} }

// Meaning tells in words what a server with the habit does.
func (h Habit) Meaning() string {
	switch h {
	case Forgets:
		return "answers a change with 200 and keeps nothing of it"
	case WipesGroups:
		return "takes all members out of a group when told to remove some"
	case StrictBooleans:
		return `refuses the text "False" where a boolean belongs`
	}
	return ""
}

// ParseHabit reads the name of a habit.
func ParseHabit(text string) (Habit, error) {
	h := Habit(text)
	if !slices.Contains(Habits(), h) {
		var names []string
		for _, known := range Habits() {
			names = append(names, string(known))
		}
		return "", fmt.Errorf("%q is none of %s", text, strings.Join(names, ", "))
	}
	return h, nil
}

// refuses reports whether the habit minds a value.
func (h Habit) refuses(a schema.CoreAttribute, value any) bool {
	_, isText := value.(string)
	return h == StrictBooleans && isText && a.AttributeType() == "boolean"
}
