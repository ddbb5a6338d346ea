package exit

import (
	"slices"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
)

// blueprintRules are for files that hold a whole set-up. Those that wrap others
// come before them.
func blueprintRules() []rule {
	return []rule{
		on(adviseApply),
		on(adviseIncomplete),
		hinted[*planning.DiffersError](Differs),
		hinted[*blueprint.InvalidError](Usage, remedy.Run("docs/blueprint.md describes the file; for an editor there is a JSON Schema", "init").Switch("json-schema")),
	}
}

// adviseApply is for steps that failed while others were done.
func adviseApply(e *planning.PartialError) Advice {
	failed := make([]output.Object, len(e.Failed))
	for i, f := range e.Failed {
		failed[i] = output.Object{{Name: "id", Value: f.ID}, {Name: "error", Value: f.Error}}
	}
	return Advice{
		Code: Partial, Hint: remedy.List{remedy.Advise("when what failed is mended, the same command does the rest; what is done is not done twice")},
		More: map[string]any{"failed": failed, "skipped": e.Skipped},
	}
}

// adviseIncomplete has the code of the first section that could not be planned,
// and leaves it out as a way on.
func adviseIncomplete(e *planning.IncompleteError) Advice {
	first := e.Problems[0]
	advice := Advise(first.Err)
	sections := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		sections[i] = string(p.Section)
	}
	advice.Hint = append(slices.Clone(advice.Hint), remedy.Advise("leave it out with --skip "+string(first.Section)))
	advice.More = map[string]any{"sections": sections}
	return advice
}
