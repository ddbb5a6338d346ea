package blueprint

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/remedy"
)

// A Read reads blueprints from files.
type Read struct {
	Paths []string  // of files, and of folders whose *.yaml and *.yml are meant; "-" is Stdin
	Stdin io.Reader // may be nil when no path is "-"
	Variables
}

// Do reads all files, in the order named, and returns their documents. What is
// wrong in any of them is an *[InvalidError]; a path that leads nowhere is an
// error of package os, or a failure that is not found.
func (r Read) Do(ctx context.Context) ([]Blueprint, error) {
	var all []Blueprint
	var faults []Fault
	files, err := r.files()
	for _, file := range files {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return nil, err
		}
		text, err := r.read(file)
		if err != nil {
			return nil, err
		}
		read, wrong := parse(file, text, &r.Variables)
		all, faults = append(all, read...), append(faults, wrong...)
	}
	if err != nil {
		return nil, err
	}
	faults = append(faults, twice(all)...)
	if len(faults) > 0 {
		return nil, &InvalidError{Faults: faults}
	}
	if unused := r.unused(); len(unused) > 0 {
		return nil, failure.New(failure.Invalid, "no file has the variable %s", bounds.Names(unused)).Try(remedy.Advise("a file has it as ${NAME}"))
	}
	return all, nil
}

// Parse reads the documents of one file, whose name is for messages. What is
// wrong in it is an *[InvalidError].
func Parse(name string, text []byte, vars Variables) ([]Blueprint, error) {
	all, faults := parse(name, text, &vars)
	if faults = append(faults, twice(all)...); len(faults) > 0 {
		return nil, &InvalidError{Faults: faults}
	}
	return all, nil
}

// files are the files themselves, with those of folders in order of their names.
func (r Read) files() ([]string, error) {
	var files []string
	for _, path := range r.Paths {
		if path == "-" {
			files = append(files, path)
			continue
		}
		info, err := stat(path)
		switch {
		case err != nil:
			return nil, err
		case !info.IsDir():
			files = append(files, path)
			continue
		}
		within, err := filesOf(path)
		if err != nil {
			return nil, err
		}
		files = append(files, within...)
	}
	return files, nil
}

func filesOf(folder string) ([]string, error) {
	f, err := openWithin(folder)
	if err != nil {
		return nil, err
	}
	entries, err := f.ReadDir(-1)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	var files []string
	for _, entry := range entries {
		ext := strings.ToLower(filepath.Ext(entry.Name()))
		if (ext == ".yaml" || ext == ".yml") && !entry.IsDir() && !strings.HasPrefix(entry.Name(), ".") {
			files = append(files, filepath.Join(folder, entry.Name()))
		}
	}
	if len(files) == 0 {
		return nil, failure.New(failure.NotFound, "the folder %s has no file that ends in .yaml or .yml", folder).
			Try(remedy.Run("create one", "init").Flag("preset", "scim").Flag("out", "FILE"))
	}
	return files, nil
}

// openWithin opens a file or folder, and follows no symbolic link out of the
// working folder, or out of the file's own folder when that is elsewhere. A file
// that somebody else proposes could otherwise be a link to any file of the
// machine, parts of which would appear in an error.
func openWithin(path string) (*os.File, error) {
	base, name := ".", filepath.Clean(path)
	if !filepath.IsLocal(name) {
		base, name = filepath.Dir(name), filepath.Base(name)
	}
	if name == ".." || name == string(filepath.Separator) { // a folder that no link leads to
		return os.Open(path)
	}
	root, err := os.OpenRoot(base)
	if err != nil {
		return nil, err
	}
	f, err := root.Open(name)
	if err := errors.Join(err, root.Close()); err != nil {
		return nil, named(path, err)
	}
	return f, nil
}

func stat(path string) (fs.FileInfo, error) {
	f, err := openWithin(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	return info, errors.Join(err, f.Close())
}

// named is an error of a path as it was given.
func named(path string, err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return &fs.PathError{Op: e.Op, Path: path, Err: e.Err}
	}
	return err
}

func (r Read) read(path string) ([]byte, error) {
	in := r.Stdin
	if path != "-" {
		f, err := openWithin(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	return io.ReadAll(io.LimitReader(in, bounds.YAMLText+1))
}

// parse reads the documents of one file as far as it can.
func parse(file string, raw []byte, vars *Variables) ([]Blueprint, []Fault) {
	if file == "-" {
		file = "standard input"
	}
	fault := func(reason string) ([]Blueprint, []Fault) {
		return nil, []Fault{{Place: Place{File: file}, Reason: reason}}
	}
	if len(raw) > bounds.YAMLText {
		return fault(fmt.Sprintf("it has more than %d MB, and is no blueprint", bounds.YAMLText>>20))
	}
	text, _, err := transform.Bytes(unicode.BOMOverride(transform.Nop), raw)
	if err != nil {
		return fault("it is no text: " + err.Error())
	}
	var all []Blueprint
	var faults []Fault
	documents, err := bounds.YAML(text)
	for _, document := range documents {
		if body := document.Content[0]; !isNothing(body) {
			b, wrong := decode(file, body, vars)
			all, faults = append(all, b), append(faults, wrong...)
		}
	}
	if wrong, ok := errors.AsType[*bounds.YAMLError](err); ok {
		return all, append(faults, syntaxFault(file, text, wrong))
	}
	if len(all) == 0 {
		return fault("there is nothing in it")
	}
	return all, faults
}

func decode(file string, body *yaml.Node, vars *Variables) (Blueprint, []Fault) {
	d := decoder{file: file, vars: vars, places: places{}}
	b := Blueprint{places: d.places}
	d.places[""] = d.place(body)
	d.value(body, nil, reflect.ValueOf(&b).Elem())
	if wrong := b.marks(); len(wrong) > 0 && body.Kind == yaml.MappingNode {
		return b, wrong // what else is wrong with it does not matter
	}
	if body.Kind != yaml.MappingNode {
		return b, d.faults
	}
	faults := d.faults
	for _, f := range b.check() { // what is wrong already is not told in other words
		if !slices.ContainsFunc(d.faults, func(told Fault) bool { return told.Place == f.Place }) {
			faults = append(faults, f)
		}
	}
	slices.SortStableFunc(faults, func(f, g Fault) int { return cmp.Or(f.Line-g.Line, f.Column-g.Column) })
	return b, faults
}

// twice finds applications that several documents are for: which of them would
// hold is not for scimctl to say.
func twice(all []Blueprint) []Fault {
	var faults []Fault
	for i, b := range all {
		j := slices.IndexFunc(all[:i], func(other Blueprint) bool {
			return b.Application.Name != "" && strings.EqualFold(b.Application.Name, other.Application.Name)
		})
		if j >= 0 {
			faults = append(faults, b.FaultAt(fmt.Sprintf("the application %s has a document already, in %s", b.Application.Name, all[j].Place("application", "name")), "application", "name"))
		}
	}
	return faults
}

// Decode reads a YAML node of a file into a struct, as blueprints are read. The
// error is an *[InvalidError].
func Decode(n *yaml.Node, file string, into any) error {
	d := decoder{file: file, vars: &Variables{}, places: places{}}
	d.value(n, nil, reflect.ValueOf(into).Elem())
	if len(d.faults) > 0 {
		return &InvalidError{Faults: d.faults}
	}
	return nil
}
