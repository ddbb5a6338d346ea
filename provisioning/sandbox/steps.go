package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// directoryName is what descriptions still call the source.
const directoryName = "Azure Active Directory"

// A step is one step of provisioning an object.
type step struct {
	Name        string            `json:"name"`
	Kind        string            `json:"kind"` // Import, Matching, Scoping, Export
	Status      string            `json:"status"`
	Description string            `json:"description"`
	At          time.Time         `json:"at"`
	Details     map[string]string `json:"details"`
}

// entry describes what became of the object of an on-demand request.
func (r *run) entry(o outcome, began, ended time.Time) *logEntry {
	e := newEntry(r.job, r.sp, r.export.rules, o, began, ended)
	e.Cycle = uuid.NewString()
	return e
}

// newEntry describes what became of an object.
func newEntry(job, sp string, rules *engine.Rules, o outcome, began, ended time.Time) *logEntry {
	e := &logEntry{
		ID: uuid.NewString(), Change: uuid.NewString(), Job: job, SP: sp, Began: began, Ended: ended, Type: o.Type, Source: o.ID, Name: o.name,
		Target: o.target, TargetType: rules.TargetType(o.Type), System: rules.TargetDirectory, Action: o.action(), Status: "Success",
	}
	for _, p := range o.plan.Modified {
		e.Modified = append(e.Modified, property{p.Name, p.Old, p.New})
	}
	switch {
	case o.failure != nil:
		e.Status, e.Code, e.Reason, e.Advice = "Failure", o.failure.code, o.failure.message, o.failure.advice
	case o.plan.Action == engine.Fail:
		e.Status, e.Code, e.Reason = "Failure", o.plan.Code, o.plan.Reason
	case o.plan.Action == engine.Skip:
		e.Status, e.Code, e.Reason = "Skipped", o.plan.Code, skipMessage(o)
	}
	if left := leftOut(o); left != "" {
		e.More = left
	}
	e.Steps = o.steps(rules.TargetDirectory, ended)
	return e
}

func (o outcome) action() string {
	switch o.plan.Action {
	case engine.Create, engine.Update, engine.Disable, engine.Delete:
		return string(o.plan.Action)
	case engine.Skip, engine.Fail:
	}
	return "Other"
}

// leftOut names what is mapped and was not sent.
func leftOut(o outcome) string {
	var lines []string
	for _, f := range o.plan.LeftOut {
		if f.Form != scim.NoRoles {
			lines = append(lines, "Roles are not provisioned on demand. Property: "+f.Target)
			continue
		}
		lines = append(lines, "A property of an entry was not exported, because exporting the property is not supported for this operation: Add. Property: "+f.Target)
	}
	for _, f := range o.plan.Unsupported() {
		lines = append(lines, "The sandbox does not evaluate the mapping of "+f.Target+": "+f.Err.Error())
	}
	for _, id := range o.plan.Unresolved {
		lines = append(lines, "A reference was not exported, because the object that it points to is not in the target: "+id)
	}
	return strings.Join(lines, "\n")
}

func skipMessage(o outcome) string {
	if o.plan.Code == engine.RedundantExport && o.decision.InScope {
		return "The state of the " + strings.ToLower(o.Type) + " in both the source and target systems already match."
	}
	return fmt.Sprintf("The %s '%s' will be skipped: %s.", o.Type, o.name, o.plan.Reason)
}

// A story is the steps of one outcome as they are told.
type story struct {
	at    time.Time
	steps []step
}

func (s *story) add(name, kind, status, description string, details map[string]string) {
	if details == nil {
		details = map[string]string{}
	}
	s.steps = append(s.steps, step{name, kind, status, description, s.at, details})
}

// steps tells the story of an outcome, as the service would.
// https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand
func (o outcome) steps(target string, at time.Time) []step {
	s := &story{at: at}
	s.add("EntryImport", "Import", "Success", fmt.Sprintf("Retrieved %s '%s' from %s", o.Type, o.name, directoryName), o.imported())
	if o.found != nil && !o.Purged {
		s.add("EntryImport", "Matching", "Success", fmt.Sprintf("Retrieved  '%s' from %s", o.found.ID(), target), o.matched())
	}
	if o.plan.Action == "" && !o.decision.MappingEnabled { // nothing was decided
		o.exported(s, target, "", "EntryExport", "exported", "")
		return s.steps
	}
	s.add("EntrySynchronizationScoping", "Scoping", "Success", fmt.Sprintf("Determine if %s in scope by evaluating against each scoping filter", o.Type), o.decision.Details())
	switch o.plan.Action {
	case engine.Create:
		because := fmt.Sprintf("%s is active and assigned in %s, but no matching %s was found in %s", o.Type, directoryName, o.Type, target)
		o.exported(s, target, "EntrySynchronizationAdd", "EntryExportAdd", "created", because)
	case engine.Update:
		because := fmt.Sprintf("%s is active and assigned in %s, and a matching %s was found in %s", o.Type, directoryName, o.Type, target)
		o.exported(s, target, "EntrySynchronizationUpdate", "EntryExportUpdate", "updated", because)
	case engine.Disable:
		because := fmt.Sprintf("%s is not active or not in scope in %s", o.Type, directoryName)
		o.exported(s, target, "EntrySynchronizationUpdate", "EntryExportUpdateSoftDelete", "disabled", because)
	case engine.Delete:
		o.exported(s, target, "", "EntryExportDelete", "deleted", "")
	case engine.Skip:
		s.add("EntrySynchronizationSkip", "Export", "Skipped", skipDescription(o), map[string]string{"SkipReason": o.plan.Code})
	case engine.Fail:
		s.add("EntrySynchronizationSkip", "Export", "Failure", o.plan.Reason, map[string]string{"SkipReason": o.plan.Code})
	default: // it failed before anything was decided
		o.exported(s, target, "", "EntryExport", "exported", "")
	}
	return s.steps
}

// exported tells what was to be done and why, and whether it was.
func (o outcome) exported(s *story, target, decided, done, participle, because string) {
	if decided != "" {
		s.add(decided, "Matching", "Success", fmt.Sprintf("%s '%s' will be %s in %s (%s)", o.Type, o.name, participle, target, because), nil)
	}
	status, description := "Success", fmt.Sprintf("%s '%s' was %s in %s", o.Type, o.name, participle, target)
	if o.failure != nil {
		verb := map[string]string{"created": "create", "updated": "update", "disabled": "disable", "deleted": "delete", "exported": "export"}[participle]
		status, description = "Failure", fmt.Sprintf("Failed to %s %s '%s' in %s", verb, o.Type, o.name, target)
	}
	s.add(done, "Export", status, description, map[string]string{"ReportableIdentifier": o.name})
}

func skipDescription(o outcome) string {
	if o.plan.Code != engine.RedundantExport {
		return skipMessage(o)
	}
	return fmt.Sprintf("The state of the %s in both the source and target systems already match. No change to the %s '%s' currently needs to be made.", strings.ToLower(o.Type), o.Type, o.name)
}

// imported are the details of the import: all attributes of the source.
func (o outcome) imported() map[string]string {
	out := map[string]string{"objectId": o.ID}
	for name, values := range o.Attributes {
		if name != "members" {
			out[name] = strings.Join(values, ",")
		}
	}
	if o.Type == engine.User {
		out["IsSoftDeleted"] = plainText(o.Deleted)
	}
	return out
}

// matched are the details of what was found in the target.
func (o outcome) matched() map[string]string {
	out := map[string]string{}
	flatten(out, "", map[string]any(o.found))
	return out
}

func flatten(out map[string]string, prefix string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			next := name
			switch {
			case strings.HasPrefix(prefix, "urn:"):
				next = prefix + ":" + name
			case prefix != "":
				next = prefix + "." + name
			}
			if name != "schemas" && name != "meta" && name != "roles" || prefix != "" {
				flatten(out, next, v[name])
			}
		}
	case []any:
		for _, item := range v {
			entry, isObject := item.(map[string]any)
			kind, typed := entry["type"].(string)
			if !isObject || !typed {
				continue
			}
			for name, value := range entry {
				if name != "type" && name != "primary" {
					out[fmt.Sprintf("%s[type eq \"%s\"].%s", prefix, kind, name)] = plainText(value)
				}
			}
		}
	case nil:
	default:
		out[prefix] = plainText(v)
	}
}
