package config

import (
	"fmt"
	"slices"
	"strings"
)

// known refuses a key that the config file does not take. One that stands
// there nevertheless can be taken out.
func (e Edit) known() error {
	s := find(nameOf(e.Key))
	switch {
	case e.Key == DefaultProfile || s.Key() != "":
		return nil
	case s.NoKey:
		return &EditError{fmt.Sprintf("%s cannot stand in the config file: %s; %s sets it", e.Key, s.whyNoKey(), s.elsewhere())}
	}
	return &EditError{fmt.Sprintf("there is no setting %s: a config file takes %s", e.Key, strings.Join(FileKeys(), ", "))}
}

// FileKeys are all keys that a config file takes.
func FileKeys() []string {
	keys := []string{DefaultProfile}
	for _, s := range Table() {
		if s.Key() != "" {
			keys = append(keys, s.Key())
		}
	}
	slices.Sort(keys)
	return keys
}

// whyNoKey says why a setting has no place in the config file.
func (s Setting) whyNoKey() string {
	switch {
	case s.Secret():
		return "it is a secret, and no secret is kept there"
	case s.Name == "config":
		return "it says which file that is"
	case s.Name == "profile":
		return DefaultProfile + " says there which profile holds"
	}
	return "it is for one command at a time"
}
