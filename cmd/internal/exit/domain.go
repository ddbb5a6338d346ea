package exit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/extattr/bulk/tabular"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings"
	schemacheck "github.com/scimctl/scimctl/mappings/check"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/mappings/table"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/doctor"
	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/logs"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/sandbox"
	"github.com/scimctl/scimctl/provisioning/users"
)

// hinted makes a rule that gives the same advice for every error of a type.
func hinted[E error](code Code, hint ...remedy.Remedy) rule {
	return on(func(E) Advice { return Advice{Code: code, Hint: hint} })
}

// provisioningRules are for what happens to an application's provisioning.
func provisioningRules() []rule {
	return []rule{
		on(advisePartial),
		on(adviseMissing),
		on(func(e *users.DeletedUserError) Advice {
			return Advice{Code: NotFound, Hint: Try("restore the user", "user restore", e.User.ID), More: map[string]any{"kind": "deleted user", "id": e.User.ID}}
		}),
		hinted[*assignment.GroupRefusedError](Conflict, remedy.Advise("it takes a group that is security-enabled, and Entra ID P1 in the tenant; or assign the members themselves")),
		hinted[*assignment.AuditError](Attention, remedy.Advise("the remedies, with --verbose and in the JSON, tell what to do")),
		on(adviseNotReached),
		hinted[*ondemand.DisabledUserError](Unexpected, remedy.Run("to have the service try it anyway", "provision on-demand", "USER").Flag("expect", "deprovisioned")),
		on(adviseLeftOut),
		hinted[*ondemand.NoMembersError](NotFound, remedy.Advise("name the groups inside one by one, or assign and provision users")),
		hinted[*ondemand.NestedGroupError](NotFound, remedy.Advise("assign and provision the inner group by itself, with --group")),
		on(adviseNotProvisioned),
		on(func(e *job.QuarantineError) Advice {
			return Advice{Code: Attention, Hint: e.Remedy, More: map[string]any{"reason": e.Reason}}
		}),
		on(adviseLeftStopped),
		hinted[*resume.BusyError](Conflict, remedy.Advise("run the command again when the other one is done")),
		hinted[*job.NotRunningError](Attention, startJob()),
		hinted[*job.GoneError](NotFound, remedy.Run("create another one", "provision setup")),
		on(func(e *credentials.NoCredentialsError) Advice {
			return Advice{Code: NotFound, Hint: saveCredentials("save credentials", e.App, "URL")}
		}),
		on(func(e *synchronization.NoJobError) Advice {
			return Advice{Code: NotFound, Hint: remedy.List{remedy.Run("set up provisioning", "provision setup").Flag("app", e.App)}}
		}),
		hinted[*apps.ConflictError](Conflict, remedy.Advise("take another name, or the one that is there")),
		on(adviseTemplate),
		hinted[*engine.NoMappingError](NotFound, remedy.Run("list the mappings", "mapping list")),
		hinted[*evaluate.ComputedAttributeError](Usage, remedy.Advise("--set accountEnabled=False takes a user out of scope")),
		hinted[*apps.UnknownStateError](Usage, remedy.Run("see what they mean", "provision status").Switch("help")),
		on(func(e *doctor.Error) Advice {
			advice := Advice{Code: Auth, Hint: remedy.List{remedy.Advise("the remedies are above, and with -o json in the list")}, More: map[string]any{"failed": e.Failed}}
			if e.Err != nil {
				advice.Code = Advise(e.Err).Code
			}
			return advice
		}),
		hinted[*job.UnknownScopeError](Usage, remedy.Run("see what they do", "provision restart").Switch("help")),
		hinted[*logs.QueryError](Usage, remedy.Run("see the filters", "provision logs").Switch("help")),
		hinted[*credentials.InsecureURLError](Usage, remedy.Advise("take the https URL of the application")),
		hinted[*credentials.InvalidURLError](Usage, remedy.Advise("it is the URL that the vendor calls SCIM endpoint or base URL")),
		hinted[*credentials.TokenError](Usage, remedy.Advise("hand it in with --token-stdin, --token-file or --token-env")),
		on(adviseRotation), // wraps the two that follow
		on(adviseRefused),
		on(adviseDropped),
		on(func(e *credentials.SettingsLostError) Advice {
			return Advice{
				Code: Conflict, More: map[string]any{"fields": e.Fields},
				Hint: Try("someone else may have saved settings at the same time; see what is saved now", "provision settings"),
			}
		}),
		hinted[*credentials.OtherKindError](Conflict, remedy.Run("change how the service signs in", "credentials set").Flag("url", "URL")),
		hinted[*credentials.ExpiringError](Attention, remedy.Run("create a new token in the application's own administration, then save it", "credentials rotate").Switch("token-stdin")),
		on(func(e *credentials.JobRunningError) Advice {
			return Advice{Code: Conflict, Hint: remedy.List{remedy.Run("stop it first, or clear anyway with --yes", "provision stop").Flag("app", e.App)}, More: map[string]any{"job": e.Job}}
		}),
		hinted[*credentials.NotClearedError](Conflict, remedy.Run("the portal can delete the rest; see what is left", "credentials show")),
		hinted[*credentials.SettingError](Usage),
	}
}

// adviseRotation names the way back of which nobody can be spared the token.
func adviseRotation(e *ondemand.RotationError) Advice {
	return Advice{Code: Conflict, Hint: append(
		remedy.List{remedy.Run("try again in a minute", "credentials test").Flag("app", e.App)},
		saveCredentials("to go back, save the old token again, which cannot be read back: keep it valid until then", e.App, e.URL)...)}
}

// adviseDropped names the command that enters again what is gone.
func adviseDropped(e *credentials.SecretDroppedError) Advice {
	hint := saveCredentials("save URL and token again", e.App, cmp.Or(e.URL, "URL"))
	if e.URL != "" {
		hint = saveCredentials("save the token again, or pass it to this command as well", e.App, e.URL)
	}
	return Advice{Code: Conflict, Hint: hint, More: map[string]any{"keys": e.Keys}}
}

func adviseRefused(e *credentials.RefusedError) Advice {
	if strings.HasPrefix(e.URL, sandbox.SCIMURL) {
		return Advice{Code: Failure, Hint: remedy.List{remedy.Run("print the token of the sandbox's own application; a reset creates a new one", "sandbox show").Flag("jq", ".scimToken")}}
	}
	if strings.Contains(e.Answer, "CredentialLocationInRequest") {
		return Advice{Code: Failure, Hint: remedy.List{remedy.Advise("Graph has no key for where a client secret is sent: set it in the portal once, or save with --no-validate")}}
	}
	return Advice{Code: Failure, Hint: Try("check URL and token in the application's own administration, then try again", "credentials test")}
}

func adviseTemplate(e *job.UnknownTemplateError) Advice {
	if len(e.Available) == 0 {
		return Advice{Code: NotFound, Hint: Try("create an application that can be provisioned", "app create", "NAME")}
	}
	return Advice{Code: NotFound, Hint: remedy.List{remedy.Advise("name one of them with --template")}}
}

func advisePartial(e *provisioning.PartialError) Advice {
	failed := make([]output.Object, len(e.Failed))
	for i, f := range e.Failed {
		failed[i] = output.Object{{Name: "name", Value: f.Name}, {Name: "error", Value: f.Err.Error()}}
	}
	return Advice{Code: Partial, Hint: remedy.List{remedy.Advise("the others are done; run the command again for those that failed")}, More: map[string]any{"failed": failed}}
}

// adviseMissing names all that were not found; nothing was done.
func adviseMissing(e *provisioning.MissingError) Advice {
	names := make([]string, len(e.Missing))
	for i, f := range e.Missing {
		names[i] = f.Name
	}
	return Advice{Code: NotFound, Hint: Try("nothing was changed; list the users", "user list"), More: map[string]any{"names": names}}
}

// adviseLeftOut has the members provisioned first, five at a time.
func adviseLeftOut(e *ondemand.MembersLeftOutError) Advice {
	names := e.Members[:min(len(e.Members), 5)]
	reason := "provision the members first, then run this again"
	if more := len(e.Members) - len(names); more > 0 {
		reason = fmt.Sprintf("provision the members first, and %d more, then run this again", more)
	}
	hint := remedy.List{remedy.Run(reason, "provision on-demand", names...).Flag("app", e.App)}
	return Advice{Code: Unexpected, Hint: hint, More: map[string]any{"members": e.Members}}
}

func adviseNotReached(e *ondemand.NotReachedError) Advice {
	advice := Advice{Code: Unexpected, More: map[string]any{"state": e.Result.State}}
	if e.Result.Code != "" {
		advice.More["serviceCode"] = e.Result.Code
	}
	if e.Unassigned() {
		add := remedy.Run("assign the user", "assignment add", e.Result.Subject)
		if e.Result.Source.Type == "Group" {
			add = remedy.Run("assign the group", "assignment add").Flag("group", e.Result.Subject)
		}
		advice.Hint = remedy.List{add.Flag("app", e.App).Or(e.Result.Subject, e.Result.Source.ID)}
	}
	return advice
}

// schemaRules are for mappings and extension properties.
func schemaRules() []rule {
	return []rule{
		hinted[*schema.MappingExistsError](Conflict, remedy.Run("to change it", "mapping set", "TARGET"), remedy.Run("to list the mappings", "mapping list")),
		on(func(e *schemacheck.FindingsError) Advice {
			return Advice{Code: Attention, Hint: remedy.List{remedy.Advise("the remedies, with --verbose and in the JSON, tell what to do")}, More: map[string]any{"errors": e.Errors, "warnings": e.Warnings}}
		}),
		hinted[*schema.MatchTakenError](Conflict, remedy.Advise("take another --match")),
		on(adviseAttribute),
		on(adviseNotKept),
		hinted[*mappings.DiffersError](Differs),
		on(adviseInvalidSchema),
		hinted[*mappings.OtherCopyError](Conflict, remedy.Run("list the copies of this job; --from-other uses this one anyway", "mapping history")),
		hinted[*schema.InvalidClauseError](Usage, remedy.Run("see how clauses are written", "mapping filter add").Switch("help")),
		hinted[*schema.RefusedError](Usage),
		hinted[*schema.InvalidMappingError](Usage, remedy.Run("see what a mapping consists of", "mapping set").Switch("help")),
		on(adviseMappingExpression),
		hinted[*table.FileError](Usage, remedy.Run("see how the file is written", "mapping list").Flag("output", "csv")),
		on(func(e *mappings.NoExtensionError) Advice {
			return Advice{Code: NotFound, Hint: remedy.List{remedy.Run("create them", "ext create", e.Names...).Flag("app", e.App)}, More: map[string]any{"names": e.Names}}
		}),
		hinted[*schema.NotASchemaError](Failure, remedy.Advise("this is not how Graph answers: look at --graph-endpoint")),
		on(func(e *bulk.RowsFailedError) Advice {
			return Advice{Code: Partial, Hint: failedRowsHint(e), More: map[string]any{"failed": e.Failed, "rows": e.Rows}}
		}),
		hinted[*tabular.FileError](Usage, remedy.Run("see how the table is written", "user set-role").Switch("help"), remedy.Run("or create one", "user get-role").Switch("all").Flag("output", "csv")),
		hinted[*bulk.ColumnError](Usage, remedy.Run("name the columns, as in --column user=Login --column test=Role; to list the attributes", "ext list")),
		hinted[*bulk.RejectsError](Usage, remedy.Advise("name a file in a folder that is there with --rejects; without it, they go beside the journal")),
		hinted[*bulk.BusyError](Conflict, remedy.Run("wait until it is done", "runs list")),
		hinted[*bulk.RunError](Conflict, remedy.Run("list the runs", "runs list")),
		hinted[*bulk.JournalError](Failure, remedy.Advise("is there room on the disk, and may this account write there? --state-dir names another place")),
		on(func(e *bulk.DiffersError) Advice {
			if e.Problems == e.Differences {
				return Advice{Code: Differs, Hint: Try("fix the rows; to list the users", "user list")}
			}
			return Advice{Code: Differs, Hint: tip("run user set-role with the same flags to set them")}
		}),
		hinted[*extattr.NameError](Usage),
		hinted[*extattr.ValueError](Usage),
		hinted[*extattr.ConflictError](Conflict, remedy.Advise("take another name; a property's type cannot be changed")),
	}
}

// adviseNotKept distinguishes a schema that was not saved as it was sent from
// one that cannot be read, which has the code of what stands in the way.
func adviseNotKept(e *mappings.NotKeptError) Advice {
	advice := Advice{Code: Conflict, More: map[string]any{}}
	if len(e.Lost) == 0 {
		if g, ok := errors.AsType[*graph.Error](e.Err); ok {
			advice = Advise(g)
		} else if u, ok := errors.AsType[*graph.UnreachableError](e.Err); ok {
			advice = Advise(u)
		}
	} else {
		advice.More["lost"], advice.More["copyId"] = e.Lost, e.CopyID
	}
	advice.Hint = Try("see what the service has now", "mapping list")
	return advice
}

// adviseLeftStopped has the code of what kept the job from being started.
func adviseLeftStopped(e *resume.LeftStoppedError) Advice {
	advice := Advise(e.Err)
	advice.Hint = remedy.List{StartNamed(e.App, e.Job)}
	return advice
}

// StartNamed is the command that starts the job of an application. Job is "" for
// the only one.
func StartNamed(app, job string) remedy.Remedy {
	start := startJob().Flag("app", app)
	if job != "" {
		start = start.Flag("job", job)
	}
	return start
}

// cutShortCode is that of what cut a run short.
func cutShortCode(e *bulk.CutShortError) Code {
	if errors.Is(e.Err, context.Canceled) {
		return Interrupted
	}
	return Advise(e.Err).Code
}

func failedRowsHint(e *bulk.RowsFailedError) remedy.List {
	switch {
	case e.DryRun && e.Failed < e.Rows:
		return tip("without --dry-run the others are applied, and these are written to a file of their own")
	case e.Rejects == "":
		return Try("list the users", "user list")
	case e.Failed == e.Rows:
		return retryRows("fix the rows, then run", e.Rejects)
	}
	return retryRows("the others are done; fix the rows, then run", e.Rejects)
}

// retryRows runs the file of the rows that failed.
func retryRows(reason, file string) remedy.List {
	return remedy.List{remedy.Run(reason, "user set-role").Flag("file", file)}
}

// saveCredentials saves a token again, which is never part of a command.
func saveCredentials(reason, app, url string) remedy.List {
	return remedy.List{remedy.Run(reason, "credentials set").Flag("url", url).Switch("token-stdin").Flag("app", app)}
}

func startJob() remedy.Remedy { return remedy.Run("start it", "provision start") }

// startingAgain is the hint of a command that was cut short: where it left a
// job stopped, running it again does not start it.
func startingAgain(err error, otherwise string) remedy.List {
	if e, ok := errors.AsType[*resume.LeftStoppedError](err); ok {
		return remedy.List{StartNamed(e.App, e.Job)}
	}
	if _, ok := errors.AsType[*iostreams.UnansweredError](err); ok {
		return tip("nothing was changed")
	}
	if e, ok := errors.AsType[*job.WatchCutError](err); ok {
		if e.Stopped {
			return Try("the job is stopped; start it", "provision start")
		}
		return remedy.List{remedy.Run("the job continues; to see its status", "provision status").Flag("app", e.App)}
	}
	if _, ok := errors.AsType[*ondemand.CutShortError](err); ok {
		return tip(goOnHint)
	}
	return tip(otherwise)
}

const goOnHint = "the same command goes on from there within a day; --from-start begins anew"

func adviseInvalidSchema(e *mappings.InvalidSchemaError) Advice {
	return Advice{Code: Failure, Hint: remedy.List{remedy.Run("nothing was sent; for each finding and its remedy", "mapping check").Flag("file", "FILE").Switch("verbose")}, More: map[string]any{"findings": e.Findings}}
}

// adviseAttribute names the way for a name that really is new.
func adviseAttribute(e *schema.UnknownAttributeError) Advice {
	advice := Advice{Code: NotFound, More: map[string]any{"side": string(e.Side), "name": e.Name}}
	if len(e.Near) > 0 {
		advice.More["near"] = e.Near
	}
	advice.Hint = remedy.List{remedy.Advise("if the name is right, --new-target adds it to the attribute list")}
	if e.Position.Column > 0 {
		advice.More["line"], advice.More["column"] = e.Position.Line, e.Position.Column
	}
	if e.Side == schema.Source {
		advice.Hint = append(Try("to create an extension property", "ext create", "NAME"), remedy.Advise("if the name is right, --new-source adds it to the attribute list"))
	}
	return advice
}

// sandboxRules are for the simulated tenant.
func sandboxRules() []rule {
	return []rule{
		hinted[*sandbox.NoCycleError](Attention, remedy.Run("start one", "provision start"), remedy.Run("or name a time", "sandbox tick", "40m")),
		on(func(e *ServedError) Advice {
			return Advice{Code: Usage, Hint: tip("run it without --sandbox, and set SCIMCTL_GRAPH_ENDPOINT=" + e.URL + " and SCIMCTL_ACCESS_TOKEN=any")}
		}),
	}
}

// fileRules are for what scimctl stores on this machine. They come last: others
// say which run or plan a file belongs to.
func fileRules() []rule {
	return []rule{
		on(func(e *sealed.DamagedError) Advice {
			if e.Kind == blueprint.KindSavedPlan {
				return Advice{Code: Usage, Hint: afterDamage(e)}
			}
			return Advice{Code: Failure, Hint: afterDamage(e)}
		}),
		on(func(e *private.FileError) Advice { return Advice{Code: Failure, Hint: afterPlanted(e)} }),
	}
}

func afterDamage(e *sealed.DamagedError) remedy.List {
	if e.Other {
		return tip("another version of scimctl wrote it: use that version, or update scimctl")
	}
	switch e.Kind {
	case "SchemaCopy":
		return Try("name another copy by its ID; to use latest again, delete the file", "mapping history")
	case "SchemaWrite":
		return tip("delete the file: it only holds the request ID of a write")
	case "Fingerprint":
		return remedy.List{remedy.Run("delete the file, then save the credentials and the file again", "credentials set").Switch("force").Flag("url", "URL").Switch("token-stdin")}
	case "OnDemandBookmark":
		return tip("start over with --from-start")
	case "Account":
		return Try("write it again", "auth login")
	case "Tenant":
		return Try("move it aside and start over", "sandbox reset")
	case blueprint.KindSavedPlan:
		return remedy.List{remedy.Run("save the plan again", "plan").Flag("file", "FILE").Flag("out", "PLAN")}
	}
	return nil
}

func afterPlanted(e *private.FileError) remedy.List {
	if e.Folder {
		return tip("use a folder that only you can write, with --state-dir or SCIMCTL_STATE_DIR: a new one below it will do")
	}
	return tip("find out who put it there, then delete it")
}
