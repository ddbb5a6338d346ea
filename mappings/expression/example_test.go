package expression_test

import (
	"fmt"

	"github.com/scimctl/scimctl/mappings/expression"
)

func Example() {
	n, err := expression.Parse(`Join(" ", [givenName], [surname])`)
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := expression.Evaluate(n, expression.Input{Attributes: map[string][]string{
		"givenName": {"Ada"}, "surname": {"Lovelace"},
	}})
	fmt.Println(v.Outcome, v.Text(), err)
	// Output: value Ada Lovelace <nil>
}
