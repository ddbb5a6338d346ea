package expression_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/mappings/expression"
)

func TestAnExpressionIsStoredAsGraphStoresIt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[displayName]`: `{"expression":"[displayName]","name":"displayName","type":"Attribute","parameters":[]}`,
		`"Employee"`:    `{"expression":"\"Employee\"","name":"Employee","type":"Constant","parameters":[]}`,
		`join(" ", [givenName], [surname])`: `{"expression":"Join(\" \", [givenName], [surname])","name":"Join","type":"Function","parameters":[
			{"key":"separator","value":{"expression":"\" \"","name":" ","type":"Constant","parameters":[]}},
			{"key":"source","value":{"expression":"[givenName]","name":"givenName","type":"Attribute","parameters":[]}},
			{"key":"source","value":{"expression":"[surname]","name":"surname","type":"Attribute","parameters":[]}}]}`,
		`Switch([x], , "a", Not([y]))`: `{"expression":"Switch([x], , \"a\", Not([y]))","name":"Switch","type":"Function","parameters":[
			{"key":"source","value":{"expression":"[x]","name":"x","type":"Attribute","parameters":[]}},
			{"key":"switchValue","value":{"expression":"\"a\"","name":"a","type":"Constant","parameters":[]}},
			{"key":"switchValue","value":{"expression":"Not([y])","name":"Not","type":"Function","parameters":[
				{"key":"source","value":{"expression":"[y]","name":"y","type":"Attribute","parameters":[]}}]}}]}`,
		`Mid([x], 1, "20")`: `{"expression":"Mid([x], 1, \"20\")","name":"Mid","type":"Function","parameters":[
			{"key":"source","value":{"expression":"[x]","name":"x","type":"Attribute","parameters":[]}},
			{"key":"start","value":{"expression":"\"1\"","name":"1","type":"Constant","parameters":[]}},
			{"key":"length","value":{"expression":"\"20\"","name":"20","type":"Constant","parameters":[]}}]}`,
		`Replace([x], "-", , , "_", , )`: `{"expression":"Replace([x], \"-\", , , \"_\", , )","name":"Replace","type":"Function","parameters":[
			{"key":"source","value":{"expression":"[x]","name":"x","type":"Attribute","parameters":[]}},
			{"key":"Find","value":{"expression":"\"-\"","name":"-","type":"Constant","parameters":[]}},
			{"key":"Replacement","value":{"expression":"\"_\"","name":"_","type":"Constant","parameters":[]}}]}`,
		`FormatDateTime([x], , "a", "b")`: `{"expression":"FormatDateTime([x], , \"a\", \"b\")","name":"FormatDateTime","type":"Function","parameters":[
			{"key":"source","value":{"expression":"[x]","name":"x","type":"Attribute","parameters":[]}},
			{"key":"inputFormat","value":{"expression":"\"a\"","name":"a","type":"Constant","parameters":[]}},
			{"key":"outputFormat","value":{"expression":"\"b\"","name":"b","type":"Constant","parameters":[]}}]}`,
		`Not("a \"b\" \\")`: `{"expression":"Not(\"a \\\"b\\\" \\\\\")","name":"Not","type":"Function","parameters":[
			{"key":"source","value":{"expression":"\"a \\\"b\\\" \\\\\"","name":"a \"b\" \\","type":"Constant","parameters":[]}}]}`,
	} {
		n, err := expression.Parse(text)
		if err != nil {
			t.Fatalf("Parse(%s): %v", text, err)
		}
		source, err := expression.Stored(n)
		if err != nil {
			t.Errorf("Stored(%s): %v", text, err)
			continue
		}
		got, err := json.Marshal(source)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(decoded(t, want), decoded(t, string(got))); diff != "" {
			t.Errorf("Stored(%s) (-want +got):\n%s", text, diff)
		}
	}
}

func TestWhatGraphStoresUnderUnknownKeysIsNotRendered(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`Coalesce([a], [b])`:                `Coalesce at column 1: the keys under which Graph stores its arguments are not documented`,
		`Append(PCase([a]), "b")`:           `PCase at column 8: the keys under which Graph stores its arguments are not documented`,
		`FormatDateTime([x], "s","a", "b")`: `FormatDateTime at column 1: the key of one of its arguments is not documented`,
		`Not([a] = "b")`:                    `column 5: how Graph stores [a] = "b" is not documented`,
	} {
		n, err := expression.Parse(text)
		if err != nil {
			t.Fatalf("Parse(%s): %v", text, err)
		}
		_, err = expression.Stored(n)
		if _, ok := errors.AsType[*expression.UnsupportedError](err); !ok || err.Error() != want {
			t.Errorf("Stored(%s): %v, want %s", text, err, want)
		}
	}
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}
