package mappings_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A forger is a tenant with one schema, which saves something else than it is
// sent.
type forger struct {
	schematest.OneSchema
	forge  func(sent string) string
	answer func(*http.Request) *http.Response // to the PUT, once it is carried out; nil is 204
	sent   string
}

func (f *forger) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := f.OneSchema.RoundTrip(r)
	if err != nil || !schematest.IsRequest(r, http.MethodPut, "/schema") {
		return answer, err
	}
	f.sent = f.Schema
	f.Schema = f.forge(f.sent)
	if f.answer != nil {
		answer = f.answer(r)
	}
	return answer, nil
}

// write makes an edit on the forger's schema.
func (f *forger) write(t testing.TB, edit mappings.Edit) (mappings.Result, error) {
	t.Helper()
	client, err := graph.New(graph.Options{Transport: f, Credential: auth.StaticToken("token")})
	if err != nil {
		t.Fatal(err)
	}
	return mappings.Update{Graph: client, App: "Contoso", Edit: edit, History: history.History{Dir: t.TempDir()}}.Do(t.Context())
}

func replacing(pairs ...string) func(string) string {
	return strings.NewReplacer(pairs...).Replace
}

func TestEveryLossBesideTheEditIsNamed(t *testing.T) {
	t.Parallel()
	f := &forger{OneSchema: schematest.OneSchema{Schema: string(schematest.Text(t))}}
	f.forge = func(sent string) string {
		doc := documentOf(t, sent)
		for _, s := range spots(doc, "", nil) {
			switch m, _ := s.value().(map[string]any); {
			case m["sourceObjectName"] == "Group":
				m["enabled"] = false
			case m["targetAttributeName"] == "displayName":
				s.drop()
			}
		}
		return schematest.MustEncode(doc)
	}
	result, err := f.write(t, mappings.ChangeActions(schema.User, nil, []string{"delete"}))
	e, ok := errors.AsType[*mappings.NotKeptError](err)
	if !ok || e.CopyID == "" || e.CopyID != result.CopyID {
		t.Fatalf("got %v", err)
	}
	want := []diff.Change{
		{Object: "group", Kind: diff.ChangedEnabled, Old: "true", New: "false"},
		{Object: "group", Kind: diff.ChangedMapping, Name: "displayName", Old: "[displayName], match 1"},
	}
	if diff := cmp.Diff(want, e.Lost); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// What the service keeps although it was to be removed is a loss too.
func TestWhatWasToBeRemovedAndIsStillThereIsAnError(t *testing.T) {
	t.Parallel()
	before := string(schematest.Text(t))
	for _, edit := range []mappings.Edit{
		func(s *schema.Schema) error { return schematest.Object(t, s, schema.User).RemoveMappings("title") },
		mappings.ChangeActions(schema.User, nil, []string{"delete"}),
	} {
		f := &forger{OneSchema: schematest.OneSchema{Schema: before}, forge: func(string) string { return before }}
		result, err := f.write(t, edit)
		e, ok := errors.AsType[*mappings.NotKeptError](err)
		if f.sent == "" {
			continue // the schema of the test has no such mapping
		}
		if !ok || len(e.Lost) != 1 {
			t.Errorf("%v: got %v", schematest.Lines(result.Changes), err)
		}
	}
}

// A PUT that fails may have been carried out: the schema is read.
func TestAWriteWithAnUnusableAnswerIsLookedUp(t *testing.T) {
	t.Parallel()
	before := string(schematest.Text(t))
	answers := map[string]func(*http.Request) *http.Response{
		"500": func(r *http.Request) *http.Response {
			return schematest.Answer(r, http.StatusInternalServerError, `{"error":{"code":"x"}}`)
		},
		"HTML": func(r *http.Request) *http.Response {
			return schematest.Answer(r, http.StatusOK, `<html>sign in</html>`)
		},
	}
	for name, answer := range answers {
		for saved, forge := range map[string]func(string) string{
			"all":     func(sent string) string { return sent },
			"nothing": func(string) string { return before },
			"a part":  replacing(`"Group"`, `"Team"`),
		} {
			t.Run(name+", saved "+saved, func(t *testing.T) {
				t.Parallel()
				f := &forger{OneSchema: schematest.OneSchema{Schema: before}, forge: forge, answer: answer}
				result, err := f.write(t, mappings.ChangeActions(schema.User, nil, []string{"delete"}))
				_, refused := errors.AsType[*graph.Error](err)
				_, partly := errors.AsType[*mappings.NotKeptError](err)
				if (err == nil) != (saved == "all") || err != nil && !refused || partly != (saved == "a part") {
					t.Errorf("got %v", err)
				}
				if (len(result.Warnings) > 0) != (saved == "all") {
					t.Errorf("warnings %q", result.Warnings)
				}
			})
		}
	}
}

func TestAnAnswerWithoutASchemaIsNoVerification(t *testing.T) {
	t.Parallel()
	for _, empty := range []string{`{}`, `[]`, `{"synchronizationRules":[]}`, `{"value":[]}`} {
		f := &forger{OneSchema: schematest.OneSchema{Schema: string(schematest.Text(t))}, forge: func(string) string { return empty }}
		_, err := f.write(t, mappings.ChangeActions(schema.User, nil, []string{"delete"}))
		if _, ok := errors.AsType[*mappings.NotKeptError](err); !ok {
			t.Errorf("%s: got %v", empty, err)
		}
	}
}

// A spot is one member or element of a document.
type spot struct {
	in   any // map[string]any or []any
	key  string
	at   int
	put  func(any) // gives the list that the spot is in another value
	list string    // the member that holds the list, or the member itself
}

// spots are all places of a document where something can be dropped or changed.
func spots(v any, name string, put func(any)) (all []spot) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			all = append(all, spot{in: v, key: key, list: key})
			all = append(all, spots(v[key], key, func(n any) { v[key] = n })...)
		}
	case []any:
		for i := range v {
			all = append(all, spot{in: v, at: i, put: put, list: name})
			all = append(all, spots(v[i], name, func(n any) { v[i] = n })...)
		}
	}
	return all
}

// value is what stands there.
func (s spot) value() any {
	if m, ok := s.in.(map[string]any); ok {
		return m[s.key]
	}
	return s.in.([]any)[s.at]
}

func (s spot) drop() {
	if m, ok := s.in.(map[string]any); ok {
		delete(m, s.key)
		return
	}
	s.put(slices.Delete(slices.Clone(s.in.([]any)), s.at, s.at+1))
}

func (s spot) change() {
	var other any
	switch v := s.value().(type) {
	case bool:
		other = !v
	case json.Number:
		other = json.Number(v.String() + "1")
	case string:
		other = v + " changed"
	case nil:
		other = "was null"
	default:
		other = "no container"
	}
	if m, ok := s.in.(map[string]any); ok {
		m[s.key] = other
	} else {
		s.in.([]any)[s.at] = other
	}
}

// single reports whether the loss of the spot is one loss: a list is told
// element by element, and an object member by member.
func (s spot) single() bool {
	switch s.value().(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

func documentOf(t interface{ Fatal(...any) }, document string) map[string]any {
	d := json.NewDecoder(strings.NewReader(document))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err, document)
	}
	return v
}

// busy is a service that adds members and elements of its own everywhere, and
// writes lists in another order.
type busy struct{ *rand.Rand }

func (b busy) rewrite(v any, name string) any {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			v[key] = b.rewrite(v[key], key)
		}
		if b.IntN(10) == 0 {
			v["addedByTheService"] = "x"
		}
	case []any:
		for i := range v {
			v[i] = b.rewrite(v[i], name)
		}
		if name == "parameters" { // of a function, whose order counts
			return v
		}
		if len(v) > 0 && b.IntN(10) == 0 {
			v = append(v, sibling(v[0]))
		}
		b.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		return v
	}
	return v
}

// naming are the members by which elements of lists are known.
func naming() []string {
	return []string{"id", "key", "name", "sourceObjectName", "targetObjectName", "targetAttributeName", "referencedObjectName"}
}

// sibling is another element like the one given, with names of its own.
func sibling(v any) any {
	like, ok := v.(map[string]any)
	if !ok {
		return "added"
	}
	another := map[string]any{}
	for _, key := range naming() {
		if _, ok := like[key]; ok {
			another[key] = "added"
		}
	}
	return another
}

// anySchema is that of the tests with members and elements that nobody knows.
func anySchema(t *rapid.T, base string) string {
	doc := documentOf(t, base)
	all := spots(doc, "", nil)
	for range rapid.IntRange(0, 8).Draw(t, "strangers") {
		if m, ok := all[rapid.IntRange(0, len(all)-1).Draw(t, "where")].in.(map[string]any); ok {
			m["stranger"] = rapid.SampledFrom([]any{
				"text", true, nil, json.Number("12345678901234567890.50"),
				[]any{"a", "b"},
				map[string]any{"inner": "x"},
				[]any{map[string]any{"key": "a", "value": "1"}, map[string]any{"key": "b", "value": "2"}},
			}).Draw(t, "stranger")
		}
	}
	for range rapid.IntRange(0, 5).Draw(t, "dropped") {
		all := spots(doc, "", nil)
		s := all[rapid.IntRange(0, len(all)-1).Draw(t, "dropped")]
		if !slices.Contains([]string{"synchronizationRules", "objectMappings", "sourceDirectoryName"}, s.list) && !slices.Contains(naming(), s.key) {
			s.drop()
		}
	}
	return schematest.MustEncode(doc)
}

// The service drops or changes one thing of what it was sent, adds others and
// writes all in another order: that one thing is told, and nothing else.
func TestAnyLossInAnySchemaIsToldAndNothingElse(t *testing.T) {
	t.Parallel()
	base, positions := string(schematest.Text(t)), regexp.MustCompile(`\[[^]]*\]|stranger.*`) // of elements in lists that nobody knows
	rapid.Check(t, func(r *rapid.T) {
		document := anySchema(r, base)
		f := &forger{OneSchema: schematest.OneSchema{Schema: document}}
		var want []diff.Change
		exact, what := false, ""
		service := busy{rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0))}
		f.forge = func(sent string) string {
			doc := documentOf(r, sent)
			all := spots(doc, "", nil)
			s := all[rapid.IntRange(0, len(all)-1).Draw(r, "spot")]
			null := s.value() == nil
			exact, what = s.single(), fmt.Sprintf("%s: %.80s", s.list, schematest.MustEncode(s.value()))
			switch rapid.IntRange(0, 2).Draw(r, "fault") {
			case 0:
				s.drop()
			case 1:
				s.change()
			default:
				exact, what = true, "nothing"
			}
			forged := schematest.MustEncode(doc)
			if after, err := schema.Parse([]byte(forged)); err == nil {
				if want = diff.Diff(schematest.Parse(t, []byte(sent)), after); !null {
					want = losses(want)
				}
				forged = schematest.MustEncode(service.rewrite(documentOf(r, forged), ""))
			}
			return forged
		}
		_, err := f.write(t, mappings.ChangeActions(schema.Group, nil, []string{"delete", "update"}))
		if f.sent == "" {
			r.Skip("nothing to change")
		}
		e, failed := errors.AsType[*mappings.NotKeptError](err)
		switch {
		case err != nil && !failed:
			r.Fatal(err)
		case !failed && len(want) > 0:
			r.Fatalf("lost %s, and nothing is told; want %v", what, schematest.Lines(want))
		case failed && e.Err == nil && exact && len(e.Lost) != len(want):
			r.Fatalf("lost %s, told %v, want %v", what, schematest.Lines(e.Lost), schematest.Lines(want))
		case failed:
			for _, c := range e.Lost {
				if !slices.ContainsFunc(want, func(w diff.Change) bool {
					return w.Kind == c.Kind && strings.HasPrefix(positions.ReplaceAllString(c.Name, "[]"), positions.ReplaceAllString(w.Name, "[]")) && w.Object == c.Object
				}) {
					r.Fatalf("lost %s, told %v, want %v", what, schematest.Lines(e.Lost), schematest.Lines(want))
				}
			}
		}
	})
}

// losses are those changes that are no addition.
func losses(changes []diff.Change) []diff.Change {
	return slices.DeleteFunc(changes, func(c diff.Change) bool { return c.Old == "" })
}
