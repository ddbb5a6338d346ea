package layers_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/scimctl/scimctl"

// tool lists the layers of the tool from the lowest up: each may import those
// before it.
func tool() []string {
	return []string{
		"graph/remedy", "graph/failure", "graph", "graph/auth", "graph/directory", "graph/applications", "graph/synchronization", "graph/auditlogs", "graph/resume", "extattr",
		"mappings/expression", "mappings/internal/tree", "mappings/schema", "mappings/diff", "mappings/history", "mappings/table", "mappings/check", "mappings",
		"provisioning/scim", "provisioning/engine", "provisioning",
		"provisioning/assignment", "provisioning/credentials", "provisioning/logs", "provisioning/users", "provisioning/job", "provisioning/evaluate",
		"provisioning/apps", "provisioning/ondemand", "provisioning/check", "provisioning/why", "provisioning/doctor", "provisioning/blueprint", "provisioning/blueprint/planning", "provisioning/blueprint/export", "provisioning/blueprint/presets",
	}
}

// ground lists what every layer of the tool may import: limits, goroutines, files
// and text know nothing of what they are used for.
func ground() []string {
	return []string{"graph/bounds", "graph/parallel", "graph/private", "graph/safetext"}
}

// nouns are the packages of commands, none of which imports another one.
func nouns() []string {
	return []string{
		"cmd/app", "cmd/assignment", "cmd/auth", "cmd/blueprint", "cmd/config", "cmd/credentials", "cmd/doctor", "cmd/ext", "cmd/mapping",
		"cmd/provision", "cmd/sandbox", "cmd/user", "cmd/why",
	}
}

// layers says what each layer may import of ours, itself aside.
func layers() map[string][]string {
	all := map[string][]string{"": {"cmd"}, "graph/private": {"graph/bounds"}}
	for i, layer := range tool() {
		all[layer] = slices.Concat(ground(), tool()[:i])
	}
	for _, layer := range ground() {
		all[layer] = slices.Concat(all[layer])
	}
	shared := slices.Concat(ground(), tool(), []string{"cmd/internal", "provisioning/sandbox", "provisioning/sandbox/scimserver"})
	all["cmd/internal"] = shared
	for _, noun := range nouns() {
		all[noun] = shared
	}
	all["cmd"] = slices.Concat(shared, nouns())
	all["cmd/internal/gendocs"] = []string{"cmd"}
	// The pure packages know nothing of Graph.
	all["mappings/expression"], all["provisioning/scim"] = nil, []string{"graph/bounds"}
	all["provisioning/engine"] = []string{"mappings/expression", "provisioning/scim"}
	// Tool and sandbox share no code with which they talk to each other. The
	// application behind the simulated tenant knows nothing of Entra's side.
	all["provisioning/sandbox"] = []string{
		"graph/bounds", "graph/parallel", "graph/private", "provisioning/sandbox/scimserver", "mappings/expression", "provisioning/engine", "provisioning/scim",
	}
	all["provisioning/sandbox/scimserver"] = nil
	// What tests share is for tests.
	all["mappings/internal/schematest"] = slices.Concat(ground(), tool(), []string{"provisioning/sandbox"})
	all["provisioning/internal/tenanttest"] = all["mappings/internal/schematest"]
	all["graph/internal/graphtest"] = slices.Concat(ground(), []string{"graph", "graph/auth", "graph/synchronization"})
	return all
}

// strangers says which layers may import modules of others. Those that are not
// named may be imported everywhere.
func strangers() map[string][]string {
	return map[string][]string{
		"github.com/microsoft":        {"graph"},               // and github.com/microsoftgraph
		"github.com/Azure":            {"graph", "graph/auth"}, // and github.com/AzureAD
		"github.com/spf13/":           commands(),
		"github.com/olekukonko/":      commands(),
		"github.com/elimity-com/scim": {"provisioning/sandbox/scimserver"},
		"github.com/scim2/":           {"provisioning/sandbox/scimserver"},
		"golang.org/x/sync/errgroup":  {"graph/parallel"},
	}
}

func commands() []string {
	return slices.Concat([]string{"cmd", "cmd/internal", "cmd/internal/gendocs"}, nouns())
}

// use is one import of a file.
type use struct {
	folder   string // of the file, from the top of the module
	imported string
	external bool // in a package whose name ends in _test
}

func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	root := moduleRoot(t)
	uses := usesOf(t, root)
	if len(uses) < 20 {
		t.Fatalf("found %d imports under %s: this is not the module", len(uses), root)
	}
	for _, u := range uses {
		if objection := objectionTo(u); objection != "" {
			t.Error(objection)
		}
	}
}

func TestWhatTheLayersForbid(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		use  use
		want string
	}{
		{"down the line", use{folder: "provisioning", imported: module + "/mappings"}, ""},
		{"up the line", use{folder: "mappings", imported: module + "/provisioning"}, "mappings imports provisioning"},
		{"a folder of the same layer", use{folder: "provisioning/sandbox", imported: module + "/provisioning/sandbox/internal/odata"}, ""},
		{"from one noun to another", use{folder: "cmd/app", imported: module + "/cmd/mapping"}, "cmd/app imports cmd/mapping"},
		{"from a noun to what all share", use{folder: "cmd/app", imported: module + "/cmd/internal/cli"}, ""},
		{"between capabilities, up", use{folder: "provisioning/logs", imported: module + "/provisioning/why"}, "provisioning/logs imports provisioning/why"},
		{"between capabilities, down", use{folder: "provisioning/why", imported: module + "/provisioning/logs"}, ""},
		{"what tests share, in the tool", use{folder: "mappings", imported: module + "/mappings/internal/schematest"}, "mappings imports mappings/internal/schematest"},
		{"a folder of a lower layer", use{folder: "mappings", imported: module + "/graph/near"}, ""},
		{"the sandbox imports the tool", use{folder: "provisioning/sandbox/internal/x", imported: module + "/graph"}, "provisioning/sandbox imports graph"},
		{"the tool imports the sandbox", use{folder: "provisioning", imported: module + "/provisioning/sandbox"}, "provisioning imports provisioning/sandbox"},
		{"a test beside the package does too", use{folder: "provisioning", imported: module + "/provisioning/sandbox"}, "provisioning imports provisioning/sandbox"},
		{"a test from outside does", use{folder: "provisioning", imported: module + "/provisioning/sandbox", external: true}, ""},
		{"a test of the sandbox uses the client", use{folder: "provisioning/sandbox", imported: module + "/graph", external: true}, ""},
		{"a pure package imports ours", use{folder: "mappings/expression", imported: module + "/graph"}, "mappings/expression imports graph"},
		{"cobra below cmd", use{folder: "provisioning", imported: "github.com/spf13/cobra"}, "provisioning imports github.com/spf13/cobra"},
		{"Kiota in graph", use{folder: "graph", imported: "github.com/microsoft/kiota-abstractions-go"}, ""},
		{"the Graph SDK in the sandbox", use{folder: "provisioning/sandbox", imported: "github.com/microsoftgraph/msgraph-sdk-go"}, "provisioning/sandbox imports github.com/microsoftgraph/msgraph-sdk-go"},
		{"Microsoft's client in a test of the sandbox", use{folder: "provisioning/sandbox", imported: "github.com/microsoftgraph/msgraph-sdk-go", external: true}, ""},
		{"the client of SCIM is built on a server", use{folder: "provisioning/scim", imported: "github.com/elimity-com/scim"}, "provisioning/scim imports github.com/elimity-com/scim"},
		{"a test of it has one", use{folder: "provisioning/scim", imported: "github.com/elimity-com/scim", external: true}, ""},
		{"and not Graph", use{folder: "provisioning/scim", imported: "github.com/microsoft/kiota-abstractions-go", external: true}, "provisioning/scim imports github.com/microsoft/kiota-abstractions-go"},
		{"the standard library", use{folder: "graph", imported: "net/http"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, objectionTo(test.use)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// objectionTo returns what is wrong with an import, or "".
func objectionTo(u use) string {
	from := layerOf(u.folder)
	own, ours := strings.CutPrefix(u.imported, module)
	to := u.imported
	allowed := true
	if ours {
		to = layerOf(strings.TrimPrefix(own, "/"))
		allowed = from == to || slices.Contains(layers()[from], to) || (u.external && isForTests(from, to))
	} else {
		for prefix, where := range strangers() {
			if strings.HasPrefix(u.imported, prefix) {
				allowed = slices.Contains(where, from) || (u.external && isTriedOutIn(from, prefix))
			}
		}
	}
	if allowed {
		return ""
	}
	return fmt.Sprintf("%s imports %s", from, to)
}

// isForTests says which further layers a test package may import: the sandbox, and
// those beside its own that bring about what it looks at.
func isForTests(from, to string) bool {
	top, _, _ := strings.Cut(from, "/")
	return strings.HasPrefix(to, "provisioning/sandbox") || from == "provisioning/sandbox" && strings.HasPrefix(to, "graph") ||
		top != "cmd" && from != "provisioning/sandbox" && strings.HasPrefix(to, top+"/") || to == "mappings" && top == "mappings"
}

// isTriedOutIn says which modules the test package of a layer may import
// besides: the sandbox is tried out with Microsoft's client, and the client of
// SCIM on a server that is not ours.
func isTriedOutIn(from, prefix string) bool {
	return from == "provisioning/sandbox" || from == "provisioning/scim" && slices.Contains(strangers()[prefix], "provisioning/sandbox/scimserver")
}

func layerOf(folder string) string {
	for ; folder != "."; folder = path.Dir(folder) {
		if _, ok := layers()[folder]; ok {
			return folder
		}
	}
	return ""
}

func usesOf(t *testing.T, root string) []use {
	t.Helper()
	var uses []use
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != root && strings.HasPrefix(entry.Name(), "."), entry.IsDir() && entry.Name() == "testdata":
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(file) != ".go":
			return nil
		}
		found, err := importsOf(root, file)
		uses = append(uses, found...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return uses
}

func importsOf(root, file string) ([]use, error) {
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	folder, err := filepath.Rel(root, filepath.Dir(file))
	if err != nil {
		return nil, err
	}
	u := use{
		folder:   filepath.ToSlash(folder),
		external: strings.HasSuffix(parsed.Name.Name, "_test"),
	}
	var uses []use
	for _, spec := range parsed.Imports {
		if u.imported, err = strconv.Unquote(spec.Path.Value); err != nil {
			return nil, err
		}
		uses = append(uses, u)
	}
	return uses, nil
}

// moduleRoot is the folder above with go.mod in it.
func moduleRoot(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		if folder == filepath.Dir(folder) {
			t.Fatal("no go.mod above this package")
		}
	}
}
