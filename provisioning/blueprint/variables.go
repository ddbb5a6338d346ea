package blueprint

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// environmentPrefix is what the names of environment variables begin with that
// a file may use. No other is looked at.
const environmentPrefix = "SCIMCTL_VAR_"

// Variables are what ${NAME} stands for in a file.
type Variables struct {
	Given  map[string]string        // by name: they come first
	Getenv func(name string) string // asked for SCIMCTL_VAR_NAME; may be nil
	used   map[string]bool
}

// Escape writes a text so that reading it gives the text again: ${ becomes $${.
func Escape(text string) string {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if rest := text[i:]; strings.HasPrefix(strings.TrimLeft(rest, "$"), "{") && rest[0] == '$' {
			run := len(rest) - len(strings.TrimLeft(rest, "$"))
			out.WriteString(strings.Repeat("$", run) + "$")
			i += run - 1
			continue
		}
		out.WriteByte(text[i])
	}
	return out.String()
}

// longest is more than any value of a blueprint holds; values that contain each
// other would else grow without end.
const longest = 1 << 16

// fill puts the values of variables in their places. $${ is ${ itself, as is
// every further $ before it.
func (v *Variables) fill(text string) (string, error) { return v.expand(text, nil) }

func (v *Variables) expand(text string, within []string) (string, error) {
	var out strings.Builder
	for {
		i := strings.Index(text, "${")
		if i < 0 {
			out.WriteString(text)
			return out.String(), nil
		}
		if i > 0 && text[i-1] == '$' {
			out.WriteString(text[:i-1] + "${")
			text = text[i+2:]
			continue
		}
		out.WriteString(text[:i])
		name, rest, closed := strings.Cut(text[i+2:], "}")
		if !closed || !isName(name) {
			return "", errors.New("${ begins a variable, ${NAME}, and this is none; $${ is written for ${ itself")
		}
		value, err := v.value(name, within)
		if err != nil {
			return "", err
		}
		out.WriteString(value)
		if out.Len() > longest {
			return "", fmt.Errorf("with its variables this is longer than %d bytes", longest)
		}
		text = rest
	}
}

func (v *Variables) value(name string, within []string) (string, error) {
	if i := slices.Index(within, name); i >= 0 {
		return "", errors.New("the variables contain each other: " + strings.Join(append(slices.Clone(within[i:]), name), ", which has "))
	}
	if v == nil {
		return "", notGiven(name)
	}
	value, ok := v.Given[name]
	if !ok && v.Getenv != nil {
		value = v.Getenv(environmentPrefix + name)
		ok = value != ""
	}
	if !ok {
		return "", notGiven(name)
	}
	if v.used == nil {
		v.used = map[string]bool{}
	}
	v.used[name] = true
	return v.expand(value, append(slices.Clone(within), name))
}

// unused are the names that were given and that no file has.
func (v *Variables) unused() []string {
	var names []string
	for name := range v.Given {
		if !v.used[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func isName(text string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	return text != "" && strings.Trim(text, letters+"0123456789") == "" && strings.Contains(letters, text[:1])
}

func notGiven(name string) error {
	return fmt.Errorf("the variable %s is not given: --var %s=VALUE, or %s%s", name, name, environmentPrefix, name)
}
