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

// add notes a page that links to another one. The error says why that one must
// not be read.
func (p *progress) add(r request, link string, items int, content []byte) error {
	if p.seen(p.links, []byte(link)) {
		return r.unusable(CodeNextLink, "the links to the next page lead in a circle")
	}
	p.pages++
	if items == 0 || p.seen(p.contents, content) {
		p.idle++
	} else {
		p.idle = 0
	}
	bound := ""
	switch {
	case p.noLimits:
		return nil
	case p.idle >= mostIdlePages:
		bound = fmt.Sprintf("has %d pages in a row with nothing new", mostIdlePages)
	case p.pages >= mostPages:
		bound = fmt.Sprintf("has more than %d pages", mostPages)
	default:
		return nil
	}
	return r.unusable(CodeLimit, "").limited(&bounds.Error{What: "the collection", Bound: bound, Liftable: true})
}

func (p *progress) seen(in map[uint64]bool, text []byte) bool {
	hash := maphash.Bytes(p.seed, text)
	before := in[hash]
	in[hash] = true
	return before
}
