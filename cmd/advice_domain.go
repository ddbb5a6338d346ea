package cmd

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// hinted makes a rule that gives the same advice for every error of a type.
func hinted[E error](code ExitCode, hint string) rule {
	return on(func(E) Advice { return Advice{Code: code, Hint: hint} })
}

// provisioningRules are for what happens to an application's provisioning.
func provisioningRules() []rule {
	return []rule{
		on(advisePartial),
		on(adviseMissing),
		on(func(e *provisioning.DeletedUserError) Advice {
			return Advice{Code: ExitNotFound, Hint: "scimctl user restore " + e.User.ID + " brings them back", More: map[string]any{"kind": "deleted user", "id": e.User.ID}}
		}),
		hinted[*provisioning.GroupRefusedError](ExitConflict, "it takes a group that is security-enabled, and Entra ID P1 in the tenant; or assign the members themselves"),
		hinted[*provisioning.AuditError](ExitAttention, "the remedies, with --verbose and in the JSON, tell what to do"),
		on(adviseNotReached),
		hinted[*provisioning.DisabledUserError](ExitUnexpected, "scimctl provision on-demand with --expect deprovisioned asks the service all the same"),
		on(adviseLeftOut),
		hinted[*provisioning.NoMembersError](ExitNotFound, "name the groups inside one by one, or assign and provision users"),
		hinted[*provisioning.NestedGroupError](ExitNotFound, "assign and provision the inner group by itself, with --group"),
		on(adviseNotProvisioned),
		on(func(e *provisioning.QuarantineError) Advice {
			return Advice{Code: ExitAttention, Hint: e.Remedy, More: map[string]any{"reason": e.Reason}}
		}),
		on(adviseLeftStopped),
		hinted[*provisioning.NotRunningError](ExitAttention, startJob),
		hinted[*provisioning.JobGoneError](ExitNotFound, "scimctl provision setup makes another one"),
		on(func(e *provisioning.NoCredentialsError) Advice {
			return Advice{Code: ExitNotFound, Hint: fmt.Sprintf("scimctl credentials set --app %s saves some", quoted(e.App))}
		}),
		on(func(e *graph.NoJobError) Advice {
			return Advice{Code: ExitNotFound, Hint: fmt.Sprintf("scimctl provision setup --app %s makes one", quoted(e.App))}
		}),
		hinted[*provisioning.ConflictError](ExitConflict, "take another name, or the one that is there"),
		hinted[*provisioning.NotProvisionableError](ExitConflict, "scimctl app create without --template makes a non-gallery application, which can be provisioned"),
		on(adviseTemplate),
		hinted[*engine.NoMappingError](ExitNotFound, "scimctl mapping list shows what is mapped"),
		hinted[*provisioning.ComputedAttributeError](ExitUsage, "--set accountEnabled=False takes a user out of scope"),
		hinted[*provisioning.UnknownStateError](ExitUsage, "scimctl provision status --help tells what they mean"),
		on(func(e *provisioning.DoctorError) Advice {
			advice := Advice{Code: ExitAuth, Hint: "the remedies are above, and with -o json in the list", More: map[string]any{"failed": e.Failed}}
			if e.Err != nil {
				advice.Code = advise(e.Err).Code
			}
			return advice
		}),
		hinted[*provisioning.UnknownScopeError](ExitUsage, "scimctl provision restart --help tells what they do"),
		hinted[*provisioning.LogQueryError](ExitUsage, "scimctl provision logs --help"),
		hinted[*provisioning.InsecureURLError](ExitUsage, "take the https URL of the application"),
		hinted[*provisioning.InvalidURLError](ExitUsage, "it is the URL that the vendor calls SCIM endpoint or base URL"),
		hinted[*provisioning.TokenError](ExitUsage, "hand it in with --token-stdin, --token-file or --token-env"),
		on(adviseRotation), // wraps the two that follow
		on(adviseRefused),
		on(adviseDropped),
		on(func(e *provisioning.SettingsLostError) Advice {
			return Advice{
				Code: ExitConflict, More: map[string]any{"fields": e.Fields},
				Hint: "somebody else may have saved settings at the same time: scimctl provision settings shows what is saved now",
			}
		}),
		hinted[*provisioning.OtherKindError](ExitConflict, "scimctl credentials set changes how the service signs in"),
		hinted[*provisioning.ExpiringError](ExitAttention, "have a new one made in the application's own administration, then scimctl credentials rotate"),
		on(func(e *provisioning.JobRunningError) Advice {
			return Advice{Code: ExitConflict, Hint: fmt.Sprintf("scimctl provision stop --app %s stops it first; --yes clears all the same", quoted(e.App)), More: map[string]any{"job": e.Job}}
		}),
		hinted[*provisioning.NotClearedError](ExitConflict, "scimctl credentials show tells what is there; the portal can delete the rest"),
		hinted[*provisioning.SettingError](ExitUsage, ""),
	}
}

// adviseRotation names the way back of which nobody can be spared the token.
func adviseRotation(e *provisioning.RotationError) Advice {
	app := quoted(e.App)
	return Advice{Code: ExitConflict, Hint: fmt.Sprintf(
		"scimctl credentials test --app %s tries again, in a minute; the way back is scimctl credentials set --app %s --url %s with the old token, which nobody can read back: keep it valid until then",
		app, app, quoted(e.URL))}
}

// adviseDropped names the command that enters again what is gone.
func adviseDropped(e *provisioning.SecretDroppedError) Advice {
	hint := "scimctl credentials set enters URL and token again"
	if e.URL != "" {
		hint = fmt.Sprintf("scimctl credentials set --app %s --url %s enters the token again; given to this command as well, it is kept", quoted(e.App), quoted(e.URL))
	}
	return Advice{Code: ExitConflict, Hint: hint, More: map[string]any{"keys": e.Keys}}
}

func adviseRefused(e *provisioning.CredentialsRefusedError) Advice {
	if strings.HasPrefix(e.URL, sandbox.SCIMURL) {
		return Advice{Code: ExitFailure, Hint: "scimctl sandbox show --jq .scimToken prints the token of the sandbox's own application; a reset makes a new one"}
	}
	if strings.Contains(e.Answer, "CredentialLocationInRequest") {
		return Advice{Code: ExitFailure, Hint: "Graph has no key for where a client secret is sent: set it in the portal once, or save with --no-validate"}
	}
	return Advice{Code: ExitFailure, Hint: "look at URL and token in the application's own administration; scimctl credentials test tries again"}
}

func adviseTemplate(e *provisioning.UnknownTemplateError) Advice {
	if len(e.Available) == 0 {
		return Advice{Code: ExitNotFound, Hint: "scimctl app create makes an application that can be provisioned"}
	}
	return Advice{Code: ExitNotFound, Hint: "name one of them with --template"}
}

func advisePartial(e *provisioning.PartialError) Advice {
	failed := make([]object, len(e.Failed))
	for i, f := range e.Failed {
		failed[i] = object{{"name", f.Name}, {"error", f.Err.Error()}}
	}
	return Advice{Code: ExitPartial, Hint: "the others are done; run the command again for those that failed", More: map[string]any{"failed": failed}}
}

// adviseMissing names all that were not found; nothing was done.
func adviseMissing(e *provisioning.MissingError) Advice {
	names := make([]string, len(e.Missing))
	for i, f := range e.Missing {
		names[i] = f.Name
	}
	return Advice{Code: ExitNotFound, Hint: "nothing was changed; scimctl user list shows all users", More: map[string]any{"names": names}}
}

// adviseLeftOut has the members provisioned first, five at a time.
func adviseLeftOut(e *provisioning.MembersLeftOutError) Advice {
	names := make([]string, 0, len(e.Members))
	for _, name := range e.Members[:min(len(e.Members), 5)] {
		names = append(names, quoted(name))
	}
	hint := fmt.Sprintf("scimctl provision on-demand %s --app %s", strings.Join(names, " "), quoted(e.App))
	if more := len(e.Members) - len(names); more > 0 {
		hint += fmt.Sprintf(", likewise %d more", more)
	}
	return Advice{Code: ExitUnexpected, Hint: hint + "; then this again", More: map[string]any{"members": e.Members}}
}

func adviseNotReached(e *provisioning.NotReachedError) Advice {
	advice := Advice{Code: ExitUnexpected, More: map[string]any{"state": e.Result.State}}
	if e.Result.Code != "" {
		advice.More["serviceCode"] = e.Result.Code
	}
	if e.Unassigned() {
		group := ""
		if e.Result.Source.Type == "Group" {
			group = "--group "
		}
		advice.Hint = fmt.Sprintf("scimctl assignment add %s%s --app %s", group, quoted(e.Result.Subject), quoted(e.App))
	}
	return advice
}

// schemaRules are for mappings and extension properties.
func schemaRules() []rule {
	return []rule{
		hinted[*mappings.MappingExistsError](ExitConflict, "scimctl mapping set changes it; scimctl mapping list shows what is mapped"),
		on(func(e *mappings.FindingsError) Advice {
			return Advice{Code: ExitAttention, Hint: "the remedies, with --verbose and in the JSON, tell what to do", More: map[string]any{"errors": e.Errors, "warnings": e.Warnings}}
		}),
		hinted[*mappings.MatchTakenError](ExitConflict, "take another --match"),
		on(adviseAttribute),
		hinted[*mappings.ConcurrentChangeError](ExitConflict, "look at scimctl mapping list, and run the command again if it still fits"),
		on(adviseSchemaLeftStopped),
		on(adviseNotKept),
		hinted[*mappings.DiffersError](ExitDiffers, ""),
		on(adviseInvalidSchema),
		hinted[*mappings.OtherCopyError](ExitConflict, "scimctl mapping history lists the copies of this job; --from-other takes it all the same"),
		hinted[*mappings.NoCopyError](ExitNotFound, "scimctl mapping history --all lists those of other applications"),
		hinted[*mappings.AttributeExistsError](ExitConflict, "scimctl mapping attribute list shows what is there"),
		hinted[*mappings.AttributeUsedError](ExitConflict, "take it out of them first: scimctl mapping remove, scimctl mapping filter remove"),
		hinted[*mappings.UnknownAttributeTypeError](ExitUsage, ""),
		hinted[*mappings.FilterExistsError](ExitConflict, "--replace takes its place"),
		hinted[*mappings.InvalidClauseError](ExitUsage, "scimctl mapping filter add --help tells how clauses are written"),
		hinted[*mappings.UnknownOperatorError](ExitUsage, ""),
		hinted[*mappings.RefusedError](ExitUsage, ""),
		hinted[*mappings.UnknownActionError](ExitUsage, ""),
		hinted[*mappings.InvalidMappingError](ExitUsage, "scimctl mapping set --help tells what a mapping is made of"),
		hinted[*mappings.NotANameError](ExitUsage, "--expression says that it is one, in a file the kind expression; a filter compares attributes alone"),
		on(adviseMappingExpression),
		hinted[*mappings.FileError](ExitUsage, "scimctl mapping list -o csv shows how the file is written"),
		on(func(e *mappings.NoExtensionError) Advice {
			return Advice{Code: ExitNotFound, Hint: "scimctl ext create " + strings.Join(e.Names, " ") + " --app " + quoted(e.App), More: map[string]any{"names": e.Names}}
		}),
		hinted[*mappings.NotASchemaError](ExitFailure, "this is not how Graph answers: look at --graph-endpoint"),
		on(func(e *bulk.RowsFailedError) Advice {
			return Advice{Code: ExitPartial, Hint: failedRowsHint(e), More: map[string]any{"failed": e.Failed, "rows": e.Rows}}
		}),
		hinted[*bulk.FileError](ExitUsage, "scimctl user set-role --help tells how the table is written; scimctl user get-role -o csv makes one"),
		hinted[*bulk.ColumnError](ExitUsage, "--column says what a column stands for, as in --column user=Login --column test='Role in test'; scimctl ext list shows the attributes"),
		hinted[*bulk.RejectsError](ExitUsage, "name a file in a folder that is there with --rejects; without it, they go beside the journal"),
		hinted[*bulk.TooManyError](ExitAttention, "--dry-run without --max-changes shows them all; raise it if that is what is meant"),
		hinted[*bulk.BusyError](ExitConflict, "wait until it is done: scimctl runs list"),
		hinted[*bulk.RunError](ExitConflict, "scimctl runs list shows how each is"),
		hinted[*bulk.JournalError](ExitFailure, "is there room on the disk, and may this account write there? --state-dir names another place"),
		on(func(e *bulk.DiffersError) Advice {
			if e.Problems == e.Differences {
				return Advice{Code: ExitDiffers, Hint: "mend the rows; scimctl user list shows all users"}
			}
			return Advice{Code: ExitDiffers, Hint: "scimctl user set-role with the same flags brings them to what they should be"}
		}),
		hinted[*extattr.NameError](ExitUsage, ""),
		hinted[*extattr.ValueError](ExitUsage, ""),
		hinted[*extattr.UnknownTypeError](ExitUsage, ""),
		hinted[*extattr.ConflictError](ExitConflict, "take another name; a property's type cannot be changed"),
		hinted[*extattr.NoServicePrincipalError](ExitConflict, "create the enterprise application, or take one made with scimctl app create"),
		hinted[*extattr.SyncedError](ExitConflict, ""),
	}
}

// adviseNotKept distinguishes a schema that was not saved as it was sent from
// one that cannot be read, which has the code of what stands in the way.
func adviseNotKept(e *mappings.NotKeptError) Advice {
	advice := Advice{Code: ExitConflict, More: map[string]any{}}
	if len(e.Lost) == 0 {
		if g, ok := errors.AsType[*graph.Error](e.Err); ok {
			advice = advise(g)
		} else if u, ok := errors.AsType[*graph.UnreachableError](e.Err); ok {
			advice = advise(u)
		}
	} else {
		advice.More["lost"], advice.More["copyId"] = e.Lost, e.CopyID
	}
	advice.Hint = "scimctl mapping list shows what the service holds now"
	return advice
}

// adviseLeftStopped has the code of what kept the job from being started.
func adviseLeftStopped(e *provisioning.LeftStoppedError) Advice {
	advice := advise(e.Err)
	advice.Hint = "scimctl provision start starts it"
	return advice
}

// adviseSchemaLeftStopped has the code of what went wrong.
func adviseSchemaLeftStopped(e *mappings.LeftStoppedError) Advice {
	advice := advise(e.Err)
	advice.Hint = startJob
	return advice
}

// cutShortCode is that of what cut a run short.
func cutShortCode(e *bulk.CutShortError) ExitCode {
	if errors.Is(e.Err, context.Canceled) {
		return ExitInterrupted
	}
	return advise(e.Err).Code
}

func failedRowsHint(e *bulk.RowsFailedError) string {
	switch {
	case e.DryRun && e.Failed < e.Rows:
		return "without --dry-run the others are carried out, and these are written to a file of their own"
	case e.Rejects == "":
		return "scimctl user list shows all users"
	case e.Failed == e.Rows:
		return fmt.Sprintf("mend the rows in %s and hand that file in", e.Rejects)
	}
	return fmt.Sprintf("the others are done; mend the rows in %s and hand that file in", e.Rejects)
}

const startJob = "scimctl provision start starts it"

// startingAgain is the hint of a command that was cut short: where it left a
// job stopped, running it again does not start it.
func startingAgain(err error, otherwise string) string {
	if _, ok := errors.AsType[*mappings.LeftStoppedError](err); ok {
		return startJob
	}
	if _, ok := errors.AsType[*iostreams.UnansweredError](err); ok {
		return "nothing was changed"
	}
	if e, ok := errors.AsType[*provisioning.WatchCutError](err); ok {
		if e.Stopped {
			return "the job is stopped, and scimctl provision start starts it"
		}
		return fmt.Sprintf("the job goes on: scimctl provision status --app %s looks at it again", quoted(e.App))
	}
	if _, ok := errors.AsType[*provisioning.CutShortError](err); ok {
		return goOnHint
	}
	return otherwise
}

const goOnHint = "the same command goes on from there within a day; --from-start begins anew"

func adviseInvalidSchema(e *mappings.InvalidSchemaError) Advice {
	return Advice{Code: ExitFailure, Hint: "nothing was sent; scimctl mapping check --verbose -f looks at the file and tells what to do", More: map[string]any{"findings": e.Findings}}
}

// adviseAttribute names the way for a name that really is new.
func adviseAttribute(e *mappings.UnknownAttributeError) Advice {
	advice := Advice{Code: ExitNotFound, More: map[string]any{"side": string(e.Side), "name": e.Name}}
	if len(e.Near) > 0 {
		advice.More["near"] = e.Near
	}
	advice.Hint = "if the name is right, --new-target adds it to the attribute list"
	if e.Position.Column > 0 {
		advice.More["line"], advice.More["column"] = e.Position.Line, e.Position.Column
	}
	if e.Side == mappings.Source {
		advice.Hint = "an extension property is made with scimctl ext create; if the name is right otherwise, --new-source adds it to the attribute list"
	}
	return advice
}

// sandboxRules are for the simulated tenant.
func sandboxRules() []rule {
	return []rule{
		hinted[*sandbox.NoCycleError](ExitAttention, "start one with scimctl provision start, or say how far: scimctl sandbox tick 40m"),
		on(func(e *servedError) Advice {
			return Advice{Code: ExitUsage, Hint: "leave --sandbox out, and set SCIMCTL_GRAPH_ENDPOINT=" + e.URL + " SCIMCTL_ACCESS_TOKEN=any"}
		}),
	}
}

// fileRules are for what scimctl stores on this machine. They come last: others
// say which run or plan a file belongs to.
func fileRules() []rule {
	return []rule{
		on(func(e *sealed.DamagedError) Advice {
			if e.Kind == blueprint.KindSavedPlan {
				return Advice{Code: ExitUsage, Hint: afterDamage(e)}
			}
			return Advice{Code: ExitFailure, Hint: afterDamage(e)}
		}),
		on(func(e *private.FileError) Advice { return Advice{Code: ExitFailure, Hint: afterPlanted(e)} }),
	}
}

func afterDamage(e *sealed.DamagedError) string {
	if e.Other {
		return "another version of scimctl wrote it: use that version, or update scimctl"
	}
	switch e.Kind {
	case "SchemaCopy":
		return "name another copy by its ID: scimctl mapping history; to use latest again, delete the file"
	case "SchemaWrite":
		return "delete the file: it only holds the request ID of a write"
	case "Fingerprint":
		return "delete the file: scimctl credentials set --force saves the credentials and the file again"
	case "OnDemandBookmark":
		return "start over with --from-start"
	case "Account":
		return "scimctl auth login writes it again"
	case "Tenant":
		return "scimctl sandbox reset moves it aside and starts over"
	case blueprint.KindSavedPlan:
		return "save the plan again: scimctl plan --out"
	}
	return ""
}

func afterPlanted(e *private.FileError) string {
	if e.Folder {
		return "use a folder that only you can write, with --state-dir or SCIMCTL_STATE_DIR: a new one below it will do"
	}
	return "find out who put it there, then delete it"
}
