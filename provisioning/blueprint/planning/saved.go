package planning

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// A SavedPlan is a plan with what it was made from, to be reviewed and then
// applied exactly so, or not at all. It holds no secret: credentials are the
// references of the file.
type SavedPlan struct {
	Saved         time.Time             `json:"saved"`
	Tenant        string                `json:"tenant,omitempty"` // id
	Selection     blueprint.Selection   `json:"selection"`
	UpdateSecrets bool                  `json:"updateSecrets,omitempty"`
	Blueprints    []blueprint.Blueprint `json:"blueprints"`
	Fingerprints  []map[string]string   `json:"fingerprints"` // by blueprint
	Plan          Plan                  `json:"plan"`
}

// Save gives the plan the form in which it is kept.
func (m Make) Save(plan Plan, tenant string) SavedPlan {
	saved := SavedPlan{
		Saved: time.Now().UTC().Truncate(time.Second), Tenant: tenant,
		Selection: m.Selection, UpdateSecrets: m.UpdateSecrets, Blueprints: m.Blueprints, Plan: plan,
	}
	for _, a := range plan.Applications {
		saved.Fingerprints = append(saved.Fingerprints, a.known.fingerprints())
	}
	return saved
}

// Text is what the plan's file holds.
func (s SavedPlan) Text() (io.Reader, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, err
	}
	return savedKind().Seal(append(text, '\n')), nil
}

func savedKind() sealed.Kind {
	return sealed.Kind{Version: "scimctl/v2", Name: blueprint.KindSavedPlan}
}

// ReadSaved reads a saved plan. The error is an invalid failure, or a
// [*sealed.DamagedError] for a plan that is not as it was saved.
func ReadSaved(path string, text []byte) (SavedPlan, error) {
	var saved SavedPlan
	if !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return saved, noSavedPlan(path, "it is no JSON; a file of a set-up is named with -f")
	}
	_, err := savedKind().Open(path, text, &saved)
	if err == nil && (len(saved.Blueprints) == 0 || len(saved.Fingerprints) != len(saved.Blueprints) || len(saved.Plan.Applications) != len(saved.Blueprints)) {
		err = noSavedPlan(path, "something is missing in it")
	}
	return saved, err
}

// IsFor refuses another tenant than that of the plan, before anything is looked
// for in it. The error is a conflict.
func (s SavedPlan) IsFor(tenant string) error {
	if s.Tenant != "" && tenant != "" && s.Tenant != tenant {
		return movedOn("the plan was saved for another tenant")
	}
	return nil
}

// Still compares a fresh plan with the one that was saved. The error is a
// conflict.
func (s SavedPlan) Still(fresh Plan) error {
	for i, a := range fresh.Applications {
		var changed []string
		now := a.known.fingerprints()
		for _, part := range slices.Sorted(maps.Keys(union(now, s.Fingerprints[i]))) {
			if now[part] != s.Fingerprints[i][part] {
				changed = append(changed, part)
			}
		}
		if len(changed) == 0 && hashed(reviewed(a.Steps)) != hashed(reviewed(s.Plan.Applications[i].Steps)) {
			changed = append(changed, "steps")
		}
		if len(changed) > 0 {
			return movedOn(fmt.Sprintf("%s has moved on since the plan was saved: %s changed", a.Application, bounds.Names(changed)))
		}
	}
	return nil
}

// reviewed are steps without the numbers that change by themselves: of everyone
// in the tenant, and of those whom a running job looks at.
func reviewed(steps []Step) []Step {
	all := slices.Clone(steps)
	for i := range all {
		all[i].Risks = slices.Clone(all[i].Risks)
		for j, r := range all[i].Risks {
			if r.Name == RiskEveryone || r.Name == RiskEvaluatedAgain {
				all[i].Risks[j].People, all[i].Risks[j].AtMost = 0, false
			}
		}
	}
	return all
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func noSavedPlan(path, reason string) error {
	return failure.New(failure.Invalid, "%s is no saved plan: %s", path, reason).
		Try(remedy.Run("save one", "plan").Flag("file", "FILE").Flag("out", "PLAN"))
}

// movedOn says that the tenant is no longer as it was when the plan was saved.
func movedOn(text string) error {
	return failure.New(failure.Conflict, "%s", text).
		Try(remedy.Run("plan again, check the plan, and apply it", "plan").Flag("file", "FILE").Flag("out", "PLAN"))
}
