package redact

import "slices"

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
		t.windows[h] = append(t.windows[h], string(window))
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
	return slices.Contains(t.windows[h], string(window))
}

func hash(window []byte) uint64 {
	var h uint64
	for _, b := range window {
		h = h*multiplier + weight(b)
	}
	return h
}

func weight(b byte) uint64 { return uint64(b) + 1 }

// place is a bit of the filter that most windows of a text miss.
func place(h uint64) (slot uint64, bit uint64) {
	h ^= h >> 29
	h *= 0xBF58476D1CE4E5B9
	return h >> 54, 1 << (h >> 48 & 63)
}
