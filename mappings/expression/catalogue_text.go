package expression

// textCatalogue are the functions that make a text of texts.
func textCatalogue() []Function {
	source := param("source", "the text, usually an attribute")
	culture := optional("culture", "the language whose rules hold, such as tr-TR; the invariant ones when left out")
	casing := []string{"a change of case alone is sent only when the target attribute minds case (caseExact)"}
	return []Function{
		{
			Name: "Append", Meaning: "The source with a suffix after it",
			Parameters: []Parameter{source, param("suffix", "what comes after it")},
			Example:    example(`Append([userPrincipalName], ".test")`, "ada@contoso.com.test", "userPrincipalName", "ada@contoso.com"),
		},
		{
			Name: "Prepend", Meaning: "The source with a prefix before it",
			Parameters:   []Parameter{param("prefix", "what comes before it"), source},
			Restrictions: []string{"Graph lists it among its functions, but no page describes it: Join(\"\", prefix, source) is described"},
			Page:         graphPage,
			Example:      example(`Prepend("SMTP:", [mail])`, "SMTP:ada@contoso.com", "mail", "ada@contoso.com"),
		},
		{
			Name: "ConvertToBase64", Meaning: "The Base64 form of the source's UTF-16 bytes",
			Parameters: []Parameter{source},
			Example:    example(`ConvertToBase64("Hello world!")`, "SABlAGwAbABvACAAdwBvAHIAbABkACEA"),
		},
		{
			Name: "ConvertToUTF8Hex", Meaning: "The source's UTF-8 bytes in hexadecimal",
			Parameters: []Parameter{source},
			Example:    example(`ConvertToUTF8Hex("Hello world!")`, "48656C6C6F20776F726C6421"),
		},
		{
			Name: "InStr", Meaning: "The place where one text first stands in another, counted from 1; 0 when it does not",
			Parameters: []Parameter{
				param("value1", "the text to look into"), param("value2", "the text to look for"),
				optional("start", "the place to begin at, counted from 1"),
				optional("compareType", "vbBinaryCompare minds case, vbTextCompare does not"),
			},
			Restrictions: []string{"which way of comparing holds without a compareType is not documented"},
			Example:      example(`InStr("repEated", "e", 3, vbBinaryCompare)`, "7"),
		},
		{
			Name: "Join", Meaning: "The sources with a separator between them; those that are null or empty are passed over",
			Parameters: []Parameter{
				param("separator", "what stands between two; may be empty"),
				repeated("source", "a text, or an attribute with several values, which are all joined"),
			},
			Example: example(`Join(", ", [surname], [givenName])`, "Lovelace, Ada", "givenName", "Ada", "surname", "Lovelace"),
		},
		{
			Name: "Left", Meaning: "The first characters of a text",
			Parameters: []Parameter{param("String", "the text"), param("NumChars", "how many; a negative number takes all")},
			Example:    example(`Left([surname], 3)`, "Lov", "surname", "Lovelace"),
		},
		{
			Name: "Len", Meaning: "How many characters a text has; 0 for a missing one",
			Parameters: []Parameter{param("String", "a text or a number")},
			Example:    example(`Len([surname])`, "8", "surname", "Lovelace"),
		},
		{
			Name: "Mid", Meaning: "A part of the source",
			Parameters: []Parameter{
				source, param("start", "where the part begins, counted from 1"), param("length", "how long it is; what is beyond the end is not missed"),
			},
			Example: example(`Mid([surname], 5, 64)`, "lace", "surname", "Lovelace"),
		},
		{
			Name: "NormalizeDiacritics", Meaning: "The source with plain letters for those of a fixed list that have accents, such as e for ë",
			Parameters:   []Parameter{source},
			Restrictions: []string{"ä, ö and ü become a, o and u, not ae, oe and ue; ø becomes oe"},
			Example:      example(`NormalizeDiacritics([givenName])`, "Zoe", "givenName", "Zoë"),
		},
		{
			Name: "PCase", Meaning: "The source with a capital at the beginning of each word and small letters after it",
			Parameters: []Parameter{
				source, optional("wordSeparators", "the characters between words; blanks, punctuation and symbols when left out"),
			},
			Example: example(`PCase([surname], " '-")`, "O'Neill-Brown", "surname", "O'NEILL-BROWN"),
		},
		{
			Name: "Replace", Meaning: "The source with a text, or what fits a regular expression, replaced",
			Parameters: []Parameter{
				source,
				optional("oldValue", "the text to replace, in the source or in the template"),
				optional("regexPattern", "the .NET regular expression to replace; \\ is written \\\\"),
				optional("regexGroupName", "the group of the pattern that alone is replaced, or taken from the other attribute"),
				optional("replacementValue", "what comes in its place; ${name} is a group of the pattern"),
				optional("replacementAttributeName", "the attribute that stands in when the source is empty"),
				optional("template", "the text in which the source comes in the place of oldValue"),
			},
			Least: 5, // of the five documented ways each needs one of the last three
			Restrictions: []string{
				"upper and lower case are not the same to it",
				"oldValue goes with replacementValue or template; regexPattern with replacementValue, with regexGroupName and replacementValue, or with regexGroupName and replacementAttributeName",
			},
			Example: example(`Replace([telephoneNumber], , "[()\\s-]+", , "", , )`, "+15550100123", "telephoneNumber", "+1 (555) 010-0123"),
		},
		{
			Name: "StripSpaces", Meaning: "The source without its blanks",
			Parameters: []Parameter{source},
			Example:    example(`StripSpaces([displayName])`, "AdaLovelace", "displayName", "Ada Lovelace"),
		},
		{
			Name: "ToLower", Meaning: "The source in small letters",
			Parameters: []Parameter{source, culture}, Restrictions: casing,
			Example: example(`ToLower([mail])`, "ada@contoso.com", "mail", "Ada@Contoso.com"),
		},
		{
			Name: "ToUpper", Meaning: "The source in capital letters",
			Parameters: []Parameter{source, culture}, Restrictions: casing,
			Example: example(`ToUpper([country])`, "SE", "country", "se"),
		},
		{
			Name: "Word", Meaning: "One word of a text, empty when there are fewer words",
			Parameters: []Parameter{
				param("String", "the text"), param("WordNumber", "which word, counted from 1"),
				param("Delimiters", "the characters between words, each by itself"),
			},
			Example: example(`Word([displayName], 2, " ,")`, "Lovelace", "displayName", "Ada Lovelace"),
		},
	}
}
