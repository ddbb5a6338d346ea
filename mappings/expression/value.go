package expression

// An Outcome says what became of an expression.
type Outcome string

// The outcomes of an evaluation.
const (
	Given       Outcome = "value"       // there is a value
	Null        Outcome = "null"        // there is none: the attribute is absent from the request
	Dropped     Outcome = "dropped"     // the expression itself keeps the attribute out of the request
	Unsupported Outcome = "unsupported" // not evaluated here; the error says what and where
)

// A Value is what an expression yields. Booleans are the texts "True" and
// "False", numbers their digits.
type Value struct {
	Outcome Outcome
	Values  []string // one text unless Multi; nil unless Outcome is Given
	Multi   bool     // several values, or a list of one

	// Redacted values flow as they are, and the provisioning logs show
	// "[Redact]" in their place. What a function makes of a redacted value is
	// not marked.
	Redacted bool

	// IgnoresObject marks the bare word IgnoreObjectFlow, whose text is no value
	// to send: the whole object is kept out. That is documented for the target
	// objectFilter of HR connectors; for SCIM applications it is not.
	IgnoresObject bool
}

// Text is the single value, "" when there is none.
func (v Value) Text() string {
	if len(v.Values) == 0 {
		return ""
	}
	return v.Values[0]
}

// Blank tells whether there is nothing to send: a null, a dropped or
// unsupported value, or the empty text, which the service treats like null.
func (v Value) Blank() bool {
	return v.Outcome != Given || !v.Multi && v.Text() == ""
}

func given(text string) Value { return Value{Outcome: Given, Values: []string{text}} }

func list(texts []string) Value { return Value{Outcome: Given, Values: texts, Multi: true} }

// truth is the text of a boolean.
func truth(b bool) Value {
	if b {
		return given("True")
	}
	return given("False")
}

func null() Value { return Value{Outcome: Null} }
