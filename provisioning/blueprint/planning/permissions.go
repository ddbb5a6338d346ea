package planning

import (
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// operations are what planning and applying sections ask of Graph.
func operations(section blueprint.Section) []graph.Operation {
	switch section {
	case blueprint.SectionApplication:
		return []graph.Operation{graph.OpReadApps, graph.OpReadTemplates, graph.OpInstantiate, graph.OpReadSyncTemplates}
	case blueprint.SectionExtensions:
		return []graph.Operation{graph.OpReadExtensions, graph.OpCreateExtension, graph.OpDeleteExtension, graph.OpAvailableExtensions}
	case blueprint.SectionProvisioning:
		return []graph.Operation{
			graph.OpReadJobs, graph.OpReadSyncTemplates, graph.OpCreateJob, graph.OpReadSecrets, graph.OpWriteSecrets,
			graph.OpValidate, graph.OpStartJob, graph.OpPauseJob,
		}
	case blueprint.SectionCredentials:
		return []graph.Operation{graph.OpReadJobs, graph.OpReadSecrets, graph.OpWriteSecrets, graph.OpValidate}
	case blueprint.SectionUsers, blueprint.SectionGroups:
		return []graph.Operation{graph.OpReadJobs, graph.OpReadSchema, graph.OpWriteSchema, graph.OpParseExpression, graph.OpReadOperators}
	case blueprint.SectionAssignments:
		return []graph.Operation{graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups, graph.OpAssign, graph.OpUnassign}
	case blueprint.SectionValues:
		return []graph.Operation{graph.OpReadExtensions, graph.OpReadUsers, graph.OpUpdateUser}
	}
	return nil
}

// permissions are the least that applying blueprints takes.
func permissions(blueprints []blueprint.Blueprint, selected blueprint.Selection) Permissions {
	all := []graph.Operation{graph.OpReadApps}
	for _, b := range blueprints {
		for _, section := range blueprint.Sections() {
			if selected.Holds(section) && names(b, section) {
				all = append(all, operations(section)...)
			}
		}
	}
	delegated, application := graph.Least(all...)
	return Permissions{Delegated: delegated, Application: application}
}

// names reports whether a file names a section.
func names(b blueprint.Blueprint, section blueprint.Section) bool {
	switch section {
	case blueprint.SectionApplication:
		return b.Application.MayCreate()
	case blueprint.SectionExtensions:
		return b.Extensions != nil
	case blueprint.SectionProvisioning:
		return b.Provisioning != nil
	case blueprint.SectionCredentials:
		return b.Provisioning != nil && b.Provisioning.Credentials != nil
	case blueprint.SectionUsers:
		return b.Users != nil
	case blueprint.SectionGroups:
		return b.Groups != nil
	case blueprint.SectionAssignments:
		return b.Assignments != nil
	case blueprint.SectionValues:
		return len(b.Values) > 0
	}
	return false
}
