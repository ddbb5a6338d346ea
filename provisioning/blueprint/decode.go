package blueprint

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

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

// value decodes a node. Nothing at all, as when everything below a key is
// commented out, is as good as no key.
func (d *decoder) value(n ast.Node, at *token.Token, into reflect.Value) {
	switch n := n.(type) {
	case nil, *ast.NullNode, *ast.CommentGroupNode:
		return
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.fault(n.GetToken(), at, "anchors, aliases and tags are not taken here: write it out, or use a variable ${NAME}")
		return
	}
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	text, substituted, isText := d.text(n, at)
	if short, ok := into.Addr().Interface().(texter); ok && isText {
		d.short(short, text, n, at)
		return
	}
	switch {
	case into.Kind() == reflect.Struct:
		d.structure(n, at, into)
	case into.Kind() == reflect.Map:
		d.table(n, at, into)
	case into.Kind() == reflect.Slice:
		d.list(n, at, into)
	case !isText:
		d.fault(n.GetToken(), at, "one plain value is due here")
	default:
		d.plain(n, at, into, text, substituted)
	}
}

func (d *decoder) short(into texter, text string, n ast.Node, at *token.Token) {
	if reason := into.fromText(text); reason != "" {
		d.fault(n.GetToken(), at, "%s", reason)
	}
}

// text is a plain value as it is written, with its variables filled in.
func (d *decoder) text(n ast.Node, at *token.Token) (text string, substituted, ok bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		text = n.Value
	case *ast.LiteralNode:
		text = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, false, true
	default:
		return "", false, false
	}
	filled, err := d.vars.fill(text)
	if err != nil {
		d.fault(n.GetToken(), at, "%v", err)
	}
	return filled, filled != text, true
}

func (d *decoder) plain(n ast.Node, at *token.Token, into reflect.Value, text string, substituted bool) {
	switch into.Kind() {
	case reflect.String:
		into.SetString(text)
	case reflect.Bool:
		_, isBool := n.(*ast.BoolNode)
		b, err := strconv.ParseBool(strings.ToLower(text))
		if isBool || substituted && err == nil && len(text) > 1 {
			into.SetBool(b)
			return
		}
		d.fault(n.GetToken(), at, "true or false is due here%s", d.instead(text))
	case reflect.Int:
		_, isInt := n.(*ast.IntegerNode)
		i, err := strconv.Atoi(text)
		if err == nil && (isInt || substituted) {
			into.SetInt(int64(i))
			return
		}
		d.fault(n.GetToken(), at, "a whole number is due here%s", d.instead(text))
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

func (d *decoder) structure(n ast.Node, at *token.Token, into reflect.Value) {
	known := members(into.Type())
	d.each(n, at, func(key string, at *token.Token, value ast.Node) {
		i := slices.Index(known, key)
		if i < 0 {
			d.fault(at, at, "%s", d.unknown(key, known))
			return
		}
		d.value(value, at, into.Field(i))
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
	text := fmt.Sprintf("unknown key %q: ", key)
	if d.secret() && len(key) > 20 { // a token that lost its key
		text = "unknown key: "
	}
	if meant := near.Names(key, known); len(meant) > 0 {
		return text + "did you mean " + strings.Join(meant, ", ") + "?"
	}
	if under := homes(key); len(under) > 0 {
		return text + "it stands under " + strings.Join(under, " or ")
	}
	return text + "here stand " + strings.Join(known, ", ")
}

func (d *decoder) table(n ast.Node, at *token.Token, into reflect.Value) {
	into.Set(reflect.MakeMap(into.Type()))
	d.each(n, at, func(key string, at *token.Token, value ast.Node) {
		item := reflect.New(into.Type().Elem()).Elem()
		d.value(value, at, item)
		into.SetMapIndex(reflect.ValueOf(key), item)
	})
}

func (d *decoder) list(n ast.Node, at *token.Token, into reflect.Value) {
	items, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fault(n.GetToken(), at, "a list is due here, such as [a, b]")
		return
	}
	into.Set(reflect.MakeSlice(into.Type(), len(items.Values), len(items.Values)))
	for i, item := range items.Values {
		d.within(strconv.Itoa(i), item.GetToken(), func() {
			if _, null := item.(*ast.NullNode); null {
				d.fault(item.GetToken(), nil, "nothing stands here")
				return
			}
			d.value(item, nil, into.Index(i))
		})
	}
}

// each calls visit for every member of a mapping, in whose path it then is.
func (d *decoder) each(n ast.Node, at *token.Token, visit func(key string, at *token.Token, value ast.Node)) {
	object, ok := n.(ast.MapNode)
	if !ok {
		d.fault(n.GetToken(), at, "here stand keys with values, such as name: Workato")
		return
	}
	seen := map[string]int{}
	for member := object.MapRange(); member.Next(); {
		at := member.Key().GetToken()
		if _, merge := member.Key().(*ast.MergeKeyNode); merge {
			d.fault(at, at, "<< merges nothing here: write it out")
			continue
		}
		key, err := d.vars.fill(at.Value)
		line, twice := seen[key]
		switch {
		case err != nil:
			d.fault(at, at, "%v", err)
			continue
		case twice:
			d.fault(at, at, "%s stands here twice: first in line %d", key, line)
			continue
		}
		seen[key] = at.Position.Line
		d.within(key, at, func() { visit(key, at, member.Value()) })
	}
}

func (d *decoder) within(step string, at *token.Token, do func()) {
	d.path = append(d.path, step)
	d.places[pathKey(d.path)] = d.place(at)
	do()
	d.path = d.path[:len(d.path)-1]
}

func (d *decoder) place(at *token.Token) Place {
	if at == nil || at.Position == nil {
		return Place{File: d.file, Line: 1, Column: 1}
	}
	return Place{File: d.file, Line: at.Position.Line, Column: at.Position.Column}
}

// fault points at the key, or at a plain value that has none. The excerpt has
// no value of a key: it may be a secret that has no business there.
func (d *decoder) fault(at, key *token.Token, format string, args ...any) {
	f := Fault{Reason: fmt.Sprintf(format, args...)}
	if key != nil {
		at = key
		if !d.secret() || len(key.Value) <= 20 {
			f.Excerpt = key.Value + ": …"
		}
	} else if at != nil && !d.secret() && at.Type == token.StringType {
		f.Excerpt = at.Value
	}
	f.Place = d.place(at)
	if f.Excerpt = strings.TrimSpace(strings.SplitN(f.Excerpt, "\n", 2)[0]); f.Excerpt != "" {
		f.Excerpt = strings.Repeat(" ", f.Column-1) + f.Excerpt
	}
	d.faults = append(d.faults, f)
}
