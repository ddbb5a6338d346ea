package engine

import (
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
)

func (j objectJSON) load() object {
	o := object{enabled: j.Enabled, source: j.SourceObjectName, target: j.TargetObjectName}
	for flow := range strings.SplitSeq(j.FlowTypes, ",") {
		switch strings.TrimSpace(flow) {
		case "Add":
			o.add = true
		case "Update":
			o.update = true
		case "Delete":
			o.delete = true
		}
	}
	for _, m := range j.AttributeMappings {
		o.mappings = append(o.mappings, m.load())
	}
	if j.Scope != nil {
		o.loadScope(j.Scope)
	}
	return o
}

func (o *object) loadScope(s *scopeJSON) {
	switch {
	case len(s.InputFilterGroups) > 0:
		o.unsupportedFilters = "inputFilterGroups"
	case len(s.CategoryFilterGroups) > 0:
		o.unsupportedFilters = "categoryFilterGroups"
	}
	for _, g := range s.Groups {
		f := filter{title: g.Name}
		for _, c := range g.Clauses {
			loaded := clause{attribute: c.SourceOperandName, operator: c.OperatorName}
			if c.TargetOperand != nil {
				loaded.values = c.TargetOperand.Values
			}
			f.clauses = append(f.clauses, loaded)
		}
		o.filters = append(o.filters, f)
	}
}

func (j mappingJSON) load() mapping {
	m := mapping{target: j.TargetAttributeName, priority: j.MatchingPriority, flowType: j.FlowType}
	if j.DefaultValue != nil {
		m.defaultValue = *j.DefaultValue
	}
	if j.Source == nil {
		return m
	}
	m.text = j.Source.Expression
	switch j.Source.Type {
	case "Attribute":
		m.source = &expression.Attribute{Name: j.Source.Name}
	case "Constant":
		m.source = &expression.Text{Value: j.Source.Name}
	case "Function":
		m.source, m.err = expression.Parse(j.Source.Expression)
	default:
		m.err = fmt.Errorf("the source of %s has the unknown type %q", j.TargetAttributeName, j.Source.Type)
	}
	return m
}
