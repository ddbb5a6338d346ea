package graph

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
)

// The limits on the pages of one collection. Graph may answer a filter with
// pages that are empty, though not with hundreds of them.
const (
	mostPages     = 10_000
	mostIdlePages = 100           // in a row that are empty, or the same as one before
	mostKept      = 1 << 30       // bytes of pages that stay in memory together
	mostReading   = 6 * time.Hour // of all pages
	toldPages     = 200           // after so many the user reads how far it is
)

// progress watches over the pages of a collection, because a server may link on
// for ever. It remembers hashes, since links may be long.
type progress struct {
	noLimits bool
	seed     maphash.Seed
	links    map[uint64]bool
	contents map[uint64]bool
	pages    int
	idle     int   // in a row
	kept     int64 // bytes that stay in memory
	reading  time.Duration
}

func newProgress(noLimits bool) *progress {
	return &progress{noLimits: noLimits, seed: maphash.MakeSeed(), links: map[uint64]bool{}, contents: map[uint64]bool{}}
}

// add notes a page that links to another one. The error says why that one must
// not be read.
func (p *progress) add(r Request, link string, items int, content uint64) error {
	if seen(p.links, maphash.String(p.seed, link)) {
		return r.unusable(CodeNextLink, "the links to the next page lead in a circle")
	}
	p.pages++
	if items == 0 || seen(p.contents, content) {
		p.idle++
	} else {
		p.idle = 0
	}
	if limit := p.limit(); limit != nil && !p.noLimits {
		limit.Liftable = true
		return r.unusable(CodeLimit, "").limited(limit)
	}
	return nil
}

// limit is the limit that is reached, if any.
func (p *progress) limit() *bounds.Error {
	const what = "the collection"
	switch {
	case p.idle >= mostIdlePages:
		return &bounds.Error{What: what, Bound: fmt.Sprintf("has %d pages in a row with nothing new", mostIdlePages)}
	case p.pages >= mostPages:
		return &bounds.Error{What: what, Bound: fmt.Sprintf("has more than %d pages", mostPages)}
	case p.kept > mostKept:
		return bounds.TooLarge(what, mostKept)
	case p.reading > mostReading:
		return &bounds.Error{What: what, Bound: fmt.Sprintf("takes more than %d hours to read", mostReading/time.Hour)}
	}
	return nil
}

func seen(in map[uint64]bool, hash uint64) bool {
	before := in[hash]
	in[hash] = true
	return before
}

// hashOf is the hash of the items of a page, one after the other, because all
// together may be large.
func hashOf[T any](seed maphash.Seed, items []T) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, item := range items {
		text, _ := json.Marshal(item) // which was JSON
		_, _ = h.Write(append(text, '\n'))
	}
	return h.Sum64()
}
