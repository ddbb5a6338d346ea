package blueprint

import (
	"fmt"
	"strings"
)

// filled is a pattern with what stands for its names. {{name}} is a text in
// quotes, or a switch; {{if name}}, {{else}} and {{end}}, each on a line of its
// own and never within another, keep lines for a switch that is on and for a
// text that is not empty.
//
// It is no text/template: that calls methods by their names, so that the linker
// has to keep every method of the program, which makes it half as large again.
func filled(pattern string, data map[string]any) (string, error) {
	var out strings.Builder
	kept, within := true, false
	for line := range strings.Lines(pattern) {
		order, name, isOrder := orderIn(line)
		switch {
		case !isOrder && kept:
			text, err := named(line, data)
			if err != nil {
				return "", err
			}
			out.WriteString(text)
		case !isOrder:
		case order == "if" && !within:
			value, known := data[name]
			if !known {
				return "", fmt.Errorf("no parameter %q", name)
			}
			kept, within = value != false && value != "", true
		case order == "else" && within:
			kept = !kept
		case order == "end" && within:
			kept, within = true, false
		default:
			return "", fmt.Errorf("{{%s}} is out of place", order)
		}
	}
	if within {
		return "", fmt.Errorf("{{if}} without {{end}}")
	}
	return out.String(), nil
}

// orderIn is an order that a line consists of.
func orderIn(line string) (order, name string, found bool) {
	text, opened := strings.CutPrefix(strings.TrimRight(line, "\n"), "{{")
	text, closed := strings.CutSuffix(text, "}}")
	order, name, _ = strings.Cut(text, " ")
	return order, name, opened && closed && (order == "if" || order == "else" || order == "end")
}

// named puts values in the places of names.
func named(line string, data map[string]any) (string, error) {
	before, rest, found := strings.Cut(line, "{{")
	if !found {
		return line, nil
	}
	name, rest, _ := strings.Cut(rest, "}}")
	value, known := data[name]
	if !known {
		return "", fmt.Errorf("no parameter %q", name)
	}
	if text, isText := value.(string); isText {
		value = quoted(text)
	}
	rest, err := named(rest, data)
	return before + fmt.Sprint(value) + rest, err
}

// quoted writes a text so that YAML reads it again, and no variable in it.
func quoted(text string) string {
	return "'" + strings.ReplaceAll(Escape(text), "'", "''") + "'"
}
