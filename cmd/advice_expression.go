package cmd

import (
	"errors"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning"
)

// expressionRules are for expressions of attribute mappings.
func expressionRules() []rule {
	return []rule{
		on(func(e *expression.SyntaxError) Advice {
			return Advice{
				Code: ExitUsage, More: placeOf(e.Position),
				Hint: `an expression is a function such as Join(" ", [givenName], [surname]); where the shell takes double quotes away, --expression-file reads it from a file`,
			}
		}),
		on(adviseUnknownFunction),
		on(func(e *expression.ArgumentError) Advice {
			return Advice{Code: ExitUsage, Hint: "scimctl mapping functions " + e.Function + " tells what it takes", More: placeOf(e.Position)}
		}),
		on(func(e *expression.UnsupportedError) Advice {
			return Advice{
				Code: ExitFailure, More: placeOf(e.Position),
				Hint: "the service may well evaluate it: scimctl provision on-demand shows, for one user, what it makes of a mapping",
			}
		}),
		on(adviseEvaluation),
		hinted[*expression.PatternLimitError](ExitFailure, "write the regular expression so that it has fewer ways to match"),
		on(func(e *provisioning.UnknownValueError) Advice {
			advice := Advice{
				Code: ExitUsage, Hint: "give it with --set " + quoted(e.Attributes[0]+"=VALUE"),
				More: map[string]any{"attributes": e.Attributes},
			}
			if len(e.Near) > 0 {
				advice.Hint, advice.More["near"] = "did you mean "+strings.Join(e.Near, " or ")+"? If not, "+advice.Hint, e.Near
			}
			return advice
		}),
		on(func(e *unknownFunctionNameError) Advice {
			advice := Advice{Code: ExitNotFound, Hint: "scimctl mapping functions lists all", More: map[string]any{"name": e.Name}}
			if len(e.Near) > 0 {
				advice.Hint, advice.More["near"] = "did you mean "+strings.Join(e.Near, " or ")+"?", e.Near
			}
			return advice
		}),
	}
}

// adviseMappingExpression has the advice for what is wrong with the expression
// itself; what is said of it is wrong usage, whoever found it.
func adviseMappingExpression(e *mappings.InvalidExpressionError) Advice {
	advice := Advice{Hint: "scimctl mapping functions tells what functions take"}
	if f, ok := errors.AsType[*mappings.FaultyExpressionError](e); ok {
		advice.More = placeOf(f.Position)
		if len(f.Near) > 0 {
			advice.Hint, advice.More["near"] = "did you mean "+strings.Join(f.Near, " or ")+"?", f.Near
		}
	} else if _, refused := errors.AsType[*graph.ExpressionError](e); !refused {
		advice = advise(e.Err)
	}
	advice.Code = ExitUsage
	return advice
}

func placeOf(at expression.Position) map[string]any {
	return map[string]any{"line": at.Line, "column": at.Column}
}

func adviseUnknownFunction(e *expression.UnknownFunctionError) Advice {
	advice := Advice{Code: ExitUsage, Hint: "scimctl mapping functions lists those there are", More: placeOf(e.Position)}
	if len(e.Near) > 0 {
		advice.Hint, advice.More["near"] = "did you mean "+strings.Join(e.Near, " or ")+"?", e.Near
	}
	return advice
}

func adviseEvaluation(e *expression.EvaluationError) Advice {
	advice := Advice{Code: ExitFailure, More: placeOf(e.Position)}
	if e.Function == "DefaultDomain" {
		advice.Hint = "--default-domain names the one that the tenant has"
	}
	return advice
}
