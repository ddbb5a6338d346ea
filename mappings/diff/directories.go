package diff

import (
	"cmp"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/mappings/internal/tree"
	"github.com/scimctl/scimctl/mappings/schema"
)

// directories compares the attribute lists.
func (d *differ) directories(before, after *tree.Node) {
	name := func(n *tree.Node) string { return schema.PresentName(n.Field("name")) }
	for _, p := range rejoin(d.pairUp(before, after, "directory", name), by("id")) {
		if p.old == nil || p.now == nil {
			d.note(place{}, ChangedDirectory, name(first(p)), counted(p.old, "objects", "object"), counted(p.now, "objects", "object"))
			continue
		}
		path := "directories[" + name(p.now) + "]"
		d.attributeLists(path, name(p.now), p.old.Get("objects"), p.now.Get("objects"))
		d.askew(place{}, path+".objects", '[', p.old.Get("objects"), p.now.Get("objects"))
		d.members(place{}, path, "directory", p.old, p.now, "objects")
	}
}

func (d *differ) attributeLists(path, directory string, before, after *tree.Node) {
	for _, p := range d.pairUp(before, after, "object", by("name")) {
		at, ok := d.lists[listKey(directory, p.name)]
		if !ok { // no mapping uses it
			at = place{object: strings.ToLower(p.name), side: schema.Target}
		}
		if schema.Entra(directory) && !ok {
			at.side = schema.Source
		}
		if p.old == nil || p.now == nil {
			d.note(at, ChangedAttributeList, p.name, counted(p.old, "attributes", "attribute"), counted(p.now, "attributes", "attribute"))
			continue
		}
		kind := ChangedTargetAttribute
		if at.side == schema.Source {
			kind = ChangedSourceAttribute
		}
		for _, q := range d.pairUp(p.old.Get("attributes"), p.now.Get("attributes"), "attribute", by("name")) {
			d.element(at, kind, "attribute", q, attributeInWords, "name", "type", "required", "multivalued", "caseExact", "anchor", "mutability", "referencedObjects")
		}
		path := path + ".objects[" + p.name + "]"
		d.askew(at, path+".attributes", '[', p.old.Get("attributes"), p.now.Get("attributes"))
		d.members(at, path, "object", p.old, p.now, "attributes")
	}
}

// attributeInWords describes a definition with what [schema.Attribute.Words] leaves
// out because nobody asks for it.
func attributeInWords(n *tree.Node) string {
	a := schema.ReadAttribute(n)
	a.Type = cmp.Or(a.Type, "String")
	words := []string{a.Words()}
	if a.Anchor {
		words = append(words, "anchor")
	}
	if a.Mutability != "" && !strings.EqualFold(a.Mutability, "ReadWrite") {
		words = append(words, a.Mutability)
	}
	return strings.Join(words, ", ")
}

// actionsOf are the target object actions in words, and flow types that are no
// such action.
func actionsOf(flowTypes string) string {
	names := []string{}
	for flow := range strings.SplitSeq(flowsInOrder(flowTypes), ",") {
		if flow == schema.NoFlow {
			return "none"
		}
		names = append(names, flow)
	}
	order := map[string]int{}
	for i, a := range schema.Actions {
		if j := slices.Index(names, a.Flow); j >= 0 {
			names[j] = a.Name
		}
		order[a.Name] = i - len(schema.Actions)
	}
	slices.SortStableFunc(names, func(a, b string) int { return order[a] - order[b] })
	return strings.Join(names, ",")
}

// counted says how much is in something that only one side has, "" for the
// side that has none of it.
func counted(n *tree.Node, list, what string) string {
	if n == nil {
		return ""
	}
	return words.Count(len(n.Get(list).Elements()), what)
}
