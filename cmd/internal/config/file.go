package config

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
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

// parse reads a config file. What is not known in it is an error: a misspelt
// key that were passed over would be a setting lost.
func parse(path string, text []byte) (file, error) {
	f := file{path: path, profiles: map[string]layer{}, stands: map[string]Origin{}}
	parsed, err := parser.ParseBytes(text, 0)
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		return file{}, f.wrong(syntax.Token, "", "%s", syntax.Message)
	}
	if err != nil {
		return file{}, &FileError{Path: path, Line: 1, Column: 1, Reason: err.Error()}
	}
	for i, document := range parsed.Docs {
		if i > 0 {
			return file{}, f.wrong(document.GetToken(), "", "a config file is one document")
		}
		if err := f.top(document.Body); err != nil {
			return file{}, err
		}
	}
	return f, nil
}

func (f *file) top(body ast.Node) error {
	return f.each(body, "", func(key string, at *token.Token, value ast.Node) error {
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

func (f *file) profile(name string, at *token.Token, body ast.Node) error {
	profile := layer{}
	f.stands[name] = f.origin("profile", name, at)
	f.profiles[name] = profile
	return f.each(body, name, func(key string, at *token.Token, value ast.Node) error {
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
func (f *file) setting(key string, at *token.Token) (Setting, error) {
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
func (f *file) each(body ast.Node, key string, visit func(string, *token.Token, ast.Node) error) error {
	var members []*ast.MappingValueNode
	switch n := body.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
	case *ast.MappingNode:
		members = n.Values
	case *ast.MappingValueNode:
		members = []*ast.MappingValueNode{n}
	default:
		return f.wrong(body.GetToken(), key, "here stand keys with values, such as app: Workato")
	}
	for _, m := range members {
		at := m.Key.GetToken()
		if err := visit(at.Value, at, m.Value); err != nil {
			return err
		}
	}
	return nil
}

// scalar gives the text of a plain value, "" for none.
func (f *file) scalar(key string, value ast.Node) (string, error) {
	switch n := value.(type) {
	case nil, *ast.NullNode:
		return "", nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		return n.GetToken().Value, nil
	default:
		return "", f.wrong(value.GetToken(), key, "%s takes one plain value", key)
	}
}

func (f *file) origin(setting, key string, at *token.Token) Origin {
	return Origin{Kind: File, Setting: setting, File: f.path, Line: at.Position.Line, Key: key}
}

// wrong points at a key. The excerpt leaves the value out: it may be a secret
// that has no business there.
func (f *file) wrong(at *token.Token, key, format string, args ...any) error {
	e := &FileError{Path: f.path, Line: 1, Column: 1, Reason: fmt.Sprintf(format, args...)}
	if at == nil {
		return e
	}
	e.Line, e.Column = at.Position.Line, at.Position.Column
	if key == at.Value {
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
		Reason: fmt.Sprintf("there are the profiles %s and no default_profile: choose one with --profile", strings.Join(names, ", ")),
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
	return fmt.Sprintf("there is no profile %q: %s has %s", name, f.path, strings.Join(known, ", "))
}
