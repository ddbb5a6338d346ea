package exit

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/config"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/why"
)

// toolRules are for what happens on this side of the connection.
func toolRules() []rule {
	usage := func(hint ...remedy.Remedy) Advice { return Advice{Code: Usage, Hint: hint} }
	return []rule{
		on(func(e *InterruptedError) Advice { return interruption(e) }),
		on(func(e *bulk.CutShortError) Advice {
			return Advice{Code: cutShortCode(e), Hint: Try("run the same command again to continue, or", "runs resume", e.Run), More: map[string]any{"run": e.Run, "done": e.Done, "total": e.Total}}
		}),
		on(func(e *CrashError) Advice {
			return Advice{Code: Crash, Hint: tip(e.hint())}
		}),
		on(func(e *TimeoutError) Advice {
			return Advice{Code: Unavailable, Hint: startingAgain(e, "allow more time with --timeout")}
		}),
		on(func(e *UsageError) Advice { return usage(orHelp(e)...) }),
		on(func(e *config.ValueError) Advice { return usage(orSettings(e)...) }),
		on(func(*config.FileError) Advice { return usage(remedy.Run("see the settings", "help environment")) }),
		on(func(*config.EditError) Advice { return usage(remedy.Run("see the settings", "help environment")) }),
		on(func(e *config.ConflictError) Advice {
			return usage(remedy.Advise(fmt.Sprintf("remove %s or %s", e.One, e.Other)))
		}),
		on(func(e *iostreams.CannotAskError) Advice { return usage(withoutTerminal(e)...) }),
		hinted[*FileThereError](Conflict, remedy.Advise("replace it with --force")),
		on(func(*output.FormatError) Advice { return usage(remedy.Advise("take -o json, or leave -o out")) }),
	}
}

// interruption has the code of an interruption, whatever the command returned.
func interruption(e *InterruptedError) Advice {
	advice := Advice{Hint: startingAgain(e, "what is done stays done; run the command again to continue")}
	if cut, ok := errors.AsType[*bulk.CutShortError](e.Err); ok {
		advice = Advise(cut)
	}
	advice.Code = Interrupted
	return advice
}

// orHelp points at what was meant, or at the help.
func orHelp(e *UsageError) remedy.List {
	if len(e.Hint) > 0 {
		return e.Hint
	}
	if len(e.Near) > 0 {
		return didYouMean(e.Near)
	}
	return remedy.List{remedy.Run("see how it is used", strings.TrimPrefix(e.Command+" ", "scimctl ")).Switch("help")}
}

// orSettings points at where the setting is explained.
func orSettings(e *config.ValueError) remedy.List {
	if e.Origin.Kind == config.Flag {
		return remedy.List{remedy.Run("see the flags", "").Switch("help")}
	}
	return Try("see the settings", "help environment")
}

func withoutTerminal(e *iostreams.CannotAskError) remedy.List {
	if e.Secret {
		return tip("use standard input, a file or a variable")
	}
	return tip("--yes answers it")
}

// graphRules are for what happens between here and Graph.
func graphRules() []rule {
	return []rule{
		on(adviseNotFound),
		on(adviseAmbiguous),
		on(func(*graph.NotReplicatedError) Advice {
			return Advice{Code: Unavailable, Hint: remedy.List{remedy.Advise("run the command again in a while: it goes on from here; or wait longer with --wait-timeout")}}
		}),
		on(adviseSignIn),
		hinted[*graph.CloudError](Failure, remedy.Run("see how to choose another cloud with --cloud", "help environment")),
		on(func(*graph.EndpointError) Advice {
			return Advice{Code: Usage, Hint: remedy.List{remedy.Advise("--graph-endpoint takes Graph's root, such as https://graph.microsoft.com")}}
		}),
		on(func(e *graph.UnreachableError) Advice {
			if op, may := graph.MayHaveBeenApplied(e); may {
				return Advice{Code: Unavailable, Hint: checkFirst(op), More: map[string]any{"mayHaveBeenApplied": true}}
			}
			return Advice{Code: Unavailable, Hint: tip(fmt.Sprintf("check that %s can be reached from here, --graph-endpoint and HTTPS_PROXY", e.Host))}
		}),
		on(adviseGraph),
	}
}

// adviseSignIn tells how to sign in; who is offline has to get online first.
func adviseSignIn(e *graph.SignInError) Advice {
	tried := make([]output.Object, len(e.Tried))
	for i, a := range e.Tried {
		tried[i] = output.Object{{Name: "way", Value: a.Method}, {Name: "reason", Value: a.Reason}}
	}
	advice := Advice{Code: Auth, More: map[string]any{"tried": tried}}
	switch {
	case e.Unreachable != nil:
		advice.Code, advice.Hint = Unavailable, tip(fmt.Sprintf("check that %s can be reached from here, HTTPS_PROXY and --cloud", e.Unreachable.Host))
	case len(e.Tried) > 0 && e.Tried[len(e.Tried)-1].Method == auth.MethodCLI:
		advice.Hint = Try("sign in with az login, or", "auth login")
	default:
		advice.Hint = remedy.List{remedy.Run("sign in", "auth login"), remedy.Run("for pipelines there are other ways", "auth").Switch("help")}
	}
	return advice
}

func adviseNotFound(e *graph.NotFoundError) Advice {
	advice := Advice{Code: NotFound, More: map[string]any{"kind": e.Kind, "name": e.Name}}
	if len(e.All) > 0 {
		advice.More["all"] = e.All
	}
	if len(e.Near) > 0 {
		advice.More["near"] = e.Near
		if e.Kind != "extension property" {
			return advice // the error shows them
		}
	}
	advice.Hint = map[string]remedy.List{
		"application":            Try("list the applications", "app list"),
		"application template":   Try("search the gallery by a part of the name", "app templates", "NAME"),
		"user":                   append(Try("a user is named by user principal name, email or object id", "user list"), remedy.Run("to restore a deleted user", "user restore", "USER")),
		"deleted user":           tip("30 days after its deletion a user is gone for good; a user principal name that has changed is found by the object id"),
		"group":                  tip("a group is named by its display name or object id"),
		"mapping":                Try("list the mappings", "mapping list"),
		"provisioning log entry": Try("an entry is named by its whole id; entries are kept for 30 days, without a premium license for 7", "provision logs"),
		"schema copy":            Try("list the copies, or name a file with -f", "mapping history"),
		"extension property":     append(Try("list the extension properties", "ext list"), remedy.Run("or create this one", "ext create", e.Name)),
		"run":                    Try("list the runs", "runs list"),
	}[e.Kind]
	return advice
}

func adviseAmbiguous(e *graph.AmbiguousError) Advice {
	hint := tip("use an id instead of the name:")
	matches := make([]output.Object, len(e.Matches))
	for i, m := range e.Matches {
		hint = append(hint, remedy.Advise(strings.TrimRight("  "+m.ID+"  "+m.Name+"  "+m.Detail, " ")))
		matches[i] = output.Object{{Name: "id", Value: m.ID}, {Name: "name", Value: m.Name}}
		if m.Detail != "" {
			matches[i] = append(matches[i], output.Member{Name: "detail", Value: m.Detail})
		}
	}
	return Advice{Code: NotFound, Hint: hint, More: map[string]any{"kind": e.Kind, "name": e.Name, "matches": matches}}
}

func adviseGraph(e *graph.Error) Advice {
	advice := Advice{Code: Failure, More: map[string]any{"operation": e.Op.Name, "status": e.Status}}
	if e.RequestID != "" {
		advice.More["requestId"] = e.RequestID
	}
	if e.Code != "" {
		advice.More["graphCode"] = e.Code
	}
	advice.Code, advice.Hint = adviseStatus(e)
	if op, may := graph.MayHaveBeenApplied(e); may {
		advice.Hint, advice.More["mayHaveBeenApplied"] = checkFirst(op), true
	}
	if advice.Code == Auth {
		advice.More["delegatedPermissions"] = slices.Concat([]string{}, e.Op.Delegated)
		advice.More["applicationPermissions"] = slices.Concat([]string{}, e.Op.AppOnly)
	}
	return advice
}

// checkFirst is for a change that must not be sent twice and may have been
// applied: it names the command that shows whether it was.
func checkFirst(op graph.Operation) remedy.List {
	command := map[string]string{
		graph.OpInstantiate.Name:     "app list",
		graph.OpCreateExtension.Name: "ext list",
		graph.OpRestoreUser.Name:     "user list --deleted",
		graph.OpAssign.Name:          "assignment list",
		graph.OpCreateJob.Name:       "provision status",
		graph.OpStartJob.Name:        "provision status",
		graph.OpPauseJob.Name:        "provision status",
		graph.OpRestartJob.Name:      "provision status",
		graph.OpProvision.Name:       "provision logs",
	}[op.Name]
	return Try("it may have been applied anyway: check before you run it again", command)
}

func adviseStatus(e *graph.Error) (Code, remedy.List) {
	if e.Code == "CredentialsMissing" {
		return NotFound, remedy.List{remedy.Run("save credentials", "credentials set").Flag("url", "URL").Switch("token-stdin")}
	}
	if strings.Contains(e.Message, "ExternalSecret") { // "Size of input ExternalSecret data is invalid"
		return Failure, tip("URL, token and settings together are too long for the service: have a shorter token made, or use a second application for single sign-on")
	}
	if e.Code == graph.CodeRedirect || (e.Code == graph.CodeNotJSON || e.Code == graph.CodeIncomplete) && e.Status < http.StatusInternalServerError {
		return Failure, tip("this is not how Graph answers: check --graph-endpoint, and whether there is a proxy in between")
	}
	switch e.Status {
	case http.StatusUnauthorized:
		if e.Code == "InvalidAuthenticationToken" { // expired, or no token for Graph: no permission helps
			return Auth, Try("sign in again, or set SCIMCTL_ACCESS_TOKEN to a new token", "auth login")
		}
		return Auth, needs(e.Op, remedy.Run("see who is signed in", "auth status"))
	case http.StatusForbidden:
		return Auth, needs(e.Op, remedy.Run("an administrator has to grant it; for the link", "auth permissions"))
	case http.StatusNotFound:
		return NotFound, nil
	case http.StatusConflict, http.StatusPreconditionFailed:
		return Conflict, nil
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return Unavailable, tip(runAgain(e.Op))
	default:
		return Failure, nil
	}
}

// runAgain is for what was refused, or can be sent twice without harm.
func runAgain(op graph.Operation) string {
	if op.Writes && op.Repeatable {
		return "run the command again in a while: what is already applied is not applied twice"
	}
	return "run the command again in a while"
}

// needs names the permissions of an operation, then what to do.
func needs(op graph.Operation, do remedy.Remedy) remedy.List {
	var ways []string
	if len(op.Delegated) > 0 {
		ways = append(ways, fmt.Sprintf("a signed-in person needs %s", strings.Join(op.Delegated, " and ")))
	}
	if len(op.AppOnly) > 0 {
		way := fmt.Sprintf("an application needs %s", strings.Join(op.AppOnly, " and "))
		if slices.Contains(op.AppOnly, "Application.ReadWrite.OwnedBy") {
			way += " and to own both application and service principal"
		}
		ways = append(ways, way)
	}
	do.Reason = strings.Join(append(ways, do.Reason), "; ")
	return remedy.List{do}
}

// tip is advice without a command.
func tip(advice string) remedy.List { return remedy.List{remedy.Advise(advice)} }

// Try is one command, and why to run it.
func Try(reason, command string, operands ...string) remedy.List {
	return remedy.List{remedy.Run(reason, command, operands...)}
}

func didYouMean(near []string) remedy.List {
	return tip("did you mean " + strings.Join(near, " or ") + "?")
}

// adviseNotProvisioned hands on the command that mends it.
func adviseNotProvisioned(e *why.NotProvisionedError) Advice {
	advice := Advice{Code: Unexpected, More: map[string]any{"state": e.Verdict.State}}
	if len(e.Verdict.Fix.Args) > 0 {
		advice.Hint = remedy.List{e.Verdict.Fix}
	}
	return advice
}
