package blueprint

import (
	"github.com/scimctl/scimctl/graph"
)

// operations are what planning and applying sections ask of Graph.
func operations(section Section) []graph.Operation {
	switch section {
	case SectionApplication:
		return []graph.Operation{graph.OpReadApps, graph.OpReadTemplates, graph.OpInstantiate, graph.OpReadSyncTemplates}
	case SectionExtensions:
		return []graph.Operation{graph.OpReadExtensions, graph.OpCreateExtension, graph.OpDeleteExtension, graph.OpAvailableExtensions}
	case SectionProvisioning:
		return []graph.Operation{
			graph.OpReadJobs, graph.OpReadSyncTemplates, graph.OpCreateJob, graph.OpReadSecrets, graph.OpWriteSecrets,
			graph.OpValidate, graph.OpStartJob, graph.OpPauseJob,
		}
	case SectionCredentials:
		return []graph.Operation{graph.OpReadJobs, graph.OpReadSecrets, graph.OpWriteSecrets, graph.OpValidate}
	case SectionUsers, SectionGroups:
		return []graph.Operation{graph.OpReadJobs, graph.OpReadSchema, graph.OpWriteSchema, graph.OpParseExpression, graph.OpReadOperators}
	case SectionAssignments:
		return []graph.Operation{graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups, graph.OpAssign, graph.OpUnassign}
	case SectionValues:
		return []graph.Operation{graph.OpReadExtensions, graph.OpReadUsers, graph.OpUpdateUser}
	}
	return nil
}

// permissions are the least that applying blueprints takes.
func permissions(blueprints []Blueprint, selected Selection) Permissions {
	all := []graph.Operation{graph.OpReadApps}
	for _, b := range blueprints {
		for _, section := range Sections() {
			if selected.holds(section) && b.names(section) {
				all = append(all, operations(section)...)
			}
		}
	}
	delegated, application := graph.Least(all...)
	return Permissions{Delegated: delegated, Application: application}
}

// names reports whether a file names a section.
func (b Blueprint) names(section Section) bool {
	switch section {
	case SectionApplication:
		return b.Application.MayCreate()
	case SectionExtensions:
		return b.Extensions != nil
	case SectionProvisioning:
		return b.Provisioning != nil
	case SectionCredentials:
		return b.Provisioning != nil && b.Provisioning.Credentials != nil
	case SectionUsers:
		return b.Users != nil
	case SectionGroups:
		return b.Groups != nil
	case SectionAssignments:
		return b.Assignments != nil
	case SectionValues:
		return len(b.Values) > 0
	}
	return false
}
