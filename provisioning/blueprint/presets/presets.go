// Package presets holds the blueprints that come with scimctl.
package presets

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/safetext"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

//go:embed *.yaml
var presetFiles embed.FS

// A Preset is the set-up of one vendor's application, as its guide has it. To
// add one is to add a file to presets.
type Preset struct {
	Name        string            `json:"-"`
	Title       string            `json:"title"`       // the application's name
	Source      string            `json:"source"`      // page that the facts are from
	Date        string            `json:"date"`        // of the page
	Does        string            `json:"does"`        // what it sets up
	Vendor      []string          `json:"vendor"`      // what has to be done in the application itself
	Later       []string          `json:"later"`       // what comes after
	Environment map[string]string `json:"environment"` // what the variables hold that the file refers to
	Parameters  []Parameter       `json:"parameters"`

	body form
}

// A Parameter is what a preset can be given. One whose default is true or false
// takes these two alone.
type Parameter struct {
	Name    string `json:"name"`
	Default string `json:"default"`
	What    string `json:"what"`
}

// Names are those of all presets, sorted.
func Names() []string {
	entries, _ := presetFiles.ReadDir(".") // which is in the program
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = strings.TrimSuffix(entry.Name(), ".yaml")
	}
	return names
}

// Find finds a preset, whatever the case of its name. The errors are an
// invalid failure, and for a file of presets that is damaged an
// *[blueprint.InvalidError].
func Find(name string) (Preset, error) {
	names := Names()
	i := slices.IndexFunc(names, func(known string) bool { return strings.EqualFold(known, name) })
	if i < 0 {
		return Preset{}, unknown(name, names)
	}
	file := names[i] + ".yaml"
	text, err := presetFiles.ReadFile(file)
	if err != nil {
		return Preset{}, err
	}
	return readPreset(names[i], file, text)
}

func readPreset(name, file string, text []byte) (Preset, error) {
	about, body, _ := bytes.Cut(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\n---\n"))
	documents, err := bounds.YAML(about)
	if err == nil && len(documents) != 1 {
		err = errors.New("it does not begin with one document about itself")
	}
	if err != nil {
		return Preset{}, fmt.Errorf("%s: %w", file, err)
	}
	p := Preset{Name: name}
	if err := blueprint.Decode(documents[0].Content[0], file, &p); err != nil {
		return p, err
	}
	if p.body, err = parseForm(string(body), p.Parameters); err != nil {
		return p, fmt.Errorf("%s: %w", file, err)
	}
	return p, nil
}

// quoted writes a text so that YAML reads it again, and no variable in it.
func quoted(text string) string {
	return "'" + strings.ReplaceAll(blueprint.Escape(text), "'", "''") + "'"
}

// File is the commented file that the preset makes of the values that are set,
// by the names of parameters. The error to know is an invalid failure.
func (p Preset) File(set map[string]string) ([]byte, error) {
	data, err := p.data(set)
	if err != nil {
		return nil, err
	}
	return []byte(p.head(set) + p.body.fill(data)), nil
}

// data are the values of all parameters.
func (p Preset) data(set map[string]string) (map[string]any, error) {
	data := map[string]any{}
	for _, parameter := range p.Parameters {
		text, given := set[parameter.Name]
		if !given {
			text = parameter.Default
		}
		value, reason := parameter.value(text)
		if reason != "" {
			return nil, p.wrong(parameter.Name, reason)
		}
		data[parameter.Name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if _, known := data[name]; !known {
			return nil, p.wrong(name, "there is none; there are "+strings.Join(slices.Sorted(maps.Keys(data)), ", "))
		}
	}
	return data, nil
}

func (p Parameter) value(text string) (value any, reason string) {
	isSwitch := p.Default == "true" || p.Default == "false"
	switch {
	case isSwitch && text != "true" && text != "false":
		return nil, fmt.Sprintf("it is true or false, and not %q", text)
	case isSwitch:
		return text == "true", ""
	case text == "" && p.Default != "":
		return nil, "it needs a value"
	case strings.ContainsAny(text, "\r\n"):
		return nil, "it is one line"
	}
	return text, ""
}

// head is the comment at the top of the file.
func (p Preset) head(set map[string]string) string {
	var out strings.Builder
	line := func(format string, args ...any) {
		out.WriteString(strings.TrimRight(safetext.Line(fmt.Sprintf("# "+format, args...)), " ") + "\n")
	}
	line("%s: %s.", p.Title, p.Does)
	line("From the preset %s, %s (%s).", p.Name, p.Source, p.Date)
	for _, name := range slices.Sorted(maps.Keys(set)) {
		line("  %s=%s", name, set[name])
	}
	line("")
	for _, text := range p.Notes() {
		line("%s", text)
	}
	return out.String() + "\n"
}

// Notes say what has to be done outside of Microsoft Entra ID, line by line.
func (p Preset) Notes() []string {
	notes := []string{"Before it can be applied, in the application itself:"}
	for _, step := range p.Vendor {
		notes = append(notes, "  - "+step)
	}
	notes = append(notes, "These environment variables are read when it is applied:")
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(p.Environment))) { // the URL before the token
		notes = append(notes, fmt.Sprintf("  - %s: %s", name, p.Environment[name]))
	}
	notes = append(notes, "Afterwards:")
	for _, step := range p.Later {
		notes = append(notes, "  - "+step)
	}
	return notes
}

func seePresets() remedy.Remedy {
	return remedy.Run("see the presets and their parameters", "init").Switch("help")
}

func unknown(name string, names []string) error {
	text := fmt.Sprintf("no preset %q: there are %s", name, strings.Join(names, ", "))
	if nearby := near.Names(name, names); len(nearby) > 0 {
		text = fmt.Sprintf("no preset %q: did you mean %s?", name, strings.Join(nearby, ", "))
	}
	return failure.New(failure.Invalid, "%s", text).Try(seePresets())
}

// wrong says what is wrong with a parameter.
func (p Preset) wrong(parameter, reason string) error {
	return failure.New(failure.Invalid, "parameter %q of the preset %s: %s", parameter, p.Name, reason).Try(seePresets())
}
