package layers_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// commandLine is the name of the program followed by one of its commands.
var commandLine = regexp.MustCompile(`scimctl (app|apply|assignment|auth|completion|config|credentials|doctor|export|ext|help|` +
	`init|mapping|plan|provision|runs|sandbox|user|version|why|--)`)

// The domain gives remedies as data. A command line as text cannot be quoted any
// more, and lacks the flags of the running command.
func TestTheDomainWritesNoCommandLines(t *testing.T) {
	t.Parallel()
	root, literals := moduleRoot(t), 0
	for _, layer := range []string{"graph", "extattr", "mappings", "provisioning"} {
		err := filepath.WalkDir(filepath.Join(root, layer), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
					literals++
					if found := commandLine.FindString(text.Value); found != "" {
						t.Errorf("%s has the text %q…: make it a remedy", name, found)
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if literals < 1000 {
		t.Fatalf("only %d texts were looked at", literals)
	}
}
