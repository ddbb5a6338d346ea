package mappings

// PruneAttributes takes off the attribute lists of the object what those of
// another one lack, which is what was added since, unless something uses it or
// keep says so.
func (o Object) PruneAttributes(began Object, keep func(Side, string) bool) error {
	for _, side := range []Side{Source, Target} {
		ix, uses, gone := index(o), o.uses(side), map[string]bool{}
		first := index(began).listed[side]
		for _, name := range o.attributeNames(side) {
			if first[name] == nil && !keep(side, name) && ix.removable(side, name, uses[name]) == nil {
				gone[name] = true
			}
		}
		if len(gone) > 0 {
			o.list(side).drop(func(_ string, v *node) bool { return gone[v.field("name")] })
		}
	}
	return nil
}
