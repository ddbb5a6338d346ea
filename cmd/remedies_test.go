package cmd

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every remedy in the sources names a command that exists, with flags that it has.
func TestEveryRemedyNamesACommand(t *testing.T) {
	t.Parallel()
	root, checked := NewRootForDocs(), 0
	for _, folder := range []string{".", "../graph", "../extattr", "../mappings", "../provisioning"} {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				args, found := remedyArgs(n)
				if !found {
					return true
				}
				checked++
				if err := runnable(root, args); err != nil {
					t.Errorf("%s: %q: %v", set.Position(n.Pos()), args, err)
				}
				return false
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if checked < 100 {
		t.Errorf("only %d remedies were checked", checked)
	}
}

// remedyArgs are the arguments of a call such as remedy.Run(reason, command).Flag(name, value).
func remedyArgs(n ast.Node) (args []string, found bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return nil, false
	}
	prefix := ""
	switch fun := call.Fun.(type) {
	case *ast.Ident:
		if fun.Name != "try" {
			return nil, false
		}
	case *ast.SelectorExpr:
		owner, _ := fun.X.(*ast.Ident)
		switch {
		case fun.Sel.Name == "Flag" || fun.Sel.Name == "Switch" || fun.Sel.Name == "Or":
			if args, found = remedyArgs(fun.X); found && fun.Sel.Name != "Or" {
				if flag, ok := literal(call, 0); ok {
					args = append(args, "--"+flag)
				}
			}
			return args, found
		case fun.Sel.Name == "run" && owner != nil && (owner.Name == "c" || owner.Name == "m"):
			prefix = "mapping "
		case fun.Sel.Name != "Run" || owner == nil || owner.Name != "remedy":
			return nil, false
		}
	default:
		return nil, false
	}
	command, ok := literal(call, 1)
	if !ok || command == "ad user update" { // that is one of az
		return nil, false
	}
	return strings.Fields(prefix + command), true
}

func literal(call *ast.CallExpr, n int) (string, bool) {
	if n >= len(call.Args) {
		return "", false
	}
	text, ok := call.Args[n].(*ast.BasicLit)
	if !ok || text.Kind != token.STRING {
		return "", false
	}
	value, err := strconv.Unquote(text.Value)
	return value, err == nil && value != ""
}
