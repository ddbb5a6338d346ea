package layers_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A ban is a package that the program must not contain, directly or through
// others, with the reason.
type ban struct{ path, but, why string }

func bans() []ban {
	const sdk = "github.com/microsoftgraph/msgraph-sdk-go"
	return []ban{
		{sdk, sdk + "/models/odataerrors", "the typed models and request builders of Graph take minutes and gigabytes to build, update a schema by PATCH and lose members that they do not know"},
		{"github.com/microsoftgraph/msgraph-beta-sdk-go", "", "Graph's beta changes without notice, and its models cost what the others do"},
		{"github.com/microsoft/kiota-serialization-form-go", "", "Graph is spoken to in JSON alone"},
		{"github.com/microsoft/kiota-serialization-multipart-go", "", "Graph is spoken to in JSON alone"},
		{"github.com/microsoft/kiota-serialization-text-go", "", "Graph is spoken to in JSON alone"},
		{"github.com/stretchr/testify", "", "whole values are compared with go-cmp"},
		{"net/http/httptest", "", "it registers a flag and belongs to tests"},
		{"testing", "", "it registers flags and belongs to tests"},
	}
}

func TestTheProgramContainsNothingThatItWouldPayFor(t *testing.T) {
	t.Parallel()
	root := moduleRoot(t)
	packages := listed(t, root, "list", "-deps", ".")
	if !slices.Contains(packages, module+"/cmd") || !slices.Contains(packages, "net/http") {
		t.Fatalf("%d packages are not the program", len(packages))
	}
	for _, b := range bans() {
		for _, p := range packages {
			if b.forbids(p) {
				t.Errorf("%s is in the program: %s", p, b.why)
			}
		}
	}
}

// A template may call any method by its name. Where one is used, the linker keeps
// every exported method of every type, which makes the program a quarter larger;
// cobra has its templates so that they go when nobody uses them.
func TestNothingOfTheProgramUsesTemplates(t *testing.T) {
	t.Parallel()
	for _, line := range listed(t, moduleRoot(t), "list", "-f", `{{.ImportPath}}{{range .Imports}} {{.}}{{end}}`, "./...") {
		words := strings.Fields(line)
		if slices.ContainsFunc(words[1:], func(p string) bool { return p == "text/template" || p == "html/template" }) {
			t.Errorf("%s imports templates", words[0])
		}
	}
}

// Testify is in nobody's tests either. Tests of the sandbox may use Microsoft's
// typed client, behind a build tag.
func TestNoTestUsesTestify(t *testing.T) {
	t.Parallel()
	for _, p := range listed(t, moduleRoot(t), "list", "-f", `{{join .TestImports "\n"}}{{"\n"}}{{join .XTestImports "\n"}}`, "./...") {
		if strings.HasPrefix(p, "github.com/stretchr/testify") {
			t.Errorf("a test imports %s: whole values are compared with go-cmp", p)
		}
	}
}

func (b ban) forbids(path string) bool {
	return path != b.but && (path == b.path || strings.HasPrefix(path, b.path+"/"))
}

func listed(t *testing.T, folder string, args ...string) []string {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", args...)
	c.Dir = folder
	out, err := c.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return strings.Fields(string(out))
}

// Kiota's handlers share a package with the transport that is used, so that
// they are told by name. A redirected PUT goes out empty and counts as success,
// a POST that makes an application is sent again after a 504, and throttled
// answers are not closed.
func TestNoneOfKiotasHandlersIsUsed(t *testing.T) {
	t.Parallel()
	banned := []string{
		"NewRetryHandler", "NewRetryHandlerWithOptions", "NewRedirectHandler", "NewRedirectHandlerWithOptions",
		"NewCompressionHandler", "NewCompressionHandlerWithOptions", "GetDefaultMiddlewares", "GetDefaultMiddlewaresWithOptions",
		"GetDefaultClient", "GetDefaultTransport", "NewCustomTransport",
	}
	used := false
	for name, file := range sources(t, moduleRoot(t)) {
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			used = used || selector.Sel.Name == "NewCustomTransportWithParentTransport"
			if slices.Contains(banned, selector.Sel.Name) {
				t.Errorf("%s uses %s: the retries, redirects and compression of Kiota lose what they send", name, selector.Sel.Name)
			}
			return true
		})
	}
	if !used {
		t.Error("Kiota's transport is not used any more, or was not found")
	}
}

// sources parses the files of graph, which alone may import Kiota.
func sources(t *testing.T, root string) map[string]*ast.File {
	t.Helper()
	files, set := map[string]*ast.File{}, token.NewFileSet()
	err := filepath.WalkDir(filepath.Join(root, "graph"), func(name string, entry fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(name) == ".go" && !entry.IsDir() {
			files[name], err = parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
