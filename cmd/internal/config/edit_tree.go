package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/scimctl/scimctl/graph/bounds"
)

// firstProfile is the name of the profile of somebody who never names one.
const firstProfile = "default"

// change makes the change in the tree of the file.
func (e Edit) change(top *yaml.Node) (Edited, error) {
	opened(top)
	done := Edited{File: e.Path, Key: e.Key, New: e.Value}
	if e.Key == DefaultProfile {
		if known := names(member(top, "profiles")); e.Value != "" && !slices.Contains(known, e.Value) {
			return done, e.noProfile(e.Value, known)
		}
		done.Old, done.Changed = put(top, e.Key, e.Value, "!!str")
		return done, nil
	}
	profile, err := e.profile(top)
	if err != nil || profile == "" {
		return done, err
	}
	tag := "!!str"
	if find(nameOf(e.Key)).isSwitch() {
		tag = "!!bool" // true, and not "true"
	}
	done.Profile, done.Default = profile, profile == scalarOf(member(top, DefaultProfile))
	done.Old, done.Changed = put(within(within(top, "profiles"), profile), e.Key, e.Value, tag)
	return done, nil
}

// profile finds the profile that is meant. Where there is none at all, a value
// makes the first, and "" says that nothing is set.
func (e Edit) profile(top *yaml.Node) (string, error) {
	known := names(member(top, "profiles"))
	name := cmp.Or(e.Profile, scalarOf(member(top, DefaultProfile)))
	switch {
	case name == "" && len(known) > 0:
		return "", &EditError{fmt.Sprintf("which profile? %s has %s: name one with --profile, or set %s",
			e.Path, bounds.Names(known), DefaultProfile)}
	case name == "" && e.Value != "":
		put(top, DefaultProfile, firstProfile, "!!str")
		return firstProfile, nil
	case name != "" && e.Value == "" && !slices.Contains(known, name):
		return "", e.noProfile(name, known)
	}
	return name, nil
}

func (e Edit) noProfile(name string, known []string) error {
	f := file{path: e.Path, profiles: map[string]layer{}}
	for _, each := range known {
		f.profiles[each] = nil
	}
	return &EditError{f.noProfile(name)}
}

// shaped tells whether a tree has keys with values where a config file has them.
func shaped(top *yaml.Node) bool {
	profiles := member(top, "profiles")
	ok := keyed(top) && keyed(profiles) && plain(member(top, DefaultProfile))
	for _, name := range names(profiles) {
		profile := member(profiles, name)
		ok = ok && keyed(profile)
		for _, key := range names(profile) {
			ok = ok && plain(member(profile, key))
		}
	}
	return ok
}

func keyed(n *yaml.Node) bool { return n == nil || n.Kind == yaml.MappingNode || n.Tag == "!!null" }

func plain(n *yaml.Node) bool { return n == nil || n.Kind == yaml.ScalarNode }

// names are the keys of a mapping, in order; in its node keys and values take
// turns.
func names(n *yaml.Node) []string {
	var list []string
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
		list = append(list, n.Content[i].Value)
	}
	return list
}

// member gives a value of a mapping, nil when it has none.
func member(n *yaml.Node, key string) *yaml.Node {
	i := slices.Index(names(n), key)
	if i < 0 {
		return nil
	}
	return n.Content[2*i+1]
}

// scalarOf is what the reader of the file takes a plain value for.
func scalarOf(n *yaml.Node) string {
	if n == nil || n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

// within gives the mapping under a key, a new one when there is none.
func within(n *yaml.Node, key string) *yaml.Node {
	inner := member(n, key)
	if inner == nil {
		inner = &yaml.Node{Kind: yaml.MappingNode}
		n.Content = append(n.Content, keyNode(key), inner)
	}
	if len(inner.Content) == 0 { // what stands behind {} goes behind the key
		at := n.Content[2*slices.Index(names(n), key)]
		at.LineComment, inner.LineComment = cmp.Or(at.LineComment, inner.LineComment), ""
	}
	opened(inner)
	return inner
}

// opened makes a mapping on lines of its own out of nothing at all, or {}.
func opened(n *yaml.Node) {
	if len(n.Content) == 0 {
		n.Kind, n.Tag, n.Value, n.Style = yaml.MappingNode, "!!map", "", 0
	}
}

// put sets a value of a mapping, or with "" takes it out. A comment beside the
// value stays.
func put(n *yaml.Node, key, value, tag string) (old string, changed bool) {
	have := member(n, key)
	old = scalarOf(have)
	switch {
	case value == "" && have == nil, value != "" && value == old:
		return old, false
	case value == "":
		i := 2 * slices.Index(names(n), key)
		n.Content = slices.Delete(n.Content, i, i+2)
	case have == nil:
		have = &yaml.Node{Kind: yaml.ScalarNode}
		n.Content = append(n.Content, keyNode(key), have)
		fallthrough
	default:
		have.Tag, have.Value, have.Style = tag, value, 0
		if strings.Contains(value, "\n") {
			have.Style = yaml.DoubleQuotedStyle // the reader of the file takes values of one line
		}
	}
	return old, true
}

func keyNode(key string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}
}
