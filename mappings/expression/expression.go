// Package expression reads the expression language of Microsoft Entra's
// attribute mappings: it parses an expression, prints it, renders it the way
// Graph stores it, and evaluates it over the attributes of one object.
//
// What this package does not evaluate is an [UnsupportedError], never a guess.
//
// The language is described at
// https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data.
package expression

import (
	"slices"
)

// MaxLength is the most characters that an expression may have.
const MaxLength = 10_000

// Walk calls visit for a node and all that it holds, in the order of the text.
func Walk(n Node, visit func(Node)) {
	visit(n)
	switch n := n.(type) {
	case *Call:
		for _, arg := range n.Args {
			Walk(arg, visit)
		}
	case *Comparison:
		Walk(n.Left, visit)
		Walk(n.Right, visit)
	}
}

// Attributes are the names of all source attributes in an expression, sorted,
// each once.
func Attributes(n Node) []string {
	var names []string
	Walk(n, func(n Node) {
		if a, ok := n.(*Attribute); ok {
			names = append(names, a.Name)
		}
	})
	return sortedOnce(names)
}

// Functions are the names of all functions called in an expression, in the
// documented spelling, sorted, each once.
func Functions(n Node) []string {
	var names []string
	Walk(n, func(n Node) {
		if c, ok := n.(*Call); ok {
			names = append(names, c.Name)
		}
	})
	return sortedOnce(names)
}

func sortedOnce(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
