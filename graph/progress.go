package graph

import (
	"fmt"
	"hash/maphash"

	"github.com/scimctl/scimctl/graph/bounds"
)

// The limits on the pages of one collection. Graph may answer a filter with
// pages that are empty, though not with hundreds of them.
const (
	mostPages     = 10_000
	mostIdlePages = 100 // in a row that are empty, or the same as one before
	toldPages     = 200 // after so many the user reads how far it is
)

// progress watches over the pages of a collection, because a server may link on
// for ever. It remembers hashes, since links may be long.
type progress struct {
	noLimits bool
	seed     maphash.Seed
	links    map[uint64]bool
	contents map[uint64]bool
	pages    int
	idle     int // in a row
}

func newProgress(noLimits bool) *progress {
	return &progress{noLimits: noLimits, seed: maphash.MakeSeed(), links: map[uint64]bool{}, contents: map[uint64]bool{}}
}

// add notes a page that links to another one. The code says why that one must
// not be read; "" means that it may.
func (p *progress) add(link string, items int, content []byte) (code, reason string) {
	if p.seen(p.links, []byte(link)) {
		return CodeNextLink, "the links to the next page lead in a circle"
	}
	p.pages++
	if items == 0 || p.seen(p.contents, content) {
		p.idle++
	} else {
		p.idle = 0
	}
	return p.limit()
}

func (p *progress) seen(in map[uint64]bool, text []byte) bool {
	hash := maphash.Bytes(p.seed, text)
	before := in[hash]
	in[hash] = true
	return before
}

func (p *progress) limit() (code, reason string) {
	switch {
	case p.noLimits:
	case p.idle >= mostIdlePages:
		e := bounds.Error{What: "the collection", Bound: fmt.Sprintf("has %d pages in a row with nothing new", mostIdlePages)}
		return CodeLimit, e.Error()
	case p.pages >= mostPages:
		e := bounds.Error{What: "the collection", Bound: fmt.Sprintf("has more than %d pages", mostPages)}
		return CodeLimit, e.Error()
	}
	return "", ""
}
