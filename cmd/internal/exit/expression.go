package exit

import (
	"errors"

	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/evaluate"
)

// expressionRules are for expressions of attribute mappings.
func expressionRules() []rule {
	return []rule{
		on(func(e *expression.SyntaxError) Advice {
			return Advice{
				Code: Usage, More: placeOf(e.Position),
				Hint: tip(`an expression is a function such as Join(" ", [givenName], [surname]); where the shell drops double quotes, use --expression-file`),
			}
		}),
		on(adviseUnknownFunction),
		on(func(e *expression.ArgumentError) Advice {
			return Advice{Code: Usage, Hint: Try("see its parameters", "mapping functions", e.Function), More: placeOf(e.Position)}
		}),
		on(func(e *expression.UnsupportedError) Advice {
			return Advice{
				Code: Failure, More: placeOf(e.Position),
				Hint: Try("the service may be able to evaluate it; to see the result for one user", "provision on-demand", "USER"),
			}
		}),
		on(adviseEvaluation),
		hinted[*expression.PatternLimitError](Failure, remedy.Advise("write the regular expression so that it has fewer ways to match")),
		on(func(e *evaluate.UnknownValueError) Advice {
			advice := Advice{
				Code: Usage, Hint: tip("set it with --set NAME=VALUE"),
				More: map[string]any{"attributes": e.Attributes},
			}
			if len(e.Near) > 0 {
				advice.Hint, advice.More["near"] = append(didYouMean(e.Near), advice.Hint...), e.Near
			}
			return advice
		}),
		on(func(e *UnknownFunctionNameError) Advice {
			advice := Advice{Code: NotFound, Hint: Try("list the functions", "mapping functions"), More: map[string]any{"name": e.Name}}
			if len(e.Near) > 0 {
				advice.Hint, advice.More["near"] = didYouMean(e.Near), e.Near
			}
			return advice
		}),
	}
}

// adviseMappingExpression has the advice for what is wrong with the expression
// itself; what is said of it is wrong usage, whoever found it.
func adviseMappingExpression(e *schema.InvalidExpressionError) Advice {
	advice := Advice{Hint: Try("see the functions and their parameters", "mapping functions")}
	if f, ok := errors.AsType[*schema.FaultyExpressionError](e); ok {
		advice.More = placeOf(f.Position)
		if len(f.Near) > 0 {
			advice.Hint, advice.More["near"] = didYouMean(f.Near), f.Near
		}
	} else if _, refused := errors.AsType[*synchronization.ExpressionError](e); !refused {
		advice = Advise(e.Err)
	}
	advice.Code = Usage
	return advice
}

func placeOf(at expression.Position) map[string]any {
	return map[string]any{"line": at.Line, "column": at.Column}
}

func adviseUnknownFunction(e *expression.UnknownFunctionError) Advice {
	advice := Advice{Code: Usage, Hint: Try("list the functions", "mapping functions"), More: placeOf(e.Position)}
	if len(e.Near) > 0 {
		advice.Hint, advice.More["near"] = didYouMean(e.Near), e.Near
	}
	return advice
}

func adviseEvaluation(e *expression.EvaluationError) Advice {
	advice := Advice{Code: Failure, More: placeOf(e.Position)}
	if e.Function == "DefaultDomain" {
		advice.Hint = remedy.List{remedy.Advise("--default-domain names the one that the tenant has")}
	}
	return advice
}
