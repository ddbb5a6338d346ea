package cmd

import (
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// blueprintRules are for files that hold a whole set-up. Those that wrap others
// come before them.
func blueprintRules() []rule {
	return []rule{
		on(adviseApply),
		on(adviseIncomplete),
		hinted[*blueprint.DiffersError](ExitDiffers, ""),
		hinted[*blueprint.MovedOnError](ExitConflict, "look at it with scimctl plan --out again, and apply that"),
		hinted[*blueprint.SavedPlanError](ExitUsage, "scimctl plan --out keeps one"),
		hinted[*blueprint.ReferenceError](ExitUsage, "nothing was written; credentials are left as they are with --skip credentials"),
		hinted[*blueprint.CommandError](ExitUsage, "--allow-commands lets it; look at the command before"),
		hinted[*blueprint.UnknownSectionError](ExitUsage, ""),
		hinted[*blueprint.InvalidError](ExitUsage, "docs/blueprint.md tells what stands in a file; scimctl init --json-schema lets an editor tell"),
		hinted[*blueprint.SameApplicationError](ExitUsage, "put both into one document"),
		hinted[*blueprint.NoFilesError](ExitNotFound, "scimctl init --preset scim --out FILE writes one"),
		hinted[*blueprint.UnusedVariableError](ExitUsage, "a file has it as ${NAME}"),
		hinted[*blueprint.UnknownPresetError](ExitUsage, "scimctl init --help"),
		hinted[*blueprint.ParameterError](ExitUsage, "scimctl init --help"),
	}
}

// adviseApply is for steps that failed while others were done.
func adviseApply(e *blueprint.PartialError) Advice {
	failed := make([]object, len(e.Failed))
	for i, f := range e.Failed {
		failed[i] = object{{"id", f.ID}, {"error", f.Error}}
	}
	return Advice{
		Code: ExitPartial, Hint: "running the command again does the rest; what is done is not done twice",
		More: map[string]any{"failed": failed, "skipped": e.Skipped},
	}
}

// adviseIncomplete has the code of the first section that could not be planned,
// and leaves it out as a way on.
func adviseIncomplete(e *blueprint.IncompleteError) Advice {
	first := e.Problems[0]
	advice := advise(first.Err)
	sections := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		sections[i] = string(p.Section)
	}
	if advice.Hint != "" {
		advice.Hint += "; "
	}
	advice.Hint += "--skip " + string(first.Section) + " leaves it out"
	advice.More = map[string]any{"sections": sections}
	return advice
}
