package bounds

import (
	"fmt"
)

// The limits on the structure of a JSON document. They hold even for one that
// is small: a few kilobytes of compressed "{},{},…" take gigabytes in memory.
const (
	deepest        = 1000
	mostItems      = 100_000   // in one array or object
	mostInAll      = 2_000_000 // in all of them
	mostContainers = 500_000   // arrays and objects: one takes more memory than any other item
)

// JSON checks the structure of a JSON document in one pass, before anything is
// made of it. Depth is limited even if there are no other limits. Text that is
// no JSON is left to the parser.
func JSON(text []byte, what string, unlimited bool) error {
	c := counter{what: what, unlimited: unlimited, items: make([]int, 1, 64)}
	inString := false
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case inString && b == '\\':
			i++
		case b == '"':
			inString = !inString
		case inString:
		case b == '{', b == '[':
			c.containers++
			c.items = append(c.items, 0)
		case b == '}', b == ']':
			c.items = c.items[:max(1, len(c.items)-1)]
		case b == ',':
			c.all++
			c.items[len(c.items)-1]++
		default:
			continue
		}
		if err := c.check(); err != nil {
			return err
		}
	}
	return nil
}

// counter counts the items of each array and object that is open.
type counter struct {
	what       string
	unlimited  bool
	items      []int
	all        int
	containers int // arrays and objects
}

func (c *counter) check() error {
	switch {
	case len(c.items)-1 > deepest:
		return &Error{What: c.what, Bound: fmt.Sprintf("is nested more than %d levels deep", deepest), fixed: true}
	case c.unlimited:
	case c.items[len(c.items)-1] >= mostItems:
		return &Error{What: c.what, Bound: fmt.Sprintf("has an array or object with more than %d items", mostItems)}
	case c.containers > mostContainers:
		return &Error{What: c.what, Bound: fmt.Sprintf("has more than %d arrays and objects", mostContainers)}
	case c.all >= mostInAll:
		return &Error{What: c.what, Bound: fmt.Sprintf("has more than %d items", mostInAll)}
	}
	return nil
}
