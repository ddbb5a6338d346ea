package redact

import (
	"slices"
)

// multiplier of the rolling hash: any large odd number.
const multiplier = 0x9E3779B97F4A7C15

// A table finds windows of secrets in a text in one pass, whatever their
// number, by a rolling hash (Rabin and Karp).
type table struct {
	window  int
	top     uint64 // multiplier to the power of window: the weight of the byte that leaves
	filter  [1 << 10]uint64
	windows map[uint64][]string // by hash; more than one where hashes collide
}

func newTable(window int) *table {
	t := &table{window: window, top: 1, windows: map[uint64][]string{}}
	for range window {
		t.top *= multiplier
	}
	return t
}

// add makes each window of a secret known.
func (t *table) add(secret []byte) {
	for i := 0; i+t.window <= len(secret); i++ {
		window := secret[i : i+t.window]
		h := hash(window)
		if t.holds(h, window) {
			continue
		}
		known := make([]byte, 0, t.window)
		for _, b := range window {
			known = append(known, folded(b))
		}
		t.windows[h] = append(t.windows[h], string(known))
		slot, bit := place(h)
		t.filter[slot] |= bit
	}
}

// each calls found with the offset of every window in a text.
func (t *table) each(text []byte, found func(offset int)) {
	if len(text) < t.window {
		return
	}
	h := hash(text[:t.window])
	for end := t.window; ; end++ {
		if slot, bit := place(h); t.filter[slot]&bit != 0 && t.holds(h, text[end-t.window:end]) {
			found(end - t.window)
		}
		if end == len(text) {
			return
		}
		h = h*multiplier + weight(text[end]) - t.top*weight(text[end-t.window])
	}
}

func (t *table) holds(h uint64, window []byte) bool {
	known, found := t.windows[h]
	if !found {
		return false
	}
	var buffer [longestWindow]byte
	for i, b := range window {
		buffer[i] = folded(b)
	}
	return slices.Contains(known, string(buffer[:len(window)]))
}

func hash(window []byte) uint64 {
	var h uint64
	for _, b := range window {
		h = h*multiplier + weight(b)
	}
	return h
}

func weight(b byte) uint64 { return uint64(folded(b)) + 1 }

// folded is one byte for what a form may spell in two ways: a space is a plus
// sign in it.
func folded(b byte) byte {
	if b == '+' {
		return ' '
	}
	return b
}

// place is a bit of the filter that most windows of a text miss.
func place(h uint64) (slot uint64, bit uint64) {
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	return h >> 54, 1 << (h >> 48 & 63)
}
