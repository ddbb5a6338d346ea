package blueprint

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/scimctl/scimctl/graph/near"
)

// A decoder turns the tree of one document into a [Blueprint]. It goes on after
// a fault, so that all of them are told at once. Texts stay as they are
// written: 007 and 1.50 do not become numbers.
type decoder struct {
	file   string
	vars   *Variables
	places places
	path   []string
	faults []Fault
}

// A texter is a type that may stand in a file as one plain value. It says what
// is wrong with one that it cannot take.
type texter interface {
	fromText(text string) (reason string)
}

// value decodes a node, which is the value of a key unless that is nil. Nothing
// at all, as when everything below a key is commented out, is as good as no key.
func (d *decoder) value(n, key *yaml.Node, into reflect.Value) {
	switch {
	case n.Anchor != "" || n.Kind == yaml.AliasNode || n.Style&yaml.TaggedStyle != 0:
		d.fault(n, key, "anchors, aliases and tags are not taken here: write it out, or use a variable ${NAME}")
		return
	case isNothing(n):
		return
	}
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	short, isShort := reflect.TypeAssert[texter](into.Addr())
	switch {
	case isShort && n.Kind == yaml.ScalarNode:
		if reason := short.fromText(d.text(n, key)); reason != "" {
			d.fault(n, key, "%s", reason)
		}
	case into.Kind() == reflect.Struct:
		d.structure(n, key, into)
	case into.Kind() == reflect.Map:
		d.table(n, key, into)
	case into.Kind() == reflect.Slice:
		d.list(n, key, into)
	case n.Kind != yaml.ScalarNode:
		d.fault(n, key, "one plain value is due here")
	default:
		d.plain(n, key, into)
	}
}

func isNothing(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

// text is a plain value as it is written, with its variables filled in.
func (d *decoder) text(n, key *yaml.Node) string {
	filled, err := d.vars.fill(n.Value)
	if err != nil {
		d.fault(n, key, "%v", err)
	}
	return filled
}

func (d *decoder) plain(n, key *yaml.Node, into reflect.Value) {
	text := d.text(n, key)
	substituted := text != n.Value
	switch into.Kind() {
	case reflect.String:
		into.SetString(text)
	case reflect.Bool:
		b, ok := map[string]bool{"true": true, "false": false}[strings.ToLower(text)]
		if ok && (substituted || n.ShortTag() == "!!bool") {
			into.SetBool(b)
			return
		}
		d.fault(n, key, "true or false is due here, without quotes%s", d.instead(text))
	case reflect.Int:
		i, err := strconv.Atoi(text)
		if err == nil && (substituted || n.ShortTag() == "!!int") {
			into.SetInt(int64(i))
			return
		}
		d.fault(n, key, "a whole number is due here%s", d.instead(text))
	default:
		panic("no such type in a blueprint: " + into.Type().String())
	}
}

// instead quotes a value, unless it may be a secret.
func (d *decoder) instead(text string) string {
	if d.secret() || len(text) > 40 {
		return ""
	}
	return fmt.Sprintf(", and not %q", text)
}

// secret reports whether what is being decoded may hold one.
func (d *decoder) secret() bool { return slices.Contains(d.path, "credentials") }

func (d *decoder) structure(n, key *yaml.Node, into reflect.Value) {
	known := members(into.Type())
	d.each(n, key, func(name string, key, value *yaml.Node) {
		i := slices.Index(known, name)
		if i < 0 {
			d.fault(key, key, "%s", d.unknown(name, known))
			return
		}
		d.value(value, key, into.Field(i))
	})
}

// members are the names of the members of a type, in the order of its fields.
func members(t reflect.Type) []string {
	names := []string{}
	for field := range t.Fields() {
		if field.IsExported() {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			names = append(names, name)
		}
	}
	return names
}

func (d *decoder) unknown(key string, known []string) string {
	text := fmt.Sprintf("unknown key %q: ", d.shown(key))
	if meant := near.Names(key, known); len(meant) > 0 {
		return text + "did you mean " + strings.Join(meant, ", ") + "?"
	}
	if under := homes(key); len(under) > 0 {
		return text + "it stands under " + strings.Join(under, " or ")
	}
	return text + "here stand " + strings.Join(known, ", ")
}

func (d *decoder) table(n, key *yaml.Node, into reflect.Value) {
	into.Set(reflect.MakeMap(into.Type()))
	d.each(n, key, func(name string, key, value *yaml.Node) {
		item := reflect.New(into.Type().Elem()).Elem()
		d.value(value, key, item)
		into.SetMapIndex(reflect.ValueOf(name), item)
	})
}

func (d *decoder) list(n, key *yaml.Node, into reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		d.fault(n, key, "a list is due here, such as [a, b]")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		d.within(strconv.Itoa(i), item, func() {
			if isNothing(item) {
				d.fault(item, nil, "nothing stands here")
				return
			}
			d.value(item, nil, into.Index(i))
		})
	}
}

// each calls visit for every member of a mapping, in whose path it then is.
func (d *decoder) each(n, at *yaml.Node, visit func(name string, key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		d.fault(n, at, "here stand keys with values, such as name: Workato")
		return
	}
	seen := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name, err := d.vars.fill(key.Value)
		line, twice := seen[name]
		switch {
		case key.Kind != yaml.ScalarNode:
			d.fault(key, nil, "a key is one plain value")
		case key.ShortTag() == "!!merge":
			d.fault(key, key, "<< merges nothing here: write it out")
		case err != nil:
			d.fault(key, key, "%v", err)
		case twice:
			d.fault(key, key, "%s stands here twice, first in line %d", name, line)
		default:
			seen[name] = key.Line
			d.within(name, key, func() { visit(name, key, value) })
		}
	}
}

func (d *decoder) within(step string, at *yaml.Node, do func()) {
	d.path = append(d.path, step)
	d.places[pathKey(d.path)] = d.place(at)
	do()
	d.path = d.path[:len(d.path)-1]
}

func (d *decoder) place(at *yaml.Node) Place {
	return Place{File: d.file, Line: at.Line, Column: at.Column}
}

// fault points at the key, or at a plain value that has none. The excerpt has
// no value of a key: it may be a secret that has no business there.
func (d *decoder) fault(at, key *yaml.Node, format string, args ...any) {
	f := Fault{Reason: fmt.Sprintf(format, args...)}
	switch {
	case key != nil:
		at = key
		f.Excerpt = d.shown(key.Value) + ": …"
	case at.Kind == yaml.ScalarNode:
		f.Excerpt = d.shown(at.Value)
	}
	f.Place = d.place(at)
	f.Excerpt = indented(f.Excerpt, f.Column)
	d.faults = append(d.faults, f)
}

// shown is a key, or an item of a list, as far as it is shown: its first line.
// What is longer than any key may be a token that lost its own; only targets,
// filters and names of people are long too.
func (d *decoder) shown(text string) string {
	names := []string{"mappings", "remove", "attributes", "filters", "assignments", "values", "properties"}
	isName := slices.ContainsFunc(names, func(section string) bool { return slices.Contains(d.path, section) })
	if longestKey := len("skipOutOfScopeDeletions"); len(text) > longestKey && !isName || d.secret() && len(text) > 20 {
		return "…"
	}
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func indented(excerpt string, column int) string {
	if excerpt == "" {
		return ""
	}
	return strings.Repeat(" ", max(0, column-1)) + excerpt
}
