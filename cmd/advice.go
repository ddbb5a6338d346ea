package cmd

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/config"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/safetext"
)

// toolRules are for what happens on this side of the connection.
func toolRules() []rule {
	usage := func(hint string) Advice { return Advice{Code: ExitUsage, Hint: hint} }
	return []rule{
		on(func(e *bulk.CutShortError) Advice {
			return Advice{Code: cutShortCode(e), Hint: fmt.Sprintf("the same command goes on from there, as does scimctl runs resume %s", e.Run), More: map[string]any{"run": e.Run, "done": e.Done, "total": e.Total}}
		}),
		on(func(e *interruptedError) Advice {
			return Advice{Code: ExitInterrupted, Hint: startingAgain(e, "what is done already stays; the command can be run again, and goes on from there")}
		}),
		on(func(e *timeoutError) Advice {
			return Advice{Code: ExitUnavailable, Hint: startingAgain(e, "allow more time with --timeout")}
		}),
		on(func(e *UsageError) Advice { return usage(orHelp(e)) }),
		on(func(e *config.ValueError) Advice { return usage(orSettings(e)) }),
		on(func(*config.FileError) Advice { return usage("scimctl help environment") }),
		on(func(*config.EditError) Advice { return usage("scimctl help environment") }),
		on(func(e *config.ConflictError) Advice { return usage(fmt.Sprintf("take away %s or %s", e.One, e.Other)) }),
		on(func(e *iostreams.CannotAskError) Advice { return usage(withoutTerminal(e)) }),
		hinted[*fileThereError](ExitConflict, "--force replaces it"),
		on(func(*output.FormatError) Advice { return usage("take -o json, or leave -o out") }),
	}
}

// orHelp points at what was meant, or at the help.
func orHelp(e *UsageError) string {
	if len(e.Near) > 0 {
		return "did you mean " + safetext.Line(strings.Join(e.Near, " or ")) + "?"
	}
	return e.Command + " --help"
}

// orSettings points at where the setting is explained.
func orSettings(e *config.ValueError) string {
	if e.Origin.Kind == config.Flag {
		return "scimctl --help"
	}
	return "scimctl help environment"
}

func withoutTerminal(e *iostreams.CannotAskError) string {
	if e.Secret {
		return "hand it in by standard input, a file or a variable"
	}
	return "--yes answers it"
}

// graphRules are for what happens between here and Graph.
func graphRules() []rule {
	return []rule{
		on(adviseNotFound),
		on(adviseAmbiguous),
		on(func(*graph.NotReplicatedError) Advice {
			return Advice{Code: ExitUnavailable, Hint: "run the command again in a while: it goes on from here; or wait longer with --wait-timeout"}
		}),
		on(adviseSignIn),
		hinted[*graph.CloudError](ExitFailure, "scimctl help environment tells how another cloud is chosen: --cloud"),
		on(func(*graph.EndpointError) Advice {
			return Advice{Code: ExitUsage, Hint: "--graph-endpoint takes Graph's root, such as https://graph.microsoft.com"}
		}),
		on(func(e *graph.UnreachableError) Advice {
			if notTwice(e.Op) {
				return Advice{Code: ExitUnavailable, Hint: maybeDone}
			}
			return Advice{Code: ExitUnavailable, Hint: fmt.Sprintf("is %s reached from here? Look at --graph-endpoint and HTTPS_PROXY", e.Host)}
		}),
		on(adviseGraph),
	}
}

// adviseSignIn tells how to sign in; who is offline has to get online first.
func adviseSignIn(e *graph.SignInError) Advice {
	tried := make([]object, len(e.Tried))
	for i, a := range e.Tried {
		tried[i] = object{{"way", a.Method}, {"reason", a.Reason}}
	}
	advice := Advice{Code: ExitAuth, More: map[string]any{"tried": tried}}
	switch {
	case e.Unreachable != nil:
		advice.Code, advice.Hint = ExitUnavailable, fmt.Sprintf("is %s reached from here? Look at HTTPS_PROXY, and at --cloud", e.Unreachable.Host)
	case len(e.Tried) > 0 && e.Tried[len(e.Tried)-1].Method == graph.MethodCLI:
		advice.Hint = "az login, or scimctl auth login"
	default:
		advice.Hint = "scimctl auth login signs a person in; scimctl auth --help tells of the ways for pipelines"
	}
	return advice
}

func adviseNotFound(e *graph.NotFoundError) Advice {
	advice := Advice{Code: ExitNotFound, More: map[string]any{"kind": e.Kind, "name": e.Name}}
	if len(e.All) > 0 {
		advice.More["all"] = e.All
	}
	if len(e.Near) > 0 {
		advice.More["near"] = e.Near
		if e.Kind != "extension property" {
			return advice // the error shows them
		}
	}
	advice.Hint = map[string]string{
		"application":            "scimctl app list shows all",
		"application template":   "scimctl app templates searches the gallery by a part of the name",
		"user":                   "a user is named by user principal name, mail address or object id: scimctl user list shows all; one who was deleted comes back with scimctl user restore",
		"deleted user":           "30 days after its deletion a user is gone for good; a user principal name that has changed is found by the object id",
		"group":                  "a group is named by its display name or object id",
		"mapping":                "scimctl mapping list shows what is mapped",
		"provisioning log entry": "an entry is named by its whole id, which scimctl provision logs shows; entries are kept for 30 days, without a premium licence for 7",
		"schema copy":            "scimctl mapping history lists them; a file is named with -f",
		"extension property":     "scimctl ext list shows those there are; scimctl ext create " + quoted(e.Name) + " makes this one",
		"run":                    "scimctl runs list shows those there are",
	}[e.Kind]
	return advice
}

func adviseAmbiguous(e *graph.AmbiguousError) Advice {
	var hint strings.Builder
	hint.WriteString("take an id instead of the name:")
	matches := make([]object, len(e.Matches))
	for i, m := range e.Matches {
		hint.WriteString("\n  " + safetext.Line(strings.TrimRight(m.ID+"  "+m.Name+"  "+m.Detail, " ")))
		matches[i] = object{{"id", m.ID}, {"name", m.Name}}
		if m.Detail != "" {
			matches[i] = append(matches[i], member{"detail", m.Detail})
		}
	}
	return Advice{Code: ExitNotFound, Hint: hint.String(), More: map[string]any{"kind": e.Kind, "name": e.Name, "matches": matches}}
}

func adviseGraph(e *graph.Error) Advice {
	advice := Advice{Code: ExitFailure, More: map[string]any{"operation": e.Op.Name, "status": e.Status}}
	if e.RequestID != "" {
		advice.More["requestId"] = e.RequestID
	}
	if e.Code != "" {
		advice.More["graphCode"] = e.Code
	}
	advice.Code, advice.Hint = adviseStatus(e)
	if advice.Code == ExitAuth {
		advice.More["delegatedPermissions"] = slices.Concat([]string{}, e.Op.Delegated)
		advice.More["applicationPermissions"] = slices.Concat([]string{}, e.Op.AppOnly)
	}
	return advice
}

// maybeDone is for what is not sent twice: the answer was lost, and the work may
// have been done.
const maybeDone = "it may have been carried out all the same: look before you run it again, such as with scimctl provision status"

// notTwice tells whether an operation changes something each time that it is sent.
func notTwice(op graph.Operation) bool { return op.Writes && !op.Repeatable }

func adviseStatus(e *graph.Error) (ExitCode, string) {
	if e.Code == "CredentialsMissing" {
		return ExitNotFound, "scimctl credentials set saves some"
	}
	if strings.Contains(e.Message, "ExternalSecret") { // "Size of input ExternalSecret data is invalid"
		return ExitFailure, "URL, token and settings together are too long for the service: have a shorter token made, or use a second application for single sign-on"
	}
	if e.Code == graph.CodeRedirect || (e.Code == graph.CodeNotJSON || e.Code == graph.CodeIncomplete) && e.Status < http.StatusInternalServerError {
		return ExitFailure, "this is not how Graph answers: look at --graph-endpoint, and for a proxy in between"
	}
	if e.Status == http.StatusGatewayTimeout && notTwice(e.Op) {
		return ExitUnavailable, maybeDone
	}
	switch e.Status {
	case http.StatusUnauthorized:
		if e.Code == "InvalidAuthenticationToken" { // expired, or no token for Graph: no permission helps
			return ExitAuth, "sign in again (scimctl auth login, az login), or put a fresh token into SCIMCTL_ACCESS_TOKEN"
		}
		return ExitAuth, needs(e.Op, "scimctl auth status tells who is signed in")
	case http.StatusForbidden:
		return ExitAuth, needs(e.Op, "an administrator has to grant it: scimctl auth permissions has the link")
	case http.StatusNotFound:
		return ExitNotFound, ""
	case http.StatusConflict, http.StatusPreconditionFailed:
		return ExitConflict, ""
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return ExitUnavailable, "run the command again in a while: what is done already is not done twice"
	default:
		return ExitFailure, ""
	}
}

// needs names the permissions of an operation, then what to do.
func needs(op graph.Operation, do string) string {
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
	return strings.Join(append(ways, do), "; ")
}
