package cli

import (
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/graph"
)

// asked is the annotation with the names of the operations that a command asks for.
const asked = "operations"

// Asks states what a command asks of Graph, with a flag or without, where it is
// defined. Sign-in, permissions and their help follow from it. A command that
// states nothing asks nothing of Graph.
func Asks(operations []graph.Operation, more ...graph.Operation) map[string]string {
	var names []string
	for _, op := range slices.Concat(operations, more) {
		names = append(names, op.Name)
	}
	return map[string]string{asked: strings.Join(names, "\n")}
}

// AskedBy are the operations that a command asks for.
func AskedBy(c *cobra.Command) []graph.Operation {
	asks, _ := statedBy(c)
	return asks
}

// UnknownOperations names what a command states and [graph.Operations] does not
// list.
func UnknownOperations(c *cobra.Command) []string {
	_, unknown := statedBy(c)
	return unknown
}

func statedBy(c *cobra.Command) (operations []graph.Operation, unknown []string) {
	names, states := c.Annotations[asked]
	if !states {
		return nil, nil
	}
	all := graph.Operations()
	for name := range strings.SplitSeq(names, "\n") {
		i := slices.IndexFunc(all, func(op graph.Operation) bool { return op.Name == name })
		if i < 0 {
			unknown = append(unknown, name)
			continue
		}
		operations = append(operations, all[i])
	}
	return operations, unknown
}

// Operations are what each command of a tree asks of Graph, by its name without
// scimctl. A command that asks nothing is left out.
func Operations(c *cobra.Command) map[string][]graph.Operation {
	table := map[string][]graph.Operation{}
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		if asks := AskedBy(c); len(asks) > 0 {
			table[strings.TrimPrefix(c.CommandPath(), "scimctl ")] = asks
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(c.Root())
	return table
}

// FindsApp is what finding an application asks.
func FindsApp() []graph.Operation { return []graph.Operation{graph.OpReadApps} }

// FindsJob is what finding an application and its job asks.
func FindsJob() []graph.Operation { return []graph.Operation{graph.OpReadApps, graph.OpReadJobs} }

// ReadsSettings is what reading credentials and settings of a job asks.
func ReadsSettings() []graph.Operation { return append(FindsJob(), graph.OpReadSecrets) }

// ReadsSchema is what reading the schema of a job asks.
func ReadsSchema() []graph.Operation { return append(FindsJob(), graph.OpReadSchema) }

// ReadsValues is what reading extension properties of users asks.
func ReadsValues() []graph.Operation {
	return append(FindsApp(), graph.OpReadExtensions, graph.OpReadUsers)
}

// WritesValues is what writing them asks.
func WritesValues() []graph.Operation { return append(ReadsValues(), graph.OpUpdateUser) }

// A Permit is what a command needs.
type Permit struct {
	Command         string   `json:"command"`
	Operations      []string `json:"operations"`
	Delegated       []string `json:"delegated"`
	Application     []string `json:"application"`
	AdminConsentURL string   `json:"adminConsentUrl"`
}

// PermitsBelow are those of a command of c's tree, or of all that it holds; ""
// holds all.
func PermitsBelow(c *cobra.Command, command string, consent func(scopes []string) string) []Permit {
	table := Operations(c)
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

// EveryScope is what a person needs for all commands of c's tree together.
func EveryScope(c *cobra.Command) []string {
	delegated, _ := graph.Least(slices.Concat(slices.Collect(maps.Values(Operations(c)))...)...)
	return delegated
}
