// Package redact removes secrets from text that somebody may see: output,
// errors, traces and files.
//
// A secret is found in every spelling that gives it back when it is decoded:
// JSON escapes, percent encoding, HTML entities, base64, hexadecimal and
// UTF-16, also mixed and one inside another. The text around it stays as it is.
package redact

import (
	"slices"
	"strings"
	"sync"
)

// Mark replaces a secret.
const Mark = "***"

const (
	// shortest is the length from which a value is looked for in text. A shorter
	// one would redact half of it.
	shortest = 4
	// distinct is the length from which a value is no ordinary word.
	distinct = 8
	// longestWindow is how many characters of a longer secret are redacted also
	// where they appear without the rest: services echo tokens shortened.
	longestWindow = 16
)

// A Set holds the secrets of a process. The zero Set is empty. It may be used
// by several goroutines at once.
type Set struct {
	mu     sync.RWMutex
	known  map[string]bool
	tables []*table // by length of window
}

// Add makes secrets known. Values that are too short or too common to be looked
// for are ignored.
func (s *Set) Add(secrets ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		secret = strings.TrimSpace(secret)
		if len(secret) < shortest || isCommon(secret) || strings.Trim(secret, "*") == "" || s.known[secret] {
			continue
		}
		if s.known == nil {
			s.known = map[string]bool{}
		}
		s.known[secret] = true
		s.index(secret)
	}
}

// isCommon reports whether a value is a word of every document.
func isCommon(value string) bool {
	return strings.EqualFold(value, "true") || strings.EqualFold(value, "false") || strings.EqualFold(value, "null")
}

// index adds a secret in each form that decoding a text can leave it in. A
// secret with a % of its own is decoded further by a reader that does not know
// where to stop.
func (s *Set) index(secret string) {
	for v := plain(secret); len(v.text) >= shortest; {
		s.tableFor(min(len(v.text), longestWindow)).add(v.text)
		next, changed := v.unescaped()
		if !changed {
			return
		}
		v = next
	}
}

func (s *Set) tableFor(window int) *table {
	i, found := slices.BinarySearchFunc(s.tables, window, func(t *table, w int) int { return t.window - w })
	if !found {
		s.tables = slices.Insert(s.tables, i, newTable(window))
	}
	return s.tables[i]
}

// Text replaces every known secret in a text.
func (s *Set) Text(text string) string { return replace(text, s.find(text, shortest)) }

// Distinct replaces the secrets that are too long to be a word of an ordinary
// text by chance. It is for text that is mostly not a server's.
func (s *Set) Distinct(text string) string { return replace(text, s.find(text, distinct)) }

// find returns where known secrets of a length are in a text.
func (s *Set) find(text string, least int) []span {
	s.mu.RLock()
	defer s.mu.RUnlock()
	first, _ := slices.BinarySearchFunc(s.tables, least, func(t *table, w int) int { return t.window - w })
	if first == len(s.tables) || text == "" {
		return nil
	}
	f := finder{tables: s.tables[first:], shortest: s.tables[first].window}
	f.search(plain(text), 0)
	return f.found
}

// A span is a part of a text, by offsets of bytes.
type span struct{ from, to int }

// replace puts the mark in the place of spans, which may overlap.
func replace(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	at := 0
	for i := 0; i < len(spans); {
		from, to := spans[i].from, spans[i].to
		for i++; i < len(spans) && spans[i].from <= to; i++ {
			to = max(to, spans[i].to)
		}
		b.WriteString(text[at:from] + Mark)
		at = to
	}
	b.WriteString(text[at:])
	return b.String()
}
