package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning"
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
		on(adviseNotReached),
		on(func(e *provisioning.QuarantineError) Advice {
			return Advice{Code: ExitAttention, Hint: "when the cause is mended: scimctl provision start, which lifts the quarantine", More: map[string]any{"reason": e.Reason}}
		}),
		on(adviseLeftStopped),
		hinted[*provisioning.NoCredentialsError](ExitNotFound, "scimctl credentials set saves some"),
		hinted[*graph.NoJobError](ExitNotFound, "scimctl provision setup makes one"),
		hinted[*provisioning.ConflictError](ExitConflict, "take another name, or the one that is there"),
		hinted[*provisioning.NotProvisionableError](ExitConflict, "scimctl app create without --template makes a non-gallery application, which can be provisioned"),
		on(adviseTemplate),
		hinted[*engine.NoMappingError](ExitNotFound, "scimctl mapping list shows what is mapped"),
		hinted[*provisioning.ComputedAttributeError](ExitUsage, "--set accountEnabled=False takes a user out of scope"),
		hinted[*provisioning.UnknownScopeError](ExitUsage, "scimctl provision restart --help tells what they do"),
		hinted[*provisioning.LogQueryError](ExitUsage, "scimctl provision logs --help"),
		hinted[*provisioning.InsecureURLError](ExitUsage, "take the https URL of the application"),
		hinted[*provisioning.InvalidURLError](ExitUsage, "it is the URL that the vendor calls SCIM endpoint or base URL"),
		hinted[*provisioning.TokenError](ExitUsage, "hand it in with --token-stdin, --token-file or --token-env"),
		hinted[*provisioning.CredentialsRefusedError](ExitFailure, "look at URL and token in the application's own administration; scimctl credentials test tries again"),
		hinted[*provisioning.SecretDroppedError](ExitConflict, "scimctl credentials set enters URL and token again"),
	}
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
		hinted[*mappings.MappingExistsError](ExitConflict, "scimctl mapping list shows what is mapped"),
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
		hinted[*mappings.DamagedCopyError](ExitFailure, "the other copies are whole; take the file away"),
		hinted[*mappings.AttributeExistsError](ExitConflict, "scimctl mapping attribute list shows what is there"),
		hinted[*mappings.AttributeUsedError](ExitConflict, "take it out of them first: scimctl mapping remove, scimctl mapping filter remove"),
		hinted[*mappings.UnknownAttributeTypeError](ExitUsage, ""),
		hinted[*mappings.FilterExistsError](ExitConflict, "--replace takes its place"),
		hinted[*mappings.InvalidClauseError](ExitUsage, "scimctl mapping filter add --help tells how clauses are written"),
		hinted[*mappings.UnknownOperatorError](ExitUsage, ""),
		hinted[*mappings.RefusedError](ExitUsage, ""),
		hinted[*mappings.UnknownActionError](ExitUsage, ""),
		hinted[*mappings.InvalidMappingError](ExitUsage, "scimctl mapping add --help"),
		on(adviseMappingExpression),
		hinted[*mappings.FileError](ExitUsage, "scimctl mapping list -o csv shows how the file is written"),
		on(func(e *mappings.NoExtensionError) Advice {
			return Advice{Code: ExitNotFound, Hint: "scimctl ext create " + strings.Join(e.Names, " ") + " --app " + quoted(e.App), More: map[string]any{"names": e.Names}}
		}),
		hinted[*mappings.NotASchemaError](ExitFailure, "this is not how Graph answers: look at --graph-endpoint"),
		hinted[*extattr.NameError](ExitUsage, ""),
		hinted[*extattr.ValueError](ExitUsage, ""),
		hinted[*extattr.UnknownTypeError](ExitUsage, ""),
		hinted[*extattr.ConflictError](ExitConflict, "take another name; a property's type cannot be changed"),
		hinted[*extattr.NoServicePrincipalError](ExitConflict, "create the enterprise application, or take one made with scimctl app create"),
		hinted[*extattr.SyncedError](ExitConflict, ""),
	}
}

// adviseNotKept tells a change that was dropped from one that cannot be looked
// at, which has the code of what stands in the way.
func adviseNotKept(e *mappings.NotKeptError) Advice {
	advice := Advice{Code: ExitConflict}
	if g, ok := errors.AsType[*graph.Error](e.Err); ok {
		advice = advise(g)
	} else if u, ok := errors.AsType[*graph.UnreachableError](e.Err); ok {
		advice = advise(u)
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

const startJob = "scimctl provision start starts it"

// startingAgain is the hint of a command that was cut short: where it left a
// job stopped, running it again does not start it.
func startingAgain(err error, otherwise string) string {
	if _, ok := errors.AsType[*mappings.LeftStoppedError](err); ok {
		return startJob
	}
	return otherwise
}

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
		hinted[*sandbox.DamagedError](ExitFailure, "scimctl sandbox reset puts it aside and begins anew"),
		on(func(e *servedError) Advice {
			return Advice{Code: ExitUsage, Hint: "leave --sandbox out, and set SCIMCTL_GRAPH_ENDPOINT=" + e.URL + " SCIMCTL_ACCESS_TOKEN=any"}
		}),
	}
}
