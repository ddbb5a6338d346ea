package layers_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// A panic in a goroutine that nobody waits for ends the process with exit code
// 2, which means "differences found". The linter reports WaitGroup.Go,
// errgroup.Group.Go and AfterFunc; it cannot report go statements.
func TestOnlyParallelStartsGoroutines(t *testing.T) {
	t.Parallel()
	root := moduleRoot(t)
	found := map[string]int{}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != root && strings.HasPrefix(entry.Name(), "."), entry.IsDir() && entry.Name() == "testdata":
			return filepath.SkipDir
		case filepath.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		folder, err := filepath.Rel(root, filepath.Dir(file))
		if err == nil {
			found[filepath.ToSlash(folder)] += goStatements(t, file)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if found["graph/parallel"] == 0 {
		t.Error("graph/parallel starts no goroutine: this test looks in the wrong place")
	}
	delete(found, "graph/parallel")
	for folder, n := range found {
		if n > 0 {
			t.Errorf("%s has %d go statements: use graph/parallel", folder, n)
		}
	}
}

func goStatements(t *testing.T, file string) (n int) {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(parsed, func(node ast.Node) bool {
		if _, ok := node.(*ast.GoStmt); ok {
			n++
		}
		return true
	})
	return n
}
