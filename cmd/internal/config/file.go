package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/scimctl/scimctl/graph/bounds"
)

// A file is the config file:
//
//	default_profile: work
//	profiles:
//	  work:
//	    app: Workato
//	    tenant: contoso.com
type file struct {
	path      string
	preferred given // the profile that holds when none is named
	profiles  map[string]layer
	stands    map[string]Origin // where each profile stands
}

// parse reads a config file. What is not known in it is an error: a misspelled
// key that were ignored would be a setting lost.
func parse(path string, text []byte) (file, error) {
	f := file{path: path, profiles: map[string]layer{}, stands: map[string]Origin{}}
	documents, err := bounds.YAML(text)
	if e, ok := errors.AsType[*bounds.YAMLError](err); ok {
		return file{}, &FileError{Path: path, Line: max(1, e.Line), Column: max(1, e.Column), Reason: e.Reason}
	}
	for i, document := range documents {
		if i > 0 {
			return file{}, f.wrong(document, "", "a config file is one document")
		}
		if err := f.top(document.Content[0]); err != nil {
			return file{}, err
		}
	}
	return f, nil
}

func (f *file) top(body *yaml.Node) error {
	return f.each(body, "", func(key string, at, value *yaml.Node) error {
		switch key {
		case "default_profile":
			text, err := f.scalar(key, value)
			f.preferred = given{text, f.origin("profile", key, at)}
			return err
		case "profiles":
			return f.each(value, key, f.profile)
		default:
			return f.wrong(at, key, "unknown key %q: here stand default_profile and profiles", key)
		}
	})
}

func (f *file) profile(name string, at, body *yaml.Node) error {
	profile := layer{}
	f.stands[name] = f.origin("profile", name, at)
	f.profiles[name] = profile
	return f.each(body, name, func(key string, at, value *yaml.Node) error {
		setting, err := f.setting(key, at)
		if err != nil {
			return err
		}
		text, err := f.scalar(key, value)
		if err == nil && text != "" {
			profile[setting.Name] = given{text, f.origin(setting.Name, key, at)}
		}
		return err
	})
}

// setting finds the setting that a key of a profile is for.
func (f *file) setting(key string, at *yaml.Node) (Setting, error) {
	var known []string
	for _, s := range Table() {
		switch {
		case s.Key() == key && key != "":
			return s, nil
		case s.NoKey && strings.ReplaceAll(s.Name, "-", "_") == key:
			return s, f.wrong(at, key, "%s cannot be set in a profile, only by %s", key, s.elsewhere())
		case s.Key() != "":
			known = append(known, s.Key())
		}
	}
	slices.Sort(known)
	return Setting{}, f.wrong(at, key, "unknown key %q: a profile knows %s", key, strings.Join(known, ", "))
}

func (s Setting) elsewhere() string {
	if s.NoFlag {
		return s.Variable()
	}
	return "--" + s.Name + " or " + s.Variable()
}

// each calls visit for every member of a mapping. Nothing at all is an empty one.
func (f *file) each(body *yaml.Node, key string, visit func(key string, at, value *yaml.Node) error) error {
	if isNothing(body) {
		return nil
	}
	if body.Kind != yaml.MappingNode {
		return f.wrong(body, key, "here stand keys with values, such as app: Workato")
	}
	seen := map[string]int{}
	for i := 0; i < len(body.Content); i += 2 { // keys and values take turns
		at, value := body.Content[i], body.Content[i+1]
		switch line, twice := seen[at.Value]; {
		case at.Kind != yaml.ScalarNode:
			return f.wrong(at, "", "a key is one plain value")
		case twice:
			return f.wrong(at, at.Value, "mapping key %q already defined in line %d", at.Value, line)
		}
		seen[at.Value] = at.Line
		if err := visit(at.Value, at, value); err != nil {
			return err
		}
	}
	return nil
}

func isNothing(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// scalar gives the text of a plain value, "" for none.
func (f *file) scalar(key string, value *yaml.Node) (string, error) {
	switch {
	case isNothing(value):
		return "", nil
	case value.Kind == yaml.ScalarNode:
		return value.Value, nil
	default:
		return "", f.wrong(value, key, "%s takes one plain value", key)
	}
}

func (f *file) origin(setting, key string, at *yaml.Node) Origin {
	return Origin{Kind: File, Setting: setting, File: f.path, Line: at.Line, Key: key}
}

// wrong points at a key. The excerpt leaves the value out: it may be a secret
// that has no business there.
func (f *file) wrong(at *yaml.Node, key, format string, args ...any) error {
	e := &FileError{Path: f.path, Line: max(1, at.Line), Column: max(1, at.Column), Reason: fmt.Sprintf(format, args...)}
	if key != "" && key == at.Value {
		e.Excerpt = strings.Repeat(" ", e.Column-1) + key + ": …"
	}
	return e
}

// chosen is the profile that holds when nobody names one: the preferred one, or
// the only one. Several, and none preferred, are not chosen between: commands
// would work on whatever tenant the machine is signed in to.
func (f file) chosen() (name string, origin Origin, err error) {
	names := slices.Sorted(maps.Keys(f.profiles))
	switch {
	case f.preferred.text != "":
		return f.preferred.text, f.preferred.origin, nil
	case len(names) == 0:
		return "", Origin{}, nil
	case len(names) == 1:
		return names[0], f.stands[names[0]], nil
	}
	return "", Origin{}, &ValueError{
		Origin: f.stands[names[0]],
		Reason: fmt.Sprintf("there are the profiles %s and no default_profile: choose one with --profile", bounds.Names(names)),
	}
}

func (f file) noProfile(name string) string {
	if f.path == "" {
		return fmt.Sprintf("there is no profile %q, because this system names no config file", name)
	}
	if len(f.profiles) == 0 {
		return fmt.Sprintf("there is no profile %q: %s has none", name, f.path)
	}
	known := slices.Sorted(maps.Keys(f.profiles))
	return fmt.Sprintf("there is no profile %q: %s has %s", name, f.path, bounds.Names(known))
}
