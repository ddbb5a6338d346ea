package config

import (
	"slices"
	"strconv"
	"strings"
)

// An Entry is a setting with its value, for people and programs to look at.
type Entry struct {
	Key    string `json:"key"`             // as a config file has it, whether it may stand there or not
	Value  string `json:"value,omitempty"` // none when nothing sets it; stars for a secret
	Source Kind   `json:"source"`
	Origin string `json:"origin,omitempty"` // flag, variable, or file, line and key; none for a default
}

// Entries are all settings in the order of their keys, and default_profile
// beside them.
func (s Settings) Entries() []Entry {
	list := []Entry{entry(DefaultProfile, s.preferred.text, s.preferred.origin)}
	for _, each := range Table() {
		list = append(list, entry(keyOf(each.Name), s.texts[each.Name], s.origins[each.Name]))
	}
	slices.SortStableFunc(list, func(a, b Entry) int { return strings.Compare(a.Key, b.Key) })
	return list
}

// Entry finds an entry by its key, or by the name of the flag.
func (s Settings) Entry(key string) (Entry, bool) {
	list := s.Entries()
	i := slices.IndexFunc(list, func(e Entry) bool { return e.Key == keyOf(key) })
	if i < 0 {
		return Entry{}, false
	}
	return list[i], true
}

func entry(key, value string, origin Origin) Entry {
	e := Entry{Key: key, Value: value, Source: origin.Kind}
	switch origin.Kind {
	case Flag, Variable, File:
		e.Origin = origin.String()
	default:
		e.Source = Default
	}
	return e
}

func keyOf(name string) string { return strings.ReplaceAll(name, "-", "_") }

func nameOf(key string) string { return strings.ReplaceAll(key, "_", "-") }

// shown is a value that the setting takes, as it may be seen.
func (s Setting) shown(text string) string {
	switch on, _ := strconv.ParseBool(text); {
	case s.Secret():
		return Secret(text).String()
	case s.isSwitch():
		return strconv.FormatBool(on) // untouched is off
	}
	return strings.TrimSpace(text)
}
