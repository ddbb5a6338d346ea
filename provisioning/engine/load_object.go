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
	if len(s.CategoryFilterGroups) > 0 {
		o.unsupportedFilters = "categoryFilterGroups"
	}
	o.filters, o.inputFilters = loadFilters(s.Groups), loadFilters(s.InputFilterGroups)
}

func loadFilters(groups []filterJSON) []filter {
	filters := make([]filter, 0, len(groups))
	for _, g := range groups {
		f := filter{title: g.Name}
		for _, c := range g.Clauses {
			loaded := clause{attribute: c.SourceOperandName, operator: c.OperatorName, pattern: &pattern{}}
			if c.TargetOperand != nil {
				loaded.values = c.TargetOperand.Values
			}
			f.clauses = append(f.clauses, loaded)
		}
		filters = append(filters, f)
	}
	return filters
}

func (j mappingJSON) load() mapping {
	m := mapping{
		target: j.TargetAttributeName, priority: j.MatchingPriority, flowType: j.FlowType, always: j.FlowBehavior == "FlowAlways",
	}
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
		m.roles = roleForm(m.source, m.target)
	default:
		m.err = fmt.Errorf("the source of %s has the unknown type %q", j.TargetAttributeName, j.Source.Type)
	}
	return m
}
