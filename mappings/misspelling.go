package mappings

import (
	"strings"

	"github.com/scimctl/scimctl/graph/near"
)

// mistakenFor returns the names that a new urn: name is likely a misspelling
// of. Names of one namespace that differ in digits, or altogether, are meant.
func mistakenFor(name string, names []string) []string {
	var meant []string
	for _, n := range names {
		if misspelt(name, n) {
			meant = append(meant, n)
		}
	}
	return meant
}

func misspelt(name, of string) bool {
	if strings.EqualFold(name, of) {
		return true
	}
	if len(name)-len(of) > 2 || len(of)-len(name) > 2 {
		return false
	}
	namespace, last := cutLast(name)
	ofNamespace, ofLast := cutLast(of)
	if namespace == ofNamespace {
		return near.Distance(last, ofLast) <= min(2, max(len(last), len(ofLast))/3) && withoutDigits(last) != withoutDigits(ofLast)
	}
	return near.Distance(name, of) <= 2
}

func cutLast(urn string) (namespace, attribute string) {
	i := strings.LastIndexByte(urn, ':')
	return urn[:i+1], urn[i+1:]
}

func withoutDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
}
