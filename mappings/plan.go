package mappings

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A planner carries out an [Add] or a [Set], and knows which attributes may be
// put on the lists of an object.
type planner struct {
	object               string
	newSource, newTarget bool
	appID                string
	extensions           []applications.ExtensionProperty // of the tenant, once they were needed
	wishes               []wish
	change               bool // what is mapped otherwise is changed, and is no error
}

// A wish is a mapping that is asked for, with what was found out about it.
type wish struct {
	schema.Setting
	fault  error            // why the expression does not parse here; the service may parse it
	answer *parsedByService // nil when the service has not been asked
}

// plan checks what is asked for, looks up what the schema does not say, and
// returns the edit.
func (p planner) plan(ctx context.Context, at Place) (Edit, error) {
	p.appID, p.object = at.App.AppID, schema.Or(p.object, schema.User)
	o, err := at.Schema.Object(p.object)
	if err != nil {
		return nil, err
	}
	if err := p.normalize(); err != nil {
		return nil, err
	}
	ix := schema.Index(o)
	if err := p.askAboutFaulty(ctx, at, ix); err != nil {
		return nil, err
	}
	if missing := p.lacking(ix); at.Graph != nil && len(missing) > 0 {
		if p.extensions, err = at.extensionsFor(ctx, missing, p.appID); err != nil {
			return nil, err
		}
	}
	if err := p.ask(ctx, at, ix); err != nil {
		return nil, err
	}
	return p.edit, nil
}

// normalize writes all that is asked for as it would be read back, each target
// once.
func (p *planner) normalize() error {
	wishes, byTarget := []wish{}, map[string]schema.Setting{}
	for _, w := range p.wishes {
		var err error
		if w.Mapping, err = w.Normal(); err != nil {
			if _, unparsed := errors.AsType[*schema.InvalidExpressionError](err); !unparsed {
				return w.Origin.At(err)
			}
			w.fault = w.Origin.At(err)
		}
		if other, ok := byTarget[w.Target]; !ok {
			byTarget[w.Target] = w.Setting
			wishes = append(wishes, w)
		} else if !other.Asks(w.Setting) {
			return w.Origin.At(&schema.InvalidMappingError{Target: w.Target, Reason: "it is asked for twice, and differently"})
		}
	}
	p.wishes = wishes
	return nil
}

// lacking are the sources that the attribute list does not have.
func (p *planner) lacking(ix schema.Indexed) []string {
	var missing []string
	for _, w := range p.wishes {
		names, _ := w.reads()
		for _, name := range names {
			if _, ok := p.onList(ix, name); !ok {
				missing = append(missing, name)
			}
		}
	}
	return missing
}

func (p planner) edit(s *schema.Schema) error {
	o, err := s.Object(p.object)
	if err != nil {
		return err
	}
	ix := schema.Index(o)
	before := o.AttributeNames(schema.Target) // new names are not misspellings of each other
	known := sync.OnceValue(func() vocabulary { return vocabularyOf(before) })
	matched := len(o.Matching()) > 0
	for _, w := range p.wishes {
		if err := p.put(ix, w, known); err != nil {
			return w.Origin.At(err)
		}
	}
	return p.checkMatching(o, matched)
}

// put makes one mapping so.
func (p planner) put(ix schema.Indexed, w wish, known func() vocabulary) error {
	m, sources, err := p.sources(ix, w)
	if err != nil {
		return err
	}
	w.Mapping = m
	have, exists := ix.MappingOf(m.Target)
	m = w.NewMapping()
	if exists {
		m = w.Over(have)
	}
	form := w.answer.form()
	switch {
	case exists && (m.Alike(have) || w.answer.made(have) && withSourceOf(m, have).Alike(have)):
		return nil
	case exists && !p.change:
		return &schema.MappingExistsError{Object: p.object, Have: have, Want: m}
	}
	target, err := p.target(ix, m, sources, known)
	if err != nil {
		return err
	}
	if err := m.Check(); err != nil {
		return err
	}
	for _, attribute := range sources {
		if err := ix.AddAttribute(schema.Source, attribute); err != nil {
			return err
		}
	}
	if err := ix.AddAttribute(schema.Target, target); err != nil {
		return err
	}
	if exists {
		return schema.ChangeMapping(ix.Mappings[m.Target], m, form)
	}
	return ix.AppendMapping(m, form)
}

// checkMatching refuses matching priorities that were given twice, and a
// schema in which nothing is left to match by.
func (p planner) checkMatching(o schema.Object, matched bool) error {
	all := o.Matching()
	if matched && len(all) == 0 {
		return &schema.RefusedError{Action: "match by nothing", Reason: "a " + o.Kind() + " mapping needs one matching attribute at least; set another one first"}
	}
	by := map[int]string{}
	for _, m := range all {
		wanted := slices.ContainsFunc(p.wishes, func(w wish) bool { return w.Target == m.Target && w.Match > 0 })
		other, taken := by[m.Match]
		otherWanted := taken && slices.ContainsFunc(p.wishes, func(w wish) bool { return w.Target == other && w.Match > 0 })
		switch {
		case taken && wanted:
			return p.originOf(m.Target).At(&schema.MatchTakenError{Match: m.Match, By: other})
		case otherWanted:
			return p.originOf(other).At(&schema.MatchTakenError{Match: m.Match, By: m.Target})
		}
		by[m.Match] = m.Target
	}
	return nil
}

// originOf is where the mapping of a target is asked for.
func (p planner) originOf(target string) schema.Origin {
	i := slices.IndexFunc(p.wishes, func(w wish) bool { return w.Target == target })
	if i < 0 {
		return schema.Origin{}
	}
	return p.wishes[i].Origin
}
