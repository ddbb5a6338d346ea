package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// Operations are what each command asks of Graph, by its name without scimctl.
// Sign-in, permissions and their help go by it. A command that is missing here
// asks nothing of Graph.
func Operations() map[string][]graph.Operation {
	find := []graph.Operation{graph.OpReadApps}
	job := with(find, graph.OpReadJobs)
	settings := with(find, graph.OpReadJobs, graph.OpReadSecrets)
	schema := with(job, graph.OpReadSchema)
	edit := with(schema, graph.OpWriteSchema, graph.OpPauseJob, graph.OpStartJob) // the latter with --while-stopped
	filter := with(edit, graph.OpReadSecrets, graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups)
	start := with(settings, graph.OpReadAssignments, graph.OpReadGroups, graph.OpReadUsers, graph.OpStartJob) // those between for the number of people
	read := with(find, graph.OpReadExtensions, graph.OpReadUsers)
	write := with(read, graph.OpUpdateUser)
	planned := with(schema, graph.OpReadTemplates, graph.OpReadSyncTemplates, graph.OpReadSecrets, graph.OpValidate, graph.OpReadExtensions, graph.OpAvailableExtensions,
		graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups, graph.OpReadOperators, graph.OpParseExpression) // each as far as the file names it; plan -o json tells what applying takes
	bulk := with(write, graph.OpReadGroups, graph.OpReadJobs, graph.OpReadSchema, graph.OpReadOwnAssignments, graph.OpReadSecrets, graph.OpProvision) // from the jobs on with --provision
	return map[string][]graph.Operation{
		"app templates": {graph.OpReadTemplates},
		"app list":      with(find, graph.OpReadJobs, graph.OpReadSecrets, graph.OpReadOwners), // all but the first with --provisioning
		"app show": with(schema, graph.OpReadTemplates, graph.OpReadSyncTemplates, graph.OpReadSecrets, graph.OpReadAssignments,
			graph.OpReadExtensions, graph.OpReadOwners),
		"app create": with(find, graph.OpReadTemplates, graph.OpInstantiate, graph.OpReadSyncTemplates),

		"ext create": with(find, graph.OpReadExtensions, graph.OpCreateExtension, graph.OpAvailableExtensions),
		"ext list":   with(find, graph.OpReadExtensions),
		"ext delete": with(find, graph.OpReadExtensions, graph.OpDeleteExtension),
		"ext set":    write,
		"ext get":    read,
		"ext clear":  write,

		"user list":        {graph.OpReadUsers, graph.OpReadDeletedUsers}, // the latter with --deleted
		"user show":        with(find, graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpReadOwnAssignments),
		"user set-role":    bulk,
		"user get-role":    with(read, graph.OpReadGroups), // the latter with --members-of
		"user verify-role": with(read, graph.OpReadGroups),
		"user clear-role":  write,
		"user delete":      {graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpReadOwnAssignments, graph.OpDeleteUser},
		"user restore":     {graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpRestoreUser},

		"runs resume": bulk,
		"runs undo":   bulk,

		"assignment list":   with(find, graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups),
		"assignment audit":  with(find, graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups, graph.OpReadDeletedUsers),
		"assignment add":    with(find, graph.OpReadUsers, graph.OpReadGroups, graph.OpReadOwnAssignments, graph.OpAssign),
		"assignment remove": with(find, graph.OpReadUsers, graph.OpReadGroups, graph.OpReadOwnAssignments, graph.OpReadAssignments, graph.OpUnassign),

		"credentials set":    with(settings, graph.OpWriteSecrets, graph.OpValidate),
		"credentials test":   with(settings, graph.OpValidate),
		"credentials show":   with(find, graph.OpReadSecrets),
		"credentials rotate": with(settings, graph.OpWriteSecrets, graph.OpValidate, graph.OpReadUsers, graph.OpReadSchema, graph.OpReadOwnAssignments, graph.OpProvision), // from the users on with --probe
		"credentials clear":  with(settings, graph.OpWriteSecrets),

		"mapping list": schema,
		"mapping check": with(schema, graph.OpReadSecrets, graph.OpReadOperators, graph.OpReadFunctions, graph.OpReadAssignments,
			graph.OpReadGroups, graph.OpReadExtensions, graph.OpAvailableExtensions),
		"mapping add":              with(edit, graph.OpAvailableExtensions, graph.OpParseExpression),
		"mapping set":              with(edit, graph.OpAvailableExtensions, graph.OpParseExpression),
		"mapping remove":           edit,
		"mapping copy":             with(filter, graph.OpAvailableExtensions),
		"mapping attribute list":   schema,
		"mapping attribute add":    with(edit, graph.OpAvailableExtensions),
		"mapping attribute remove": edit,
		"mapping filter list":      schema,
		"mapping filter add":       with(filter, graph.OpReadOperators, graph.OpAvailableExtensions),
		"mapping filter remove":    filter,
		"mapping preview":          with(schema, graph.OpReadSecrets, graph.OpReadUsers, graph.OpReadOwnAssignments),
		"mapping export":           schema,
		"mapping import":           with(filter, graph.OpAvailableExtensions),
		"mapping diff":             schema,
		"mapping restore":          with(filter, graph.OpAvailableExtensions),
		"mapping reset":            with(schema, graph.OpReadSyncTemplates, graph.OpResetSchema, graph.OpPauseJob, graph.OpStartJob),
		"mapping enable":           edit,
		"mapping disable":          edit,
		"mapping actions":          edit,
		"mapping eval":             with(find, graph.OpReadUsers, graph.OpReadExtensions, graph.OpReadOwnAssignments), // with --user alone

		"why": with(schema, graph.OpReadSecrets, graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpReadOwnAssignments, graph.OpReadGroups, graph.OpReadLogs),

		"doctor": with(find, graph.OpReadTemplates, graph.OpReadOwners, graph.OpReadSubscriptions, graph.OpReadSelf, graph.OpReadUsers,
			graph.OpReadDeletedUsers, graph.OpReadGroups, graph.OpReadExtensions, graph.OpReadAssignments, graph.OpReadJobs, graph.OpReadSecrets,
			graph.OpReadSyncTemplates, graph.OpReadLogs),

		"plan":   planned,
		"apply":  with(planned, graph.OpInstantiate, graph.OpCreateExtension, graph.OpDeleteExtension, graph.OpCreateJob, graph.OpWriteSecrets, graph.OpWriteSchema, graph.OpAssign, graph.OpUnassign, graph.OpReadOwnAssignments, graph.OpUpdateUser, graph.OpPauseJob, graph.OpStartJob),
		"export": with(schema, graph.OpReadTemplates, graph.OpReadSyncTemplates, graph.OpReadSecrets, graph.OpReadExtensions, graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups, graph.OpReadOperators),

		"provision setup":      with(settings, graph.OpReadSyncTemplates, graph.OpCreateJob, graph.OpWriteSecrets),
		"provision settings":   with(settings, graph.OpWriteSecrets, graph.OpValidate, graph.OpReadUsers, graph.OpRestartJob, graph.OpStartJob), // users with --scope all, the last two when asked
		"provision start":      start,
		"provision stop":       with(job, graph.OpPauseJob),
		"provision sync-now":   with(start, graph.OpPauseJob),
		"provision restart":    with(job, graph.OpRestartJob, graph.OpStartJob, graph.OpReadLogs), // the last with --allow-deletes
		"provision status":     job,
		"provision on-demand":  with(schema, graph.OpReadUsers, graph.OpReadGroups, graph.OpReadOwnAssignments, graph.OpReadSecrets, graph.OpProvision, graph.OpReadLogs), // the last with --wait-for-log
		"provision logs":       with(job, graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpReadGroups, graph.OpReadLogs),
		"provision logs show":  {graph.OpReadLogs},
		"provision logs stats": with(job, graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpReadGroups, graph.OpReadLogs),
		"provision disable":    with(schema, graph.OpReadSecrets, graph.OpPauseJob, graph.OpDeleteJob, graph.OpWriteSecrets),
	}
}

func with(some []graph.Operation, more ...graph.Operation) []graph.Operation {
	return slices.Concat(some, more)
}

// A Permit is what a command needs.
type Permit struct {
	Command         string   `json:"command"`
	Operations      []string `json:"operations"`
	Delegated       []string `json:"delegated"`
	Application     []string `json:"application"`
	AdminConsentURL string   `json:"adminConsentUrl"`
}

// PermitsBelow are those of a command, or of all that it holds; "" holds all.
func PermitsBelow(command string, consent func(scopes []string) string) []Permit {
	table := Operations()
	permits := []Permit{}
	for _, name := range slices.Sorted(maps.Keys(table)) {
		if command == "" || name == command || strings.HasPrefix(name, command+" ") {
			permits = append(permits, NewPermit(name, table[name], consent))
		}
	}
	return permits
}

func NewPermit(command string, operations []graph.Operation, consent func(scopes []string) string) Permit {
	p := Permit{Command: command, Operations: []string{}}
	for _, op := range operations {
		if !slices.Contains(p.Operations, op.Name) {
			p.Operations = append(p.Operations, op.Name)
		}
	}
	p.Delegated, p.Application = graph.Least(operations...)
	p.AdminConsentURL = consent(p.Delegated)
	return p
}

// EveryScope is what a person needs for all commands together.
func EveryScope() []string {
	delegated, _ := graph.Least(slices.Concat(slices.Collect(maps.Values(Operations()))...)...)
	return delegated
}
