package expression

// choiceCatalogue are the functions that choose, and that tell true from false.
func choiceCatalogue() []Function {
	any := param("Expression", "an attribute or an expression")
	noSource := []string{"not as the source of Switch: a key \"\" there tells a missing value", "not as the condition of IIF"}
	return []Function{
		{
			Name: "CBool", Meaning: "True for a comparison that holds or a number other than 0, else False",
			Parameters: []Parameter{param("Expression", "a comparison or a number")},
			Example:    example(`CBool([mail] = [userPrincipalName])`, "True", "mail", "ada@contoso.com", "userPrincipalName", "ada@contoso.com"),
		},
		{
			Name: "Coalesce", Meaning: "The first of the sources that is neither null nor empty",
			Parameters: []Parameter{repeated("source", "an attribute or a text; the last one is the default value")},
			Example: Example{
				Expression: `Coalesce([mail], [userPrincipalName])`, Result: []string{"ada@contoso.com"},
				Attributes: map[string][]string{"mail": {""}, "userPrincipalName": {"ada@contoso.com"}},
			},
		},
		{
			Name: "IgnoreFlowIfNullOrEmpty", Meaning: "The value, or when it is null or empty nothing at all: the attribute is left out of the request",
			Parameters:   []Parameter{any},
			Restrictions: []string{"not as the condition of IIF: put the whole IIF into it"},
			Example: Example{
				Expression: `IgnoreFlowIfNullOrEmpty([department])`, Attributes: map[string][]string{"department": {""}}, Outcome: Dropped,
			},
		},
		{
			Name: "IIF", Meaning: "One of two values, as a condition holds or not",
			Parameters: []Parameter{
				param("condition", "a comparison with =, <>, >, >=, < or <="), param("valueIfTrue", "the value when it holds"),
				param("valueIfFalse", "the value when it does not"),
			},
			Restrictions: []string{
				"when an attribute in the condition is null or empty the check fails: Switch([country], [country], \"\", \"Other\") tells a missing value",
				"there is no AND and no OR: put one IIF into the other",
			},
			Example: example(`IIF([country] = "SE", [department], "Abroad")`, "Research", "country", "SE", "department", "Research"),
		},
		{
			Name: "IsNothing", Meaning: "True when the source is null, else False",
			Parameters:   []Parameter{param("source", "an attribute or an expression")},
			Restrictions: []string{"Graph lists it among its functions, but no page describes it: IsNull is described"},
			Page:         graphPage,
			Example:      example(`IsNothing([manager])`, "True"),
		},
		{
			Name: "IsNull", Meaning: "True when the expression is null, else False; an absent attribute is null",
			Parameters: []Parameter{any}, Restrictions: noSource,
			Example: example(`IsNull([department])`, "False", "department", "Research"),
		},
		{
			Name: "IsNullOrEmpty", Meaning: "True when the expression is null or empty, else False",
			Parameters: []Parameter{any}, Restrictions: noSource, Page: functionsPage + "#isnullorempty",
			Example: example(`IsNullOrEmpty([department])`, "True", "department", ""),
		},
		{
			Name: "IsPresent", Meaning: "True when the expression is neither null nor empty, else False",
			Parameters: []Parameter{any}, Restrictions: noSource,
			Example: example(`IsPresent([department])`, "True", "department", "Research"),
		},
		{
			Name: "IsString", Meaning: "True when the expression yields a text",
			Parameters: []Parameter{any},
			Example:    example(`IsString([department])`, "True", "department", "Research"),
		},
		{
			Name: "Not", Meaning: "False for True, and True for all else",
			Parameters: []Parameter{param("source", "\"True\" or \"False\"")},
			Example:    example(`Not([accountEnabled])`, "False", "accountEnabled", "True"),
		},
		{
			Name: "Switch", Meaning: "The value whose key equals the source, else the default",
			Parameters: []Parameter{
				param("source", "the attribute or expression to look at"),
				optional("defaultValue", "what holds when no key equals it; null when left empty"),
				repeated("key", "a text to compare with, case and all; \"\" is also a missing source"),
				repeated("value", "what holds for the key before it"),
			},
			Restrictions: []string{
				"keys and values come in pairs",
				"not for references to other objects, such as manager",
				"IsNull, IsNullOrEmpty and IsPresent do not work as its source",
				"with a default value the service has sent null by mistake when the source had not changed: take IIF, or put the Switch into IgnoreFlowIfNullOrEmpty when the default is an attribute",
			},
			Example: example(`Switch([state], "Elsewhere", "NSW", "Sydney", "VIC", "Melbourne")`, "Sydney", "state", "NSW"),
		},
	}
}
