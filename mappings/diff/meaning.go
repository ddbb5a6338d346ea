package diff

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/internal/tree"
	"github.com/scimctl/scimctl/mappings/schema"
)

// Fingerprint is the same for schemas between which [Diff] finds nothing.
func Fingerprint(s *schema.Schema) string {
	sum := sha256.Sum256(meaning(s.Root, "schema"))
	return hex.EncodeToString(sum[:])
}

// meaning writes a value of a form in the way that all values share which mean
// the same. It is nil for what is as good as nothing.
func meaning(n *tree.Node, of string) []byte {
	if n == nil {
		return nil
	}
	raw := n.Bytes()
	switch raw[tree.SkipBlanks(raw, 0)] {
	case '{':
		return meaningOfObject(raw, of)
	case '[':
		return meaningOfList(raw, of, false)
	case '"':
		return meaningOfText(bytes.TrimSpace(raw))
	}
	if raw = bytes.TrimSpace(raw); string(raw) == "null" {
		return nil
	}
	return raw
}

func meaningOfObject(raw []byte, of string) []byte {
	f := Forms[of]
	members := map[string][]byte{}
	(&tree.Node{Raw: raw}).Scan(func(_, key, value, _ []byte) {
		name := tree.DecodeString(key)
		members[name] = f.MeaningOf(name, &tree.Node{Raw: value})
	})
	var out bytes.Buffer
	for _, name := range sortedKeys(members) {
		if members[name] != nil && !f.ignores(name) {
			out.Write(tree.Encode(name))
			out.WriteByte(':')
			out.Write(members[name])
			out.WriteByte(',')
		}
	}
	if out.Len() == 0 && of != "" {
		return nil
	}
	return append(append([]byte{'{'}, out.Bytes()...), '}')
}

func sortedKeys(members map[string][]byte) []string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (f form) ignores(name string) bool {
	return slices.Contains(f.ignored, name) || strings.Contains(name, "@odata.")
}

// MeaningOf is that of a member, nil when it is what a missing one stands for.
func (f form) MeaningOf(name string, n *tree.Node) []byte {
	set := slices.Contains(f.sets, name)
	if n.Open() == '[' && (set || slices.Contains(f.lists, name)) {
		if m := meaningOfList(n.Bytes(), f.inner[name], set); len(m) > len("[]") {
			return m
		}
		return nil
	}
	m := meaning(n, f.inner[name])
	if spell := f.spelt[name]; spell != nil && m != nil && m[0] == '"' {
		m = tree.Encode(spell(n.Text()))
	}
	if usual, ok := f.usual[name]; ok && string(m) == usual {
		return nil
	}
	return m
}

func meaningOfList(raw []byte, of string, set bool) []byte {
	var items [][]byte
	(&tree.Node{Raw: raw}).Scan(func(_, _, value, _ []byte) {
		item := meaning(&tree.Node{Raw: value}, of)
		if item == nil {
			item = []byte("null")
		}
		items = append(items, item)
	})
	if set {
		slices.SortStableFunc(items, bytes.Compare)
	}
	return slices.Concat([]byte{'['}, bytes.Join(items, []byte{','}), []byte{']'})
}

// meaningOfText gives a text with and without escapes one spelling. Half of a
// surrogate pair, which no text can hold, stays as it is written.
func meaningOfText(raw []byte) []byte {
	plain := true
	for _, b := range raw {
		plain = plain && b != '\\' && b < 0x80
	}
	if plain {
		return raw
	}
	text := tree.DecodeString(raw)
	if strings.ContainsRune(text, '\uFFFD') {
		return raw
	}
	return tree.Encode(text)
}
