package sandbox

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
)

// parsed reads an expression as the service would save it: every function is
// one of those listed, and has as many arguments as that takes.
func parsed(text string) (expression.Node, error) {
	n, err := expression.Parse(text)
	if err != nil {
		return nil, err
	}
	expression.Walk(n, func(n expression.Node) {
		if c, isCall := n.(*expression.Call); isCall && err == nil {
			err = checkCall(c)
		}
	})
	return n, err
}

func checkCall(c *expression.Call) error {
	parameters, known := parametersOf(c)
	if !known {
		return &expression.UnknownFunctionError{Position: c.Position, Name: c.Written}
	}
	given := given(c)
	least, repeats := 0, false
	for i, p := range parameters {
		if !strings.HasSuffix(p, "?") {
			least = i + 1
		}
		repeats = strings.HasSuffix(p, "+")
	}
	if given < least || given > len(parameters) && !repeats {
		return &expression.ArgumentError{Position: c.Position, Function: c.Name, Reason: "it takes (" + strings.Join(parameters, ", ") + ")"}
	}
	return nil
}

// parametersOf are the parameters of a function, marked as in signatures. Of
// FormatDateTime there are two forms.
func parametersOf(c *expression.Call) (parameters []string, known bool) {
	for line := range strings.SplitSeq(signatures, "\n") {
		fields := strings.Fields(line)
		if fields[0] != c.Name {
			continue
		}
		parameters := fields[1:]
		if c.Name == "FormatDateTime" && given(c) > len(parameters) {
			parameters = slices.Insert(parameters, 1, "dateTimeStyles?")
		}
		return parameters, true
	}
	return nil, false
}

// given is how many arguments there are without those left out at the end.
func given(c *expression.Call) int {
	n := len(c.Args)
	for n > 0 && empty(c.Args[n-1]) {
		n--
	}
	return n
}

func empty(n expression.Node) bool {
	_, is := n.(*expression.Empty)
	return is
}

// stored is what parseExpression makes of an expression. How Graph stores a
// comparison or a bare word is not known; this form is the sandbox's own.
func stored(n expression.Node) expression.Source {
	switch n := n.(type) {
	case *expression.Call:
		return storedCall(n)
	case *expression.Comparison:
		return expression.Source{Expression: n.String(), Name: n.Operator, Type: "Function", Parameters: []expression.SourceParameter{
			{Key: "left", Value: stored(n.Left)}, {Key: "right", Value: stored(n.Right)},
		}}
	case *expression.Word:
		return expression.Source{Expression: n.Name, Name: n.Name, Type: "Constant", Parameters: []expression.SourceParameter{}}
	default: // attributes and constants are documented
		s, err := expression.Stored(n)
		if err != nil {
			return expression.Source{Expression: n.String(), Type: "Constant", Parameters: []expression.SourceParameter{}}
		}
		return s
	}
}

func storedCall(c *expression.Call) expression.Source {
	s := expression.Source{Expression: c.String(), Name: c.Name, Type: "Function", Parameters: []expression.SourceParameter{}}
	parameters, _ := parametersOf(c)
	for i, arg := range c.Args {
		if !empty(arg) {
			key := strings.TrimRight(parameters[min(i, len(parameters)-1)], "?+")
			s.Parameters = append(s.Parameters, expression.SourceParameter{Key: key, Value: stored(arg)})
		}
	}
	return s
}
