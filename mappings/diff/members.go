package diff

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// element notes a pair of list elements that differ, in words. What the words
// leave out is put behind them when it differs. The members that they are made
// of are given.
func (d *differ) element(at place, kind ChangeKind, of string, p pair, words func(*tree.Node) string, told ...string) {
	if bytes.Equal(meaning(p.old, of), meaning(p.now, of)) && p.old != nil && p.now != nil {
		return
	}
	if d.Verifying && p.old != nil && p.now != nil && losses(p.old, p.now, of) == 0 {
		whole := differ{}
		whole.element(at, kind, of, p, words, told...)
		d.Added = append(d.Added, whole.Changes...)
		return
	}
	old, now := worded(p.old, words), worded(p.now, words)
	if p.old != nil && p.now != nil {
		if old == now {
			told = nil
		}
		rest := differ{Verifying: d.Verifying}
		rest.value(at, "", of, p.old, p.now, told...)
		for _, c := range rest.Changes {
			old, now = old+beside(c.Name, c.Old), now+beside(c.Name, c.New)
		}
	}
	d.note(at, kind, p.name, old, now)
}

func worded(n *tree.Node, words func(*tree.Node) string) string {
	switch {
	case n == nil:
		return ""
	case n.Open() != '{':
		return compact(n)
	}
	return cmp.Or(words(n), compact(n))
}

func beside(name, value string) string {
	return strings.TrimRight(fmt.Sprintf(", %s %s", name, cmp.Or(value, "none")), " ")
}

// leaf notes a member of an object that has words of its own.
func (d *differ) leaf(at place, kind ChangeKind, path, of, name string, old, now *tree.Node, words func(*tree.Node) string) {
	f := Forms[of]
	if bytes.Equal(f.MeaningOf(name, old.Get(name)), f.MeaningOf(name, now.Get(name))) {
		return
	}
	if a, b := words(old), words(now); a != b {
		d.note(at, kind, "", a, b)
		return
	}
	d.note(at, ChangedMember, path, compact(given(old.Get(name))), compact(given(now.Get(name))))
}

// askew notes a member that is not of the kind that it should be, and is
// compared by nothing else then.
func (d *differ) askew(at place, path string, open byte, old, now *tree.Node) {
	right := func(n *tree.Node) bool { return given(n) == nil || n.Open() == open }
	if (!right(old) || !right(now)) && !bytes.Equal(meaning(old, ""), meaning(now, "")) {
		d.note(at, ChangedMember, path, compact(given(old)), compact(given(now)))
	}
}

// members compares the members of two objects, but for those that are told
// otherwise.
func (d *differ) members(at place, path, of string, old, now *tree.Node, but ...string) {
	f := Forms[of]
	seen := map[string]bool{}
	for _, n := range [...]*tree.Node{old, now} {
		for _, p := range n.Elements() {
			if seen[p.Key] || f.ignores(p.Key) || slices.Contains(but, p.Key) {
				continue
			}
			seen[p.Key] = true
			path := strings.TrimPrefix(path+"."+p.Key, ".")
			if before := old.Get(p.Key); d.Verifying && given(before) == nil {
				d.unset(at, path, f, p.Key, before, given(now.Get(p.Key)))
			} else {
				d.member(at, path, f, p.Key, given(before), given(now.Get(p.Key)))
			}
		}
	}
}

// unset compares a member that was sent as null or not at all. A value in place
// of null is a change, and so is another value than the one that a missing
// member stands for. Anything else is added.
func (d *differ) unset(at place, path string, f form, name string, sent, saved *tree.Node) {
	if f.MeaningOf(name, saved) == nil {
		return
	}
	before := f.usual[name]
	if isNull(sent) && (saved.Open() != '[' || !slices.Contains(f.sets, name)) {
		before = compact(sent)
	}
	d.note(at, ChangedMember, path, before, compact(saved))
}

func (d *differ) member(at place, path string, f form, name string, old, now *tree.Node) {
	if old != nil && now != nil && sameBytes(old, now) || bytes.Equal(f.MeaningOf(name, old), f.MeaningOf(name, now)) {
		return
	}
	if old.Open() == '[' && now.Open() == '[' && d.unordered(f, name, old, now) {
		d.set(at, path, f.inner[name], old, now)
		return
	}
	d.value(at, path, f.inner[name], old, now)
}

// unordered reports whether the order of a list says nothing. The service may
// sort a list that scimctl does not know.
func (d *differ) unordered(f form, name string, old, now *tree.Node) bool {
	return slices.Contains(f.sets, name) || !slices.Contains(f.lists, name) && (d.Verifying || keyed(old) && keyed(now))
}

// value compares what two values hold.
func (d *differ) value(at place, path, of string, old, now *tree.Node, but ...string) {
	switch {
	case old.Open() == '{' && now.Open() == '{':
		d.members(at, path, of, old, now, but...)
	case old.Open() == '[' && now.Open() == '[' && len(old.Elements()) == len(now.Elements()):
		for i, p := range old.Elements() {
			if q := now.Elements()[i]; !bytes.Equal(meaning(p.Value, of), meaning(q.Value, of)) {
				d.value(at, fmt.Sprintf("%s[%d]", path, i), of, p.Value, q.Value)
			}
		}
	default:
		d.note(at, ChangedMember, path, compact(old), compact(now))
	}
}

// set compares lists whose order says nothing.
func (d *differ) set(at place, path, of string, old, now *tree.Node) {
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
func elementName(n *tree.Node) string {
	for _, member := range [...]string{"key", "name", "id", "referencedObjectName"} {
		if name := n.Field(member); name != "" {
			return name
		}
	}
	return compactUnless(n, '{')
}

// keyed says whether a list is one of keys and values, whose order says
// nothing wherever it stands.
func keyed(list *tree.Node) bool {
	parts := list.Elements()
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(p tree.Part) bool { return p.Value.Field("key") == "" })
}

func compactUnless(n *tree.Node, open byte) string {
	if n.Open() == open {
		return ""
	}
	return compact(n)
}

// given is nil for null, which as a member is as good as none.
func given(n *tree.Node) *tree.Node {
	if isNull(n) {
		return nil
	}
	return n
}

func isNull(n *tree.Node) bool { return n != nil && string(bytes.TrimSpace(n.Raw)) == "null" }

// compact is the JSON of a value on one line, "" for one that is not there.
func compact(n *tree.Node) string {
	if n == nil {
		return ""
	}
	var out bytes.Buffer
	_ = json.Compact(&out, n.Bytes()) // valid JSON: the whole document was checked
	return out.String()
}
