package why

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/logs"
	"github.com/scimctl/scimctl/provisioning/why"
)

func writeWhy(a *cli.App, w io.Writer, r why.Report) error {
	writeRemark(a, w, a.IO.OutStyle().Bold(r.Verdict.Sentence), r.Verdict.Remark)
	for _, also := range r.Verdict.Also {
		writeRemark(a, w, iostreams.Sprintf("also: %s", also.Sentence), also)
	}
	iostreams.Fprintln(w)
	if err := output.Fields(w, a.Printer, r, whyFields(r)...); err != nil {
		return err
	}
	return errors.Join(writeAssignments(a, w, r), writeFilters(a, w, r), writeAttributes(a, w, r), writeHistory(a, w, r))
}

func writeRemark(a *cli.App, w io.Writer, sentence iostreams.Markup, r why.Remark) {
	iostreams.Fprintln(w, sentence)
	if len(r.Fix.Args) > 0 {
		line, _ := a.Hinter().Command(r.Fix)
		iostreams.Fprintln(w, "    "+line)
	}
}

// whyFields are what takes a line each. An empty one is left out.
func whyFields(r why.Report) []output.Field {
	fields := []output.Field{
		{Name: "account", Value: accountWords(r)},
		{Name: "scope", Value: scopeWords(r)},
		{Name: "assignment", Value: assignmentWords(r)},
	}
	if job := r.Job; job != nil {
		state := cli.StateWords(job.State)
		if job.Quarantine != nil {
			state += ": " + job.Quarantine.Meaning + " (" + job.Quarantine.Reason + ")"
		}
		fields = append(fields, output.Field{Name: "job", Value: state})
		if cycle := job.LastCycle; cycle != nil {
			fields = append(fields, output.Field{Name: "last cycle", Value: cycle.Result + ", ended " + cli.Moment(cycle.Ended)})
		}
		fields = append(fields, output.Field{Name: "next cycle", Value: cli.Moment(job.NextCycle)},
			output.Field{Name: "actions", Value: strings.Join(job.Actions, ", ")})
	}
	if r.Undecided != "" {
		fields = append(fields, output.Field{Name: "undecided", Value: r.Undecided})
	}
	return fields
}

func accountWords(r why.Report) string {
	words := []string{r.Account.DisplayName}
	switch {
	case !r.Account.Deleted.IsZero():
		words = append(words, "deleted "+cli.Moment(r.Account.Deleted))
	case r.Account.Enabled:
		words = append(words, "enabled")
	default:
		words = append(words, "disabled")
	}
	if r.Account.UserType == "Guest" {
		words = append(words, "guest")
	}
	if r.Account.OnPremises {
		words = append(words, "mastered on premises")
	}
	return strings.Join(slices.DeleteFunc(words, func(word string) bool { return word == "" }), ", ")
}

func scopeWords(r why.Report) string {
	words := "assigned users and groups"
	if r.Scope == credentials.ScopeAll {
		words = "all users and groups"
	}
	if r.SkipLeaving {
		words += "; leaving it changes nothing in the application (SkipOutOfScopeDeletions)"
	}
	return words
}

func assignmentWords(r why.Report) string {
	var words []string
	switch {
	case !r.Account.Deleted.IsZero():
		return "not shown for somebody deleted"
	case len(r.Assignment.By) == 0:
		words = append(words, "none")
	case !r.Assignment.Assigned:
		words = append(words, "none that counts")
	case r.Assignment.DefaultAccessOnly:
		words = append(words, "with Default Access alone, which counts, but for set-ups from before 2020")
	default:
		words = append(words, "assigned")
	}
	if r.Assignment.NotRead != "" {
		words = append(words, "not all is known: "+r.Assignment.NotRead)
	}
	return strings.Join(words, "; ")
}

func writeAssignments(a *cli.App, w io.Writer, r why.Report) error {
	return writeSection(a, w, r.Assignment.By,
		cli.Column("assigned by", func(by why.AssignedBy) string { return by.Principal }),
		cli.Column("type", func(by why.AssignedBy) string { return by.Type }),
		cli.Column("role", func(by why.AssignedBy) string { return by.Role }),
		cli.Column("since", func(by why.AssignedBy) string { return cli.Moment(by.Since) }),
		cli.Column("counts", func(by why.AssignedBy) string { return countsWords(by) }))
}

func countsWords(by why.AssignedBy) string {
	switch by.Obstacle {
	case why.Nested:
		if len(by.Within) > 0 {
			return "no: the user is in " + strings.Join(by.Within, ", ") + ", within it"
		}
		return "no: the user is in a group within it"
	case why.NotSecurityEnabled:
		return "no: it is not security-enabled"
	}
	return cli.YesNo(by.Counts)
}

func writeFilters(a *cli.App, w io.Writer, r why.Report) error {
	return writeSection(a, w, r.Filters,
		cli.Column("filter", func(f why.FilterAnswer) string { return f.Filter }),
		cli.Column("clause", func(f why.FilterAnswer) string {
			return strings.TrimSpace(f.Attribute + " " + f.Operator + " " + strings.Join(f.Values, ", "))
		}),
		cli.Column("has", func(f why.FilterAnswer) string {
			if f.Unknown {
				return "(not told by Graph)"
			}
			return strings.Join(f.Has, ", ")
		}),
		cli.Column("passes", func(f why.FilterAnswer) string { return cli.YesNo(f.Passed) }))
}

// writeAttributes leaves out those of which there is nothing to say, unless all
// are asked for.
func writeAttributes(a *cli.App, w io.Writer, r why.Report) error {
	var shown []evaluate.PreviewAttribute
	var empty []string
	others := 0
	for _, attribute := range r.Attributes {
		blank := attribute.Outcome == "null" && attribute.Match == 0 && len(attribute.Unknown) == 0
		unasked := attribute.Reference && len(attribute.Unknown) > 0 // of somebody out of scope
		switch {
		case a.Settings.Verbose, !blank && !unasked && cli.NoteOf(attribute) != "":
			shown = append(shown, attribute)
		case blank:
			empty = append(empty, attribute.Target)
		case !unasked:
			others++
		}
	}
	if err := writeSection(a, w, shown, cli.PreviewColumns()...); err != nil {
		return err
	}
	if others > 0 {
		iostreams.Fprintf(w, "and %d more with a value (--verbose lists them)\n", others)
	}
	if len(empty) > 0 {
		iostreams.Fprintf(w, "without a value: %s\n", strings.Join(empty, ", "))
	}
	return nil
}

// writeHistory lists what the logs hold, and explains each code once.
func writeHistory(a *cli.App, w io.Writer, r why.Report) error {
	if r.LogsNotRead != "" {
		iostreams.Fprintf(w, "\nThe logs cannot be read: %s\n", r.LogsNotRead)
	}
	return writeSection(a, w, r.Logs,
		cli.Column("logged", func(e logs.Explained) string { return cli.Moment(e.Time) }),
		cli.Column("action", func(e logs.Explained) string { return e.Action }),
		cli.Column("status", func(e logs.Explained) string { return e.Status }),
		cli.Column("code", func(e logs.Explained) string { return e.Code }),
		cli.Long("meaning", func(e logs.Explained) string {
			if e.Meaning != "" {
				return e.Meaning
			}
			return e.Reason
		}),
		cli.Column("id", func(e logs.Explained) string { return e.ID }))
}

// writeSection writes a table after an empty line; of nothing, nothing.
func writeSection[T any](a *cli.App, w io.Writer, items []T, cols ...output.Column[T]) error {
	if len(items) == 0 {
		return nil
	}
	iostreams.Fprintln(w)
	return output.List(w, a.Printer, items, cols...)
}
