package diff

import (
	"bytes"
	"math"
	"slices"

	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// A pair is an element of a list as it was and as it is: nil where there is
// none.
type pair struct {
	name     string
	old, now *tree.Node
}

// namer tells by what elements are paired.
type namer func(*tree.Node) string

func by(member string) namer { return func(n *tree.Node) string { return n.Field(member) } }

// pairUp pairs the elements of two lists by name, whatever their order, and
// returns the pairs that are not the same bytes: those of the second list in
// its order, then what it lacks. Of elements of one name those that mean the
// same are taken out first, the others go by their order.
func (d *differ) pairUp(before, after *tree.Node, of string, name namer) []pair {
	old, now := unequal(before.Elements(), after.Elements())
	groups, order := map[string]*[2][]*tree.Node{}, []string{}
	for side, parts := range [2][]tree.Part{now, old} {
		for _, p := range parts {
			key := name(p.Value)
			if groups[key] == nil {
				groups[key] = &[2][]*tree.Node{}
				order = append(order, key)
			}
			groups[key][side] = append(groups[key][side], p.Value)
		}
	}
	var pairs []pair
	for _, key := range order {
		pairs = append(pairs, d.zip(key, groups[key][1], groups[key][0], of)...)
	}
	return pairs
}

// unequal leaves out what both lists begin and end with.
func unequal(old, now []tree.Part) (o, n []tree.Part) {
	for len(old) > 0 && len(now) > 0 && sameBytes(old[0].Value, now[0].Value) {
		old, now = old[1:], now[1:]
	}
	for len(old) > 0 && len(now) > 0 && sameBytes(old[len(old)-1].Value, now[len(now)-1].Value) {
		old, now = old[:len(old)-1], now[:len(now)-1]
	}
	return old, now
}

func sameBytes(a, b *tree.Node) bool { return !a.Dirty && !b.Dirty && bytes.Equal(a.Raw, b.Raw) }

func (d *differ) zip(name string, old, now []*tree.Node, of string) []pair {
	if len(old)+len(now) > 2 {
		old, now = withoutEqual(old, now, of)
	}
	if d.Verifying && len(old)+len(now) > 2 {
		now = bySimilarity(old, now, of)
	}
	var pairs []pair
	for i := range max(len(old), len(now)) {
		p := pair{name: name}
		if i < len(old) {
			p.old = old[i]
		}
		if i < len(now) {
			p.now = now[i]
		}
		if p.old == nil || p.now == nil || !sameBytes(p.old, p.now) {
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// withoutEqual takes from both lists what means the same.
func withoutEqual(old, now []*tree.Node, of string) (o, n []*tree.Node) {
	there := map[string][]*tree.Node{}
	for _, v := range old {
		m := string(meaning(v, of))
		there[m] = append(there[m], v)
	}
	equal := map[*tree.Node]bool{}
	for _, v := range now {
		m := string(meaning(v, of))
		if len(there[m]) == 0 {
			n = append(n, v)
			continue
		}
		equal[there[m][0]] = true
		there[m] = there[m][1:]
	}
	for _, v := range old {
		if !equal[v] {
			o = append(o, v)
		}
	}
	return o, n
}

// mostTried bounds how many elements of one name are tried with each other.
const mostTried = 100

// bySimilarity puts the saved elements into the order of those that were sent
// which they are most like. What the service added comes last.
func bySimilarity(sent, saved []*tree.Node, of string) []*tree.Node {
	if len(sent) > mostTried || len(saved) > mostTried {
		return saved
	}
	left, ordered := slices.Clone(saved), make([]*tree.Node, len(sent))
	for _, limit := range []int{0, math.MaxInt} { // those without any loss first
		for i, v := range sent {
			if ordered[i] != nil {
				continue
			}
			if best := mostLike(v, left, of, limit); best >= 0 {
				ordered[i], left = left[best], slices.Delete(left, best, best+1)
			}
		}
	}
	ordered = slices.DeleteFunc(ordered, func(n *tree.Node) bool { return n == nil }) // fewer were saved
	return append(ordered, left...)
}

// mostLike is the position of the saved element with the fewest losses, and no
// more than limit; -1 when there is none.
func mostLike(sent *tree.Node, saved []*tree.Node, of string, limit int) int {
	best, fewest := -1, limit
	for i, v := range saved {
		if n := losses(sent, v, of); n < fewest || n == fewest && best < 0 {
			best, fewest = i, n
		}
	}
	return best
}

// rejoin pairs what is left alone by another name.
func rejoin(pairs []pair, name namer) []pair {
	gone := map[string]int{}
	for i, p := range pairs {
		if p.now == nil {
			gone[name(p.old)] = i
		}
	}
	for i, p := range pairs {
		if p.old != nil {
			continue
		}
		if j, ok := gone[name(p.now)]; ok {
			pairs[i].old, pairs[j] = pairs[j].old, pair{}
			delete(gone, name(p.now))
		}
	}
	kept := pairs[:0]
	for _, p := range pairs {
		if p.old != nil || p.now != nil {
			kept = append(kept, p)
		}
	}
	return kept
}
