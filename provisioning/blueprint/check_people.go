package blueprint

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

func (c *checker) assignees(kind string, list []Assignee) {
	seen := map[string]bool{}
	for i, a := range list {
		wrong := c.at("assignments", kind, strconv.Itoa(i))
		key := strings.ToLower(a.Name + "\x00" + a.Role)
		switch {
		case a.Name == "":
			wrong("a name is due here")
		case seen[key] && a.Role == "":
			wrong("%s stands here twice", a.Name)
		case seen[key]:
			wrong("%s stands here twice with the role %s", a.Name, a.Role)
		}
		seen[key] = true
	}
}

func (c *checker) values(values Values) {
	seen := map[string]bool{}
	for _, user := range slices.Sorted(maps.Keys(values)) {
		if name := strings.ToLower(user); seen[name] {
			c.at("values", user)("%s stands here twice", user)
		} else {
			seen[name] = true
		}
		for _, property := range slices.Sorted(maps.Keys(values[user])) {
			if values[user][property] == "" {
				c.at("values", user, property)("a value is required here; ext clear clears one")
			}
		}
	}
}
