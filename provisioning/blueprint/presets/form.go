package presets

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A form is the text of a preset, line by line, to be filled in. {{name}} is the
// value of a parameter, as YAML reads it. What stands between #if name and #end
// is there when the parameter is true, or not empty, and what stands after #else
// when it is not. They are not nested.
//
// text/template would do that too. With it in the program the linker has to keep
// every exported method there is, since templates may call any: it makes the
// program a quarter larger.
type form []formLine

type formLine struct {
	text string
	when string // the parameter that decides; "" is always
	not  bool   // it is there when the parameter is not
}

var placeholder = regexp.MustCompile(`\{\{([\w-]+)\}\}`)

// parseForm reads a form whose parameters are known.
func parseForm(text string, known []Parameter) (form, error) {
	var f form
	under := formLine{}
	for number, line := range strings.Split(text, "\n") {
		for _, name := range namesIn(line) {
			if !slices.ContainsFunc(known, func(p Parameter) bool { return p.Name == name }) {
				return nil, fmt.Errorf("line %d of the file: no parameter %q", number+1, name)
			}
		}
		switch name, condition := strings.CutPrefix(line, "#if "); {
		case condition && under.when != "", line == "#else" && (under.when == "" || under.not), line == "#end" && under.when == "":
			return nil, fmt.Errorf("line %d of the file: %s stands in the wrong place", number+1, line)
		case condition:
			under = formLine{when: name}
		case line == "#else":
			under.not = true
		case line == "#end":
			under = formLine{}
		default:
			f = append(f, formLine{line, under.when, under.not})
		}
	}
	if under.when != "" {
		return nil, fmt.Errorf("#if %s has no #end", under.when)
	}
	return f, nil
}

// namesIn are the parameters that a line names.
func namesIn(line string) []string {
	if name, condition := strings.CutPrefix(line, "#if "); condition {
		return []string{name}
	}
	var names []string
	for _, match := range placeholder.FindAllStringSubmatch(line, -1) {
		names = append(names, match[1])
	}
	return names
}

// fill puts the values in.
func (f form) fill(values map[string]any) string {
	var lines []string
	for _, line := range f {
		if line.when != "" && holds(values[line.when]) == line.not {
			continue
		}
		lines = append(lines, placeholder.ReplaceAllStringFunc(line.text, func(name string) string {
			return asYAML(values[strings.Trim(name, "{}")])
		}))
	}
	return strings.Join(lines, "\n")
}

func holds(value any) bool { return value != "" && value != false && value != nil }

func asYAML(value any) string {
	if text, ok := value.(string); ok {
		return quoted(text)
	}
	return fmt.Sprint(value)
}
