package mappings

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// element notes a pair of list elements that differ, in words. What the words
// leave out is put behind them when it differs. The members that they are made
// of are given.
func (d *differ) element(at place, kind ChangeKind, of string, p pair, words func(*node) string, told ...string) {
	if bytes.Equal(meaning(p.old, of), meaning(p.now, of)) && p.old != nil && p.now != nil {
		return
	}
	if d.verifying && p.old != nil && p.now != nil && losses(p.old, p.now, of) == 0 {
		whole := differ{}
		whole.element(at, kind, of, p, words, told...)
		d.added = append(d.added, whole.changes...)
		return
	}
	old, now := worded(p.old, words), worded(p.now, words)
	if p.old != nil && p.now != nil {
		if old == now {
			told = nil
		}
		rest := differ{verifying: d.verifying}
		rest.value(at, "", of, p.old, p.now, told...)
		for _, c := range rest.changes {
			old, now = old+beside(c.Name, c.Old), now+beside(c.Name, c.New)
		}
	}
	d.note(at, kind, p.name, old, now)
}

func worded(n *node, words func(*node) string) string {
	switch {
	case n == nil:
		return ""
	case n.open() != '{':
		return compact(n)
	}
	return cmp.Or(words(n), compact(n))
}

func beside(name, value string) string {
	return strings.TrimRight(fmt.Sprintf(", %s %s", name, cmp.Or(value, "none")), " ")
}

// leaf notes a member of an object that has words of its own.
func (d *differ) leaf(at place, kind ChangeKind, path, of, name string, old, now *node, words func(*node) string) {
	f := forms[of]
	if bytes.Equal(f.meaningOf(name, old.get(name)), f.meaningOf(name, now.get(name))) {
		return
	}
	if a, b := words(old), words(now); a != b {
		d.note(at, kind, "", a, b)
		return
	}
	d.note(at, ChangedMember, path, compact(given(old.get(name))), compact(given(now.get(name))))
}

// askew notes a member that is not of the kind that it should be, and is
// compared by nothing else then.
func (d *differ) askew(at place, path string, open byte, old, now *node) {
	right := func(n *node) bool { return given(n) == nil || n.open() == open }
	if (!right(old) || !right(now)) && !bytes.Equal(meaning(old, ""), meaning(now, "")) {
		d.note(at, ChangedMember, path, compact(given(old)), compact(given(now)))
	}
}

// members compares the members of two objects, but for those that are told
// otherwise.
func (d *differ) members(at place, path, of string, old, now *node, but ...string) {
	f := forms[of]
	seen := map[string]bool{}
	for _, n := range [...]*node{old, now} {
		for _, p := range n.elements() {
			if seen[p.key] || f.ignores(p.key) || slices.Contains(but, p.key) {
				continue
			}
			seen[p.key] = true
			path := strings.TrimPrefix(path+"."+p.key, ".")
			if before := old.get(p.key); d.verifying && given(before) == nil {
				d.unset(at, path, f, p.key, before, given(now.get(p.key)))
			} else {
				d.member(at, path, f, p.key, given(before), given(now.get(p.key)))
			}
		}
	}
}

// unset compares a member that was sent as null or not at all. A value in place
// of null is a change, and so is another value than the one that a missing
// member stands for. Anything else is added.
func (d *differ) unset(at place, path string, f form, name string, sent, saved *node) {
	if f.meaningOf(name, saved) == nil {
		return
	}
	before := f.usual[name]
	if isNull(sent) && (saved.open() != '[' || !slices.Contains(f.sets, name)) {
		before = compact(sent)
	}
	d.note(at, ChangedMember, path, before, compact(saved))
}

func (d *differ) member(at place, path string, f form, name string, old, now *node) {
	if old != nil && now != nil && sameBytes(old, now) || bytes.Equal(f.meaningOf(name, old), f.meaningOf(name, now)) {
		return
	}
	if old.open() == '[' && now.open() == '[' && d.unordered(f, name, old, now) {
		d.set(at, path, f.inner[name], old, now)
		return
	}
	d.value(at, path, f.inner[name], old, now)
}

// unordered reports whether the order of a list says nothing. The service may
// sort a list that scimctl does not know.
func (d *differ) unordered(f form, name string, old, now *node) bool {
	return slices.Contains(f.sets, name) || !slices.Contains(f.lists, name) && (d.verifying || keyed(old) && keyed(now))
}

// value compares what two values hold.
func (d *differ) value(at place, path, of string, old, now *node, but ...string) {
	switch {
	case old.open() == '{' && now.open() == '{':
		d.members(at, path, of, old, now, but...)
	case old.open() == '[' && now.open() == '[' && len(old.elements()) == len(now.elements()):
		for i, p := range old.elements() {
			if q := now.elements()[i]; !bytes.Equal(meaning(p.value, of), meaning(q.value, of)) {
				d.value(at, fmt.Sprintf("%s[%d]", path, i), of, p.value, q.value)
			}
		}
	default:
		d.note(at, ChangedMember, path, compact(old), compact(now))
	}
}

// set compares lists whose order says nothing.
func (d *differ) set(at place, path, of string, old, now *node) {
	for _, p := range d.pairUp(old, now, of, elementName) {
		switch path := path + "[" + p.name + "]"; {
		case p.old == nil || p.now == nil:
			d.note(at, ChangedMember, path, compact(p.old), compact(p.now))
		case !bytes.Equal(meaning(p.old, of), meaning(p.now, of)):
			d.value(at, path, of, p.old, p.now)
		}
	}
}

// elementName is by which elements of lists are known in a schema. A text is
// its own name.
func elementName(n *node) string {
	for _, member := range [...]string{"key", "name", "id", "referencedObjectName"} {
		if name := n.field(member); name != "" {
			return name
		}
	}
	return compactUnless(n, '{')
}

// keyed says whether a list is one of keys and values, whose order says
// nothing wherever it stands.
func keyed(list *node) bool {
	parts := list.elements()
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(p part) bool { return p.value.field("key") == "" })
}

func compactUnless(n *node, open byte) string {
	if n.open() == open {
		return ""
	}
	return compact(n)
}

// given is nil for null, which as a member is as good as none.
func given(n *node) *node {
	if isNull(n) {
		return nil
	}
	return n
}

func isNull(n *node) bool { return n != nil && string(bytes.TrimSpace(n.raw)) == "null" }

// compact is the JSON of a value on one line, "" for one that is not there.
func compact(n *node) string {
	if n == nil {
		return ""
	}
	var out bytes.Buffer
	_ = json.Compact(&out, n.bytes()) // valid JSON: the whole document was checked
	return out.String()
}
